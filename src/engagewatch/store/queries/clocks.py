"""Clocks of a period: how many stand how, which ones, and what the provider's tool says of them.

A clock belongs to the period in which it was due (or stopped, or started, as the contract counts).
A paused clock has no due instant: while it stands still it belongs to the period under way.
Clocks without a target are nobody's promise and are left out.
"""

# ruff: noqa: S608 - the statements are put together from constants alone
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engagewatch.model.clock import Clock, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import CountBy, Rules
from engagewatch.model.ticket import Claim
from engagewatch.store.queries.scope import Scope, fetch
from engagewatch.store.rows import (
    CLAIM_COLUMNS,
    CLOCK_COLUMNS,
    Row,
    claim_from,
    clock_from,
    named,
)

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_OPEN = "c.state IN ('running', 'paused')"

# A due instant before :cutoff has passed; the cutoff is 0 where overdue clocks are not yet missed.
_MISSED = f"(c.state = 'missed' OR ({_OPEN} AND c.due_at < :cutoff))"

_PENDING = f"({_OPEN} AND (c.due_at IS NULL OR c.due_at >= :cutoff))"

# The provider's verdict, 1 met and 0 missed, where its tool gives one; else what follows from the
# time or the due instant it tells. A time over the target proves no miss where the clock was
# paused: tools count on through pauses.
_CLAIMED_MET = """coalesce(k.met, CASE
    WHEN c.stopped_at IS NULL THEN NULL
    WHEN k.elapsed <= coalesce(k.target, c.target) THEN 1
    WHEN k.elapsed IS NOT NULL THEN CASE WHEN c.paused = 0 THEN 0 END
    WHEN k.due_at IS NOT NULL THEN CASE WHEN c.stopped_at <= k.due_at THEN 1 ELSE 0 END
    END)"""

# A claim on the other side of the target; a clock that ended within the tolerance of it excepted.
_DISAGREES = f"""(
    (({_CLAIMED_MET} = 1 AND {_MISSED}) OR ({_CLAIMED_MET} = 0 AND c.state = 'met'))
    AND (c.stopped_at IS NULL OR abs(c.consumed - c.target) > :tolerance))"""

_TALLY = f"""
SELECT c.obligation, c.priority,
    count(*) FILTER (WHERE c.state = 'met'),
    count(*) FILTER (WHERE {_MISSED}),
    count(*) FILTER (WHERE {_PENDING}),
    count(*) FILTER (WHERE c.state = 'excluded'),
    count(*) FILTER (WHERE c.state = 'unknown')
FROM clock c
"""

_CLAIMS_TALLY = f"""
SELECT c.obligation, c.priority,
    count(*) FILTER (WHERE {_CLAIMED_MET} = 1),
    count(*),
    count(*) FILTER (WHERE {_DISAGREES})
FROM clock c
JOIN claim k ON k.ticket_key = c.ticket_key AND k.obligation = c.obligation
"""

_ROWS = f"""
SELECT t.id, t.reference, t.subject, {named("k", CLAIM_COLUMNS)}, {named("c", CLOCK_COLUMNS)},
    t.requester
FROM clock c
JOIN ticket t ON t.key = c.ticket_key
LEFT JOIN claim k ON k.ticket_key = c.ticket_key AND k.obligation = c.obligation
"""

_TARGETED = """WHERE c.source_key = :source AND c.target IS NOT NULL
    AND c.obligation IN (SELECT value FROM json_each(:obligations)) """

_WITHIN = {
    CountBy.DUE: (
        "AND c.due_at >= :start AND c.due_at < :end ",
        f"AND {_OPEN} AND c.due_at IS NULL ",
    ),
    CountBy.STOPPED: (
        "AND c.stopped_at >= :start AND c.stopped_at < :end ",
        f"AND {_OPEN} AND c.stopped_at IS NULL ",
    ),
    CountBy.STARTED: ("AND c.started_at >= :start AND c.started_at < :end ", None),
}
"""What puts a clock into a period, and what puts an open one into the period under way."""

