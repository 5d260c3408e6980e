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

_TICKETS = "SELECT count(*) FROM ticket WHERE source_key = ? AND deleted = 0"

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

_ORPHANS = "SELECT count(*) FROM orphan_event WHERE source_key = ?"


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A record that a source sent and nobody could read."""

    source: str
    record: str
    reason: str
    seen_at: Instant


def ticket_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many tickets of each source are kept, deleted ones left out."""
    return {source: row[0] for source, row in each(store, of, _TICKETS)}


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
