"""How long things take, counting the ones that are not finished.

Leaving open tickets out makes any service look faster than it is: the slow ones are the ones still
open. The Kaplan-Meier estimate keeps them in as "at least so long". Times may be seconds of any
clock (business, calendar, one side's court) as long as they are all of the same one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, floor, lgamma, log, log1p, sqrt

from engagewatch.engine.silence import MEDIAN_INTERVAL_NEEDS
from engagewatch.engine.statistics import Z95, Interval, required

_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Observation:
    """One observed time: to the end, or to now for what is still open."""

    length: float
    finished: bool
    entered: float = 0.0
    """Age at which it was first seen; later than 0 for what was open before polling began."""


@dataclass(frozen=True, slots=True)
class Step:
    """The share still open just after ``at``."""

    at: float
    at_risk: int
    ended: int
    surviving: float
    interval: Interval | None
    """95 %, log-log; ``None`` once nothing survives."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve: one step per time at which something ended."""

    steps: tuple[Step, ...]
    observed: int
    """Durations that went in."""
    finished: int

    @property
    def open(self) -> int:
        """Durations that were still running."""
        return self.observed - self.finished

    def surviving(self, at: float) -> float:
        """Return the estimated share that takes longer than ``at``."""
        share = 1.0
        for step in self.steps:
            if step.at > at:
                break
            share = step.surviving
        return share

    def quantile(self, share: float) -> float | None:
        """Return the smallest time by which ``share`` have ended; ``None``: not reached.

        Convention: the first step at which S(t) <= 1 - share, without interpolation.
        """
        return next((step.at for step in self.steps if _at_most(step.surviving, 1 - share)), None)

    def median(self) -> float | None:
        """Return the smallest time with S(t) <= 0.5; ``None``: not reached."""
        return self.quantile(0.5)

    def median_interval(self) -> tuple[float | None, float | None] | None:
        """Return the 95 % interval of the median; an end may be ``None``: not reached.

        ``None`` altogether under six durations. The interval holds the times at which the band of S
        holds 0.5: Brookmeyer and Crowley (1982), Biometrics 38.
        """
        if self.observed < MEDIAN_INTERVAL_NEEDS:
            return None
        low = high = None
        for step in self.steps:
            bounds = step.interval or Interval(0.0, 0.0)
            if low is None and _at_most(bounds.low, 0.5):
                low = step.at
            if high is None and _at_most(bounds.high, 0.5):
                high = step.at
        return low, high


def _at_most(value: float, limit: float) -> bool:
    # Products of ratios such as 9/10 * 8/9 miss their exact value by an ulp or two.
    return value <= limit + 1e-12


def kaplan_meier(durations: Iterable[Observation]) -> Curve:
    """Return the Kaplan-Meier curve of ``durations``.

    S(t) is the product of (1 - d/r) over the times t at which d of the r at risk ended; one enters
    the risk set at the age it was first seen. The variance is Greenwood's, the interval that of
    log(-log S). Sources: Kaplan and Meier (1958), JASA 53; Greenwood (1926); Kalbfleisch and
    Prentice (1980), "The Statistical Analysis of Failure Time Data".

    Raises:
        ValueError: a duration is shorter than the age at which it was first seen.
    """
    known = list(durations)
    if any(each.length < each.entered for each in known):
        raise ValueError("a duration ends before the age at which it was first seen")
    # Seen from the start means at risk from the start: zero-length durations count too. What was
    # first seen at the age at which it ended was never seen at risk.
    at_risk_ever = [each for each in known if each.length > each.entered or each.entered == 0]
    entries = sorted(each.entered or -1.0 for each in at_risk_ever)
    exits = sorted((each.length, not each.finished) for each in at_risk_ever)
    steps: list[Step] = []
    surviving, variance = 1.0, 0.0
    entered = left = index = 0
    while index < len(exits):
        at = exits[index][0]
        while entered < len(entries) and entries[entered] < at:
            entered += 1
        ended = gone = 0
        while index < len(exits) and exits[index][0] == at:
            ended += not exits[index][1]
            gone += 1
            index += 1
        at_risk = entered - left
        left += gone
        if not ended:
            continue
        surviving *= (at_risk - ended) / at_risk
        interval = None
        if ended < at_risk:
            variance += ended / (at_risk * (at_risk - ended))
            interval = _log_log(surviving, variance)
        steps.append(Step(at, at_risk, ended, surviving, interval))
        if surviving == 0:
            break
    return Curve(tuple(steps), len(known), sum(each.finished for each in known))


def _log_log(surviving: float, variance: float) -> Interval:
    spread = Z95 * sqrt(variance) / abs(log(surviving))
    return Interval(surviving ** exp(spread), surviving ** exp(-spread))


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of finished durations, with its order-statistic interval where one exists."""

    share: float
    value: float
    """The smallest value that at least ``share`` of the values do not exceed."""
    low: float | None
    high: float | None
    """Ends of the two-sided 95 % interval."""
    bound: float | None
    """One-sided 95 % upper bound."""


def quantile(values: Iterable[float], share: float) -> Quantile | None:
    """Return a quantile of ``values``; ``None`` where they are too few to speak of it.

    Too few means that not even the largest value bounds the quantile from above with 95 %
    confidence: under 29 for the 90th percentile, under 59 for the 95th. (A median is spoken of from
    the first value on; its interval appears with six.)

    No distribution is assumed: the interval is made of order statistics, David and Nagaraja (2003),
    "Order Statistics", section 7.1.
    """
    ordered = sorted(values)
    bound = upper_rank(len(ordered), share)
    if not ordered or (bound is None and share > 0.5):
        return None
    ranks = interval_ranks(len(ordered), share)
    return Quantile(
        share=share,
        value=ordered[nearest_rank(len(ordered), share) - 1],
        low=None if ranks is None else ordered[ranks[0] - 1],
        high=None if ranks is None else ordered[ranks[1] - 1],
        bound=None if bound is None else ordered[bound - 1],
    )


def nearest_rank(n: int, share: float) -> int:
    """Return the rank (1 to ``n``) of the smallest value that ``share`` do not exceed."""
    return max(1, required(share, n))


def interval_ranks(n: int, share: float) -> tuple[int, int] | None:
    """Return the ranks between which the quantile lies with at least 95 % confidence, two-sided.

    ``None`` where no two of ``n`` values enclose it so surely: under six for a median.
    """
    low = _rank_below(n, share, _TAIL)
    high = n + 1 - _rank_below(n, 1 - share, _TAIL)
    return (low, high) if low >= 1 and high <= n else None


def upper_rank(n: int, share: float) -> int | None:
    """Return the rank whose value bounds the quantile from above with 95 % confidence."""
    rank = n + 1 - _rank_below(n, 1 - share, 2 * _TAIL)
    return rank if rank <= n else None


def _rank_below(n: int, share: float, tail: float) -> int:
    """Return the largest rank whose value is above the quantile with chance at most ``tail``.

    That is the largest j with P(X < j) <= ``tail`` for X binomial(``n``, ``share``); 0 if none.
    """
    spread = 12 * sqrt(n * share * (1 - share)) + 12
    cumulative = 0.0
    for count in range(max(0, floor(n * share - spread)), n + 1):
        cumulative += _binomial(count, n, share)
        if cumulative > tail:
            return count
    return n


def _binomial(count: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(count + 1) - lgamma(n - count + 1)
    return exp(ways + count * log(share) + (n - count) * log1p(-share))
