"""Tickets: the whole list as tuples, one with all its facts, and the open ones."""

# ruff: noqa: S608 - the statements are put together from constants alone
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from engagewatch.model.clock import Clock, Standing
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Ticket
from engagewatch.store.queries.scope import Scope, each, fetch
from engagewatch.store.rows import (
    CLAIM_COLUMNS,
    CLOCK_COLUMNS,
    EVENT_COLUMNS,
    STANDING_COLUMNS,
    TICKET_COLUMNS,
    Row,
    claim_from,
    clock_from,
    event_from,
    named,
    standing_from,
    ticket_from,
)

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_LIST = """
SELECT t.id, t.reference, t.subject, coalesce(nullif(r.priority, ''), t.priority), t.status,
    s.court, t.created_at, t.updated_at, s.finished_at, s.court_since,
    f.state, f.due_at, r.state, r.due_at, t.assignee, t.requester, t.category, s.reopened
FROM ticket t
JOIN standing s ON s.ticket_key = t.key
LEFT JOIN clock f ON f.ticket_key = t.key AND f.obligation = 'first_response' AND f.round = 1
LEFT JOIN clock r ON r.ticket_key = t.key AND r.obligation = 'resolution' AND r.round = (
    CASE s.reopened WHEN 0 THEN 1 ELSE (
        SELECT max(l.round) FROM clock l WHERE l.ticket_key = t.key AND l.obligation = 'resolution')
    END)
WHERE t.source_key = ? AND t.deleted = 0
"""

_LIST_OPEN = _LIST + " AND s.finished_at IS NULL"

_TICKET = named("t", TICKET_COLUMNS)

_ONE = f"SELECT t.key, {_TICKET} FROM ticket t WHERE t.source_key = ? AND t.id = ?"

_ONE_BY_REFERENCE = f"""
SELECT t.key, {_TICKET} FROM ticket t
WHERE t.source_key = ? AND t.reference = ?
ORDER BY t.updated_at DESC LIMIT 1
"""

_CLAIMS = f"SELECT {named('k', CLAIM_COLUMNS)} FROM claim k WHERE k.ticket_key = ?"

_EVENTS = f"""
SELECT {named("e", EVENT_COLUMNS)} FROM event e WHERE e.ticket_key = ? ORDER BY e.at, e.id
"""

_CLOCK = named("c", CLOCK_COLUMNS)

_OPEN_COLUMNS = f"""t.key, t.id, t.reference, t.subject, t.status, t.priority, t.url,
    t.requester, t.assignee, t.created_at, t.updated_at, {named("s", STANDING_COLUMNS)}"""

_OPEN_TICKETS = f"""
SELECT {_OPEN_COLUMNS}
FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at IS NULL AND t.deleted = 0
"""

# Where only closing ends a resolution, a resolved ticket still has a clock that stands open.
# A request to rate the service, open for as long as nobody rates it, makes no ticket open.
_FINISHED_WITH_OPEN_CLOCKS = f"""
SELECT DISTINCT {_OPEN_COLUMNS}
FROM clock c
JOIN standing s ON s.ticket_key = c.ticket_key
JOIN ticket t ON t.key = c.ticket_key
WHERE c.source_key = ? AND c.state IN ('running', 'paused') AND s.finished_at IS NOT NULL
    AND c.obligation <> 'survey' AND t.deleted = 0
"""

# Most requests to rate the service are never answered: they would outnumber all else.
_OPEN_CLOCKS = f"""
SELECT c.ticket_key, {_CLOCK}
FROM clock c
WHERE c.source_key = ? AND c.state IN ('running', 'paused') AND c.obligation <> 'survey'
"""

_OPEN_SURVEYS = f"""
SELECT {_OPEN_COLUMNS}, {_CLOCK}
FROM clock c
JOIN standing s ON s.ticket_key = c.ticket_key
JOIN ticket t ON t.key = c.ticket_key
WHERE c.source_key = ? AND c.state IN ('running', 'paused') AND c.obligation = 'survey'
    AND c.started_at >= ? AND t.deleted = 0
"""

# A ticket created after a moment was also updated after it: the index on updates finds it.
_OPENINGS = """
SELECT created_at, coalesce(requester, ''), id, reference, subject, coalesce(category, '')
FROM ticket
WHERE source_key = ? AND updated_at >= ? AND created_at >= ? AND opened_by = 'client'
    AND deleted = 0
"""

