"""The first line of a page: its answer in one sentence, and how much of it is on show."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from engagewatch.tui.widgets.lines import Part, Parts, spread
from engagewatch.tui.widgets.painted import Painted


class Headline(Painted):
    """Shows a sentence at the left and a note at the right."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._left: Parts = ()
        self._right: Parts = ()

    def show_parts(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Show another sentence and note."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def render_line(self, _y: int) -> Strip:
        """Paint the line."""
        width = self.size.width
        parts = spread(self._left, self._right, max(1, width - 4))
        return self.to_strip((Part("  "), *parts), width, self.base_style)
