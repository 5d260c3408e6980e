"""The clock view: one ticket's time, by court, by duty and under three readings."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens import clock_layout as layout
from engagewatch.tui.widgets.lines import BLANK, Line, Part
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet
from engagewatch.views.clock_view import ClockView
from engagewatch.views.keys import TicketKey


class ClockPage(Page[ClockView]):
    """The time line and the clocks; the events below them or beside them."""

    title: ClassVar[str] = "Ticket"
    about: ClassVar[tuple[str, ...]] = (
        (
            "One ticket from opening to now. The top bar shows whose court it was in. Below "
            "it, a bar per duty: heavy where the clock counted, broken where it was paused, "
            "dotted while the calendar was closed; the diamond is when the target is used up."
        ),
        (
            "On a clock, enter shows every stretch that was counted or not, and why. On an "
            "event, its moment is marked in the bars."
        ),
        (
            "Claimed is what the provider's tool says, contract is our count under the "
            "contract, felt is calendar time without pauses."
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Unfold",
            key_display="enter",
            id="clock-unfold",
            tooltip="Every stretch of this clock",
        ),
        Binding(
            "tab", "other_side", "Events", show=False, id="clock-side", tooltip="The other column"
        ),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the widgets."""
        super().__init__(frame, engagement)
        self._main = Sheet(self._main_lines, frame.list_state("main"), id="main")
        self._side = Sheet(self._side_lines, frame.list_state("side"), id="side")
        self._unfolded: set[Hashable] = set()

    def compose(self) -> ComposeResult:
        """Show two columns where there is room, one where there is not."""
        yield self._main
        yield self._side

    def read(self, views: Views, now: Instant) -> ClockView:
        """Return the ticket's clock view."""
        ticket = self.frame.place.subject
        if not isinstance(ticket, TicketKey):
            raise TypeError("a clock view needs a ticket")
        return views.clock(self.engagement_id, now, ticket)

    def show(self) -> None:
        """Lay both columns out again."""
        self._main.redraw()
        self._side.redraw()

    def crumb(self) -> str:
        """Return the ticket's reference."""
        return self.view.reference if self.view is not None else super().crumb()

    @property
    def _wide(self) -> bool:
        return self.screen.has_class("-wide")

    def _main_lines(self, width: int) -> list[Line]:
        view = self.view
        if view is None:
            return [Line((Part("reading…", "dim"),))]
        provider = self.engagement.provider if self.engagement is not None else "provider"
        lines = [
            *layout.heading(view, width),
            BLANK,
            *layout.time_line(view, width, provider, self._timezone, self._marked),
            BLANK,
            *layout.obligations(view, width, self._unfolded, self._timezone),
            BLANK,
            *layout.readings(view, width),
        ]
        if not self._wide:
            lines += [BLANK, *layout.events(view, width)]
        return [*lines, *layout.not_known(view, width)]

    def _side_lines(self, width: int) -> list[Line]:
        return [] if self.view is None else layout.events(self.view, width)

    @property
    def _timezone(self) -> str:
        return self.engagement.timezone if self.engagement is not None else "UTC"

    @property
    def _marked(self) -> Instant | None:
        """The moment of the event under the cursor."""
        cursor = self.listing.cursor
        for event in self.view.events if self.view is not None else ():
            if cursor == ("event", event.key):
                return event.at
        return None

    @property
    def listing(self) -> Listing:
        """The column that has the keys."""
        return self._side if self._wide and self._side.has_focus else self._main

    def cursor_moved(self) -> None:
        """Mark the moment of the event under the cursor."""
        self._main.redraw()

    def action_other_side(self) -> None:
        """Give the keys to the other column."""
        if self._wide:
            (self._main if self._side.has_focus else self._side).focus()
            self._main.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer ``enter`` on clocks, which unfold."""
        if action == "open":
            cursor = self.listing.cursor
            return isinstance(cursor, tuple) and cursor[0] == "clock"
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        """Unfold the clock under the cursor, or fold it again."""
        cursor = self.listing.cursor
        self._unfolded ^= {cursor}
        self._main.redraw()

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Unfold the clock the mouse chose."""
        event.stop()
        if self.check_action("open", ()):
            self.action_open()

    def reference(self) -> str | None:
        """Return the ticket's reference."""
        return None if self.view is None else self.view.reference
