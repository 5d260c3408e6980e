"""Letting go of tickets that finished long ago, and of what was kept about them.

What was removed is remembered by id and version, so that a source which tells it again (overlapping
windows, a reading from the start) does not bring it back. A ticket that its source changed since is
taken in again, as far as the source still tells its history.
"""

from __future__ import annotations

from dataclasses import replace

import apsw

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.store.changes import bump_change_seq
from engagewatch.store.folding import record_name
from engagewatch.store.tickets import as_array

CHUNK = 500
"""Tickets removed in one transaction; others may write before the next."""

_FINISHED = """
SELECT t.key, t.id FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE s.source_key = ? AND s.finished_at < ? ORDER BY s.finished_at LIMIT ?
"""

_REMEMBER = """
INSERT INTO removed_ticket (source_key, id, updated_at)
SELECT source_key, id, updated_at FROM ticket WHERE key IN (SELECT value FROM json_each(?))
ON CONFLICT (source_key, id) DO UPDATE SET updated_at = excluded.updated_at
"""

_OF_KEYS = (
    "DELETE FROM event WHERE ticket_key IN (SELECT value FROM json_each(?))",
    "DELETE FROM claim WHERE ticket_key IN (SELECT value FROM json_each(?))",
    "DELETE FROM clock WHERE ticket_key IN (SELECT value FROM json_each(?))",
    "DELETE FROM standing WHERE ticket_key IN (SELECT value FROM json_each(?))",
    "DELETE FROM ticket WHERE key IN (SELECT value FROM json_each(?))",
)

_OF_IDS = (
    """DELETE FROM silent_edit WHERE source_key = ?
        AND ticket_id IN (SELECT value FROM json_each(?))""",
    """DELETE FROM absence WHERE source_key = ?
        AND ticket_id IN (SELECT value FROM json_each(?))""",
)

_REFUSED = "DELETE FROM refused WHERE source_key = ? AND record IN (SELECT value FROM json_each(?))"

_NOTE_SINCE = """
UPDATE source SET kept_since = max(coalesce(kept_since, 0), ?2) WHERE key = ?1
"""

# Whoever owns an approval or a ticket stands in an event's value.
_REMOVE_STRANGERS = """
WITH named(id) AS (
    SELECT requester FROM ticket WHERE source_key = ?1
    UNION SELECT assignee FROM ticket WHERE source_key = ?1
    UNION SELECT owner FROM clock WHERE source_key = ?1
    UNION SELECT e.actor FROM ticket t JOIN event e ON e.ticket_key = t.key WHERE t.source_key = ?1
    UNION SELECT e.value FROM ticket t JOIN event e ON e.ticket_key = t.key
        WHERE t.source_key = ?1 AND e.kind IN ('assigned', 'approval_requested')
    UNION SELECT e.previous FROM ticket t JOIN event e ON e.ticket_key = t.key
        WHERE t.source_key = ?1 AND e.kind = 'assigned'
    UNION SELECT actor FROM orphan_event WHERE source_key = ?1
    UNION SELECT value FROM orphan_event WHERE source_key = ?1
    UNION SELECT previous FROM orphan_event WHERE source_key = ?1
)
DELETE FROM person WHERE source_key = ?1 AND id NOT IN (SELECT id FROM named WHERE id IS NOT NULL)
"""

_ANY_REMOVED = "SELECT 1 FROM removed_ticket WHERE source_key = ? LIMIT 1"

_REMOVED = """
SELECT id, updated_at FROM removed_ticket
WHERE source_key = ? AND id IN (SELECT value FROM json_each(?))
"""

_COME_BACK = """
DELETE FROM removed_ticket WHERE source_key = ? AND id IN (SELECT value FROM json_each(?))
"""


def remove_finished(connection: apsw.Connection, source_key: int, before: Instant) -> int:
    """Remove the next tickets that finished before an instant, at most :data:`CHUNK`.

    Returns how many; fewer than :data:`CHUNK` means that there are no more.
    """
    found: dict[int, str] = dict(connection.execute(_FINISHED, (source_key, before, CHUNK)))
    if not found:
        return 0
    keys, ids = as_array(found), as_array(found.values())
    connection.execute(_REMEMBER, (keys,))
    for statement in _OF_KEYS:
        connection.execute(statement, (keys,))
    for statement in _OF_IDS:
        connection.execute(statement, (source_key, ids))
    connection.execute(_REFUSED, (source_key, as_array(map(record_name, found.values()))))
    connection.execute(_NOTE_SINCE, (source_key, before))
    bump_change_seq(connection)
    return len(found)


def finish(connection: apsw.Connection, source_key: int, now: Instant) -> int:
    """Note that a source was looked through at ``now``; return how many people were removed.

    Where tickets were removed, now or ever, people whom nothing of the source names any more go.
    """
    people = 0
    if connection.execute(_ANY_REMOVED, (source_key,)).get:
        connection.execute(_REMOVE_STRANGERS, (source_key,))
        people = connection.changes()
        if people:
            bump_change_seq(connection)
    connection.execute("UPDATE source SET retained_at = ? WHERE key = ?", (now, source_key))
    return people


def without_removed(connection: apsw.Connection, source_key: int, batch: Batch) -> Batch:
    """Return a batch without what was removed; what was changed since is removed no more.

    An event that is newer than what was removed waits for its ticket, like any that comes early.
    """
    if not connection.execute(_ANY_REMOVED, (source_key,)).get:
        return batch
    delivered = {ticket.id for ticket in batch.tickets}
    told_of = delivered.union(event.ticket_id for event in batch.events)
    removed = dict(connection.execute(_REMOVED, (source_key, as_array(told_of))))
    if not removed:
        return batch
    newer = (ticket.id for ticket in batch.tickets if ticket.updated_at > removed.get(ticket.id, 0))
    back = removed.keys() & set(newer)
    connection.execute(_COME_BACK, (source_key, as_array(back)))
    gone = {ticket_id: at for ticket_id, at in removed.items() if ticket_id not in back}
    return replace(
        batch,
        tickets=tuple(ticket for ticket in batch.tickets if ticket.id not in gone),
        events=tuple(
            event
            for event in batch.events
            if event.ticket_id not in gone
            or (event.ticket_id not in delivered and event.at > gone[event.ticket_id])
        ),
    )
