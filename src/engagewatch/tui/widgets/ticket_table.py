"""A table of any length: only the rows in sight are ever laid out or painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic

from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip

from engagewatch.tui.glyphs import CURSOR
from engagewatch.tui.navigation import ListState
from engagewatch.tui.widgets.columns import (
    Column,
    Fitted,
    RowT,
    fit_columns,
    header,
    measure,
    row_parts,
)
from engagewatch.tui.widgets.lines import Line, Part, Parts
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import GUTTER, MARGIN

MEASURED_ROWS = 200
"""Rows whose cells decide how wide the columns are."""
_CACHED_ROWS = 1024


class TicketTable(Listing, Generic[RowT]):
    """Shows rows in the order they are given; asks its page for another order.

    Rows are addressed by key. Handing in new rows keeps the cursor on its row and the row where it
    is in sight, and repaints only the lines that read differently.
    """

    header_height = 1

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,l",
            "sort_next(1)",
            "Sort",
            key_display="←→",
            id="table-sort-next",
            tooltip="Sort by the next column",
        ),
        Binding(
            "left,h",
            "sort_next(-1)",
            "Sort by previous column",
            show=False,
            id="table-sort-previous",
            tooltip="Sort by the previous column",
        ),
        Binding(
            "v", "reverse", "Reverse", show=False, id="table-reverse", tooltip="Reverse the order"
        ),
    ]

    class Rearranged(Message):
        """Another order is asked for; it is in the table's state."""

        def __init__(self, table: Listing) -> None:
            """Tell which table."""
            super().__init__()
            self.table = table

        @property
        def control(self) -> Listing:
            """The table, for selectors."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        key_of: Callable[[RowT], Hashable],
        state: ListState,
        *,
        empty: Callable[[int], Sequence[Line]] = lambda _: (),
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Take the columns, what identifies a row, and the lines that stand where no row is."""
        super().__init__(state, id=id)
        self.columns = tuple(columns)
        self._key_of = key_of
        self._empty = empty
        self._rows: Sequence[RowT] = ()
        self._positions: dict[Hashable, int] = {}
        self._wants: list[int] = [column.least for column in self.columns]
        self._fitted: list[Fitted[RowT]] = []
        self._header: Parts = ()
        self._cells: LRUCache[Hashable, Parts] = LRUCache(_CACHED_ROWS)
        self._strips: LRUCache[tuple[Hashable, bool, bool], Strip] = LRUCache(_CACHED_ROWS)
        self._empty_lines: list[Line] = []

    @property
    def rows(self) -> Sequence[RowT]:
        """The rows, in the order shown."""
        return self._rows

    @property
    def current_row(self) -> RowT | None:
        """The row under the cursor."""
        index = self.item_index(self.state.cursor) if self.state.cursor is not None else None
        return None if index is None else self._rows[index]

    def lay_out(self, width: int) -> None:
        """Fit the columns to the width."""
        self._cells.clear()
        self._strips.clear()
        room = max(1, width - GUTTER - MARGIN)
        self._fitted = fit_columns(self.columns, self._wants, room)
        self._header = header(self._fitted, self.state.sort, descending=self.state.descending)
        self._empty_lines = [] if self._rows else list(self._empty(room))

    def set_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows, or other values of the same rows."""
        before = self._in_sight()
        count = len(self._rows)
        self._rows = rows
        self._positions = {self._key_of(row): index for index, row in enumerate(rows)}
        self._wants = measure(self.columns, rows[:MEASURED_ROWS])
        if not self.laid_out_width:
            self._wanted_top()
            return
        self.lay_out(self.laid_out_width)
        if count != len(rows):
            self.fit_virtual_size()
        self.settle()
        after = self._in_sight()
        if not rows or not count or len(before) != len(after):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                self.refresh_lines(self.top + y, 1)

    def _in_sight(self) -> list[object]:
        """What each visible line shows, header first, to tell which of them changed."""
        if not self.laid_out_width:
            return []
        top = self.top
        shown: list[object] = [self._header]
        for index in range(top, min(top + self.window_height, len(self._rows))):
            key = self._key_of(self._rows[index])
            shown.append((self._row_cells(index), key == self.state.cursor))
        return shown

    def item_count(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def item_key(self, index: int) -> Hashable:
        """Return the key of a row."""
        return self._key_of(self._rows[index])

    def item_index(self, key: Hashable) -> int | None:
        """Return where a row is."""
        return self._positions.get(key)

    def item_lines(self, index: int) -> tuple[int, int]:
        """Return the line of a row."""
        return index, index + 1

    def line_count(self) -> int:
        """Return how many rows scroll."""
        return len(self._rows)

    def action_sort_next(self, step: int) -> None:
        """Sort by the next column that sorts; past the last one, by the view's own order."""
        keys: list[str | None] = [None]
        keys += [item.column.key for item in self._fitted if item.column.value is not None]
        at = keys.index(self.state.sort) if self.state.sort in keys else 0
        self.state.sort = keys[(at + step) % len(keys)]
        self.state.descending = any(
            column.largest_first for column in self.columns if column.key == self.state.sort
        )
        self.post_message(self.Rearranged(self))

    def action_reverse(self) -> None:
        """Turn the order round."""
        if self.state.sort is None:
            self.action_sort_next(1)
            return
        self.state.descending = not self.state.descending
        self.post_message(self.Rearranged(self))

    def notify_style_update(self) -> None:
        """Repaint every row when the theme changes."""
        self._strips.clear()
        super().notify_style_update()

    def _row_cells(self, index: int) -> Parts:
        key = self._key_of(self._rows[index])
        cells = self._cells.get(key)
        if cells is None:
            cells = self._cells[key] = row_parts(self._fitted, self._rows[index])
        return cells

    def render_line(self, y: int) -> Strip:
        """Paint one line in sight: the header or a row."""
        self.ensure_laid_out()
        width = self.laid_out_width
        base = self.base_style
        if y == 0:
            return self.to_strip((Part(" " * GUTTER), *self._header), width, base)
        index = self.top + y - self.header_height
        if index >= len(self._rows):
            line = index - len(self._rows)
            if not self._rows and line < len(self._empty_lines):
                parts = self._empty_lines[line].parts
                return self.to_strip((Part(" " * GUTTER), *parts), width, base)
            return Strip.blank(width, base)
        key = self._key_of(self._rows[index])
        cache_key = (key, key == self.state.cursor, self.has_focus)
        strip = self._strips.get(cache_key)
        if strip is None:
            strip = self._strips[cache_key] = self._paint_row(index, selected=cache_key[1])
        return strip

    def _paint_row(self, index: int, *, selected: bool) -> Strip:
        base = self.base_style
        gutter = Part(" " * GUTTER)
        if selected:
            base += self.paint("cursor" if self.has_focus else "cursor-idle")
            gutter = Part(CURSOR + " " * (GUTTER - 1), "accent" if self.has_focus else "faint")
        return self.to_strip((gutter, *self._row_cells(index)), self.laid_out_width, base)
