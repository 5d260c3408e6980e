"""What metrics are counted from: durations of clocks, and the course of tickets, over a span."""

# ruff: noqa: S608 - the statements are put together from constants alone
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import Rules
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, Ticket
from engagewatch.store.queries.clocks import Span
from engagewatch.store.queries.scope import Scope, each, fetch
from engagewatch.store.rows import EVENT_COLUMNS, TICKET_COLUMNS, event_from, named, ticket_from

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_TIMED = """
SELECT priority, calendar, started_at, consumed, running_since, stopped_at
FROM clock
WHERE source_key = ? AND obligation = ? AND started_at >= ? AND started_at < ?
    AND state NOT IN ('unknown', 'excluded')
"""

# Clocks without a target time the same work: they are nobody's promise, but they took as long.
_TIMED_ANYHOW = """
SELECT priority, calendar, started_at, consumed, running_since, stopped_at
FROM clock
WHERE source_key = ? AND obligation = ? AND started_at >= ? AND started_at < ?
    AND (state NOT IN ('unknown', 'excluded') OR reason = 'no_target')
"""

_COURSES = """
SELECT t.id, t.created_at, s.finished_at, s.court, t.requester, t.category,
    coalesce((SELECT c.priority FROM clock c WHERE c.ticket_key = t.key
        AND c.obligation = 'resolution' ORDER BY c.round DESC LIMIT 1), ''),
    s.reopened, t.opened_by,
    s.elapsed_provider + s.elapsed_client + s.elapsed_third_party + s.elapsed_nobody,
    s.elapsed_client,
    (SELECT count(*) FROM event e WHERE e.ticket_key = t.key AND e.kind = 'replied'
        AND e.side = 'provider' AND e.automatic = 0
        AND NOT (?5 > 0 AND e.at - t.created_at <= ?5)
        AND (e.actor IS NULL OR lower(e.actor) NOT IN (SELECT value FROM json_each(?4)))),
    t.reference, t.subject,
    (SELECT count(*) FROM event e WHERE e.ticket_key = t.key AND e.kind = 'assigned')
FROM ticket t JOIN standing s ON s.ticket_key = t.key
WHERE t.source_key = ?1 AND t.deleted = 0 AND t.merged_into IS NULL
    AND t.created_at < ?3 AND (s.finished_at IS NULL OR s.finished_at >= ?2 OR t.created_at >= ?2)
"""

_REOPENED = f"""
SELECT {named("t", TICKET_COLUMNS)}, {named("e", EVENT_COLUMNS)}
FROM standing s JOIN ticket t ON t.key = s.ticket_key JOIN event e ON e.ticket_key = t.key
WHERE s.source_key = ? AND s.reopened > 0 AND t.deleted = 0 AND t.merged_into IS NULL
ORDER BY t.key, e.at, e.id
"""

_RATINGS = """
SELECT e.at, e.value, t.id
FROM ticket t JOIN event e ON e.ticket_key = t.key
WHERE t.source_key = ? AND t.updated_at >= ? AND e.kind = 'rated' AND e.at >= ?2 AND e.at < ?3
    AND t.deleted = 0
ORDER BY e.at
"""

# Calendar time against the target, with nothing taken off; what is still open counts up to now.
_FELT = """
SELECT c.obligation, c.priority,
    count(*) FILTER (WHERE c.felt <= c.target),
    count(*) FILTER (WHERE coalesce(c.felt, :now - c.started_at) > c.target)
FROM clock c
"""

_FIRST = "SELECT min(created_at) FROM ticket WHERE source_key = ? AND deleted = 0"


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one clock ran, as far as it has."""

    priority: str
    calendar: str
    started_at: Instant
    consumed: int
    """Business seconds up to its end, or up to ``running_since``."""
    running_since: Instant | None
    stopped_at: Instant | None
    """``None`` while it is open."""


@dataclass(frozen=True, slots=True)
class Course:
    """One ticket from opening to its present end."""

    source: str
    id: str
    opened_at: Instant
    finished_at: Instant | None
    court: Side
    requester: str | None
    category: str | None
    priority: str
    """In the contract's words; empty where no clock tells it."""
    reopened: int
    opened_by: Side
    elapsed: int
    """Calendar seconds from opening to ``finished_at``, or to when its court last changed."""
    elapsed_client: int
    provider_words: int
    reference: str
    subject: str
    assignments: int
    """Times it was given to somebody, the first one included."""


