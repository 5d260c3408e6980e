"""Process-behaviour charts: which points of a series deserve the question "why", and which do not.

Limits come from a fixed baseline and stay put. A chart whose limits follow the data forgives every
slow decline; new limits need a new baseline, chosen and annotated by a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from engagewatch.engine.silence import PROCESS_CHART_NEEDS

_INDIVIDUALS = 2.66
"""3 / d2 for moving ranges of two (d2 = 1.128)."""
_RUN = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """Natural process limits of a baseline."""

    centre: float
    mean_range: float
    low: float
    high: float
    points: int
    """Baseline points they were made from."""

    @property
    def may_signal(self) -> bool:
        """Whether the baseline is long enough (eight points) to call anything a signal."""
        return self.points >= PROCESS_CHART_NEEDS


class SignalKind(StrEnum):
    """Why a point is no routine variation."""

    OUTSIDE = "outside"
    """Beyond a limit."""
    RUN = "run"
    """The eighth or later in a row on one side of the centre."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One point that deserves a "why"."""

    index: int
    """Position in the series judged."""
    kind: SignalKind
    above: bool
    """Whether it is above the centre."""


def limits(
    baseline: Sequence[float], *, floor: float | None = None, ceiling: float | None = None
) -> Limits:
    """Return the limits of ``baseline``: mean ± 2.66 times the mean moving range.

    ``floor`` is the least value there can be (0 for counts); a lower limit below it is raised to
    it. ``ceiling`` is the greatest (1 for shares); an upper limit above it is lowered to it.
    Source: Wheeler (2000), "Understanding Variation"; Shewhart's individuals chart.

    Raises:
        ValueError: under two points there is no moving range.
    """
    if len(baseline) < 2:
        raise ValueError("a process chart needs a baseline of two points at least")
    centre = sum(baseline) / len(baseline)
    ranges = [abs(b - a) for a, b in pairwise(baseline)]
    mean_range = sum(ranges) / len(ranges)
    low = centre - _INDIVIDUALS * mean_range
    high = centre + _INDIVIDUALS * mean_range
    return Limits(
        centre=centre,
        mean_range=mean_range,
        low=low if floor is None else max(floor, low),
        high=high if ceiling is None else min(ceiling, high),
        points=len(baseline),
    )


def signals(values: Sequence[float], fixed: Limits) -> list[Signal]:
    """Return the signals in ``values`` under ``fixed`` limits, in order.

    A point outside is named so even within a run. A point on the centre ends a run. There is none
    under limits that may not signal.
    """
    found: list[Signal] = []
    if not fixed.may_signal:
        return found
    run = 0
    for index, value in enumerate(values):
        side = (value > fixed.centre) - (value < fixed.centre)
        run = 0 if side == 0 else run + side if run * side > 0 else side
        if value > fixed.high or value < fixed.low:
            found.append(Signal(index, SignalKind.OUTSIDE, value > fixed.centre))
        elif abs(run) >= _RUN:
            found.append(Signal(index, SignalKind.RUN, side > 0))
    return found
