"""The on-boarding as lines: what it comes to, the board by phase, the time line."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, timedelta

from engagewatch.engine.onboarding import Stage
from engagewatch.model.plan import Owner
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.widgets.columns import Column, fitted_to, header, row_parts
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip_parts,
    fit,
    packed,
    part,
    spread,
    width_of,
    wrapped,
)
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.onboarding import NEXT, GateRow, Milestone, OnboardingView, TaskRow
from engagewatch.views.wording import month_name

OWNER_ROLES: dict[Owner | None, str] = {
    Owner.CLIENT: "client",
    Owner.PROVIDER: "provider",
    Owner.OUTGOING: "third_party",
    Owner.THIRD_PARTY: "third_party",
    Owner.SHARED: "accent",
    None: "dim",
}
"""The colour of each side; its name always stands beside it."""

_FILLS: dict[Owner | None, str] = {
    Owner.CLIENT: "▓",
    Owner.PROVIDER: "█",
    Owner.OUTGOING: "▒",
    Owner.THIRD_PARTY: "▒",
    Owner.SHARED: "◆",
    None: "░",
}
HOURS = FigureKey(FigureKind.PLAN_HOURS, subject=NEXT)
"""The figure behind the sentence on our hours."""
HOURS_KEY = ("hours",)
"""The key of that sentence; the figure's own line further down has the figure as its key."""
_LONGEST_BAR = 40
_STAGE_SIGNS = {
    Stage.NOT_STARTED: "·",
    Stage.CAN_START: "○",
    Stage.WAITING: "‖",
    Stage.DUE: "▲",
    Stage.LATE: "✗",
    Stage.DONE: "✓",
    Stage.CALLED_OFF: "−",
}

_PLANNED, _DONE, _LATE, _LATER = "─", "━", "█", "░"
_EXPECTED, _FINISHED, _TODAY, _MONTH = "◆", "●", "│", "╷"

COLUMNS: tuple[Column[TaskRow], ...] = (
    Column("task", "Task", lambda row: (
        Part(f"{_STAGE_SIGNS[row.stage]} ", row.tone), Part(f"{row.key} ", "bold"),
        Part(row.title, "dim" if not row.is_open else "")), 28, 80, 0, fair=46),
    Column("owner", "Whose", lambda row: part(_whose(row), OWNER_ROLES[row.owner]), 8, 11, 0),
    Column("state", "Where it stands", lambda row: part(row.words, row.tone), 15, 30, 0, fair=24),
    Column("due", "Date", lambda row: part(row.due_words, "dim"), 10, 15, 1),
    Column("late", "Against plan", lambda row: part(
        row.late_words, "bad" if row.is_open else "warning"), 12, 16, 2, only_if_filled=True),
    Column("holds", "Holds up", lambda row: part(
        row.holds_words, "bad" if row.holds_words.startswith("makes") else "dim"),
        30, 44, 6, only_if_filled=True),
    Column("moves", "Moved", lambda row: part(row.moves_words, "warning"), 11, 14, 5,
           only_if_filled=True),
    Column("who", "Role", lambda row: part(row.person, "dim"), 16, 36, 7, only_if_filled=True),
)  # fmt: skip


def _whose(row: TaskRow) -> str:
    return "outgoing" if row.owner is Owner.OUTGOING else row.owner_words


def summary_lines(view: OnboardingView, width: int) -> list[Line]:
    """Return when it ends, whose days it lost, and what the next gate waits for."""
    lines: list[Line] = []
    for milestone in (view.end, view.next_gate):
        if milestone is None:
            continue
        key = milestone.figure
        lines += wrapped(milestone.sentence, width, f"{milestone.tone} bold", key=key)
        if milestone.parts:
            lines.append(Line(slip_bar(milestone, width), key))
        if milestone is view.end:
            lines += wrapped(view.float_words, width, "dim", key=key)
    if view.hours_sentence:
        lines += wrapped(view.hours_sentence, width, "accent", key=HOURS_KEY)
    for words in view.not_known:
        lines += wrapped(f"? {words}", width, "unknown")
    return lines


