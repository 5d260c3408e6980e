"""On-boarding: the board by phase and the time line; and one task of the plan."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.tui import planning
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.page import Page, ViewT
from engagewatch.tui.reading import Views
from engagewatch.tui.screens import onboarding_layout as layout
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.screens.two_columns import TwoColumnPage
from engagewatch.tui.widgets.columns import fitted_to, row_parts
from engagewatch.tui.widgets.detail import Detail
from engagewatch.tui.widgets.lines import BLANK, Line, Part, fit, wrapped
from engagewatch.views.keys import FigureKey
from engagewatch.views.onboarding import OnboardingView, TaskRow
from engagewatch.views.onboarding_plan import TaskState
from engagewatch.views.onboarding_task import TaskView

TIMELINE = "timeline"
"""The second face of the screen."""
_FEW, _TALL = 6, 28
"""Rows of the short list in a window of fewer lines than this."""
_LABEL = 12

_ACTIONS: list[BindingType] = [
    Binding("d", "task_done", "Done", id="task-done", tooltip="Say that the task is done"),
    Binding("e", "task_move", "New date", id="task-move", tooltip="Give the task another date"),
    Binding("a", "task_note", "Note", id="task-note", tooltip="Note something about the task"),
    Binding("u", "task_reopen", "Reopen", id="task-reopen", tooltip="Open the task again"),
    Binding("x", "task_call_off", "Call off", id="task-call-off", tooltip="Call the task off"),
]
_OF_OPEN = ("task_done", "task_move", "task_call_off")


class _Planning(Page[ViewT]):
    """What can be said about the task under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = _ACTIONS

    def planned_task(self) -> TaskState | None:
        """Return the task under the cursor."""
        return None

    def today(self) -> date:
        """Return the local date of what is on show."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what makes sense for the task under the cursor."""
        if action.startswith("task_"):
            one = self.planned_task()
            if one is None:
                return False
            if action == "task_note":
                return True
            return one.standing.is_open is (action in _OF_OPEN)
        return super().check_action(action, parameters)

    def action_task_done(self) -> None:
        """Say that it is done."""
        one = self.planned_task()
        if one is not None:
            planning.done(self, self.engagement_id, one, self.today())

    def action_task_move(self) -> None:
        """Give it another date."""
        one = self.planned_task()
        if one is not None:
            planning.move(self, self.engagement_id, one, self.today())

    def action_task_note(self) -> None:
        """Note something."""
        one = self.planned_task()
        if one is not None:
            planning.note(self, self.engagement_id, one)

    def action_task_reopen(self) -> None:
        """Open it again."""
        one = self.planned_task()
        if one is not None:
            planning.reopen(self, self.engagement_id, one)

    def action_task_call_off(self) -> None:
        """Call it off."""
        one = self.planned_task()
        if one is not None:
            planning.call_off(self, self.engagement_id, one)


