"""Lines of styled text, measured in terminal cells.

A screen is laid out as plain data, a list of :class:`Line`, before any widget sees it. Styles are
named by role (``bad``, ``dim``, ``client``, ...) and looked up in the style sheet when painted, so
layout is the same under every theme and can be tested without a terminal.

Remote text only ever travels as the text of a :class:`Part`; nothing here reads markup.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size

from engagewatch.tui.glyphs import ELLIPSIS


class Part(NamedTuple):
    """A run of text in one style."""

    text: str
    role: str = ""
    """Role names and the attributes ``bold``, ``reverse``, ``underline``, separated by spaces."""


Parts: TypeAlias = tuple[Part, ...]


class Line(NamedTuple):
    """One line of a sheet. Neighbouring lines with one key are one item under the cursor."""

    parts: Parts = ()
    key: Hashable | None = None
    """What the cursor rests on; ``None`` for lines it passes over."""


BLANK = Line()


def part(text: str, role: str = "") -> Parts:
    """Return a single part as parts."""
    return (Part(text, role),)


def width_of(parts: Iterable[Part]) -> int:
    """Return the width of parts in cells."""
    return sum(cell_len(text) for text, _ in parts)


def clip(text: str, width: int) -> str:
    """Return ``text`` cut to ``width`` cells, with an ellipsis in place of what is missing."""
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def clip_middle(text: str, width: int) -> str:
    """Return ``text`` cut in its middle, so that both ends of an identifier stay readable."""
    if cell_len(text) <= width or width < 5 or not text.isascii():
        return clip(text, width)
    head = (width - 1) // 2
    return text[:head] + ELLIPSIS + text[len(text) - (width - 1 - head) :]


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` cells, clipped or padded."""
    clipped = clip(text, width)
    space = " " * (width - cell_len(clipped))
    return space + clipped if right else clipped + space


def clip_parts(parts: Sequence[Part], width: int) -> Parts:
    """Return parts cut to ``width`` cells in all."""
    kept: list[Part] = []
    left = width
    for index, (text, role) in enumerate(parts):
        size = cell_len(text)
        more = any(following.text for following in parts[index + 1 :])
        if size < left or (size == left and not more):
            kept.append(Part(text, role))
            left -= size
            continue
        kept.append(Part(clip(text, left) if size > left else clip(text + "  ", left), role))
        break
    return tuple(kept)


def fit_parts(parts: Sequence[Part], width: int, *, right: bool = False) -> Parts:
    """Return parts in exactly ``width`` cells, clipped or padded."""
    clipped = clip_parts(parts, width)
    space = width - width_of(clipped)
    if space <= 0:
        return clipped
    pad = Part(" " * space)
    return (pad, *clipped) if right else (*clipped, pad)


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> Parts:
    """Return ``left`` and ``right`` at the two ends of a line; the left side gives way."""
    right = clip_parts(right, width)
    room = width - width_of(right)
    if not right:
        return clip_parts(left, width)
    return (*fit_parts(left, max(0, room - 2)), Part(" " * min(2, room)), *right)


def wrap(text: str, width: int) -> list[str]:
    """Return ``text`` broken at spaces into lines of at most ``width`` cells.

    A word wider than a line is cut across lines: nothing is lost.
    """
    width = max(1, width)
    lines: list[str] = []
    current = ""
    room = width
    for word in text.split(" "):
        size = cell_len(word)
        if current and size + 1 <= room:
            current += " " + word
            room -= size + 1
            continue
        if current:
            lines.append(current)
        while size > width:
            head = set_cell_size(word, width)
            kept = head.rstrip(" ") or head
            lines.append(kept)
            word = word[len(kept) :]
            size = cell_len(word)
        current, room = word, width - size
    if current or not lines:
        lines.append(current)
    return lines


def wrapped(
    text: str, width: int, role: str = "", *, key: Hashable | None = None, indent: int = 0
) -> list[Line]:
    """Return ``text`` as wrapped lines in one style, all belonging to ``key``."""
    pad = part(" " * indent) if indent else ()
    return [Line((*pad, Part(row, role)), key) for row in wrap(text, width - indent)]


def joined(groups: Iterable[Sequence[Part]], separator: str = "  ", role: str = "faint") -> Parts:
    """Return groups of parts with a separator between them; empty groups are left out."""
    parts: list[Part] = []
    for group in groups:
        if not group:
            continue
        if parts:
            parts.append(Part(separator, role))
        parts.extend(group)
    return tuple(parts)


def packed(
    groups: Iterable[Sequence[Part]],
    width: int,
    *,
    separator: str = "   ",
    key: Hashable | None = None,
    indent: int = 0,
) -> list[Line]:
    """Return groups side by side on as few lines as they fit on, never breaking inside a group."""
    lines: list[list[Part]] = []
    room = 0
    for group in groups:
        if not group:
            continue
        size = width_of(group)
        if lines and size + len(separator) <= room:
            lines[-1] += [Part(separator), *group]
            room -= size + len(separator)
        else:
            lines.append([*part(" " * indent), *group] if indent else list(group))
            room = width - indent - size
    return [Line(clip_parts(parts, width), key) for parts in lines]
