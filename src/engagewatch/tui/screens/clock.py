"""The clock view: one ticket's time, by court, by duty and under three readings."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual.binding import Binding, BindingType

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Frame
from engagewatch.tui.reading import Views
from engagewatch.tui.screens import clock_layout as layout
from engagewatch.tui.screens.two_columns import TwoColumnPage
from engagewatch.tui.widgets.lines import BLANK, Line
from engagewatch.tui.widgets.listing import Listing
from engagewatch.views.clock_view import ClockView
from engagewatch.views.keys import TicketKey


class ClockPage(TwoColumnPage[ClockView]):
    """The time line and the clocks; the events below them or beside them."""

    title: ClassVar[str] = "Ticket"
    about: ClassVar[tuple[str, ...]] = (
        (
            "One ticket from opening to now. The top bar shows whose court it was in. Below "
            "it, a bar per duty: heavy where the clock counted, broken where it was paused, "
            "dotted while the calendar was closed; the diamond is when the target is used up."
        ),
        (
            "On a clock, enter or i shows every stretch that was counted or not, and why. On an "
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
        Binding("i", "open", "Why", id="clock-why", tooltip="The same: why this clock counts so"),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Start with every clock folded."""
        super().__init__(frame, engagement)
        self._unfolded: set[Hashable] = set()

    def read(self, views: Views, now: Instant) -> ClockView:
        """Return the ticket's clock view."""
        ticket = self.frame.place.subject
        if not isinstance(ticket, TicketKey):
            raise TypeError("a clock view needs a ticket")
        return views.clock(self.engagement_id, now, ticket)

    def crumb(self) -> str:
        """Return the ticket's reference."""
        return self.view.reference if self.view is not None else super().crumb()

    def main(self, view: ClockView, width: int) -> list[Line]:
        """Return the time line, the clocks and the readings."""
        provider = self.engagement.provider if self.engagement is not None else "provider"
        lines = [
            *layout.heading(view, width),
            BLANK,
            *layout.time_line(view, width, provider, self._timezone, self._marked),
            BLANK,
            *layout.obligations(view, width, self._unfolded, self._timezone),
            BLANK,
            *layout.waits(view, width),
            *layout.readings(view, width),
        ]
        if not self.wide:
            lines += [BLANK, *layout.events(view, width)]
        return [*lines, *layout.not_known(view, width)]

    def side(self, view: ClockView, width: int) -> list[Line]:
        """Return the events."""
        return layout.events(view, width)

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

    def cursor_moved(self) -> None:
        """Mark the moment of the event under the cursor."""
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

    def link(self) -> str | None:
        """Return the ticket's address."""
        return None if self.view is None else self.view.url or None
