"""The first line of a page: its answer in one sentence, and how much of it is on show."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from engagewatch.tui.widgets.lines import Part, Parts, spread, width_of
from engagewatch.tui.widgets.painted import Painted


class Headline(Painted):
    """Shows a sentence at the left and a note at the right."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._left: Parts = ()
        self._right: Parts = ()
        self._right_gives_way = False

    def show_parts(
        self, left: Sequence[Part], right: Sequence[Part] = (), *, right_gives_way: bool = False
    ) -> None:
        """Show another sentence and note; where both do not fit, one of them gives way."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self._right_gives_way = right_gives_way
            self.refresh()

    def render_line(self, _y: int) -> Strip:
        """Paint the line."""
        width = self.size.width
        room = max(1, width - 4)
        right = self._right
        if self._right_gives_way and width_of(self._left) + width_of(right) + 2 > room:
            right = ()
        parts = spread(self._left, right, room)
        return self.to_strip((Part("  "), *parts), width, self.base_style)
