"""A box over the screen with a sheet in it: help, and why a number is what it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from engagewatch.tui.navigation import ListState, Place
from engagewatch.tui.widgets.lines import Line
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet


class Overlay(ModalScreen["Place | None"]):
    """Shows a sheet; closing it returns where its chosen item leads, if anywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", id="overlay-close", tooltip="Close"),
        Binding("enter", "choose", "Open", id="overlay-open", tooltip="Open the ticket"),
    ]

    def __init__(
        self,
        title: str,
        layout: Callable[[int], Sequence[Line]],
        place_of: Callable[[Hashable], Place | None] = lambda _: None,
        *,
        close_key: str = "",
    ) -> None:
        """Take the title (never remote text), the layout, and where its items lead.

        ``close_key`` closes it too: the key that opened it.
        """
        super().__init__()
        self._title = title
        self._sheet = Sheet(layout, ListState())
        self._place_of = place_of
        self._close_key = close_key

    def compose(self) -> ComposeResult:
        """Make the box."""
        box = Vertical(self._sheet, id="box")
        box.border_title = self._title
        box.border_subtitle = "esc close"
        yield box

    def on_mount(self) -> None:
        """Take the keys."""
        if self._close_key:
            self._bindings.bind(self._close_key, "close", show=False)
        self._sheet.focus()

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Follow the item the mouse chose."""
        self.dismiss(self._place_of(event.key))

    def action_choose(self) -> None:
        """Follow the item under the cursor."""
        if self._sheet.cursor is not None:
            self.dismiss(self._place_of(self._sheet.cursor))

    def action_close(self) -> None:
        """Close, going nowhere."""
        self.dismiss(None)
