"""Painting lines: roles become styles here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.themes import role_style
from engagewatch.tui.widgets.lines import Part

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Painted(Widget):
    """A widget that shows lines of parts through the Line API."""

    ALLOW_SELECT = False

    def paint(self, role: str) -> Style:
        """Return the style of a role under the current theme."""
        return role_style(self.app.theme, role)

    def to_strip(self, parts: Iterable[Part], width: int, base: Style) -> Strip:
        """Return parts painted over ``base`` in exactly ``width`` cells.

        Control characters never reach the terminal, wherever the text came from.
        """
        plain_face = bool(getattr(self.app, "ascii_signs", False))
        segments: list[Segment] = []
        for text, role in parts:
            shown = text
            if not shown.isprintable():
                shown = _CONTROL.sub("�", shown)
            if plain_face:
                shown = ascii_face(shown)
            segments.append(Segment(shown, base + self.paint(role) if role else base))
        return Strip(segments).adjust_cell_length(width, base)
