"""Events that arrived before their ticket: parked, and handed over when it comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import apsw

from engagewatch.store.rows import Row
from engagewatch.store.tickets import as_array

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
