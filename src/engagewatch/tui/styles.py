"""Themes as Textual knows them, and the style of every role under each of them."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

from engagewatch.tui.themes import COLOURS, DEFAULT_THEME


def _theme(name: str) -> Theme:
    colours = COLOURS[name]
    return Theme(
        name=name,
        dark=name.endswith("dark"),
        primary=colours["accent"],
        secondary=colours["dim"],
        accent=colours["accent"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["raised"],
        success=colours["good"],
        warning=colours["warning-tone"],
        error=colours["bad"],
        variables=colours,
    )


THEMES = {name: _theme(name) for name in COLOURS}

_ATTRIBUTES = {
    "plain": Style(),
    "bold": Style(bold=True),
    "reverse": Style(reverse=True),
    "underline": Style(underline=True),
}
_COLOURS = {
    "heading": ("accent", Style(bold=True)),
    "key": ("accent", Style(bold=True)),
    "warning": ("warning-tone", Style()),
    "third_party": ("third-party", Style()),
}
_WITHOUT_COLOUR = {
    "bad": ("text", Style(bold=True)),
    "warning": ("text", Style()),
}
"""Red and amber as greys are no brighter than what is dimmed: they stand out in other ways."""
_GROUNDS = {"cursor": "cursor", "cursor-idle": "raised"}


@lru_cache(maxsize=512)
def role_style(theme: str, role: str, *, colourless: bool = False) -> Style:
    """Return the style of ``role``: role names and attributes, separated by spaces.

    With ``colourless``, what is urgent stands out on a screen that shows greys only.

    Raises:
        KeyError: there is no such role.
    """
    colours = COLOURS.get(theme, COLOURS[DEFAULT_THEME])
    style = Style()
    for name in role.split():
        if name in _ATTRIBUTES:
            style += _ATTRIBUTES[name]
        elif name in _GROUNDS:
            style += Style(bgcolor=colours[_GROUNDS[name]])
        else:
            found = _WITHOUT_COLOUR.get(name) if colourless else None
            colour, extra = found or _COLOURS.get(name, (name, Style()))
            style += Style(color=colours[colour]) + extra
    return style
