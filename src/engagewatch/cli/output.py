"""Plain text for people: paragraphs, aligned tables, colour where it is wanted."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

NARROWEST = 60
WIDEST = 100
"""Lines of prose wider than this are hard to follow, whatever the terminal allows."""

_COLOURS = {"good": "32", "notice": "36", "warning": "33", "bad": "31;1", "unknown": "35"}


def wants_colour(stream: TextIO | None = None) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR or a dumb terminal says otherwise."""
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return how wide lines may be: the terminal, within reason; 80 where there is none."""
    import shutil

    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def coloured(text: str, tone: str, *, enabled: bool) -> str:
    """Return ``text`` in the colour of a tone; the words alone must already say it."""
    code = _COLOURS.get(tone)
    return f"\x1b[{code}m{text}\x1b[0m" if enabled and code and text else text


def bold(text: str, *, enabled: bool) -> str:
    """Return ``text`` in bold."""
    return f"\x1b[1m{text}\x1b[0m" if enabled and text else text


def cells(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def wrapped(text: str, limit: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """Return ``text`` as lines of at most ``limit`` columns; ``first`` and ``rest`` lead them.

    A word longer than a line is left whole.
    """
    rest = first if rest is None else rest
    lines: list[str] = []
    line = ""
    for word in text.split():
        lead = rest if lines else first
        candidate = f"{line} {word}" if line else word
        if line and cells(lead) + cells(candidate) > limit:
            lines.append(lead + line)
            candidate = word
        line = candidate
    lines.append((rest if lines else first) + line)
    return lines


def table(
    rows: Iterable[Sequence[str]], *, indent: str = "", limit: int | None = None
) -> list[str]:
    """Return rows as aligned lines; the last column takes the rest of the line and wraps in it."""
    listed = [tuple(row) for row in rows]
    if not listed:
        return []
    limit = width() if limit is None else limit
    widths = [max(cells(row[column]) for row in listed) for column in range(len(listed[0]) - 1)]
    lines = []
    for row in listed:
        lead = indent + "".join(
            text + " " * (wide - cells(text) + 2) for text, wide in zip(row, widths, strict=False)
        )
        lines += wrapped(row[-1], limit, first=lead, rest=" " * cells(lead))
    return [line.rstrip() for line in lines]
