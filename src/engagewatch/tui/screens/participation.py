"""Participation: both sides' five parts; behind each its roles and cases; the waits by ticket."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens import participation_layout as layout
from engagewatch.tui.screens.months import month_line, turn
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import BLANK, Line, Parts, part, wrapped
from engagewatch.views import wording
from engagewatch.views.evidence import WaitRow, WaitsView
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.participation import ParticipationView
from engagewatch.views.participation_part import CaseLine, PartView


class ParticipationPage(SheetPage[ParticipationView]):
    """Five parts, two sides, one month."""

    title: ClassVar[str] = "Participation"
    about: ClassVar[tuple[str, ...]] = (
        (
            "How both sides take part: replies, approvals, tasks, attendance, surveys, each as "
            "met of judged against its target. The parts are never averaged; the line on top is "
            "the part that lags most."
        ),
        (
            "enter on a part shows its roles and what is in it. Below stand the time the status "
            "says they wait for us against the time we were really asked, and those of their "
            "misses that would have been met but for our time."
        ),
    )
    has_periods: ClassVar[bool] = True

    def read(self, views: Views, now: Instant) -> ParticipationView:
        """Return the month."""
        return views.participation(self.engagement_id, now, self.frame.period)

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one, which stays current."""
        turn(self.frame, self.view, step)

    def lay_out(self, view: ParticipationView, width: int) -> list[Line]:
        """Return the headlines, the five parts, the waits and what our time explains."""
        lines = [
            month_line(view.period.words, is_complete=view.is_complete),
            *layout.headlines(view, width),
            BLANK,
            *layout.parts(view, width),
            BLANK,
            *layout.waits(view.waits, width),
            BLANK,
            *layout.relief(view.relief, width),
            BLANK,
        ]
        for sentence in view.not_known:
            lines += wrapped(f"? {sentence}", width, "dim")
        return lines + wrapped(f"rules {view.rule_version}", width, "faint")

    def detail(self, view: ParticipationView, key: Hashable, width: int) -> list[Line]:
        """Return the item under the cursor in full."""
        for row in view.rows:
            if key == layout.row_key(row):
                return layout.part_detail(row, view.provider, width)
        if key == layout.WAITS:
            return wrapped(view.waits.summary, width)
        for excused in view.relief.rows:
            if key == ("excused", excused.key):
                return layout.relief_detail(excused, width)
        if key == ("figure", view.relief.figure.key):
            return wrapped(f"{view.relief.summary} {view.relief.terms}".rstrip(), width)
        return []

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to a part, to the tickets whose waits differ, or to a ticket."""
        view = self.view
        if view is None:
            return None
        for row in view.rows:
            if key == layout.row_key(row):
                return Place("part", self.engagement_id, (row.part, view.period.key), row.title)
        if key == layout.WAITS:
            return Place("waits", self.engagement_id, view.period.key)
        for excused in view.relief.rows:
            if key == ("excused", excused.key):
                return Place("clock", self.engagement_id, excused.ticket, excused.reference)
        return None

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor."""
        view, cursor = self.view, self._sheet.cursor
        if view is None:
            return None
        for row in view.rows:
            if cursor == layout.row_key(row):
                return FigureKey(FigureKind.PARTICIPATION, period=view.period.key, part=row.part)
        if cursor == layout.WAITS:
            return view.waits.figure.key
        return view.relief.figure.key if cursor is not None else None

    def reference(self) -> str | None:
        """Return the reference of the ticket under the cursor."""
        place = self.place_of(self._sheet.cursor)
        return place.label if place is not None and place.screen == "clock" else None


