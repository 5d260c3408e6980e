"""Where a period is heading: the chance that it is kept, burn, and when to tell.

All of it works on counts of tickets. Fractions of a percent mean nothing when a month holds forty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, floor, lgamma, log, sqrt

from engagewatch.engine.budget import Budget, Outlook, outlook
from engagewatch.engine.silence import BURN_NEEDS
from engagewatch.engine.statistics import required
from engagewatch.model.instants import DAY, Instant


@dataclass(frozen=True, slots=True)
class Forecast:
    """Chances of keeping the promise, as a band and not as one figure."""

    outlook: Outlook
    needed: int
    """How many of the expected must still be met; 0 when clinched."""
    chance: float
    """With exactly the expected number."""
    low: float
    high: float
    """The least and the most of: exactly the expected number, and a Poisson number around it."""


def forecast(
    met: int,
    judged: int,
    more: int,
    target: float,
    *,
    prior_met: float = 1.0,
    prior_missed: float = 1.0,
) -> Forecast:
    """Return the chance that the period ends at ``target`` or above.

    With ``more`` tickets to come the number met among them is beta-binomial, posterior of a
    Beta(``prior_met``, ``prior_missed``) prior: Gelman et al. (2013), "Bayesian Data Analysis",
    section 2.4. The band says what an uncertain volume does: 95 % of 39 and of 40 tickets allow
    different misses.
    """
    alpha, beta = prior_met + met, prior_missed + judged - met

    def chance_with(number: int) -> float:
        return _at_least(required(target, judged + number) - met, number, alpha, beta)

    exact = chance_with(more)
    varying = _poisson_mean(chance_with, more)
    return Forecast(
        outlook=outlook(met, judged, more, target),
        needed=max(0, required(target, judged + more) - met),
        chance=exact,
        low=min(exact, varying),
        high=max(exact, varying),
    )


def _at_least(needed: int, trials: int, alpha: float, beta: float) -> float:
    """Return P(X >= ``needed``) for X beta-binomial over ``trials``."""
    if needed <= 0:
        return 1.0
    if needed > trials:
        return 0.0
    whole = _log_beta(alpha, beta)
    chance = 0.0
    for met in range(needed, trials + 1):
        ways = lgamma(trials + 1) - lgamma(met + 1) - lgamma(trials - met + 1)
        chance += exp(ways + _log_beta(alpha + met, beta + trials - met) - whole)
    return min(1.0, chance)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _poisson_mean(chance_with: Callable[[int], float], mean: float) -> float:
    """Return the mean of ``chance_with`` over a Poisson number of trials."""
    if mean <= 0:
        return chance_with(0)
    spread = 8 * sqrt(mean) + 8
    first, last = max(0, floor(mean - spread)), ceil(mean + spread)
    return sum(
        exp(number * log(mean) - mean - lgamma(number + 1)) * chance_with(number)
        for number in range(first, last + 1)
    )


class Burn(StrEnum):
    """How loudly the budget's speed deserves to be said."""

    CALM = "calm"
    """Few false alarms: worth a call."""
    FAST = "fast"
    """Early and often wrong: worth a look."""


@dataclass(frozen=True, slots=True)
class BurnAlert:
    """A window in which misses ate more of the budget than the rule tolerates."""

    burn: Burn
    days: int
    misses: int
    share: float
    """Of the period's average budget, above 1 when the window alone overspent it."""


_RULES = (
    (Burn.CALM, 3, ((1, 0.50), (5, 0.60), (15, 0.90))),
    (Burn.FAST, 2, ((1, 0.20), (5, 0.40), (15, 0.75))),
)
"""Least number of misses, then (days, tolerated share of the budget) of each window."""


def burn_alert(
    missed_at: Sequence[Instant], now: Instant, whole_period: Budget
) -> BurnAlert | None:
    """Return the loudest burn alert at ``now``, the shortest window first; else ``None``.

    Multi-window burn rates come from Beyer et al. (2018), "The Site Reliability Workbook", chapter
    5. They assume volume; here each rule also wants a least number of misses, and below
    :data:`~engagewatch.engine.silence.BURN_NEEDS` expected tickets a period there is no alert.
    """
    if whole_period.expected_total < BURN_NEEDS or whole_period.expected <= 0:
        return None
    for burn, least, windows in _RULES:
        for days, tolerated in windows:
            misses = sum(1 for at in missed_at if now - days * DAY < at <= now)
            # Rounded: 100 tickets at 95 % have a budget of 5, which floats make a trifle more.
            share = round(misses / whole_period.expected, 9)
            if misses >= least and share > tolerated:
                return BurnAlert(burn, days, misses, share)
    return None
