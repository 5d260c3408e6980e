"""What the present has to hold against the record from before: lives of tickets, time watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_LIVES = """
SELECT t.id, t.reference, t.subject, coalesce(t.priority, ''), t.created_at, s.finished_at
FROM ticket t JOIN standing s ON s.ticket_key = t.key
WHERE t.source_key = ? AND t.created_at >= ? AND t.created_at < ? AND t.deleted = 0
    AND t.merged_into IS NULL
ORDER BY t.created_at
"""

_WATCHED = "SELECT min(from_at) FROM state_span WHERE source_key = ?"


@dataclass(frozen=True, slots=True)
class Life:
    """One ticket from its opening to its present end."""

    source: str
    id: str
    reference: str
    subject: str
    priority: str
    """In the source's own word."""
    opened_at: Instant
    finished_at: Instant | None


def lives(store: Store, of: Scope, since: Instant, until: Instant) -> list[Life]:
    """Return the tickets opened in [``since``, ``until``); merged and deleted ones are left out."""
    return [Life(source, *row) for source, row in each(store, of, _LIVES, since, until)]


def watched_since(store: Store, of: Scope) -> dict[str, Instant]:
    """Return since when each status source has been polled, as far as it ever was."""
    return {source: row[0] for source, row in each(store, of, _WATCHED) if row[0] is not None}
