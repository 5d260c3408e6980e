"""What is listed of a source: records refused, values changed unsaid, tickets missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each
from engagewatch.store.queries.silent_edits import UNEXPLAINED

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_REFUSED = """
SELECT record, reason, seen_at
FROM refused
WHERE source_key = ?
ORDER BY seen_at DESC, record
LIMIT ?
"""

_EDITS = f"""
SELECT t.id, t.reference, e.field, e.was, e.became, e.known_at, e.seen_at
{UNEXPLAINED}
ORDER BY e.seen_at DESC, t.reference, e.field LIMIT ?
"""

_MISSING = """
SELECT t.id, t.reference, t.deleted, coalesce(a.reason, ''), coalesce(a.seen_at, t.updated_at) AS at
FROM ticket t LEFT JOIN absence a ON a.source_key = t.source_key AND a.ticket_id = t.id
WHERE t.source_key = ? AND (t.deleted = 1 OR a.gone = 0)
ORDER BY at DESC, t.reference
LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A record that a source sent and nobody could read."""

    source: str
    record: str
    reason: str
    seen_at: Instant


@dataclass(frozen=True, slots=True)
class SilentEdit:
    """A value a source changed after it had been seen, without telling of a change."""

    source: str
    ticket_id: str
    reference: str
    field: str
    """``created``, ``priority``, ``claimed resolution``, ``time of status_changed solved``, ..."""
    was: str
    became: str
    known_at: Instant
    """When the source said that the earlier value was last touched."""
    seen_at: Instant
    """When the new value was first seen."""


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


def refusals(store: Store, of: Scope, limit: int) -> list[StoredRefusal]:
    """Return the latest refused records of each source, at most ``limit`` of each."""
    return [StoredRefusal(source, *row) for source, row in each(store, of, _REFUSED, limit)]


def silent_edits(store: Store, of: Scope, *, limit: int) -> list[SilentEdit]:
    """Return the latest silent edits of each source, at most ``limit`` of each."""
    return [SilentEdit(source, *row) for source, row in each(store, of, _EDITS, limit)]


def missing_tickets(store: Store, of: Scope, limit: int) -> list[MissingTicket]:
    """Return the tickets last found deleted or hidden, at most ``limit`` of each source."""
    return [
        MissingTicket(source, ticket_id, reference, bool(deleted), reason, at)
        for source, (ticket_id, reference, deleted, reason, at) in each(store, of, _MISSING, limit)
    ]
