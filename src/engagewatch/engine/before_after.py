"""Before and after a change of provider: which time is compared, and what that allows to say.

The thirty days on either side of the start are the change-over: they are shown and not judged. All
durations are calendar seconds, because nobody knows the working hours of a record from before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from engagewatch.engine.comparison import Change, Comparison, duration_shift, rate_ratio
from engagewatch.engine.durations import Observation, kaplan_meier
from engagewatch.engine.silence import COMPARISON_NEEDS
from engagewatch.model.baseline import Grade
from engagewatch.model.instants import DAY, Instant

CHANGE_OVER = 30 * DAY
"""On either side of the start: neither the old service nor yet the new one."""
MONTH = 365.25 * DAY / 12
"""Seconds of a mean month, so that windows of unequal months compare."""
QUARTER = 91 * DAY
NEAR_START = 90 * DAY
"""A start so soon after the worst quarter was probably decided in it."""
YEAR = 365 * DAY
LOGGING_RISE = 1.3
"""Tickets per user rising more than this, soon after the start, ask whether more is only logged."""
LOGGING_WITHIN = 90 * DAY
TESTED = frozenset({Grade.EXPORT, Grade.DOCUMENTS})
"""Grades that carry a test; notes are shown with a warning, memory is drawn as an outline."""

_LEVEL = 0.05
_WORST_NEEDS = 3
"""Events a quarter must hold before it is called a bad one."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that is counted; ``start`` is in it, ``end`` is not."""

    start: Instant
    end: Instant

    @property
    def months(self) -> float:
        """Its length in mean months."""
        return (self.end - self.start) / MONTH

    def __contains__(self, at: Instant) -> bool:
        """Whether the instant is in it."""
        return self.start <= at < self.end


def window(start: Instant, end: Instant) -> Window | None:
    """Return the window from ``start`` to ``end``; ``None`` where nothing lies between."""
    return Window(start, end) if start < end else None


def user_months(over: Window, heads: Sequence[tuple[Instant, int]]) -> tuple[float, Window] | None:
    """Return how many user-months lie in a window, and the part of it they are known for.

    ``heads`` are (from when, how many users), in order; before the first nothing is known.
    """
    if not heads:
        return None
    known = window(max(over.start, heads[0][0]), over.end)
    if known is None:
        return None
    total = 0.0
    ends = [*(at for at, _ in heads[1:]), over.end]
    for (since, users), until in zip(heads, ends, strict=True):
        start, end = max(since, known.start), min(until, known.end)
        if start < end:
            total += users * (end - start) / MONTH
    return (total, known) if total > 0 else None


@dataclass(frozen=True, slots=True)
class LengthSide:
    """The durations of one side."""

    observed: int
    finished: int
    median: float | None
    """Kaplan-Meier, calendar seconds; ``None``: not reached, or nothing observed."""


@dataclass(frozen=True, slots=True)
class LengthChange:
    """Durations before and after."""

    before: LengthSide
    after: LengthSide
    shift: float | None
    """After - before: Hodges-Lehmann where everything is finished, else of the two medians."""
    p_value: float | None
    ratio: Comparison | None
    """Ratio of medians with its interval; only where everything is finished."""
    change: Change
    censored: bool
    """Something is still open: the log-rank test decides in place of Mann and Whitney's."""


def compare_lengths(before: Sequence[Observation], after: Sequence[Observation]) -> LengthChange:
    """Compare durations of both sides, the unfinished ones counted as at least so long.

    Nothing is tested under twenty a side. Where some are unfinished the log-rank test (Mantel 1966,
    Cancer Chemotherapy Reports 50) decides, and only where the medians say the same.
    """
    old, new = _side(before), _side(after)
    censored = old.finished < old.observed or new.finished < new.observed
    shift = None if old.median is None or new.median is None else new.median - old.median
    enough = min(old.observed, new.observed) >= COMPARISON_NEEDS
    if not enough:
        return LengthChange(old, new, shift, None, None, Change.CANNOT_TELL, censored)
    if not censored:
        found = duration_shift([one.length for one in before], [one.length for one in after])
        return LengthChange(
            old, new, found.shift, found.p_value, found.ratio, found.change, censored
        )
    statistic, p_value = log_rank(before, after)
    change = Change.CANNOT_TELL
    if p_value < _LEVEL and old.median is not None:
        longer = new.median is None or new.median > old.median
        if longer == (statistic < 0):
            change = Change.MORE if longer else Change.LESS
    return LengthChange(old, new, shift, p_value, None, change, censored)