_OPEN_COUNT = """
SELECT count(*) FROM standing WHERE source_key = ? AND finished_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """One ticket with everything it is folded from."""

    source: str
    ticket: Ticket
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that is not finished, or whose duties still stand."""

    source: str
    id: str
    reference: str
    subject: str
    status: str
    priority: str | None
    """The provider's word for it; the contract's is on the clocks."""
    url: str
    requester: str | None
    assignee: str | None
    created_at: Instant
    updated_at: Instant
    standing: Standing
    clocks: tuple[Clock, ...]
    """Those that run or are paused; not the requests to rate the service."""


def ticket_list(store: Store, of: Scope, *, open_only: bool = False) -> list[tuple[str, Row]]:
    """Return (source, row) for every ticket that is not deleted.

    A row holds id, reference, subject, priority (the contract's where a clock knows it), status,
    court, created_at, updated_at, finished_at, court_since, first response state and due instant,
    latest resolution state and due instant, assignee, requester, category, reopened.
    """
    return list(each(store, of, _LIST_OPEN if open_only else _LIST))


def find_ticket(store: Store, of: Scope, source: str, name: str) -> StoredTicket | None:
    """Return the ticket whose id, or else whose reference, is ``name``; ``None`` if unknown."""
    key = of.key_of(source)
    if key is None:
        return None
    rows = fetch(store, _ONE, (key, name)) or fetch(store, _ONE_BY_REFERENCE, (key, name))
    if not rows:
        return None
    ticket_key, *columns = rows[0]
    claims = tuple(claim_from(row) for row in fetch(store, _CLAIMS, (ticket_key,)))
    ticket = ticket_from(tuple(columns), claims)
    events = tuple(event_from(ticket.id, row) for row in fetch(store, _EVENTS, (ticket_key,)))
    return StoredTicket(source, ticket, events)


def open_tickets(store: Store, of: Scope) -> list[OpenTicket]:
    """Return every open ticket with its open clocks. Finished tickets cost nothing."""
    found: list[OpenTicket] = []
    for key, source in of.sources.items():
        clocks: dict[int, list[Clock]] = {}
        for ticket_key, *columns in fetch(store, _OPEN_CLOCKS, (key,)):
            clocks.setdefault(ticket_key, []).append(clock_from(tuple(columns)))
        for statement in (_OPEN_TICKETS, _FINISHED_WITH_OPEN_CLOCKS):
            found += [
                _open_ticket(source, row, clocks.get(row[0], ()))
                for row in fetch(store, statement, (key,))
            ]
    return found


def open_surveys(store: Store, of: Scope, since: Instant) -> list[tuple[OpenTicket, Clock]]:
    """Return the requests to rate the service made since an instant that nobody has answered."""
    found = []
    for source, row in each(store, of, _OPEN_SURVEYS, since):
        clock = clock_from(row[-len(CLOCK_COLUMNS) :])
        ticket = row[: -len(CLOCK_COLUMNS)]
        found.append((_open_ticket(source, ticket, (clock,)), clock))
    return found


def _open_ticket(source: str, row: Row, clocks: Sequence[Clock]) -> OpenTicket:
    return OpenTicket(
        source=source,
        id=row[1],
        reference=row[2],
        subject=row[3],
        status=row[4],
        priority=row[5],
        url=row[6],
        requester=row[7],
        assignee=row[8],
        created_at=row[9],
        updated_at=row[10],
        standing=standing_from(row[11:]),
        clocks=tuple(clocks),
    )


def open_count(store: Store, of: Scope) -> int:
    """Return how many tickets are open."""
    return sum(row[0] for _, row in each(store, of, _OPEN_COUNT))


class TicketOpening(NamedTuple):
    """Somebody on the client's side opened a ticket."""

    source: str
    at: Instant
    requester: str
    ticket_id: str
    reference: str
    subject: str
    category: str


def openings(store: Store, of: Scope, since: Instant) -> list[TicketOpening]:
    """Return the tickets that the client's own people opened since an instant."""
    return [TicketOpening(source, *row) for source, row in each(store, of, _OPENINGS, since, since)]
