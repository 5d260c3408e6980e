"""What the pages with one sheet have in common: the sheet, and its item in full."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual.app import ComposeResult

from engagewatch.model.engagement import Engagement
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page, ViewT
from engagewatch.tui.widgets.detail import Detail
from engagewatch.tui.widgets.lines import Line
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet


class SheetPage(Page[ViewT]):
    """A page laid out as one sheet of lines."""

    has_detail: ClassVar[bool] = True
    """Whether the item under the cursor is shown in full below the sheet."""

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the widgets."""
        super().__init__(frame, engagement)
        self._sheet = Sheet(self._sheet_lines, frame.list_state())
        self._detail = Detail(self._detail_lines)

    def lay_out(self, view: ViewT, width: int) -> list[Line]:
        """Return the sheet."""
        raise NotImplementedError

    def detail(self, _view: ViewT, _key: Hashable, _width: int) -> list[Line]:
        """Return the item under the cursor in full."""
        return []

    def compose(self) -> ComposeResult:
        """Show the sheet, and its item in full below it."""
        yield self._sheet
        if self.has_detail:
            yield self._detail

    @property
    def listing(self) -> Listing:
        """The sheet."""
        return self._sheet

    def show(self) -> None:
        """Lay everything out again."""
        self._sheet.redraw()
        self._detail.redraw()

    def cursor_moved(self) -> None:
        """Show the item under the cursor in full."""
        self._detail.redraw()

    def _sheet_lines(self, width: int) -> list[Line]:
        return self.waiting_lines(width) if self.view is None else self.lay_out(self.view, width)

    def _detail_lines(self, width: int) -> list[Line]:
        key = self._sheet.cursor
        if self.view is None or key is None:
            return []
        return self.detail(self.view, key, width)