def _side(durations: Sequence[Observation]) -> LengthSide:
    curve = kaplan_meier(durations)
    return LengthSide(curve.observed, curve.finished, curve.median())


def log_rank(before: Sequence[Observation], after: Sequence[Observation]) -> tuple[float, float]:
    """Return the log-rank statistic and its two-sided p-value.

    The statistic is the ends seen after less those expected if both sides were alike, in standard
    deviations: below 0 things take longer after than before. Ties count by the hypergeometric
    variance. It is 0 where there is nothing to compare.
    """
    from scipy.special import ndtr

    both = sorted(
        [(one.length, not one.finished, False) for one in before]
        + [(one.length, not one.finished, True) for one in after]
    )
    at_risk, after_at_risk = len(both), len(after)
    observed = expected = variance = 0.0
    index = 0
    while index < len(both):
        length = both[index][0]
        ended = after_ended = gone = after_gone = 0
        while index < len(both) and both[index][0] == length:
            _, is_open, is_after = both[index]
            ended += not is_open
            after_ended += is_after and not is_open
            gone += 1
            after_gone += is_after
            index += 1
        share = after_at_risk / at_risk
        observed += after_ended
        expected += ended * share
        if at_risk > 1:
            variance += ended * share * (1 - share) * (at_risk - ended) / (at_risk - 1)
        at_risk -= gone
        after_at_risk -= after_gone
    if variance == 0:
        return 0.0, 1.0
    statistic = (observed - expected) / variance**0.5
    return statistic, float(2 * ndtr(-abs(statistic)))


class Logging(StrEnum):
    """What a change in tickets per user soon after the start means."""

    NOT_MORE = "not_more"
    """They did not rise by much."""
    MORE_LOGGED = "more_logged"
    """They rose and outages did not: more is being logged."""
    MORE_BOTH = "more_both"
    """They rose and so did outages."""
    CANNOT_TELL = "cannot_tell"
    """They rose, and outages are not on record on both sides."""


def logging_guard(
    before: tuple[int, float], early: tuple[int, float], outages: Comparison | None
) -> Logging:
    """Tell whether more tickets per user mean more trouble.

    ``before`` and ``early`` are (tickets, user-months): of the time before, and of the ninety days
    from the start; ``outages`` compares the outages of the same two.
    """
    if not before[0] or before[1] <= 0 or early[1] <= 0:
        return Logging.NOT_MORE
    if early[0] / early[1] <= LOGGING_RISE * before[0] / before[1]:
        return Logging.NOT_MORE
    if outages is None:
        return Logging.CANNOT_TELL
    rose = outages.change is Change.MORE or outages.effect > LOGGING_RISE
    return Logging.MORE_BOTH if rose else Logging.MORE_LOGGED


@dataclass(frozen=True, slots=True)
class WorstQuarter:
    """The ninety-one days before the start that held the most events."""

    window: Window
    events: int
    others: int
    """Events of the rest of the record."""
    other_months: float


def decided_in_bad_patch(events: Iterable[Instant], over: Window) -> WorstQuarter | None:
    """Return the worst quarter before, if the start lies within ninety days of it.

    ``over`` is the whole record, to the start. Some improvement was due then anyway: what is chosen
    for being extreme is less so the next time (Galton 1886, "Regression towards mediocrity").
    ``None`` where the record is shorter than a year, no quarter stands out by three events, or an
    earlier one was as bad.
    """
    inside = sorted(at for at in events if at in over)
    if over.end - over.start < YEAR or not inside:
        return None
    best, first = 0, 0
    for index, at in enumerate(inside):
        count = bisect_left(inside, at + QUARTER) - index
        if count > best:
            best, first = count, index
    worst = Window(inside[first], min(over.end, inside[first] + QUARTER))
    rest = over.months - worst.months
    if best < _WORST_NEEDS or over.end - worst.end > NEAR_START or rest <= 0:
        return None
    others = len(inside) - best
    if best / worst.months <= others / rest:
        return None
    return WorstQuarter(worst, best, others, rest)


def without_quarter(worst: WorstQuarter, after: tuple[int, float]) -> Comparison:
    """Compare the rates again, the worst quarter left out; ``after`` is (events, months)."""
    return rate_ratio(worst.others, worst.other_months, *after)


def longest_gap(instants: Iterable[Instant]) -> tuple[Instant, Instant] | None:
    """Return the longest stretch between two neighbouring instants; ``None`` for fewer than two."""
    return max(
        pairwise(sorted(instants)), key=lambda pair: (pair[1] - pair[0], -pair[0]), default=None
    )
