"""Then & now: both records on one scale, one measure large, and the two eras side by side."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.screens.then_now_layout import (
    cover_lines,
    era_sheet,
    main_lines,
    measure_lines,
    row_detail,
)
from engagewatch.tui.widgets.lines import Line, wrapped
from engagewatch.views.attending import local_day
from engagewatch.views.keys import FigureKey
from engagewatch.views.then_now import ThenNowView
from engagewatch.views.then_now_eras import first_is_after
from engagewatch.views.then_now_felt import uncovered
from engagewatch.views.then_now_rows import ComparedRow

OPEN = "open"
"""The face of a page whose record was uncovered."""
BLIND = "blind:"
"""Start of the face that hides the names; behind it stands which era comes first."""


class _RecordPage(SheetPage[ThenNowView]):
    """A page that shows the record only once somebody has guessed, or chose to look."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the list's own g, which goes to its top as home does.
        Binding(
            "g",
            "guess",
            "Guess",
            id="guess",
            tooltip="Guess first, then see felt and was",
            priority=True,
        ),
    ]

    def read(self, views: Views, now: Instant) -> ThenNowView:
        """Return both eras."""
        return views.then_now(self.engagement_id, now)

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the record may be on screen yet."""
        return self.view is not None and self.view.is_covered and not self.frame.face

    def lay_out(self, view: ThenNowView, width: int) -> list[Line]:
        """Return the cover, or the record."""
        if self.is_covered:
            return cover_lines(width)
        if not view.has_record:
            return wrapped(view.summary, width, "dim")
        return self.record_lines(view, width)

    def record_lines(self, view: ThenNowView, width: int) -> list[Line]:
        """Return the record as the page shows it."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to uncover what is covered, and to guess where there is a record."""
        if action == "guess":
            return self.view is not None and self.view.has_record
        if action == "open" and self.is_covered:
            return True
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        """Uncover the record, and note that it was looked at; else open what is under the cursor.

        A guess that is made later was made by somebody who had seen it.
        """
        if not self.is_covered:
            super().action_open()
            return
        engagement = self.engagement_id
        self.frame.face = OPEN
        self.post_message(Page.Enter(lambda now: (uncovered(engagement, now),), "uncovered"))
        self.show()
        self.screen.refresh_bindings()

    def action_guess(self) -> None:
        """Go to the questions, away from the record."""
        self.post_message(self.Go(Place("felt", self.engagement_id)))


class ThenNowPage(_RecordPage):
    """Fewer or more, shorter or longer, or nothing that can be told yet."""

    title: ClassVar[str] = "Then & now"
    sibling: ClassVar[str | None] = "eras"
    about: ClassVar[tuple[str, ...]] = (
        (
            "The record from before the engagement and the record since, each over its own months "
            "and users, on one scale. Thirty days on either side of the start are shown and not "
            "judged. Fewer, more, shorter and longer are said only where an exact interval or a "
            "test says so; three clean months after one outage a month prove nothing yet."
        ),
        (
            "Records from before carry a grade: A exported, B from dated documents, C from notes, "
            "D from memory. Only A and B are tested. Memory is drawn as an outline."
        ),
        (
            "enter shows a measure large; i tells how it is counted and from what, ! what speaks "
            "against it. tab shows both records in one layout, and b there hides whose is whose. "
            "g asks what you remember before it shows what was."
        ),
    )

    def record_lines(self, view: ThenNowView, width: int) -> list[Line]:
        """Return every measure of both eras, and the outages as a chart."""
        return main_lines(view, width)

    def detail(self, view: ThenNowView, key: Hashable, width: int) -> list[Line]:
        """Return what to know of a measure, and what speaks against it."""
        row = None if self.is_covered else _row(view.rows, key)
        return [] if row is None else row_detail(row, width)

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the measure's chart."""
        row = _row(self.view.rows if self.view is not None else (), key)
        return None if row is None else Place("measure", self.engagement_id, row.key, row.title)

    def figure(self) -> FigureKey | None:
        """Explain the measure under the cursor."""
        if self.view is None or self.is_covered:
            return None
        row = _row(self.view.rows, self.listing.cursor)
        return None if row is None else row.figure


class MeasurePage(SheetPage[ThenNowView]):
    """One measure of both eras as a chart."""

    title: ClassVar[str] = "Measure"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One measure month by month, or by quarter where months have no room, before and "
            "since on one axis. The change-over is shaded and not judged; hollow points rest on "
            "part of their time, on few, or on notes."
        ),
    )

    def read(self, views: Views, now: Instant) -> ThenNowView:
        """Return both eras."""
        return views.then_now(self.engagement_id, now)

    @property
    def row(self) -> ComparedRow | None:
        """The measure on show."""
        return _row(self.view.rows if self.view is not None else (), self.frame.place.subject)

    def lay_out(self, view: ThenNowView, width: int) -> list[Line]:
        """Return the verdict, the chart, and what speaks against it."""
        row = self.row
        if row is None:
            return wrapped("Nothing from before is on record any more.", width, "dim")
        return measure_lines(view, row, width)

    def figure(self) -> FigureKey | None:
        """Explain it."""
        return None if self.row is None else self.row.figure


class ErasPage(_RecordPage):
    """What the former set-up did and what the provider does, in the same lines."""

    title: ClassVar[str] = "Both records"
    has_detail: ClassVar[bool] = False
    sibling: ClassVar[str | None] = "then_now"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Both records in the same layout, so that neither is forgiven what the other is "
            "blamed for. b hides whose is whose until it is pressed again: Era A and Era B stand "
            "in an order drawn from a hash of the day. Decide which you would rather have before "
            "you look."
        ),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "blind", "Blind", id="blind", tooltip="Hide whose record is whose, or show"),
    ]

    @property
    def is_blind(self) -> bool:
        """Whether the names are hidden."""
        return self.frame.face.startswith(BLIND)

    def record_lines(self, view: ThenNowView, width: int) -> list[Line]:
        """Return both records, named or not."""
        swapped = None if not self.is_blind else self.frame.face.removeprefix(BLIND) == "swapped"
        return era_sheet(view, width, swapped)

    def crumb(self) -> str:
        """Say when names are hidden."""
        return f"{self.title}, names hidden" if self.is_blind else self.title

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide names only where there is something to see."""
        if action == "blind":
            return self.view is not None and self.view.has_record and not self.is_covered
        return super().check_action(action, parameters)

    def action_blind(self) -> None:
        """Hide the names, or show them again."""
        if self.view is None or self.engagement is None:
            return
        if self.is_blind:
            self.frame.face = OPEN
        else:
            day = local_day(self.view.as_of, self.engagement.timezone)
            swapped = first_is_after(self.engagement_id, day)
            self.frame.face = BLIND + ("swapped" if swapped else "as it was")
        self.show()
        self.screen.refresh_bindings()


def _row(rows: Sequence[ComparedRow], key: Hashable) -> ComparedRow | None:
    return next((row for row in rows if row.key == key), None)
