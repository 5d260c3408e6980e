"""What a series of periods allows to say: routine variation, a signal, or nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engagewatch.engine.process_chart import Limits, Signal, limits, signals
from engagewatch.engine.silence import PROCESS_CHART_NEEDS

BASELINE = 12
"""Periods that limits are made from, where there are so many; eight at least."""
RECENT = 4
"""Only what happened in so many of the latest periods is worth asking about today."""


class Finding(StrEnum):
    """What may be said of a series."""

    ROUTINE = "routine"
    SIGNAL = "signal"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a series allows to say."""

    finding: Finding
    limits: Limits | None
    """``None`` while there are too few periods to make any."""
    signals: tuple[Signal, ...]
    """Every signal of the series, old ones too."""
    latest: Signal | None
    """The last one among the most recent periods."""


def read_series(
    values: Sequence[float], *, floor: float | None = 0.0, ceiling: float | None = None
) -> Reading:
    """Return what ``values``, one per whole period, allow to say.

    The first periods make the limits and stay the measure of all later ones: limits that follow the
    data forgive every slow decline. ``floor`` and ``ceiling`` are the least and the greatest
    value there can be.
    """
    if len(values) < PROCESS_CHART_NEEDS:
        return Reading(Finding.CANNOT_TELL, None, (), None)
    fixed = limits(values[:BASELINE], floor=floor, ceiling=ceiling)
    found = tuple(signals(values, fixed))
    recent = [one for one in found if one.index >= len(values) - RECENT]
    latest = recent[-1] if recent else None
    finding = Finding.SIGNAL if latest is not None else Finding.ROUTINE
    return Reading(finding, fixed, found, latest)