# A claim is about the ticket as it is now: it is held against the last round alone.
_CLAIMED = f"""AND {_CLAIMED_MET} IS NOT NULL AND c.state IN ('met', 'missed', 'running', 'paused')
    AND c.round = (SELECT max(l.round) FROM clock l
        WHERE l.ticket_key = c.ticket_key AND l.obligation = c.obligation) """

_BEGUN = """WHERE c.source_key = :source AND c.obligation = :obligation
    AND c.started_at >= :start AND c.started_at < :end
ORDER BY c.started_at, t.id
"""

_LATE = f"""WHERE c.source_key = :source AND c.obligation = :obligation AND {_OPEN}
    AND c.due_at < :before
ORDER BY c.started_at, t.id
"""

_RATINGS = """
SELECT e.value
FROM clock c JOIN event e ON e.ticket_key = c.ticket_key AND e.kind = 'rated'
WHERE c.source_key = :source AND c.obligation = 'survey'
    AND c.started_at >= :start AND c.started_at < :end AND e.at = c.stopped_at
"""

_WORST_FIRST = f"""ORDER BY CASE WHEN {_MISSED} THEN 0 WHEN c.state = 'met' THEN 1
        WHEN {_OPEN} THEN 2 ELSE 3 END,
    coalesce(c.due_at, c.started_at) DESC, t.id
LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class Span:
    """A period, at a moment, counted by the contract's rules."""

    start: Instant
    end: Instant
    """Excluded."""
    now: Instant
    rules: Rules

    @property
    def is_under_way(self) -> bool:
        """Whether ``now`` lies in it."""
        return self.start <= self.now < self.end

    def bindings(self, *obligations: Obligation) -> dict[str, Any]:
        """Return the values that the statements name, to ask of some obligations."""
        return {
            "obligations": json.dumps(obligations),
            "start": self.start,
            "end": self.end,
            "cutoff": self.now if self.rules.open_overdue_is_missed else 0,
            "tolerance": self.rules.claim_tolerance,
        }

    def conditions(self) -> Iterator[str]:
        """Yield the conditions whose rows make up the period; they do not overlap."""
        within, open_now = _WITHIN[self.rules.count_by]
        yield _TARGETED + within
        if open_now is not None and self.is_under_way:
            yield _TARGETED + open_now


@dataclass(frozen=True, slots=True)
class Tally:
    """How the clocks of one obligation and priority stand."""

    met: int = 0
    missed: int = 0
    pending: int = 0
    excluded: int = 0
    unknown: int = 0

    @property
    def judged(self) -> int:
        """Met or missed."""
        return self.met + self.missed

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            self.met + other.met,
            self.missed + other.missed,
            self.pending + other.pending,
            self.excluded + other.excluded,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True)
class ClaimTally:
    """What the provider's tool says of the clocks of one obligation and priority."""

    met: int = 0
    judged: int = 0
    disagreements: int = 0
    """Claims that contradict our count by more than the tolerance."""

    def __add__(self, other: ClaimTally) -> ClaimTally:
        """Return both together."""
        return ClaimTally(
            self.met + other.met,
            self.judged + other.judged,
            self.disagreements + other.disagreements,
        )


@dataclass(frozen=True, slots=True)
class PeriodClock:
    """One clock of a period with its ticket and what is claimed of it."""

    source: str
    ticket_id: str
    reference: str
    subject: str
    clock: Clock
    claim: Claim | None
    requester: str | None = None
    """Key of whoever the ticket is for, where the source tells."""


Tallies = dict[tuple[Obligation, str], Tally]
"""By obligation and priority, the latter in the contract's words."""

ClaimTallies = dict[tuple[Obligation, str], ClaimTally]


def tallies(
    store: Store, of: Scope, span: Span, obligations: Iterable[Obligation] = tuple(Obligation)
) -> Tallies:
    """Return how the clocks of a period stand. Clocks of other periods are not read."""
    found: Tallies = {}
    for obligation, row in _ask(store, of, span, obligations, _TALLY, "GROUP BY 1, 2"):
        key = (obligation, row[0])
        found[key] = found.get(key, Tally()) + Tally(*row[1:])
    return found


