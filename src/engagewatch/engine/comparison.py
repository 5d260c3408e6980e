"""Before and after, honestly: differences with intervals, and "cannot tell" as a usual answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

from engagewatch.engine.silence import COMPARISON_NEEDS, MEDIAN_INTERVAL_NEEDS
from engagewatch.engine.statistics import Interval, wilson

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray: TypeAlias = npt.NDArray[np.float64]

_LEVEL = 0.05
_RESAMPLES = 2000
_MANY = 2000
"""Values a side beyond which pairs and leave-one-out samples are too many to go through."""
_SEED = 20260302
"""Fixed, so that the same data always tell the same."""


class Change(StrEnum):
    """What a comparison allows to say. Whether more is better is for the reader's metric."""

    MORE = "more"
    LESS = "less"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An effect with its 95 % interval and what it allows to say."""

    effect: float
    interval: Interval
    change: Change


def share_difference(before_k: int, before_n: int, after_k: int, after_n: int) -> Comparison:
    """Compare two shares: the difference after - before, in shares (0.1 is ten points).

    Newcombe (1998), Statistics in Medicine 17, method 10 (from two Wilson intervals).

    Raises:
        ValueError: one side has no trials, or a count is not within its trials.
    """
    if before_n == 0 or after_n == 0:
        raise ValueError("a comparison needs trials on both sides")
    before, after = before_k / before_n, after_k / after_n
    old, new = wilson(before_k, before_n), wilson(after_k, after_n)
    difference = after - before
    low = difference - sqrt((after - new.low) ** 2 + (old.high - before) ** 2)
    high = difference + sqrt((new.high - after) ** 2 + (before - old.low) ** 2)
    return _compared(difference, Interval(low, high), 0.0)


def rate_ratio(
    before_events: int, before_time: float, after_events: int, after_time: float
) -> Comparison:
    """Compare two rates of events: the ratio after / before, with the exact interval.

    Given their sum, the events after are binomial; the interval is Clopper and Pearson's (1934)
    carried over to the ratio: Przyborowski and Wilenski (1940), Biometrika 31. Its upper end is
    infinite where nothing happened before. Without any event the effect is 1: nothing is known.

    Raises:
        ValueError: a time is not positive, or a count is negative.
    """
    if before_time <= 0 or after_time <= 0 or before_events < 0 or after_events < 0:
        raise ValueError("rates need positive times and counts of 0 or more")
    total = before_events + after_events
    if total == 0:
        return Comparison(1.0, Interval(0.0, float("inf")), Change.CANNOT_TELL)
    from scipy.special import betaincinv

    exposure = before_time / after_time
    low = high = 0.0
    if after_events:
        low = _odds(float(betaincinv(after_events, before_events + 1, 0.025))) * exposure
    if before_events:
        high = _odds(float(betaincinv(after_events + 1, before_events, 0.975))) * exposure
        ratio = after_events / before_events * exposure
    else:
        ratio = high = float("inf")
    return _compared(ratio, Interval(low, high), 1.0)


def _odds(share: float) -> float:
    return share / (1 - share)


@dataclass(frozen=True, slots=True)
class DurationComparison:
    """Two sets of durations compared."""

    shift: float
    """Hodges-Lehmann: the median of all differences after - before, in the values' unit."""
    p_value: float
    """Mann-Whitney, two-sided."""
    ratio: Comparison | None
    """Ratio of medians after / before with a bootstrap interval; ``None`` under six values a side,
    or where a duration before is 0."""
    change: Change
    """What may be said; never more than "cannot tell" under twenty values a side."""


def duration_shift(before: Sequence[float], after: Sequence[float]) -> DurationComparison:
    """Compare finished durations of one kind (same priority, same category).

    Mann and Whitney (1947); Hodges and Lehmann (1963); ratio of medians with a BCa bootstrap of
    2,000 resamples and a fixed seed: Efron (1987), JASA 82. A change is named only where the test
    and, if there is one, the ratio's interval agree.

    Raises:
        ValueError: one side is empty.
    """
    import numpy as np
    from scipy.stats import mannwhitneyu

    if not before or not after:
        raise ValueError("a comparison needs durations on both sides")
    shift = float(np.median(np.subtract.outer(_thinned(after), _thinned(before))))
    p_value = float(mannwhitneyu(after, before, alternative="two-sided").pvalue)
    change = Change.CANNOT_TELL
    if min(len(before), len(after)) >= COMPARISON_NEEDS and p_value < _LEVEL and shift:
        change = Change.MORE if shift > 0 else Change.LESS
    ratio = None
    if min(len(before), len(after)) >= MEDIAN_INTERVAL_NEEDS and min(before) > 0:
        ratio = _median_ratio(before, after)
        if ratio.change is not change:
            change = Change.CANNOT_TELL
    return DurationComparison(shift, p_value, ratio, change)


def _thinned(values: Sequence[float]) -> list[float]:
    """Return ``values`` in order; of very many, evenly spaced ones that stand for them all.

    The differences of all pairs grow with the product of the two sizes.
    """
    ordered = sorted(values)
    if len(ordered) <= _MANY:
        return ordered
    step = len(ordered) / _MANY
    return [ordered[int((index + 0.5) * step)] for index in range(_MANY)]


def _median_ratio(before: Sequence[float], after: Sequence[float]) -> Comparison:
    import numpy as np

    interval = None
    if max(len(before), len(after)) <= _MANY:  # of more, BCa's correction is nil and its cost huge
        interval = _bootstrap(before, after, "BCa")
    if interval is None or np.isnan(interval.low) or np.isnan(interval.high):
        # Where the median does not move when one value is left out, BCa has no acceleration.
        interval = _bootstrap(before, after, "percentile")
    return _compared(float(np.median(after) / np.median(before)), interval, 1.0)


def _bootstrap(
    before: Sequence[float], after: Sequence[float], method: Literal["BCa", "percentile"]
) -> Interval:
    import warnings

    import numpy as np
    from scipy.stats import bootstrap

    def ratio(new: FloatArray, old: FloatArray, axis: int = -1) -> FloatArray:
        return np.asarray(np.median(new, axis=axis) / np.median(old, axis=axis))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # degenerate data; the caller sees NaN
        result = bootstrap(
            (after, before),
            ratio,
            n_resamples=_RESAMPLES,
            batch=100,
            method=method,
            rng=np.random.default_rng(_SEED),
        )
    bounds = result.confidence_interval
    return Interval(float(bounds.low), float(bounds.high))


def _compared(effect: float, interval: Interval, unchanged: float) -> Comparison:
    if interval.low > unchanged:
        change = Change.MORE
    elif interval.high < unchanged:
        change = Change.LESS
    else:
        change = Change.CANNOT_TELL
    return Comparison(effect, interval, change)
