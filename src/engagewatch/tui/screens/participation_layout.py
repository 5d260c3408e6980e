"""How participation is laid out: five parts of two sides, the waits, what our time explains."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from engagewatch.engine.relief import Standing
from engagewatch.model.sides import Side
from engagewatch.tui.screens.months import month_line
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip,
    fit,
    part,
    spread,
    wrapped,
)
from engagewatch.views.evidence import WaitsView
from engagewatch.views.participation import PartCell, ParticipationView, PartRow
from engagewatch.views.participation_part import CaseLine, PartSide, PartView
from engagewatch.views.relief import ReliefBlock, ReliefRow
from engagewatch.views.tone import Tone

_NAME = 14
"""Most cells of a side's name before its headline."""
_MONTHS_SHOWN = 6
_CASES_SHOWN = 200

WAITS = ("waits",)
"""Key of the lines on claimed and evidenced waiting."""


def headlines(view: ParticipationView, width: int) -> list[Line]:
    """Return the worst part of each side."""
    name = clip(view.provider, _NAME)
    label = max(len(name), 2)
    lines = []
    for who, words, tone, side in (
        ("Us", view.headline, view.tone, Side.CLIENT),
        (name, view.their_headline, view.their_tone, Side.PROVIDER),
    ):
        rows = wrapped(words, width - label - 2, f"{_role(tone)} bold")
        head = Part(fit(who, label + 2), side.value)
        lines.append(Line((head, *rows[0].parts)))
        lines += [Line((Part(" " * (label + 2)), *row.parts)) for row in rows[1:]]
    return lines


def parts(view: ParticipationView, width: int) -> list[Line]:
    """Return the five parts, both sides on one line each."""
    columns = _columns(clip(view.provider, 24))
    return table_lines(fitted_to(columns, view.rows, width), view.rows, lambda row: row_key(row))


def row_key(row: PartRow) -> Hashable:
    """Return the key of a part's line."""
    return ("part", row.part)


def _columns(provider: str) -> tuple[Column[PartRow], ...]:
    return (
        Column("part", "Part", lambda row: part(row.title, "bold"), 10, 12, 0),
        Column("us", "Us", lambda row: _value(row.us), 18, 24, 0),
        Column("verdict", "Verdict", lambda row: part(row.us.verdict, _role(row.us.tone)), 9, 9, 0),
        Column("target", "Target", lambda row: part(
            row.us.target_words, "dim"), 6, 8, 3, right=True),
        Column("them", provider, lambda row: _value(row.them), 18, 24, 0),
        Column("theirs", "Verdict", lambda row: part(
            row.them.verdict, _role(row.them.tone)), 9, 9, 0),
        Column("their-target", "Target", lambda row: part(
            row.them.target_words, "dim"), 6, 8, 4, right=True),
        Column("months", "Our last months", lambda row: _months(row.us, 4), 40, 64, 5),
    )  # fmt: skip


def _value(cell: PartCell) -> Parts:
    if not cell.applies:
        return part(cell.value, "dim")
    return part(cell.value, "bold" if cell.judged else "dim")


def _months(cell: PartCell, shown: int) -> Parts:
    return part("  ".join(month.words for month in cell.months[-shown:]), "dim")


def _role(tone: Tone) -> str:
    return "" if tone is Tone.PLAIN else tone.value


def part_detail(row: PartRow, provider: str, width: int) -> list[Line]:
    """Return one part in full: what is counted, both verdicts, the months."""
    lines = [Line((Part(row.title, "bold"), Part(f"  {row.us.about}", "dim")))]
    # What does not fit below the sheet is left out: the weightiest stands first.
    sides = (("Us", row.us), (provider, row.them))
    for name, cell in sides:
        lines += wrapped(f"{name}: {count_words(cell)}", width, _role(cell.tone))
    for name, cell in sides:
        if more := more_words(cell):
            lines += wrapped(f"{name}: {more}", width, "dim")
    for sentence in row.extra:
        lines += wrapped(sentence, width, "dim")
    if row.us.months:
        months = "  ".join(month.words for month in row.us.months[-_MONTHS_SHOWN:])
        lines += wrapped(f"Our months: {_with_trend(months, row.us)}.", width, "dim")
    return lines


def _with_trend(months: str, cell: PartCell) -> str:
    return f"{months}; {cell.trend_words}" if cell.trend_words else months


def count_words(cell: PartCell) -> str:
    """Return one side of a part by its count."""
    if not cell.applies:
        return f"{cell.value}: {cell.about}."
    if cell.target_words == "none set":
        return f"{cell.value}; no share is set to be met."
    return f"{cell.value} against {cell.target_words}; {cell.contract_words}."


def more_words(cell: PartCell) -> str:
    """Return what stands beside the count: the open ones, and what the count is evidence of."""
    told = cell.judged and cell.target_words != "none set"
    evidence = f"by evidence {cell.evidence_words}" if told else ""
    notes = [note for note in (cell.oldest_words, cell.left_out, evidence) if note]
    return f"{'; '.join(notes)}." if cell.applies and notes else ""


