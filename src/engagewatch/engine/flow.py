"""How work flows: what is open and how old, what comes back, what is passed around, what is silent.

Rates over resolved tickets count only tickets resolved long enough ago that what they are counted
for (a reopening, a repeat) had its time to happen; otherwise every recent week looks better.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.engine.statistics import Interval, percent, wilson
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.sides import Side

REOPEN_WITHIN = 14 * DAY
ONE_TOUCH_WITHIN = 7 * DAY
REPEAT_WITHIN = 14 * DAY
BOUNCED_FROM = 3
"""Group changes after the first assignment that make a ticket bounced."""

_BUCKET_ENDS = (2, 4, 8, 15, 31, 61)
"""First day that is too old for each age bucket but the last."""


@dataclass(frozen=True, slots=True)
class TicketFlow:
    """What flow figures need of one ticket."""

    opened_at: Instant
    finished_at: Instant | None
    """Last resolution that stuck; ``None`` while open."""
    court: Side
    requester: str | None = None
    category: str | None = None
    reopened_after: int | None = None
    """Seconds from the first resolution to the first reopening; ``None``: never reopened."""
    provider_words: int | None = None
    """The provider's public messages; ``None`` where messages are unseen."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    count: int
    of: int

    @property
    def interval(self) -> Interval:
        """95 % Wilson interval."""
        return wilson(self.count, self.of)

    def percent(self) -> str | None:
        """Return the rate as text, ``None`` under ten."""
        return percent(self.count, self.of) if self.of >= PERCENT_NEEDS else None

    def words(self) -> str:
        """Return the counts: ``3 of 40``."""
        return f"{self.count} of {self.of}"


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Open tickets of one age."""

    label: str
    """Age in days: ``0-1``, ..., ``61+``."""
    by_court: Mapping[Side, int]

    @property
    def count(self) -> int:
        """Tickets in it."""
        return sum(self.by_court.values())


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open at an instant."""

    total: int
    by_court: Mapping[Side, int]
    buckets: tuple[AgeBucket, ...]
    """Youngest first; empty ones included, so that two backlogs line up."""
    oldest: int | None
    """Age in seconds; ``None`` when nothing is open."""


def backlog(tickets: Iterable[TicketFlow], now: Instant) -> Backlog:
    """Return what is open at ``now`` by court and by age in full days."""
    labels = _bucket_labels()
    counts: list[Counter[Side]] = [Counter() for _ in labels]
    oldest: int | None = None
    for ticket in tickets:
        over = ticket.finished_at is not None and ticket.finished_at <= now
        if over or ticket.opened_at > now:
            continue
        age = now - ticket.opened_at
        counts[bisect_right(_BUCKET_ENDS, age // DAY)][ticket.court] += 1
        oldest = age if oldest is None else max(oldest, age)
    courts: Counter[Side] = sum(counts, Counter())
    return Backlog(
        total=courts.total(),
        by_court=dict(courts),
        buckets=tuple(
            AgeBucket(label, dict(count)) for label, count in zip(labels, counts, strict=True)
        ),
        oldest=oldest,
    )


def _bucket_labels() -> list[str]:
    starts = (0, *_BUCKET_ENDS)
    labels = [f"{low}-{end - 1}" for low, end in zip(starts, _BUCKET_ENDS, strict=False)]
    return [*labels, f"{_BUCKET_ENDS[-1]}+"]


Stretch: TypeAlias = tuple[Instant, Instant]
"""From an instant to before another."""


def reopened(tickets: Iterable[TicketFlow], now: Instant, resolved: Stretch | None = None) -> Rate:
    """Return how many tickets resolved at least 14 days ago came back within 14 days.

    Only those ``resolved`` in a stretch of time, where one is given; so in all these rates.
    """
    settled = _settled(tickets, now, REOPEN_WITHIN, resolved)
    return Rate(sum(_came_back(ticket, REOPEN_WITHIN) for ticket in settled), len(settled))


def one_touch(tickets: Iterable[TicketFlow], now: Instant, resolved: Stretch | None = None) -> Rate:
    """Return how many were resolved with one public provider message and no return in 7 days.

    Tickets whose messages are unseen are not counted at all.
    """
    settled = [
        ticket
        for ticket in _settled(tickets, now, ONE_TOUCH_WITHIN, resolved)
        if ticket.provider_words is not None
    ]
    hits = sum(
        ticket.provider_words == 1 and not _came_back(ticket, ONE_TOUCH_WITHIN)
        for ticket in settled
    )
    return Rate(hits, len(settled))


def silent_repeats(
    tickets: Iterable[TicketFlow], now: Instant, resolved: Stretch | None = None
) -> Rate:
    """Return how many tickets resolved at least 14 days ago were followed by one just like them.

    Just like: same requester, same category, opened within 14 days of the resolution. It catches
    closing a ticket and logging a new one. Tickets without requester or category are not counted.
    """
    opened: dict[tuple[str, str], list[Instant]] = defaultdict(list)
    candidates = []
    for ticket in tickets:
        if ticket.requester is not None and ticket.category is not None:
            opened[ticket.requester, ticket.category].append(ticket.opened_at)
            candidates.append(ticket)
    for instants in opened.values():
        instants.sort()
    settled = _settled(candidates, now, REPEAT_WITHIN, resolved)
    hits = 0
    for ticket in settled:
        finished = ticket.finished_at or 0
        instants = opened[ticket.requester or "", ticket.category or ""]
        index = bisect_right(instants, finished)
        hits += index < len(instants) and instants[index] <= finished + REPEAT_WITHIN
    return Rate(hits, len(settled))


def _settled(
    tickets: Iterable[TicketFlow], now: Instant, within: int, resolved: Stretch | None
) -> list[TicketFlow]:
    return [
        ticket
        for ticket in tickets
        if ticket.finished_at is not None
        and ticket.finished_at + within <= now
        and (resolved is None or resolved[0] <= ticket.finished_at < resolved[1])
    ]


def _came_back(ticket: TicketFlow, within: int) -> bool:
    return ticket.reopened_after is not None and ticket.reopened_after <= within
