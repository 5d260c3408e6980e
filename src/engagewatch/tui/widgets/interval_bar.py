"""An interval on a scale of percents, with the promised share marked on it."""

from __future__ import annotations

from engagewatch.tui.widgets.lines import Part, Parts

LEFT_END = 50.0
"""Percent at the left end; an interval that reaches further down is open at that end."""


def interval_bar(
    low: float | None, high: float | None, promised: float | None, width: int
) -> Parts:
    """Return ``low`` to ``high`` on a scale from 50% to 100%, the promise as an upright bar.

    Where nothing was judged there is nothing to draw, and it says so in dots.
    """
    if low is None or high is None:
        return (Part("·" * width, "faint"),)
    cells = ["─"] * width
    roles = ["faint"] * width
    first, last = _cell(low, width), _cell(high, width)
    for cell in range(first, last + 1):
        cells[cell], roles[cell] = "━", "accent"
    if low < LEFT_END:
        cells[0], roles[0] = "←", "accent"
    if promised is not None:
        cell = _cell(promised, width)
        cells[cell], roles[cell] = "│", "bold"
    parts: list[Part] = []
    for text, role in zip(cells, roles, strict=True):
        if parts and parts[-1].role == role:
            parts[-1] = Part(parts[-1].text + text, role)
        else:
            parts.append(Part(text, role))
    return tuple(parts)


def _cell(percent: float, width: int) -> int:
    share = (percent - LEFT_END) / (100.0 - LEFT_END)
    return min(width - 1, max(0, int(share * width)))