def waits(view: WaitsView, width: int) -> list[Line]:
    """Return claimed and evidenced waiting, and in what they differ."""
    lines = [
        Line(
            spread(
                part("Waiting for us: what the status says, what we were asked", "heading"),
                part(f"{len(view.rows)} differ" if view.rows else "", "dim"),
                width,
            ),
            WAITS,
        )
    ]
    label = max(len(each.words) for each in view.parts)
    return lines + [
        Line(
            (
                Part(fit(each.words, label + 2), "" if each.seconds else "dim"),
                Part(each.span_words, f"{_role(each.tone)} bold" if each.seconds else "dim"),
            ),
            WAITS,
        )
        for each in view.parts
    ]


_RELIEF: tuple[Column[ReliefRow], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0),
    Column("duty", "Duty", lambda row: part(
        f"{row.priority} {row.obligation_words}".strip()), 13, 20, 1),
    Column("counted", "Counted", lambda row: part(row.counted_words), 14, 18, 0),
    Column("without", "But for us", lambda row: part(
        row.without_words, "good"), 10, 12, 0, right=True),
    Column("standing", "Under the contract", lambda row: part(
        row.standing_words.split("; ")[0], _role(row.tone)), 25, 50, 2),
    Column("subject", "Subject", lambda row: part(row.subject, "dim"), 14, 50, 3),
)  # fmt: skip


def relief(block: ReliefBlock, width: int) -> list[Line]:
    """Return the provider's misses that our time explains."""
    lines = [
        Line(
            spread(
                part("Their misses that our time explains", "heading"),
                part(block.figure.value, "dim"),
                width,
            ),
            ("figure", block.figure.key),
        )
    ]
    if block.rows:
        return [*lines, *excused_lines(block, width), *_worth(block, width)]
    return [*lines, *wrapped(block.summary, width, "dim")]


def excused_lines(block: ReliefBlock, width: int) -> list[Line]:
    """Return the misses that our time explains, one line each."""
    fitted = fitted_to(_RELIEF, block.rows, width)
    return table_lines(fitted, block.rows, lambda row: ("excused", row.key))


def _worth(block: ReliefBlock, width: int) -> list[Line]:
    """Return what the contract makes of excused misses, and what that costs."""
    lines = wrapped(block.terms, width, "dim")
    if block.cost is None:
        return lines
    return lines + wrapped(block.cost.words, width, "notice" if block.cost.difference else "dim")


def relief_detail(row: ReliefRow, width: int) -> list[Line]:
    """Return one excused miss in full."""
    lines = [
        *wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2],
        *wrapped(
            f"{row.priority} {row.obligation_words}: the contract counts {row.counted_words}, "
            f"but for our time {row.without_words}.",
            width,
        ),
        *wrapped(f"{row.standing_words}.", width, _role(row.tone)),
    ]
    if row.standing is Standing.NOTICE_MISSING:
        command = f"engagewatch relief notice '{row.reference}' --on DATE"
        lines += wrapped(f"If they gave it: {command}", width, "dim")
    return lines


_CASES: tuple[Column[CaseLine], ...] = (
    Column("ticket", "What", lambda row: part(row.reference, "bold"), 7, 18, 0),
    Column("words", "How it counts", lambda row: part(row.words, _role(row.tone)), 32, 60, 0),
    Column("subject", "Subject", lambda row: part(row.subject, "dim"), 16, 60, 1),
)  # fmt: skip


def part_sheet(view: PartView, width: int) -> list[Line]:
    """Return one part with its roles and its cases, ours first."""
    lines = [month_line(view.period.words, is_complete=view.is_complete)]
    for side, cell in ((view.us, view.row.us), (view.them, view.row.them)):
        lines += [BLANK, *_side(side, cell, width)]
        if side.side is Side.CLIENT:
            for sentence in view.row.extra:
                lines += wrapped(sentence, width, "dim")
        lines += _cases(side, width)
    return lines


def _side(side: PartSide, cell: PartCell, width: int) -> list[Line]:
    lines = [
        Line(
            spread(part(side.name, f"{side.side.value} bold"), part(cell.value, "bold"), width),
            ("figure", cell.figure.key),
        ),
        *wrapped(cell.about, width, "dim"),
    ]
    if not cell.applies:
        return lines
    lines += wrapped(count_words(cell), width, _role(cell.tone))
    if more := more_words(cell):
        lines += wrapped(f"{more[:1].upper()}{more[1:]}", width, "dim")
    if cell.months:
        months = "  ".join(month.words for month in cell.months)
        lines += wrapped(_with_trend(months, cell), width, "dim")
    roles = ", ".join(f"{role.name} {role.words}" for role in side.roles) or side.roles_words
    return lines + wrapped(f"By role: {roles}", width, "" if side.roles else "dim")


def _cases(side: PartSide, width: int) -> list[Line]:
    if not side.cases:
        return []
    shown: Sequence[CaseLine] = side.cases[:_CASES_SHOWN]
    lines = table_lines(
        fitted_to(_CASES, shown, width), shown, lambda row: ("case", side.side, row.key)
    )
    more = len(side.cases) - len(shown)
    return [*lines, Line(part(f"and {more:,} more", "dim"))] if more > 0 else lines
