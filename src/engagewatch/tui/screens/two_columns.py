"""What the pages with two columns have in common: side by side where there is room, else as one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from engagewatch.model.engagement import Engagement
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page, ViewT
from engagewatch.tui.widgets.lines import Line
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet


class TwoColumnPage(Page[ViewT]):
    """A main sheet, and a side sheet that is laid out under it in a narrow window."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "other_side", "Other side", show=False, id="side", tooltip="The other column"
        ),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the widgets."""
        super().__init__(frame, engagement)
        self._main = Sheet(self._main_lines, frame.list_state("main"), id="main")
        self._side = Sheet(self._side_lines, frame.list_state("side"), id="side")

    def main(self, view: ViewT, width: int) -> list[Line]:
        """Return the main column; in a narrow window with what belongs to the side below it."""
        raise NotImplementedError

    def side(self, view: ViewT, width: int) -> list[Line]:
        """Return the side column."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Make both columns; the style sheet hides the side where there is no room."""
        yield self._main
        yield self._side

    def show(self) -> None:
        """Lay both columns out again."""
        self._main.redraw()
        self._side.redraw()

    @property
    def wide(self) -> bool:
        """Whether the columns stand side by side."""
        return self.screen.has_class("-wide")

    @property
    def listing(self) -> Listing:
        """The column that has the keys."""
        return self._side if self.wide and self._side.has_focus else self._main

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the other column only where there are two."""
        if action == "other_side":
            return self.wide
        return super().check_action(action, parameters)

    def action_other_side(self) -> None:
        """Give the keys to the other column."""
        (self._main if self._side.has_focus else self._side).focus()
        self.show()
        self.screen.refresh_bindings()

    def on_resize(self) -> None:
        """Take the keys back from a column that is no longer there."""
        if not self.wide and self._side.has_focus:
            self._main.focus()

    def _main_lines(self, width: int) -> list[Line]:
        return self.waiting_lines(width) if self.view is None else self.main(self.view, width)

    def _side_lines(self, width: int) -> list[Line]:
        return [] if self.view is None else self.side(self.view, width)