class OnboardingPage(_Planning[OnboardingView], TwoColumnPage[OnboardingView]):
    """The plan as a board or as a time line; what comes next and the gates above or beside it."""

    title: ClassVar[str] = "On-boarding"
    about: ClassVar[tuple[str, ...]] = (
        (
            "The plan by which the provider takes over: when it ends, by how many days later than "
            "planned, and whose days those are. Only days on the chain of tasks that drives the "
            "end count; days that the plan had to spare are told apart."
        ),
        (
            "v turns between the board and the time line. On a task, enter shows its evidence; "
            "d says that it is done, e gives it another date, a notes something, u opens it again, "
            "x calls it off. The plan file itself is never changed."
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "timeline", "Time line", id="plan-timeline", tooltip="The plan as bars"),
        Binding("v", "board", "Board", id="plan-board", tooltip="The plan by phase"),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the widgets."""
        super().__init__(frame, engagement)
        self._detail = Detail(self._detail_lines)

    def compose(self) -> ComposeResult:
        """Show both columns; in a narrow window the task under the cursor in full below them."""
        yield from super().compose()
        yield self._detail

    def read(self, views: Views, now: Instant) -> OnboardingView:
        """Return the plan."""
        return views.onboarding(self.engagement_id, now)

    def main(self, view: OnboardingView, width: int) -> list[Line]:
        """Return the summary and the chosen face; what is beside it in a wide window in between."""
        if view.problems:
            return [line for words in view.problems for line in wrapped(words, width, "dim")]
        lines = layout.summary_lines(view, width)
        if self.frame.face == TIMELINE:
            return [*lines, BLANK, *layout.timeline_lines(view, width)]
        if not self.wide:
            lines += [BLANK, *layout.coming_lines(view, width, most=self._few())]
            lines += [BLANK, *layout.gate_lines(view, width)]
            lines += [BLANK, *layout.figure_lines(view, width)]
        return [*lines, BLANK, *layout.board_lines(view, width)]

    def _few(self) -> int | None:
        return _FEW if self.size.height < _TALL else None

    def side(self, view: OnboardingView, width: int) -> list[Line]:
        """Return what comes next, the gates and the figures."""
        if view.problems:
            return []
        chosen = self._detail_lines(width)
        return [
            *([*chosen, BLANK] if chosen else ()),
            *layout.coming_lines(view, width),
            BLANK,
            *layout.gate_lines(view, width),
            BLANK,
            *layout.figure_lines(view, width),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the face that is not on show."""
        if action in ("timeline", "board"):
            shown = self.frame.face == TIMELINE
            return self.view is not None and not self.view.problems and shown is (action == "board")
        return super().check_action(action, parameters)

    def action_timeline(self) -> None:
        """Show the plan as bars."""
        self._turn(TIMELINE)

    def action_board(self) -> None:
        """Show the plan by phase."""
        self._turn("")

    def _turn(self, face: str) -> None:
        self.frame.face = face
        self.show()
        self.screen.refresh_bindings()

    def show(self) -> None:
        """Lay everything out again."""
        super().show()
        self._show_detail()

    def cursor_moved(self) -> None:
        """Show the task under the cursor in full."""
        if self.wide and not self._side.has_focus:
            self._side.redraw()
        self._show_detail()

    def _show_detail(self) -> None:
        self._detail.display = not self.wide and bool(self._detail_lines(self.size.width))
        self._detail.redraw()

    def _detail_lines(self, width: int) -> list[Line]:
        name = self._task_id(self._main.cursor)
        row = None if name is None or self.view is None else self.view.row(name)
        return [] if row is None else layout.task_lines(row, width)

    def today(self) -> date:
        """Return the local date of what is on show."""
        assert self.view is not None
        return self.view.today

    def planned_task(self) -> TaskState | None:
        """Return the task under the cursor."""
        name = self._task_id(self.listing.cursor)
        if name is None or self.view is None or self.view.state is None:
            return None
        return self.view.state.task(name)

    def _task_id(self, key: Hashable) -> str | None:
        if isinstance(key, str):
            return key
        if isinstance(key, tuple) and key[0] in _TASK_KEYS:
            return str(key[1])
        return None

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the task."""
        name = self._task_id(key)
        return None if name is None else Place("plan_task", self.engagement_id, name, name)

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor; on a gate, its slip."""
        key = self.listing.cursor
        if isinstance(key, FigureKey):
            return key
        if key == layout.HOURS_KEY:
            return layout.HOURS
        if isinstance(key, tuple) and key[0] == "gate" and self.view is not None:
            return next((gate.figure for gate in self.view.gates if gate.key == key[1]), None)
        return None

    def reference(self) -> str | None:
        """Return the id of the task under the cursor."""
        return self._task_id(self.listing.cursor)


_TASK_KEYS = ("coming", "gate")
"""What the keys of lines begin with that are about a task, besides its id alone."""


class PlanTaskPage(_Planning[TaskView], SheetPage[TaskView]):
    """One task: its dates, what it waited for, who held it, and what it holds up."""

    title: ClassVar[str] = "Task"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One task of the plan: the date that was planned and every one promised since, what it "
            "depends on, who held it how long, and how its late days come about."
        ),
    )

    def read(self, views: Views, now: Instant) -> TaskView:
        """Return the task."""
        return views.plan_task(self.engagement_id, now, str(self.frame.place.subject))

    def lay_out(self, view: TaskView, width: int) -> list[Line]:
        """Return everything about the task."""
        lines = wrapped(f"{view.row.key}  {view.row.title}", width, "bold")
        for label, words in view.about:
            rows = wrapped(words, width - _LABEL)
            lines.append(Line((Part(fit(label, _LABEL), "dim"), *rows[0].parts)))
            lines += [Line((Part(" " * _LABEL), *row.parts)) for row in rows[1:]]
        lines += [BLANK, layout.heading("Its days", view.rule_words, width)]
        for words in view.arithmetic or ("called off: no days are counted",):
            lines += wrapped(words, width, key=view.figure if view.arithmetic else None)
        for title, sentences in (("Who held it", view.held), ("Holds up", view.stakes)):
            if sentences:
                lines += [BLANK, layout.heading(title, "", width)]
                lines += [line for words in sentences for line in wrapped(words, width)]
        lines += self._others("Depends on", view.before, width)
        lines += self._others("Depend on it", view.after, width)
        if view.history:
            lines += [BLANK, layout.heading("What was entered", "", width)]
            for when, words in view.history:
                lines += wrapped(f"{when}  {words}", width)
        return lines

    def _others(self, title: str, rows: tuple[TaskRow, ...], width: int) -> list[Line]:
        if not rows:
            return []
        fitted = fitted_to(layout.COLUMNS, rows, width)
        lines = [BLANK, layout.heading(title, "", width)]
        return lines + [Line(row_parts(fitted, row), row.key) for row in rows]

    def today(self) -> date:
        """Return the local date of what is on show."""
        assert self.view is not None
        return self.view.today

    def planned_task(self) -> TaskState | None:
        """Return the task on show."""
        return None if self.view is None else self.view.state

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to another task."""
        return Place("plan_task", self.engagement_id, key, key) if isinstance(key, str) else None

    def figure(self) -> FigureKey | None:
        """Explain its slip."""
        return None if self.view is None or not self.view.arithmetic else self.view.figure

    def reference(self) -> str | None:
        """Return the task's id."""
        return None if self.view is None else self.view.row.key
