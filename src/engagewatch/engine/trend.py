"""Trends that a few odd periods cannot fake: Theil-Sen slope and Kendall's tau."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engagewatch.engine.silence import TREND_NEEDS
from engagewatch.engine.statistics import Interval


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope per period, with how sure it is."""

    slope: float
    """Median of the slopes between all pairs of periods."""
    interval: Interval
    """95 %."""
    tau: float
    """Kendall's rank correlation with time, -1 to 1."""
    p_value: float
    """Chance of a tau at least so far from 0 if nothing changed."""
    periods: int

    @property
    def direction(self) -> int:
        """1 rising, -1 falling, 0 where the interval holds a slope of 0: no trend shown."""
        if 0.0 in self.interval:
            return 0
        return 1 if self.slope > 0 else -1


def trend(values: Sequence[float]) -> Trend | None:
    """Return the trend of equally spaced ``values``; ``None`` under eight.

    Sources: Theil (1950); Sen (1968), JASA 63; Kendall (1938), Biometrika 30.
    """
    if len(values) < TREND_NEEDS:
        return None
    from scipy.stats import kendalltau, theilslopes

    times = range(len(values))
    # Sen's intervals hang on the order of the arguments: values first, then times.
    fitted = theilslopes(list(values), list(times), alpha=0.95)
    rank = kendalltau(list(times), list(values))
    # A constant series has no ranks to correlate.
    constant = min(values) == max(values)
    return Trend(
        slope=float(fitted.slope),
        interval=Interval(float(fitted.low_slope), float(fitted.high_slope)),
        tau=0.0 if constant else float(rank.statistic),
        p_value=1.0 if constant else float(rank.pvalue),
        periods=len(values),
    )
