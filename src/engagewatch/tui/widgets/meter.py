"""A meter: how much of a target is consumed. The words stand beside it."""

from __future__ import annotations

from engagewatch.tui.glyphs import METER_EMPTY, METER_FULL
from engagewatch.tui.widgets.lines import Part, Parts


def meter(share: float | None, width: int, role: str) -> Parts:
    """Return a bar of ``width`` cells with ``share`` of it filled.

    A share above 1 fills it; an unknown share (no target) is an empty track, drawn in dots so that
    it does not look like nothing consumed. Anything consumed fills at least one cell, anything
    left keeps at least one free.
    """
    if share is None:
        return (Part("·" * width, "faint"),)
    if share <= 0:
        full = 0
    elif share >= 1:
        full = width
    else:
        full = min(width - 1, max(1, round(share * width)))
    return (Part(METER_FULL * full, role), Part(METER_EMPTY * (width - full), "faint"))
