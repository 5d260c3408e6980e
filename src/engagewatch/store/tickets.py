"""Reading and writing tickets, their events, claims and folds, many at a time.

Statements are written out in full and take bound values only. A set of keys travels as one JSON
array, so each question is asked once per batch, whatever its size.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import apsw

from engagewatch.model.clock import Fold
from engagewatch.store.rows import Row, clock_row, standing_row

_KNOWN = """
SELECT key, id, reference, subject, status, priority, created_at, updated_at, requester, assignee,
    team, category, opened_by, url, deleted, merged_into, tags
FROM ticket WHERE source_key = ? AND id IN (SELECT value FROM json_each(?))
"""

_KEYS = """
SELECT id, key FROM ticket WHERE source_key = ? AND id IN (SELECT value FROM json_each(?))
"""

_NEXT = """
SELECT key, id, reference, subject, status, priority, created_at, updated_at, requester, assignee,
    team, category, opened_by, url, deleted, merged_into, tags
FROM ticket WHERE source_key = ? AND key > ? ORDER BY key LIMIT ?
"""

_EVENTS = """
SELECT ticket_key, id, at, kind, side, actor, value, previous, automatic, asks
FROM event WHERE ticket_key IN (SELECT value FROM json_each(?))
"""

_EVENT_IDS = """
SELECT ticket_key, id FROM event WHERE ticket_key IN (SELECT value FROM json_each(?))
"""

_CLAIMS = """
SELECT ticket_key, obligation, met, elapsed, target, due_at, source_field
FROM claim WHERE ticket_key IN (SELECT value FROM json_each(?))
"""

_STANDINGS = """
SELECT ticket_key, court, court_since, elapsed_provider, elapsed_client, elapsed_third_party,
    elapsed_nobody, business_provider, business_client, business_third_party, business_nobody,
    finished_at, reopened, last_provider_word, last_client_word, claimed_wait, evidenced_wait,
    unmapped
FROM standing WHERE ticket_key IN (SELECT value FROM json_each(?))
"""

_CLOCKS = """
SELECT ticket_key, obligation, round, state, started_at, stopped_at, consumed, running_since,
    target, due_at, calendar, priority, felt, paused, client_wait, owner, reason
