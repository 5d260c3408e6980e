"""Painting lines: roles become styles here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.widgets.lines import Part

ROLES = (
    "dim",
    "faint",
    "heading",
    "accent",
    "key",
    "good",
    "notice",
    "warning",
    "bad",
    "unknown",
    "provider",
    "client",
    "third_party",
    "nobody",
    "cursor",
    "cursor-idle",
)

_ATTRIBUTES = {
    "bold": Style(bold=True),
    "reverse": Style(reverse=True),
    "underline": Style(underline=True),
    "italic": Style(italic=True),
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Painted(Widget):
    """A widget that shows lines of parts through the Line API."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"role-{role}" for role in ROLES}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Make the widget; styles are looked up when it first paints."""
        super().__init__(id=id, classes=classes)
        self._paints: dict[str, Style] = {}

    def paint(self, role: str) -> Style:
        """Return the style of a role (without a background of its own)."""
        style = self._paints.get(role)
        if style is None:
            style = Style()
            for name in role.split():
                if name == "plain":
                    continue
                attribute = _ATTRIBUTES.get(name)
                if attribute is None:
                    attribute = self.get_component_rich_style(f"role-{name}", partial=True)
                style += attribute
            self._paints[role] = style
        return style

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

    def notify_style_update(self) -> None:
        """Forget styles when the theme changes."""
        self._paints.clear()
        super().notify_style_update()
