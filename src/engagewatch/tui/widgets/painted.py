"""Painting lines: roles become styles here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.styles import role_style
from engagewatch.tui.widgets.lines import Part

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Painted(Widget):
    """A widget that shows lines of parts through the Line API."""

    ALLOW_SELECT = False

    _base: Style | None = None
    _styles: dict[tuple[Style, str], Style] | None = None

    @property
    def base_style(self) -> Style:
        """The widget's own style, on which parts are painted."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def paint(self, role: str) -> Style:
        """Return the style of a role under the current theme."""
        return role_style(self.app.theme, role, colourless=self.app.no_color)

    def to_strip(self, parts: Iterable[Part], width: int, base: Style) -> Strip:
        """Return parts painted over ``base`` in exactly ``width`` cells.

        Control characters never reach the terminal, wherever the text came from.
        """
        plain_face = bool(getattr(self.app, "ascii_signs", False))
        styles = self._styles
        if styles is None:
            styles = self._styles = {}
        segments: list[Segment] = []
        painted = 0
        for text, role in parts:
            style = styles.get((base, role))
            if style is None:
                style = styles[base, role] = base + self.paint(role)
            shown = text
            if not shown.isprintable():
                shown = _CONTROL.sub("�", shown)
            if plain_face:
                shown = ascii_face(shown)
            segments.append(Segment(shown, style))
            painted += cell_len(shown)
        if painted < width:
            segments.append(Segment(" " * (width - painted), base))
            painted = width
        strip = Strip(segments, painted)
        return strip if painted == width else strip.adjust_cell_length(width, base)

    def notify_style_update(self) -> None:
        """Look styles up again when the theme changes."""
        self._base = self._styles = None
        super().notify_style_update()
