"""What the row under the cursor says in full, below or beside its list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.strip import Strip

from engagewatch.tui.glyphs import ELLIPSIS
from engagewatch.tui.widgets.lines import Line, Part, clip_parts
from engagewatch.tui.widgets.painted import Painted

_MARGIN = 2


class Detail(Painted):
    """Shows what ``layout`` returns for its width; that something did not fit is told."""

    def __init__(self, layout: Callable[[int], Sequence[Line]]) -> None:
        """Take the layout: text width in cells to lines."""
        super().__init__()
        self._layout_lines = layout
        self._lines: list[Line] = []
        self._width = 0

    def redraw(self) -> None:
        """Lay out again; repaint if anything differs."""
        before = self._lines
        self._lay_out()
        if self._lines != before:
            self.refresh()

    def _lay_out(self) -> None:
        self._width = self.size.width
        self._lines = list(self._layout_lines(self._width - 2 * _MARGIN)) if self._width else []

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        width = self.size.width
        if width != self._width:
            self._lay_out()
        if y >= len(self._lines):
            return Strip.blank(width, self.base_style)
        shown = self._lines[y].parts
        if y == self.size.height - 1 and y < len(self._lines) - 1:
            shown = (*clip_parts(shown, width - 2 * _MARGIN - 2), Part(f" {ELLIPSIS}", "dim"))
        parts = (Part(" " * _MARGIN), *shown)
        return self.to_strip(parts, width, self.base_style)
