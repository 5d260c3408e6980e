"""The first line of what is told by months: which one, and what else there is of it."""

from __future__ import annotations

from engagewatch.tui.widgets.lines import Line, Part, spread, width_of

_BESIDE = (
    Part("tab", "key"),
    Part(" outlook, disputes, credits", "dim"),
)


def period_line(words: str, width: int, *, is_complete: bool) -> Line:
    """Return the month between the keys that turn it, and where ``tab`` goes on from here."""
    month = (
        Part("[ ", "key"),
        Part(words, "bold"),
        Part(" ]", "key" if is_complete else "faint"),
        Part("  complete" if is_complete else "  so far", "dim"),
    )
    if width_of(month) + width_of(_BESIDE) + 2 > width:
        return Line(month)
    return Line(spread(month, _BESIDE, width))