class PartPage(SheetPage[PartView]):
    """One part: its roles, and everything that is in it."""

    title: ClassVar[str] = "Part"
    about: ClassVar[tuple[str, ...]] = (
        (
            "What one part of participation is counted from, our side first. Roles stand in the "
            "order of their names and only where five people and five cases are behind them; "
            "nobody is ranked."
        ),
    )
    has_periods: ClassVar[bool] = True
    has_detail: ClassVar[bool] = False

    def read(self, views: Views, now: Instant) -> PartView:
        """Return the part in its month."""
        subject = self.frame.place.subject
        if not isinstance(subject, tuple) or not isinstance(subject[0], Part):
            raise TypeError("this page needs a part")
        return views.part(self.engagement_id, now, subject[0], self.frame.period or subject[1])

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        turn(self.frame, self.view, step, is_pinned=True)

    def lay_out(self, view: PartView, width: int) -> list[Line]:
        """Return both sides of the part."""
        return layout.part_sheet(view, width)

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket, the task or the meeting of a case."""
        case = self._case(key)
        if case is None:
            return None
        if case.task:
            return Place("plan_task", self.engagement_id, case.task, case.reference)
        if case.meeting:
            return Place("meeting", self.engagement_id, case.meeting, case.subject)
        return Place("clock", self.engagement_id, case.ticket, case.reference)

    def figure(self) -> FigureKey | None:
        """Return the count of the side that the cursor is in."""
        view, cursor = self.view, self._sheet.cursor
        if view is None or not isinstance(cursor, tuple):
            return None
        if isinstance(cursor[1], FigureKey):
            return cursor[1]
        cell = view.row.us if cursor[1] is view.row.us.side else view.row.them
        return cell.figure.key

    def reference(self) -> str | None:
        """Return the reference of the ticket under the cursor."""
        place = self.place_of(self._sheet.cursor)
        return place.label if place is not None and place.screen == "clock" else None

    def _case(self, key: Hashable) -> CaseLine | None:
        for side in self.view.sides if self.view is not None else ():
            for case in side.cases:
                if key == ("case", side.side, case.key):
                    return case
        return None


def _length(seconds: int, role: str = "") -> Parts:
    return part(wording.span(seconds), role) if seconds else part("−", "dim")


WAIT_COLUMNS: tuple[Column[WaitRow], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0,
           value=lambda row: row.reference),
    Column("unasked", "No question", lambda row: _length(row.unasked, "notice"), 12, 12, 0,
           right=True, value=lambda row: row.unasked, largest_first=True),
    Column("stale", "After reply", lambda row: _length(row.stale, "notice"), 12, 12, 0,
           right=True, value=lambda row: row.stale, largest_first=True),
    Column("uncredited", "Not paused", lambda row: _length(row.uncredited, "client"), 11, 11, 0,
           right=True, value=lambda row: row.uncredited, largest_first=True),
    Column("claimed", "Claimed", lambda row: _length(row.claimed), 8, 9, 2,
           right=True, value=lambda row: row.claimed, largest_first=True),
    Column("evidenced", "Evidenced", lambda row: _length(row.evidenced), 10, 10, 3,
           right=True, value=lambda row: row.evidenced, largest_first=True),
    Column("subject", "Subject", lambda row: part(row.subject), 16, 70, 1, only_if_filled=True,
           value=lambda row: row.subject.casefold()),
)  # fmt: skip


class WaitsPage(TablePage[WaitsView, WaitRow]):
    """The tickets on which the status and the record differ about waiting for us."""

    title: ClassVar[str] = "Waits"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Tickets on which the time the status says they wait for us differs from the time a "
            "question to us stood open, in calendar time: paused with no question on record, "
            "paused on after our reply, and our own silence that was not paused for."
        ),
    )
    has_periods: ClassVar[bool] = True

    def read(self, views: Views, now: Instant) -> WaitsView:
        """Return the month's waits."""
        subject = self.frame.place.subject
        month = subject if isinstance(subject, str) else None
        return views.waits(self.engagement_id, now, self.frame.period or month)

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        turn(self.frame, self.view, step, is_pinned=True)

    def columns(self) -> Sequence[Column[WaitRow]]:
        """Return the table's columns."""
        return WAIT_COLUMNS

    def rows(self, view: WaitsView) -> Sequence[WaitRow]:
        """Return the tickets."""
        return view.rows

    def key_of(self, row: WaitRow) -> Hashable:
        """Return a ticket's identity."""
        return row.key

    def headline(self, view: WaitsView) -> Parts:
        """Say in which directions status and record differ."""
        return part(f"{view.period_words}: {view.summary.rstrip('.')}", "bold")

    def detail(self, row: WaitRow, width: int) -> list[Line]:
        """Return a ticket in full."""
        return [
            *wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2],
            *wrapped(f"{row.words}.", width),
            *wrapped(
                f"The status claims {wording.span(row.claimed)}; a question stood open for "
                f"{wording.span(row.evidenced)}.",
                width,
                "dim",
            ),
        ]

    def nothing(self, view: WaitsView) -> str:
        """Say that nothing differs, and what that does not cover."""
        return " ".join((view.summary, *view.not_known))

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == key:
                return Place("clock", self.engagement_id, row.ticket, row.reference)
        return None

    def figure(self) -> FigureKey | None:
        """Explain what is compared."""
        return None if self.view is None else self.view.figure.key

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference

    def link(self) -> str | None:
        """Return the address under the cursor."""
        return None if self.row is None else self.row.url or None
