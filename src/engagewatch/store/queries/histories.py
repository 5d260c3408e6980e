"""Tickets with everything that happened to them, many at once: for what the fold does not keep."""

# ruff: noqa: S608 - the statements are put together from constants alone
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event
from engagewatch.store.queries.scope import Scope, fetch
from engagewatch.store.queries.tickets import StoredTicket
from engagewatch.store.rows import (
    EVENT_COLUMNS,
    TICKET_COLUMNS,
    Row,
    event_from,
    named,
    ticket_from,
)

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_TICKET = named("t", TICKET_COLUMNS)

_BY_ID = f"""
SELECT t.key, {_TICKET} FROM ticket t
WHERE t.source_key = ? AND t.id IN (SELECT value FROM json_each(?))
"""

# What an open ticket waited for is counted up to its last change only: it may wait now.
_OPEN = f"""
SELECT t.key, {_TICKET}
FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at IS NULL AND t.created_at < ? AND t.deleted = 0
"""

_FINISHED = f"""
SELECT t.key, {_TICKET}
FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at > ? AND t.created_at < ? AND t.deleted = 0
    AND (s.claimed_wait > 0 OR s.evidenced_wait > 0)
"""

_EVENTS = f"""
SELECT e.ticket_key, {named("e", EVENT_COLUMNS)} FROM event e
WHERE e.ticket_key IN (SELECT value FROM json_each(?)) ORDER BY e.ticket_key, e.at, e.id
"""


def with_events(store: Store, of: Scope, source: str, ids: Iterable[str]) -> list[StoredTicket]:
    """Return the tickets of a source with these ids and their events, without what is claimed."""
    key = of.key_of(source)
    if key is None:
        return []
    return _stored(store, source, fetch(store, _BY_ID, (key, json.dumps(list(ids)))))


def may_have_waited(store: Store, of: Scope, start: Instant, end: Instant) -> list[StoredTicket]:
    """Return the tickets that may have waited for the client from ``start`` to before ``end``.

    They come with their events, without what is claimed of them.
    """
    found: list[StoredTicket] = []
    for key, source in of.sources.items():
        rows = fetch(store, _OPEN, (key, end)) + fetch(store, _FINISHED, (key, start, end))
        found += _stored(store, source, rows)
    return found


def _stored(store: Store, source: str, rows: list[Row]) -> list[StoredTicket]:
    tickets = {row[0]: ticket_from(row[1:], ()) for row in rows}
    events: dict[int, list[Event]] = defaultdict(list)
    for ticket_key, *columns in fetch(store, _EVENTS, (json.dumps(list(tickets)),)):
        events[ticket_key].append(event_from(tickets[ticket_key].id, tuple(columns)))
    return [StoredTicket(source, ticket, tuple(events[key])) for key, ticket in tickets.items()]
