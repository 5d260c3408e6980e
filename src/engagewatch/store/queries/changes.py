"""What happened after a moment: how much, and the latest few of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

# A ticket created after a moment was also updated after it: the index on updates finds it.
_OPENED = """
SELECT t.id, t.reference, t.subject, t.created_at, count(*) OVER ()
FROM ticket t
WHERE t.source_key = ? AND t.updated_at > ? AND t.created_at > ? AND t.created_at <= ?
    AND t.deleted = 0
ORDER BY t.created_at DESC, t.id
LIMIT ?
"""

_RESOLVED = """
SELECT t.id, t.reference, t.subject, s.finished_at, count(*) OVER ()
FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at > ? AND s.finished_at <= ? AND t.deleted = 0
ORDER BY s.finished_at DESC, t.id
LIMIT ?
"""

_CAME_TO_US = """
SELECT t.id, t.reference, t.subject, s.court_since, count(*) OVER ()
FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at IS NULL AND s.court = 'client'
    AND s.court_since > ? AND s.court_since <= ? AND t.deleted = 0
ORDER BY s.court_since DESC, t.id
LIMIT ?
"""

_MISSED = """
SELECT t.id, t.reference, t.subject, c.due_at, count(*) OVER (), c.obligation
FROM clock c JOIN ticket t ON t.key = c.ticket_key
WHERE c.source_key = ?
    AND c.obligation IN ('first_response', 'next_response', 'update', 'resolution',
        'reply', 'approval')
    AND c.due_at >= ? AND c.due_at < ? AND c.state IN ('running', 'missed') AND t.deleted = 0
ORDER BY c.due_at DESC, t.id
LIMIT ?
"""

_INCIDENTS = """
SELECT id, '', name, posted_at, count(*) OVER ()
FROM incident
WHERE source_key = ? AND posted_at > ? AND posted_at <= ?
ORDER BY posted_at DESC, id
LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class StoredChange:
    """One thing that happened, and when."""

    source: str
    id: str
    reference: str
    subject: str
    at: Instant
    obligation: str = ""
    """Which clock, where it is about one."""


@dataclass(frozen=True, slots=True)
class Happened:
    """How often something happened, and the latest few times."""

    count: int
    latest: tuple[StoredChange, ...]


def opened(store: Store, of: Scope, since: Instant, now: Instant, limit: int) -> Happened:
    """Return the tickets opened after ``since``, up to ``now``."""
    return _happened(store, of, _OPENED, limit, since, since, now)


def resolved(store: Store, of: Scope, since: Instant, now: Instant, limit: int) -> Happened:
    """Return the tickets finished after ``since``, up to ``now``."""
    return _happened(store, of, _RESOLVED, limit, since, now)


def came_to_us(store: Store, of: Scope, since: Instant, now: Instant, limit: int) -> Happened:
    """Return the open tickets that entered the client's court after ``since``."""
    return _happened(store, of, _CAME_TO_US, limit, since, now)


def missed(store: Store, of: Scope, since: Instant, now: Instant, limit: int) -> Happened:
    """Return the clocks whose due instant passed unmet after ``since``, of both ledgers."""
    return _happened(store, of, _MISSED, limit, since, now)


def incidents_posted(store: Store, of: Scope, since: Instant, now: Instant, limit: int) -> Happened:
    """Return the incidents posted after ``since``."""
    return _happened(store, of, _INCIDENTS, limit, since, now)


def _happened(store: Store, of: Scope, statement: str, limit: int, *bounds: Instant) -> Happened:
    counts: dict[str, int] = {}
    found: list[StoredChange] = []
    for source, row in each(store, of, statement, *bounds, limit):
        counts[source] = row[4]
        found.append(StoredChange(source, *row[:4], *row[5:]))
    found.sort(key=lambda change: (-change.at, change.source, change.id))
    return Happened(sum(counts.values()), tuple(found[:limit]))
