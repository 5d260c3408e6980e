"""Where you are: the way from home to the current frame."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from engagewatch.tui.glyphs import CRUMB, ELLIPSIS
from engagewatch.tui.widgets.lines import Part, Parts, clip, clip_parts
from engagewatch.tui.widgets.painted import Painted

_LEAST_CRUMB = 8
"""A crumb cut shorter than this says nothing."""


def crumb_parts(crumbs: Sequence[str], width: int) -> Parts:
    """Return the crumbs on one line of ``width`` cells; the way is shortened, not the place."""
    if not crumbs:
        return ()
    separator = f" {CRUMB} "
    shown = [clip(crumbs[-1], width)]
    room = width - cell_len(shown[0])
    for index in range(len(crumbs) - 2, -1, -1):
        crumb = crumbs[index]
        # What is left out before it is shown as an ellipsis, for which there must be room too.
        reserve = len(separator) + 1 if index else 0
        if cell_len(crumb) + len(separator) + reserve <= room:
            shown.insert(0, crumb)
            room -= cell_len(crumb) + len(separator)
            continue
        space = room - len(separator) - reserve
        if space >= _LEAST_CRUMB:
            shown.insert(0, clip(crumb, space))
            room -= cell_len(shown[0]) + len(separator)
        if len(separator) + 1 <= room and (index or space < _LEAST_CRUMB):
            shown.insert(0, ELLIPSIS)
        break
    parts: list[Part] = []
    for index, crumb in enumerate(shown):
        if index:
            parts.append(Part(separator, "faint"))
        parts.append(Part(crumb, "bold" if index == len(shown) - 1 else "dim"))
    return clip_parts(parts, width)


class Breadcrumbs(Painted):
    """Shows the trail of the navigation."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._crumbs: tuple[str, ...] = ()

    def show_crumbs(self, crumbs: Sequence[str]) -> None:
        """Show another trail."""
        if tuple(crumbs) != self._crumbs:
            self._crumbs = tuple(crumbs)
            self.refresh()

    def render_line(self, _y: int) -> Strip:
        """Paint the trail."""
        width = self.size.width
        parts = (Part("  "), *crumb_parts(self._crumbs, max(1, width - 3)))
        return self.to_strip(parts, width, self.base_style)
