"""The day strip: one cell per day, told apart by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engagewatch.model.service import ComponentState
from engagewatch.tui.widgets.lines import Part, Parts


class Day(NamedTuple):
    """One day of a service."""

    state: ComponentState
    told: bool = False
    """Nobody polled; it is the provider's own account."""
    partial: bool = False
    """Known for a part of the day only."""


_SIGNS = {
    ComponentState.UP: ("▄", "good"),
    ComponentState.DEGRADED: ("▒", "warning"),
    ComponentState.PARTIAL: ("▓", "warning"),
    ComponentState.DOWN: ("█", "bad"),
    ComponentState.MAINTENANCE: ("◇", "notice"),
    ComponentState.UNKNOWN: ("·", "faint"),
}
_TOLD_UP = ("─", "good")
_PARTLY_SEEN = ("▂", "good")

_NAMES = (
    (*_SIGNS[ComponentState.UP], "up, seen by us"),
    (*_PARTLY_SEEN, "up, seen part of the day"),
    (*_TOLD_UP, "up, by their account"),
    (*_SIGNS[ComponentState.DEGRADED], "degraded"),
    (*_SIGNS[ComponentState.PARTIAL], "partly down"),
    (*_SIGNS[ComponentState.DOWN], "down"),
    (*_SIGNS[ComponentState.MAINTENANCE], "planned work"),
    (*_SIGNS[ComponentState.UNKNOWN], "unknown"),
)


def day_strip(days: Sequence[Day], width: int) -> Parts:
    """Return the newest ``width`` days, oldest first; days before the first one stay blank."""
    newest = days[-width:] if width > 0 else ()
    parts: list[Part] = []
    if len(newest) < width:
        parts.append(Part(" " * (width - len(newest))))
    for day in newest:
        sign, role = _sign(day)
        if parts and parts[-1].role == role:
            parts[-1] = Part(parts[-1].text + sign, role)
        else:
            parts.append(Part(sign, role))
    return tuple(parts)


def _sign(day: Day) -> tuple[str, str]:
    if day.state is ComponentState.UP:
        if day.told:
            return _TOLD_UP
        if day.partial:
            return _PARTLY_SEEN
    return _SIGNS[day.state]


def legend(days: Iterable[Day]) -> list[Parts]:
    """Return what the signs of these days mean, one group of parts per sign."""
    used = {_sign(day) for day in days}
    return [
        (Part(sign, role), Part(f" {words}", "dim"))
        for sign, role, words in _NAMES
        if (sign, role) in used
    ]
