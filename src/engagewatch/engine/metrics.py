"""What a metric came to in a period: a value with its counts, and an interval if inferred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engagewatch.engine.durations import Observation, kaplan_meier
from engagewatch.engine.silence import MEDIAN_INTERVAL_NEEDS, PERCENT_NEEDS
from engagewatch.engine.statistics import Interval, wilson


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric came to in one period."""

    value: float | None
    """In the metric's unit; ``None`` where nothing can be told."""
    count: int
    """What it rests on: durations, trials, events or things counted."""
    hits: int | None = None
    """Of shares: how many of ``count``."""
    exposure: float | None = None
    """Of rates: what the events are counted over, e.g. user-months."""
    interval: Interval | None = None
    """95 %, where the value is an inference and enough was seen to make one."""
    needs: int = 1
    """Fewer than this do not carry the value by themselves."""

    @property
    def is_thin(self) -> bool:
        """Whether it rests on too little to be shown as more than its counts."""
        return self.count < self.needs

    @property
    def tells(self) -> bool:
        """Whether there is a value, and enough behind it."""
        return self.value is not None and not self.is_thin


NOTHING = Reading(None, 0)


def of_durations(durations: Iterable[Observation]) -> Reading:
    """Return the median of ``durations``, unfinished ones counted as at least so long.

    See :func:`engagewatch.engine.durations.kaplan_meier`; the median is ``None`` where it is not
    reached.
    """
    curve = kaplan_meier(durations)
    if not curve.observed:
        return Reading(None, 0, needs=MEDIAN_INTERVAL_NEEDS)
    ends = curve.median_interval()
    low, high = ends or (None, None)
    interval = None
    if low is not None:
        interval = Interval(low, float("inf") if high is None else high)
    return Reading(curve.median(), curve.observed, interval=interval, needs=MEDIAN_INTERVAL_NEEDS)


def of_share(hits: int, trials: int) -> Reading:
    """Return so many of so many, with the Wilson interval."""
    if not trials:
        return Reading(None, 0, 0, needs=PERCENT_NEEDS)
    return Reading(hits / trials, trials, hits, interval=wilson(hits, trials), needs=PERCENT_NEEDS)


def of_rate(events: int, exposure: float) -> Reading:
    """Return events per unit of ``exposure``, with the exact Poisson interval.

    Source: Garwood (1936), "Fiducial limits for the Poisson distribution", Biometrika 28.

    Raises:
        ValueError: ``events`` or ``exposure`` is negative.
    """
    if events < 0 or exposure < 0:
        raise ValueError("a rate needs a count and an exposure of 0 or more")
    if exposure == 0:
        return Reading(None, events, exposure=exposure)
    from scipy.special import gammaincinv

    low = float(gammaincinv(events, 0.025)) if events else 0.0
    high = float(gammaincinv(events + 1, 0.975))
    interval = Interval(low / exposure, high / exposure)
    return Reading(events / exposure, events, exposure=exposure, interval=interval)


def of_level(value: float | None, count: int) -> Reading:
    """Return a value that was counted or measured and is no sample of anything."""
    return Reading(value, count, needs=0)


def of_part(part: float, whole: float, count: int) -> Reading:
    """Return a measured part of a measured whole, such as time of time."""
    return Reading(part / whole if whole else None, count)
