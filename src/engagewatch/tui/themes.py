"""The themes: dark and light, each also in colours that do not depend on telling red from green.

Every colour has a meaning and a name; the style sheet knows only the names. The four courts have
colours of their own, apart from those that judge (good, notice, warning, bad).
"""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

DEFAULT_THEME = "dark"


def _theme(name: str, *, dark: bool, colours: dict[str, str]) -> Theme:
    return Theme(
        name=name,
        dark=dark,
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


_DARK = {
    "ground": "#10151c",
    "raised": "#18202b",
    "cursor": "#223349",
    "text": "#d8dfe9",
    "dim": "#8f9bad",
    "faint": "#4d5969",
    "accent": "#6cb2f5",
    "good": "#62c794",
    "notice": "#8fb4dc",
    "warning-tone": "#e9b44c",
    "bad": "#f4736c",
    "unknown": "#a9a3bd",
    "provider": "#5a94d6",
    "client": "#c58cf0",
    "third-party": "#4fb5aa",
    "nobody": "#667283",
}

_LIGHT = {
    "ground": "#fbfbf9",
    "raised": "#eef0f1",
    "cursor": "#d5e5f8",
    "text": "#1c2530",
    "dim": "#5a6675",
    "faint": "#b3bbc5",
    "accent": "#0a5fc0",
    "good": "#157347",
    "notice": "#3a6596",
    "warning-tone": "#8a5a00",
    "bad": "#b42318",
    "unknown": "#6a5f85",
    "provider": "#2f6db5",
    "client": "#8b3fc4",
    "third-party": "#0b7d74",
    "nobody": "#828d9a",
}

_CLEAR_DARK = {
    **_DARK,
    "good": "#56b4ff",
    "notice": "#a8c6e6",
    "warning-tone": "#f2cf30",
    "bad": "#ff8c42",
    "accent": "#e3ebf5",
    "provider": "#b7c1cf",
    "client": "#d98bc4",
    "third-party": "#7f86e0",
    "nobody": "#5d6876",
}

_CLEAR_LIGHT = {
    **_LIGHT,
    "good": "#0057b0",
    "notice": "#3f5f86",
    "warning-tone": "#7a6000",
    "bad": "#b34700",
    "accent": "#1c2530",
    "provider": "#5a6675",
    "client": "#a03a80",
    "third-party": "#4a4fae",
    "nobody": "#9aa4b0",
}

THEMES = {
    "dark": _theme("dark", dark=True, colours=_DARK),
    "light": _theme("light", dark=False, colours=_LIGHT),
    "clear-dark": _theme("clear-dark", dark=True, colours=_CLEAR_DARK),
    "clear-light": _theme("clear-light", dark=False, colours=_CLEAR_LIGHT),
}
"""``clear-*`` are safe for colour-blind readers: healthy is blue, trouble is orange."""

THEME_TITLES = {
    "dark": "Dark",
    "light": "Light",
    "clear-dark": "Dark, colour-blind safe",
    "clear-light": "Light, colour-blind safe",
}

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
_GROUNDS = {"cursor": "cursor", "cursor-idle": "raised"}


@lru_cache(maxsize=512)
def role_style(theme: str, role: str) -> Style:
    """Return the style of ``role``: role names and attributes, separated by spaces.

    Raises:
        KeyError: there is no such role.
    """
    colours = THEMES.get(theme, THEMES[DEFAULT_THEME]).variables
    style = Style()
    for name in role.split():
        if name in _ATTRIBUTES:
            style += _ATTRIBUTES[name]
        elif name in _GROUNDS:
            style += Style(bgcolor=colours[_GROUNDS[name]])
        else:
            colour, extra = _COLOURS.get(name, (name, Style()))
            style += Style(color=colours[colour]) + extra
    return style