def claim_tallies(
    store: Store, of: Scope, span: Span, obligations: Iterable[Obligation] = tuple(Obligation)
) -> ClaimTallies:
    """Return what the provider's own tool says of the clocks of a period."""
    tail = _CLAIMED + "GROUP BY 1, 2"
    found: ClaimTallies = {}
    for obligation, row in _ask(store, of, span, obligations, _CLAIMS_TALLY, tail):
        key = (obligation, row[0])
        found[key] = found.get(key, ClaimTally()) + ClaimTally(*row[1:])
    return found


def period_clocks(
    store: Store,
    of: Scope,
    span: Span,
    obligation: Obligation,
    priority: str | None = None,
    limit: int = 500,
) -> list[PeriodClock]:
    """Return the clocks of a period, missed ones first, at most ``limit`` of each source."""
    tail = _WORST_FIRST if priority is None else "AND c.priority = :priority " + _WORST_FIRST
    return _rows(store, of, span, obligation, tail, priority=priority, limit=limit)


def missed_clocks(store: Store, of: Scope, span: Span, obligation: Obligation) -> list[PeriodClock]:
    """Return the clocks of a period that are missed: every one of them."""
    return _rows(store, of, span, obligation, f"AND {_MISSED} ORDER BY c.due_at DESC, t.id")


def begun_clocks(
    store: Store, of: Scope, obligation: Obligation, start: Instant, end: Instant
) -> list[PeriodClock]:
    """Return the clocks that began from ``start`` to before ``end``, with or without a target."""
    found = []
    for source_key, source in of.sources.items():
        bindings = {"source": source_key, "obligation": obligation, "start": start, "end": end}
        found += [_clock_of(source, row) for row in fetch(store, _ROWS + _BEGUN, bindings)]
    return found


def open_and_late(
    store: Store, of: Scope, obligation: Obligation, before: Instant
) -> list[PeriodClock]:
    """Return the open clocks that were due before an instant, whenever; the oldest first."""
    found = []
    for source_key, source in of.sources.items():
        bindings = {"source": source_key, "obligation": obligation, "before": before}
        found += [_clock_of(source, row) for row in fetch(store, _ROWS + _LATE, bindings)]
    return sorted(found, key=lambda one: (one.clock.started_at, one.ticket_id))


def survey_ratings(store: Store, of: Scope, start: Instant, end: Instant) -> list[str]:
    """Return what was answered to the surveys sent from ``start`` to before ``end``."""
    return [
        row[0]
        for source_key in of.sources
        for row in fetch(store, _RATINGS, {"source": source_key, "start": start, "end": end})
    ]


def disagreements(
    store: Store, of: Scope, span: Span, obligation: Obligation, limit: int
) -> list[PeriodClock]:
    """Return the clocks of a period on which the provider's tool and our count differ."""
    tail = _CLAIMED + f"AND {_DISAGREES} {_WORST_FIRST}"
    return _rows(store, of, span, obligation, tail, limit=limit)


def _rows(
    store: Store, of: Scope, span: Span, obligation: Obligation, tail: str, **values: Any
) -> list[PeriodClock]:
    found = []
    for source_key, source in of.sources.items():
        bindings = {**span.bindings(obligation), "source": source_key, **values}
        for condition in span.conditions():
            rows = fetch(store, _ROWS + condition + tail, bindings)
            found += [_clock_of(source, row) for row in rows]
    return found


def _clock_of(source: str, row: Row) -> PeriodClock:
    claim = None if row[3] is None else claim_from(row[3:9])
    return PeriodClock(source, row[0], row[1], row[2], clock_from(row[9:-1]), claim, row[-1])


def _ask(
    store: Store,
    of: Scope,
    span: Span,
    obligations: Iterable[Obligation],
    statement: str,
    tail: str,
) -> Iterator[tuple[Obligation, Row]]:
    bindings = span.bindings(*obligations)
    for source_key in of.sources:
        bindings["source"] = source_key
        for condition in span.conditions():
            for row in fetch(store, statement + condition + tail, bindings):
                yield Obligation(row[0]), row[1:]
