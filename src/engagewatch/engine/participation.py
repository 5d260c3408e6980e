"""Participation: five parts, two sides, each a count of its own.

Replies, approvals, tasks, attendance and surveys are never averaged: doing well in one makes up for
nothing in another. What is said first is the part that is worst, by one rule for both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engagewatch.engine.attainment import Attainment, ContractVerdict, EvidenceVerdict
from engagewatch.engine.durations import Curve, Observation, kaplan_meier
from engagewatch.engine.silence import GROUP_NEEDS, TREND_NEEDS
from engagewatch.engine.statistics import Interval
from engagewatch.engine.trend import trend
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.model.sides import Side


@dataclass(frozen=True, slots=True)
class PartCount:
    """One part of one side in one period."""

    part: Part
    side: Side
    attainment: Attainment | None
    """``None`` where the side owes nothing of the kind."""
    oldest_open: Instant | None = None
    """Since when the oldest one waits that is late and still open, of this period or before."""
    holder: str = ""
    """The role that holds that one, or empty."""

    @property
    def verdict(self) -> ContractVerdict | None:
        """The count against its target; ``None`` where the part does not apply."""
        return None if self.attainment is None else self.attainment.judgement().contract

    @property
    def is_lagging(self) -> bool:
        """Whether more were late than the target allows."""
        return self.verdict is ContractVerdict.BREACHED


def worst(counts: Iterable[PartCount]) -> PartCount | None:
    """Return the part that lags most; ``None`` if none does.

    First come the parts that are shown to be below their target, with five or more judged, by how
    far the upper end of the 95 % interval stays below it; then the others, by their misses beyond
    what the target allows. So a single late item of one outweighs nothing that happens every day.
    Of equals, the one with the oldest open item, then the first in the order of :class:`Part`.
    """
    order = tuple(Part)
    return min(
        (one for one in counts if one.is_lagging),
        key=lambda one: (
            *_shortfall(one.attainment),
            one.oldest_open is None,
            one.oldest_open or 0,
            order.index(one.part),
        ),
        default=None,
    )


def _shortfall(count: Attainment | None) -> tuple[bool, float]:
    """Return how a part that lags compares with others: the worse, the smaller."""
    if count is None or count.target is None:
        return True, 0.0
    judgement = count.judgement()
    if judgement.evidence is EvidenceVerdict.BELOW and count.judged >= GROUP_NEEDS:
        return False, judgement.interval.high - count.target
    return True, float(judgement.misses_left or 0)


def direction(months: Sequence[tuple[int, int]]) -> int | None:
    """Return 1 if the share met rises, -1 if it falls, 0 if neither is shown.

    ``months`` are (met, judged) of whole months in a row, the last ones of which are looked at:
    those since the last month with fewer than five judged. ``None`` if they are fewer than eight.
    """
    shares: list[float] = []
    for met, judged in months:
        if judged < GROUP_NEEDS:
            shares = []
        else:
            shares.append(met / judged)
    if len(shares) < TREND_NEEDS:
        return None
    found = trend(shares)
    return None if found is None else found.direction


def latency(waits: Iterable[tuple[int, bool]]) -> Curve | None:
    """Return how long decisions take: (business seconds, whether decided); pending ones censored.

    ``None`` under five.
    """
    observed = [Observation(float(seconds), finished) for seconds, finished in waits]
    return kaplan_meier(observed) if len(observed) >= GROUP_NEEDS else None


def satisfied_bounds(satisfied: int, answered: int, sent: int) -> Interval | None:
    """Return the share of all asked who are satisfied, at worst and at best; ``None`` of nobody.

    At worst none of those who did not answer is satisfied, at best all of them are: Manski (1989),
    "Anatomy of the Selection Problem", Journal of Human Resources 24.

    Raises:
        ValueError: the counts are not ``satisfied <= answered <= sent``.
    """
    if not 0 <= satisfied <= answered <= sent:
        raise ValueError(f"{satisfied} of {answered} of {sent} cannot be")
    if not sent:
        return None
    return Interval(satisfied / sent, (satisfied + sent - answered) / sent)


@dataclass(frozen=True, slots=True)
class Group:
    """How one role did in one part."""

    name: str
    people: int
    met: int
    judged: int


def breakdown(cases: Iterable[tuple[str, str, bool]]) -> tuple[Group, ...] | None:
    """Return how roles did: by name, never by result. ``None`` where that would point at persons.

    A case is (role, person, met). Under five people or five cases nothing is broken down; a role
    with fewer than five cases is counted with all others like it, under an empty name.
    """
    listed = list(cases)
    if len(listed) < GROUP_NEEDS or len({person for _, person, _ in listed}) < GROUP_NEEDS:
        return None
    sizes: dict[str, int] = {}
    for role, _, _ in listed:
        sizes[role] = sizes.get(role, 0) + 1
    shown = {role for role, size in sizes.items() if role and size >= GROUP_NEEDS}
    groups: dict[str, list[tuple[str, bool]]] = {}
    for role, person, met in listed:
        groups.setdefault(role if role in shown else "", []).append((person, met))
    return tuple(
        Group(
            name,
            len({person for person, _ in members}),
            sum(met for _, met in members),
            len(members),
        )
        for name, members in sorted(groups.items(), key=lambda item: (not item[0], item[0]))
    )
