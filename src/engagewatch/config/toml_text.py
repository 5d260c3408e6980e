"""Writing values as TOML does, for examples, messages and new files."""

from __future__ import annotations

import re
from datetime import date

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def toml_value(value: object) -> str:
    """Return ``value`` (text, number, truth, date, list or table) as TOML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{"".join(_escaped(character) for character in value)}"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        pairs = ", ".join(
            f"{toml_key(str(key))} = {toml_value(item)}" for key, item in value.items()
        )
        return f"{{ {pairs} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    return str(value)


def toml_key(key: str) -> str:
    """Return ``key`` as TOML writes it: bare where that is allowed, else in quotes."""
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 32 or ord(character) == 127:
        return f"\\u{ord(character):04x}"
    return character
