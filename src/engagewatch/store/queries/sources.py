"""What the store holds of each source beside its health."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.store.queries.scope import Scope, each
from engagewatch.store.rows import split

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_TICKETS = "SELECT count(*) - sum(deleted), sum(deleted) FROM ticket WHERE source_key = ?"

_REFUSED_COUNT = "SELECT count(*) FROM refused WHERE source_key = ?"

_UNMAPPED = """
SELECT unmapped, count(*)
FROM standing
WHERE source_key = ? AND unmapped <> ''
GROUP BY unmapped
"""

_HIDDEN_COUNT = "SELECT count(*) FROM absence WHERE source_key = ? AND gone = 0"

_ORPHANS = "SELECT count(*) FROM orphan_event WHERE source_key = ?"


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


def refusal_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many records of each source were refused."""
    return {source: row[0] for source, row in each(store, of, _REFUSED_COUNT)}


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
