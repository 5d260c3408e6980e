"""Events that arrived before their ticket: parked, and handed over when it comes.

Some never come: tickets that the credential may not read, or that were deleted for good. Their
events are let go of in the end, those of one ticket all together: a history with a hole in it would
be counted wrongly if its ticket came after all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import apsw

from engagewatch.model.instants import DAY, Instant
from engagewatch.store.rows import Row
from engagewatch.store.tickets import as_array

LONGEST_WAIT = 30 * DAY
"""Seconds after the last event of a ticket for which a source that is read to its end may still
deliver the ticket."""
MOST_PARKED = 50_000
"""Events parked per source; beyond them, those of the tickets quiet for longest go first."""

_PARK = """
INSERT INTO orphan_event (source_key, ticket_id, id, at, kind, side, actor, value, previous,
    automatic, asks)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, ticket_id, id) DO NOTHING
"""

_CLAIM = """
SELECT ticket_id, id, at, kind, side, actor, value, previous, automatic, asks
FROM orphan_event WHERE source_key = ? AND ticket_id IN (SELECT value FROM json_each(?))
"""

_DROP = """
DELETE FROM orphan_event WHERE source_key = ? AND ticket_id = ?
"""

_ANY = "SELECT 1 FROM orphan_event WHERE source_key = ? LIMIT 1"

_FORGET = """
DELETE FROM orphan_event WHERE source_key = ?1 AND ticket_id IN (
    SELECT ticket_id FROM (
        SELECT ticket_id, max(at) AS last,
            sum(count(*)) OVER (ORDER BY max(at) DESC, ticket_id) AS parked
        FROM orphan_event WHERE source_key = ?1 GROUP BY ticket_id
    ) WHERE last < ?2 OR parked > ?3
)
"""


def park(connection: apsw.Connection, source_key: int, rows: Iterable[Row]) -> None:
    """Keep events (ticket id and event columns) until their ticket is seen."""
    connection.executemany(_PARK, ((source_key, *row) for row in rows))


def take(
    connection: apsw.Connection, source_key: int, ticket_ids: Collection[str]
) -> dict[str, list[Row]]:
    """Remove and return the parked events of tickets that were just seen, by ticket id."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    if ticket_ids:
        for row in connection.execute(_CLAIM, (source_key, as_array(ticket_ids))):
            found[row[0]].append(row[1:])
        connection.executemany(_DROP, ((source_key, ticket_id) for ticket_id in found))
    return found


def forget_stale(connection: apsw.Connection, source_key: int, now: Instant) -> int:
    """Drop events whose ticket will not come any more; return how many.

    Call it after the source was read to its end: until then a ticket may merely come later.
    """
    connection.execute(_FORGET, (source_key, now - LONGEST_WAIT, MOST_PARKED))
    return connection.changes()


def any_parked(connection: apsw.Connection, source_key: int) -> bool:
    """Return whether events of a source wait for their ticket."""
    return connection.execute(_ANY, (source_key,)).get is not None
