"""What the store holds of each source beside its health."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each
from engagewatch.store.rows import split

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_TICKETS = "SELECT count(*) - sum(deleted), sum(deleted) FROM ticket WHERE source_key = ?"

_REFUSED_COUNT = "SELECT count(*) FROM refused WHERE source_key = ?"

_REFUSED = """
SELECT record, reason, seen_at
FROM refused
WHERE source_key = ?
ORDER BY seen_at DESC, record
LIMIT ?
"""

_UNMAPPED = """
SELECT unmapped, count(*)
FROM standing
WHERE source_key = ? AND unmapped <> ''
GROUP BY unmapped
"""

_HIDDEN_COUNT = "SELECT count(*) FROM absence WHERE source_key = ? AND gone = 0"

_MISSING = """
SELECT t.id, t.reference, t.deleted, coalesce(a.reason, ''), coalesce(a.seen_at, t.updated_at) AS at
FROM ticket t LEFT JOIN absence a ON a.source_key = t.source_key AND a.ticket_id = t.id
WHERE t.source_key = ? AND (t.deleted = 1 OR a.gone = 0)
ORDER BY at DESC, t.reference
LIMIT ?
"""

_ORPHANS = "SELECT count(*) FROM orphan_event WHERE source_key = ?"


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A record that a source sent and nobody could read."""

    source: str
    record: str
    reason: str
    seen_at: Instant


@dataclass(frozen=True, slots=True)
class MissingTicket:
    """A ticket that is kept here and that its source has no more, or shows no more."""

    source: str
    ticket_id: str
    reference: str
    deleted: bool
    """It is marked as deleted; ``False``: it may not be read any more and counts as before."""
    reason: str
    """What the source answered when it was asked; empty where it told of the deletion itself."""
    seen_at: Instant


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """How many tickets of a source are stored."""

    kept: int = 0
    deleted: int = 0
    """Marked as deleted; not among the kept."""


def ticket_counts(store: Store, of: Scope) -> dict[str, TicketCounts]:
    """Return how many tickets of each source are kept and how many are marked as deleted."""
    return {
        source: TicketCounts(kept or 0, deleted or 0)
        for source, (kept, deleted) in each(store, of, _TICKETS)
    }


def hidden_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many tickets each source keeps from us, though it has not said they are gone."""
    return {source: row[0] for source, row in each(store, of, _HIDDEN_COUNT)}


def missing_tickets(store: Store, of: Scope, limit: int) -> list[MissingTicket]:
    """Return the tickets last found deleted or hidden, at most ``limit`` of each source."""
    return [
        MissingTicket(source, ticket_id, reference, bool(deleted), reason, at)
        for source, (ticket_id, reference, deleted, reason, at) in each(store, of, _MISSING, limit)
    ]


def refusal_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many records of each source were refused."""
    return {source: row[0] for source, row in each(store, of, _REFUSED_COUNT)}


def refusals(store: Store, of: Scope, limit: int) -> list[StoredRefusal]:
    """Return the latest refused records of each source, at most ``limit`` of each."""
    return [StoredRefusal(source, *row) for source, row in each(store, of, _REFUSED, limit)]


def unmapped_statuses(store: Store, of: Scope) -> dict[str, list[tuple[str, int]]]:
    """Return, by source, statuses without a meaning and how many tickets met them, most first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for source, (unmapped, tickets) in each(store, of, _UNMAPPED):
        for status in split(unmapped):
            counts[source, status] += tickets
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (source, status), tickets in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        found[source].append((status, tickets))
    return dict(found)


def waiting_event_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many events of each source wait for a ticket that has not been seen yet."""
    return {source: row[0] for source, row in each(store, of, _ORPHANS)}
