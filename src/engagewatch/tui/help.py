"""Help for the screen at hand, made from the bindings that work on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from engagewatch.tui.widgets.lines import BLANK, Line, Part, fit, wrapped

_KEY_WIDTH = 12


def key_rows(
    screen: Screen[Any], label_of: Callable[[str], str] = lambda _: ""
) -> list[tuple[str, str]]:
    """Return (keys, what they do) of everything that works now, the nearest first.

    ``label_of`` tells where the key of a binding leads on this page, if that depends on the page.
    """
    rows: dict[str, tuple[list[str], str]] = {}
    for _, binding, enabled, _ in screen.active_bindings.values():
        if not enabled or not binding.tooltip:
            continue
        identity = binding.id or binding.action
        display = binding.key_display or ""
        if not display.isalpha():
            # What the key bar shows for it may stand for several keys: here each is named.
            display = screen.app.get_key_display(replace(binding, key_display=None))
        place = label_of(identity)
        words = f"Turn to {place}" if place else binding.tooltip
        keys, _ = rows.setdefault(identity, ([], words))
        if display not in keys:
            keys.append(display)
    return [(" ".join(keys), words) for keys, words in rows.values()]


def help_lines(about: Sequence[str], rows: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Return the help: how to read the screen, then its keys, in one or two columns."""
    lines: list[Line] = []
    for paragraph in about:
        lines += [*wrapped(paragraph, width), BLANK]
    lines.append(Line((Part("Keys", "heading"),)))
    columns = 2 if width >= 84 else 1
    column = (width - 2 * (columns - 1)) // columns
    cells = [
        (Part(fit(keys, _KEY_WIDTH), "key"), Part(fit(words, column - _KEY_WIDTH)))
        for keys, words in rows
    ]
    height = -(-len(cells) // columns)
    for row in range(height):
        parts: list[Part] = []
        for at in range(row, len(cells), height):
            if parts:
                parts.append(Part("  "))
            parts += cells[at]
        lines.append(Line(tuple(parts)))
    return lines
