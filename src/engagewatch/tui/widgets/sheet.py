"""A sheet: laid-out lines of any kind, some of them items the cursor can rest on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from textual.geometry import Size
from textual.strip import Strip

from engagewatch.tui.glyphs import CURSOR
from engagewatch.tui.navigation import ListState
from engagewatch.tui.widgets.lines import Line, Part
from engagewatch.tui.widgets.listing import Listing

GUTTER = 2
"""Cells left of the text, where the cursor's sign stands."""
MARGIN = 1
"""Cells kept free right of the text."""


class Sheet(Listing):
    """Shows what ``layout`` returns for its width, and repaints only the lines that changed."""

    def __init__(
        self,
        layout: Callable[[int], Sequence[Line]],
        state: ListState,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Take the layout: text width in cells to lines."""
        super().__init__(state, id=id)
        self._layout_lines = layout
        self._lines: list[Line] = []
        self._keys: list[Hashable] = []
        self._spans: dict[Hashable, tuple[int, int, int]] = {}

    @property
    def lines(self) -> Sequence[Line]:
        """The lines on show."""
        return self._lines

    def lay_out(self, width: int) -> None:
        """Ask for the lines and find the items in them."""
        self._lines = list(self._layout_lines(max(1, width - GUTTER - MARGIN)))
        self._index_items()

    def redraw(self) -> None:
        """Lay out again; repaint the lines that differ."""
        if not self.laid_out_width:
            return
        old = self._lines
        self.lay_out(self.laid_out_width)
        if len(old) != len(self._lines):
            self.fit_virtual_size()
            self.refresh()
        else:
            for y, (before, after) in enumerate(zip(old, self._lines, strict=True)):
                if before != after:
                    self.refresh_line(y)
        self.settle()

    def _index_items(self) -> None:
        self._keys, self._spans = [], {}
        for y, line in enumerate(self._lines):
            if line.key is None:
                continue
            span = self._spans.get(line.key)
            if span is None:
                self._spans[line.key] = (len(self._keys), y, y + 1)
                self._keys.append(line.key)
            else:
                self._spans[line.key] = (span[0], span[1], y + 1)

    def item_count(self) -> int:
        """Return how many items there are."""
        return len(self._keys)

    def item_key(self, index: int) -> Hashable:
        """Return the key of an item."""
        return self._keys[index]

    def item_index(self, key: Hashable) -> int | None:
        """Return where an item is."""
        span = self._spans.get(key)
        return None if span is None else span[0]

    def item_lines(self, index: int) -> tuple[int, int]:
        """Return the lines of an item."""
        _, first, last = self._spans[self._keys[index]]
        return first, last

    def line_count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return the height the sheet would like, for boxes that fit their content."""
        text_width = max(1, width - GUTTER - MARGIN - self.styles.scrollbar_size_vertical)
        return len(self._layout_lines(text_width))

    def render_line(self, y: int) -> Strip:
        """Paint one line in sight."""
        self.ensure_laid_out()
        width = self.scrollable_content_region.width
        index = y + self.top
        if index >= len(self._lines):
            return Strip.blank(width, self.base_style)
        line = self._lines[index]
        base = self.base_style
        gutter = Part(" " * GUTTER)
        if line.key is not None and line.key == self.state.cursor:
            base += self.paint("cursor" if self.has_focus else "cursor-idle")
            gutter = Part(CURSOR + " " * (GUTTER - 1), "accent" if self.has_focus else "faint")
        return self.to_strip((gutter, *line.parts), width, base)
