"""A series in one line: the shape of its last periods, without a scale."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.tui.widgets.lines import Part, Parts

_BLOCKS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"


def sparkline(values: Sequence[float | None], width: int) -> Parts:
    """Return the last ``width`` values as blocks between their least and their greatest.

    A period of which nothing is known is a dot, never a zero.
    """
    shown = list(values[-width:])
    known = [value for value in shown if value is not None]
    if not known:
        return (Part(UNKNOWN * len(shown), "faint"),)
    low, room = min(known), max(known) - min(known)
    signs = [
        UNKNOWN
        if value is None
        else _BLOCKS[3]
        if not room
        else _BLOCKS[round((value - low) / room * (len(_BLOCKS) - 1))]
        for value in shown
    ]
    return (Part(" " * (width - len(signs))), Part("".join(signs), "accent"))