def slip_bar(milestone: Milestone, width: int) -> Parts:
    """Return the days of the slip as a bar, one stretch per side, each named."""
    names = [Part(f"  {one.words}", OWNER_ROLES[one.owner]) for one in milestone.parts]
    room = min(_LONGEST_BAR, max(4, width - width_of(names)))
    total = sum(one.days for one in milestone.parts)
    cells = [max(1, round(room * one.days / total)) for one in milestone.parts]
    bars = [
        Part(_FILLS[one.owner] * count, OWNER_ROLES[one.owner])
        for one, count in zip(milestone.parts, cells, strict=True)
    ]
    return (*bars, *names)


def coming_lines(view: OnboardingView, width: int, *, most: int | None = None) -> list[Line]:
    """Return what is late, due or starts within seven days."""
    lines = [heading("Next 7 days", view.coming_words, width)]
    rows = view.coming if most is None else view.coming[:most]
    if not rows:
        lines.append(Line(part("nothing is due or starts", "dim")))
    lines += [Line(_short_row(row, width), ("coming", row.key)) for row in rows]
    if len(rows) < len(view.coming):
        lines.append(Line(part(f"and {len(view.coming) - len(rows)} more, in their phases", "dim")))
    return lines


def _short_row(row: TaskRow, width: int) -> Parts:
    right = (Part(row.words, row.tone),)
    left = (
        Part(f"{_STAGE_SIGNS[row.stage]} ", row.tone),
        Part(f"{row.key} ", "bold"),
        Part(fit(_whose(row), 12), OWNER_ROLES[row.owner]),
        Part(row.title),
    )
    return spread(left, right, width)


def gate_lines(view: OnboardingView, width: int) -> list[Line]:
    """Return the gates, each with its slip."""
    if not view.gates:
        return []
    fitted = fitted_to(_GATES, view.gates, width)
    lines = [heading("Gates", "planned, and as it stands", width)]
    return lines + [Line(row_parts(fitted, gate), ("gate", gate.key)) for gate in view.gates]


_GATES: tuple[Column[GateRow], ...] = (
    Column("gate", "Gate", lambda row: (
        Part(f"{TONE_SIGNS[row.tone]} ", row.tone), Part(row.name)), 16, 30, 0),
    Column("planned", "Planned", lambda row: part(row.planned_words, "dim"), 10, 15, 3),
    Column("expected", "Stands", lambda row: part(row.expected_words), 17, 24, 0),
    Column("words", "Slip", lambda row: part(row.words, row.tone), 28, 60, 1),
)  # fmt: skip


def figure_lines(view: OnboardingView, width: int) -> list[Line]:
    """Return the figures, values aligned."""
    lines = [heading("Both sides", "", width)]
    label = max(len(figure.label) for figure in view.figures) + 2
    value = max(len(figure.value) for figure in view.figures) + 2
    for figure in view.figures:
        parts = (
            Part(fit(figure.label, label), "dim"),
            Part(fit(figure.value, value), f"{figure.tone} bold"),
            Part(figure.note, "dim"),
        )
        lines.append(Line(clip_parts(parts, width), figure.key))
    return lines


def board_lines(view: OnboardingView, width: int) -> list[Line]:
    """Return all tasks by phase."""
    rows = [row for phase in view.phases for row in phase.rows]
    fitted = fitted_to(COLUMNS, rows, width)
    lines = [Line(header(fitted))]
    for index, phase in enumerate(view.phases):
        if index:
            lines.append(BLANK)
        lines.append(heading(phase.name[:1].upper() + phase.name[1:], phase.words, width))
        lines += [Line(row_parts(fitted, row), row.key) for row in phase.rows]
    return lines


def task_lines(row: TaskRow, width: int) -> list[Line]:
    """Return one task in full, in a few lines."""
    who = f"{row.owner_words}, {row.person}" if row.person else row.owner_words
    facts = [row.words, row.late_words, row.moves_words, row.holds_words]
    return [
        *wrapped(f"{row.key}  {row.title}", width, "bold")[:2],
        *wrapped(f"{who}: {', '.join(fact for fact in facts if fact)}", width),
        *(wrapped(row.note, width, "dim")[:1] if row.note else ()),
    ]


