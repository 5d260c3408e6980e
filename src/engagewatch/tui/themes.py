"""The themes: dark and light, each also in colours that do not depend on telling red from green.

Every colour has a meaning and a name; the style sheet knows only the names. The four courts have
colours of their own, apart from those that judge (good, notice, warning, bad).
"""

from __future__ import annotations

DEFAULT_THEME = "dark"

THEME_TITLES = {
    "dark": "Dark",
    "light": "Light",
    "clear-dark": "Dark, colour-blind safe",
    "clear-light": "Light, colour-blind safe",
}
"""What each theme is called. The ``clear-*`` ones are safe for colour-blind readers: healthy is
blue, trouble is orange."""

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

COLOURS = {
    "dark": _DARK,
    "light": _LIGHT,
    "clear-dark": _CLEAR_DARK,
    "clear-light": _CLEAR_LIGHT,
}
"""The colours of each theme, by name."""
