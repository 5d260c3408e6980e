"""Counting statistics in closed form: no third-party imports, exact where a contract is at stake.

Contracts are judged by counts, so :func:`required` and :func:`percent` work in whole numbers; the
Wilson interval and what follows from it say what the counts are evidence *of*.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution: two-sided 95 %."""

_Z80 = 0.8416212335729143
"""80 % quantile of the standard normal distribution: the usual power of a test."""

_BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed range that holds the true value with the confidence its maker names."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        """Whether ``value`` lies within, ends included."""
        return self.low <= value <= self.high


def wilson(k: int, n: int, z: float = Z95) -> Interval:
    """Return the Wilson score interval for ``k`` successes in ``n`` trials.

    Of nothing seen nothing is known: ``n = 0`` gives 0 to 1. The ends are exactly 0 and 1 where
    all trials failed or succeeded, so comparisons there do not hang on rounding.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    JASA 22; recommended for small samples by Brown, Cai and DasGupta (2001), Statistical Science
    16.

    Raises:
        ValueError: ``k`` is not between 0 and ``n``.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share: the count must lie between 0 and the whole")
    if n == 0:
        return Interval(0.0, 1.0)
    share = k / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if k == 0 else max(0.0, centre - half)
    high = 1.0 if k == n else min(1.0, centre + half)
    return Interval(low, high)


def required(target: float, n: int) -> int:
    """Return how many of ``n`` must be met for a share of at least ``target``: ``ceil(T * n)``.

    The target is read to nine decimals and the rest is whole-number arithmetic: in binary floating
    point 0.07 * 100 is above 7, and a ticket would be asked for that the contract does not ask for.
    """
    return -(-round(target * _BILLION) * n // _BILLION)


def allowance(target: float, n: int) -> int:
    """Return how many of ``n`` may be missed under ``target``: ``n - ceil(T * n)``."""
    return n - required(target, n)


def percent(k: int, n: int, decimals: int = 1) -> str:
    """Return ``k`` of ``n`` as text such as ``93.3%``, rounded *down*, trailing zeros dropped.

    Rounded down, a share short of a target never reads as if it had reached it, and only all of
    ``n`` reads as 100%.

    Raises:
        ValueError: ``n`` is not positive, or ``k`` is negative.
    """
    if n <= 0 or k < 0:
        raise ValueError(f"{k} of {n} has no percentage")
    unit: int = 10**decimals
    whole, rest = divmod(100 * unit * k // n, unit)
    fraction = f"{rest:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{whole}.{fraction}%" if fraction else f"{whole}%"


def decimals_of(share: float) -> int:
    """Return how many decimals ``share`` needs as a percentage: 0.95 needs 0, 0.9995 needs 2."""
    digits = f"{round(share * _BILLION):010d}".rstrip("0")
    return max(0, len(digits) - 3)


def share_text(share: float) -> str:
    """Return a promised share as written, e.g. ``95%`` or ``99.95%``."""
    return percent(round(share * _BILLION), _BILLION, decimals_of(share))


def clean_run(target: float, z: float = Z95) -> int | None:
    """Return how many trials, all met, lift Wilson's lower bound to ``target``.

    ``n / (n + z²) >= T`` gives ``n >= z² T / (1 - T)``. ``None`` for a target of 100 %: no number
    of successes proves that failure is impossible.
    """
    if target >= 1:
        return None
    return ceil(z * z * target / (1 - target))


def trials_to_tell(share: float, target: float) -> int | None:
    """Return about how many trials tell ``share`` from ``target`` in four cases of five.

    That is the sample size of a two-sided 5 % score test with 80 % power, normal approximation:
    Fleiss, Levin and Paik (2003), "Statistical Methods for Rates and Proportions", chapter 2. For a
    share of 1 it is :func:`clean_run`. ``None`` where share and target are the same.
    """
    if share == target:
        return None
    spread = Z95 * sqrt(target * (1 - target)) + _Z80 * sqrt(share * (1 - share))
    return max(1, ceil((spread / (share - target)) ** 2))