def timed(
    store: Store, of: Scope, obligation: Obligation, since: Instant, until: Instant
) -> list[Timed]:
    """Return how long the clocks that started in [``since``, ``until``) took."""
    statement = _TIMED if obligation.ledger is Side.CLIENT else _TIMED_ANYHOW
    return [
        Timed(
            priority=row[0],
            calendar=row[1],
            started_at=row[2],
            consumed=row[3],
            running_since=row[4],
            stopped_at=row[5],
        )
        for _, row in each(store, of, statement, obligation, since, until)
    ]


def courses(store: Store, of: Scope, since: Instant, until: Instant, rules: Rules) -> list[Course]:
    """Return the tickets that were open at some time in [``since``, ``until``).

    What ``rules`` take for an automatic reply is no word of the provider's, whatever its source
    says of it.
    """
    authors = json.dumps([name.lower() for name in rules.auto_reply_authors])
    within = rules.auto_reply_within
    return [
        Course(
            source=source,
            id=row[0],
            opened_at=row[1],
            finished_at=row[2],
            court=Side(row[3]),
            requester=row[4],
            category=row[5],
            priority=row[6],
            reopened=row[7],
            opened_by=Side(row[8]),
            elapsed=row[9],
            elapsed_client=row[10],
            provider_words=row[11],
            reference=row[12],
            subject=row[13],
            assignments=row[14],
        )
        for source, row in each(store, of, _COURSES, since, until, authors, within)
    ]


def reopened_tickets(store: Store, of: Scope) -> list[tuple[str, Ticket, list[Event]]]:
    """Return every ticket that came back after it was resolved, with its events, by source."""
    tickets: dict[tuple[str, str], Ticket] = {}
    events: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for source, row in each(store, of, _REOPENED):
        key = (source, row[0])
        if key not in tickets:
            tickets[key] = ticket_from(row[: len(TICKET_COLUMNS)], ())
        events[key].append(event_from(row[0], row[len(TICKET_COLUMNS) :]))
    return [(key[0], ticket, events[key]) for key, ticket in tickets.items()]


def ratings(
    store: Store, of: Scope, since: Instant, until: Instant
) -> list[tuple[Instant, str, str, str]]:
    """Return the ratings given in [``since``, ``until``): instant, value, source, ticket id."""
    return [
        (row[0], row[1], source, row[2]) for source, row in each(store, of, _RATINGS, since, until)
    ]


def felt_tallies(
    store: Store, of: Scope, span: Span, obligations: Iterable[Obligation]
) -> dict[tuple[Obligation, str], tuple[int, int]]:
    """Return how many clocks of a period were met by the calendar, and how many were missed.

    Calendar seconds from start to stop are held against the target as it is written: what the
    people who waited felt of it. The same clocks as those of the contract are counted.
    """
    found: dict[tuple[Obligation, str], tuple[int, int]] = {}
    tail = "AND c.state NOT IN ('excluded', 'unknown') GROUP BY 1, 2"
    bindings = {**span.bindings(*obligations), "now": span.now}
    for source_key in of.sources:
        bindings["source"] = source_key
        for condition in span.conditions():
            for name, priority, met, missed in fetch(store, _FELT + condition + tail, bindings):
                key = Obligation(name), priority
                before = found.get(key, (0, 0))
                found[key] = (before[0] + met, before[1] + missed)
    return found


def first_ticket_at(store: Store, of: Scope) -> Instant | None:
    """Return when the oldest stored ticket was opened."""
    found = [row[0] for _, row in each(store, of, _FIRST) if row[0] is not None]
    return min(found, default=None)