def timeline_lines(view: OnboardingView, width: int) -> list[Line]:
    """Return all tasks as bars over the days of the plan."""
    label = min(40, max(24, width * 3 // 10))
    scale = _Days(view.first, view.last, width - label - 1)
    lines = [Line((Part(" " * (label + 1)), Part(scale.axis(), "dim")))]
    for phase in view.phases:
        name = phase.name[:1].upper() + phase.name[1:]
        lines.append(heading(name, phase.words, width))
        for row in phase.rows:
            head = (
                Part(f"{_STAGE_SIGNS[row.stage]} ", row.tone),
                Part(f"{row.key} ", "bold"),
            )
            title = fit(row.title, label - width_of(head))
            shown = Part(title + " ", "" if row.is_open else "dim")
            bar = _bar(row, scale, view.today)
            lines.append(Line((*head, shown, *bar), row.key))
    return [*lines, BLANK, *legend(width)]


def legend(width: int) -> list[Line]:
    """Return what the signs of the time line mean."""
    names = (
        (_PLANNED, "dim", "planned"), (_DONE, "good", "done"), (_LATE, "bad", "late"),
        (_LATER, "warning", "still to come, late"), (_EXPECTED, "warning", "expected"),
        (_FINISHED, "good", "finished"), (_TODAY, "accent", "today"),
    )  # fmt: skip
    return packed(
        ((Part(sign, role), Part(f" {name}", "dim")) for sign, role, name in names), width
    )


class _Days:
    """Days as cells of a line."""

    def __init__(self, first: date, last: date, cells: int) -> None:
        self._first = first
        self._days = (last - first).days + 1
        self.cells = max(10, cells)

    def cell(self, day: date) -> int:
        """Return the cell that holds a day, kept within the line."""
        at = (day - self._first).days * self.cells // self._days
        return max(0, min(self.cells - 1, at))

    def last_cell(self, day: date) -> int:
        """Return the last cell of a day, where a day has several."""
        return max(self.cell(day), self.cell(day + timedelta(1)) - 1)

    def axis(self) -> str:
        """Return the months, each at its first day."""
        line = [" "] * self.cells
        month = self._first
        free = 0
        while (month - self._first).days < self._days:
            at = self.cell(month)
            name = _MONTH + month_name(month.year, month.month)[:3]
            if at >= free and at + len(name) <= self.cells:
                line[at : at + len(name)] = name
                free = at + len(name) + 1
            month = (month.replace(day=1) + timedelta(32)).replace(day=1)
        return "".join(line)


def _bar(row: TaskRow, scale: _Days, today: date) -> Parts:
    cells: list[tuple[str, str]] = [(" ", "")] * scale.cells

    def paint(since: date, until: date, sign: str, role: str) -> None:
        if since > until:
            return
        for at in range(scale.cell(since), scale.last_cell(until) + 1):
            cells[at] = (sign, role)

    day = timedelta(1)
    cells[scale.cell(today)] = (_TODAY, "accent")
    if row.stage is Stage.CALLED_OFF:
        return _joined(cells)
    paint(row.start, row.due, _PLANNED, "dim")
    if row.is_open:
        paint(row.due + day, min(today, row.finish), _LATE, "bad")
        paint(max(row.due, today) + day, row.finish, _LATER, "warning")
        if row.start <= today <= row.due:
            cells[scale.cell(today)] = (_TODAY, "accent")
        late = row.finish > row.due
        cells[scale.last_cell(row.finish)] = (_EXPECTED, "warning" if late else "dim")
    else:
        paint(min(row.start, row.finish), min(row.finish, row.due), _DONE, "good")
        paint(row.due + day, row.finish, _LATE, "bad")
        cells[scale.last_cell(row.finish)] = (_FINISHED, "bad" if row.finish > row.due else "good")
    return _joined(cells)


def _joined(cells: Iterable[tuple[str, str]]) -> Parts:
    parts: list[Part] = []
    for sign, role in cells:
        if parts and parts[-1].role == role:
            parts[-1] = Part(parts[-1].text + sign, role)
        else:
            parts.append(Part(sign, role))
    return tuple(parts)


def heading(title: str, note: str, width: int, key: Hashable | None = None) -> Line:
    """Return the title of a section, with a note at the right."""
    return Line(spread((Part(title, "heading"),), (Part(note, "dim"),) if note else (), width), key)