FROM clock WHERE ticket_key IN (SELECT value FROM json_each(?))
"""

_INSERT_TICKET = """
INSERT INTO ticket (key, source_key, id, reference, subject, status, priority, created_at,
    updated_at, requester, assignee, team, category, opened_by, url, deleted, merged_into, tags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_UPDATE_TICKET = """
UPDATE ticket SET reference = ?, subject = ?, status = ?, priority = ?, created_at = ?,
    updated_at = ?, requester = ?, assignee = ?, team = ?, category = ?, opened_by = ?, url = ?,
    deleted = ?, merged_into = ?, tags = ?
WHERE key = ?
"""

_INSERT_EVENT = """
INSERT INTO event (ticket_key, id, at, kind, side, actor, value, previous, automatic, asks)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_INSERT_CLAIM = """
INSERT INTO claim (ticket_key, obligation, met, elapsed, target, due_at, source_field)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_PUT_STANDING = """
INSERT INTO standing (source_key, ticket_key, court, court_since, elapsed_provider, elapsed_client,
    elapsed_third_party, elapsed_nobody, business_provider, business_client, business_third_party,
    business_nobody, finished_at, reopened, last_provider_word, last_client_word, claimed_wait,
    evidenced_wait, unmapped)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (ticket_key) DO UPDATE SET
    court = excluded.court,
    court_since = excluded.court_since,
    elapsed_provider = excluded.elapsed_provider,
    elapsed_client = excluded.elapsed_client,
    elapsed_third_party = excluded.elapsed_third_party,
    elapsed_nobody = excluded.elapsed_nobody,
    business_provider = excluded.business_provider,
    business_client = excluded.business_client,
    business_third_party = excluded.business_third_party,
    business_nobody = excluded.business_nobody,
    finished_at = excluded.finished_at,
    reopened = excluded.reopened,
    last_provider_word = excluded.last_provider_word,
    last_client_word = excluded.last_client_word,
    claimed_wait = excluded.claimed_wait,
    evidenced_wait = excluded.evidenced_wait,
    unmapped = excluded.unmapped
"""

_DELETE_CLOCK = """
DELETE FROM clock WHERE ticket_key = ? AND obligation = ? AND round = ?
"""

_INSERT_CLOCK = """
INSERT INTO clock (source_key, ticket_key, obligation, round, state, started_at, stopped_at,
    consumed, running_since, target, due_at, calendar, priority, felt, paused, client_wait, owner,
    reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def as_array(values: Iterable[str | int]) -> str:
    """Return ``values`` as the JSON array that statements unpack with ``json_each``."""
    return json.dumps(list(values))


def known_tickets(
    connection: apsw.Connection, source_key: int, ids: Collection[str]
) -> dict[str, tuple[int, Row]]:
    """Return key and stored columns of those tickets of a source that are known, by id."""
    if not ids:
        return {}
    rows = connection.execute(_KNOWN, (source_key, as_array(ids)))
    return {row[1]: (row[0], row[1:]) for row in rows}


def ticket_keys(
    connection: apsw.Connection, source_key: int, ids: Collection[str]
) -> dict[str, int]:
    """Return the keys of those tickets of a source that are known, by id."""
    if not ids:
        return {}
    return dict(connection.execute(_KEYS, (source_key, as_array(ids))))


def tickets_after(
    connection: apsw.Connection, source_key: int, key: int, limit: int
) -> list[tuple[int, Row]]:
    """Return keys and columns of the next ``limit`` tickets of a source, in order of their keys."""
    return [(row[0], row[1:]) for row in connection.execute(_NEXT, (source_key, key, limit))]


def event_rows(connection: apsw.Connection, keys: Collection[int]) -> dict[int, list[Row]]:
    """Return the stored events of tickets, by ticket key."""
    return _by_ticket(connection, _EVENTS, keys)


def event_ids(connection: apsw.Connection, keys: Collection[int]) -> dict[int, set[str]]:
    """Return the ids of the stored events of tickets, by ticket key."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    if keys:
        for key, event_id in connection.execute(_EVENT_IDS, (as_array(keys),)):
            found[key].add(event_id)
    return found


def claim_rows(connection: apsw.Connection, keys: Collection[int]) -> dict[int, list[Row]]:
    """Return the stored claims of tickets, by ticket key."""
    return _by_ticket(connection, _CLAIMS, keys)


def standing_rows(connection: apsw.Connection, keys: Collection[int]) -> dict[int, Row]:
    """Return the stored standings of tickets, by ticket key."""
    return {key: rows[0] for key, rows in _by_ticket(connection, _STANDINGS, keys).items()}


def clock_rows(connection: apsw.Connection, keys: Collection[int]) -> dict[int, list[Row]]:
    """Return the stored clocks of tickets, by ticket key."""
    return _by_ticket(connection, _CLOCKS, keys)


def _by_ticket(
    connection: apsw.Connection, statement: str, keys: Collection[int]
) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    if keys:
        row: Any
        for row in connection.execute(statement, (as_array(keys),)):
            found[row[0]].append(row[1:])
    return found


def next_ticket_key(connection: apsw.Connection) -> int:
    """Return the first key no ticket has; the caller's transaction keeps it free."""
    key: int = connection.execute("SELECT COALESCE(MAX(key), 0) + 1 FROM ticket").get
    return key


def insert_tickets(
    connection: apsw.Connection, source_key: int, rows: Iterable[tuple[int, Row]]
) -> None:
    """Add new tickets under the given keys."""
    connection.executemany(_INSERT_TICKET, ((key, source_key, *row) for key, row in rows))


def update_tickets(connection: apsw.Connection, rows: Iterable[tuple[int, Row]]) -> None:
    """Replace the columns of known tickets; their ids stay."""
    connection.executemany(_UPDATE_TICKET, ((*row[1:], key) for key, row in rows))


def insert_events(connection: apsw.Connection, rows: Iterable[Row]) -> None:
    """Add events; rows are ticket key and event columns, and must be new."""
    connection.executemany(_INSERT_EVENT, rows)


def replace_claims(
    connection: apsw.Connection, outdated: Iterable[int], rows: Iterable[Row]
) -> None:
    """Drop the claims of ``outdated`` tickets, then add ``rows`` (ticket key, claim columns)."""
    connection.executemany("DELETE FROM claim WHERE ticket_key = ?", ((key,) for key in outdated))
    connection.executemany(_INSERT_CLAIM, rows)


def replace_folds(
    connection: apsw.Connection,
    source_key: int,
    outdated: Collection[int],
    folds: Iterable[tuple[int, Fold]],
) -> None:
    """Store what was derived from tickets in place of what had been (``outdated`` keys).

    Most of a ticket's clocks are as they were: only rows that differ are written, because each
    costs an entry in several indexes.
    """
    old_standings = standing_rows(connection, outdated)
    old_clocks = clock_rows(connection, outdated)
    standings: list[Row] = []
    surplus: list[Row] = []
    clocks: list[Row] = []
    for key, fold in folds:
        standing = standing_row(source_key, key, fold.standing)
        if old_standings.get(key) != standing[2:]:
            standings.append(standing)
        stored = {row[:2]: row for row in old_clocks.get(key, ())}
        for clock in fold.clocks:
            row = clock_row(source_key, key, clock)
            name = row[2:4]
            old = stored.get(name)
            if old == row[2:]:
                del stored[name]
            else:
                clocks.append(row)
        surplus.extend((key, *name) for name in stored)
    connection.executemany(_PUT_STANDING, standings)
    connection.executemany(_DELETE_CLOCK, surplus)
    connection.executemany(_INSERT_CLOCK, clocks)
