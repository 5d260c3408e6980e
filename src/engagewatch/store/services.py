"""Storing what a status source tells: components, seen states, incidents, maintenance.

The page forgets; the store does not. What an answer no longer lists is kept, and only components
are marked as no longer listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, Incident, Maintenance
from engagewatch.store.disappearance import COMPONENTS, may_unlist
from engagewatch.store.rows import joined
from engagewatch.store.spans import observe, put_spans
from engagewatch.store.tickets import as_array

_PUT_COMPONENT = """
INSERT INTO component (source_key, id, name, state, told, team, position, updated_at, listed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
ON CONFLICT (source_key, id) DO UPDATE SET
    name = excluded.name, state = excluded.state, told = excluded.told, team = excluded.team,
    position = excluded.position, updated_at = excluded.updated_at, listed = 1
"""

_COUNT_UNLISTED = """
SELECT sum(id NOT IN (SELECT value FROM json_each(?2))), count(*)
FROM component WHERE source_key = ?1 AND listed = 1
"""

_UNLIST = """
UPDATE component SET listed = 0
WHERE source_key = ? AND listed = 1 AND id NOT IN (SELECT value FROM json_each(?))
"""

_PUT_INCIDENT = """
INSERT INTO incident (source_key, id, name, status, impact, started_at, posted_at, resolved_at,
    first_seen_at, component_ids, url)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, id) DO UPDATE SET
    name = excluded.name, status = excluded.status, impact = excluded.impact,
    started_at = excluded.started_at, posted_at = excluded.posted_at,
    resolved_at = excluded.resolved_at, component_ids = excluded.component_ids, url = excluded.url
WHERE (name, status, impact, started_at, posted_at, resolved_at, component_ids, url)
    IS DISTINCT FROM (excluded.name, excluded.status, excluded.impact, excluded.started_at,
        excluded.posted_at, excluded.resolved_at, excluded.component_ids, excluded.url)
"""

_END_UNLISTED = """
UPDATE incident SET resolved_at = max(?, started_at), status = 'no longer listed'
WHERE source_key = ? AND resolved_at IS NULL AND id NOT IN (SELECT value FROM json_each(?))
"""

_PUT_UPDATE = """
INSERT INTO incident_update (source_key, incident_id, id, at, status, text)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, incident_id, id) DO UPDATE SET
    at = excluded.at, status = excluded.status, text = excluded.text
WHERE (at, status, text) IS DISTINCT FROM (excluded.at, excluded.status, excluded.text)
"""

_PUT_CHANGE = """
INSERT INTO component_change (source_key, incident_id, component_id, at, state)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source_key, incident_id, component_id, at) DO UPDATE SET state = excluded.state
WHERE state <> excluded.state
"""

_PUT_MAINTENANCE = """
INSERT INTO maintenance (source_key, id, name, status, announced_at, from_at, until_at,
    component_ids)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, id) DO UPDATE SET
    name = excluded.name, status = excluded.status, announced_at = excluded.announced_at,
    from_at = excluded.from_at, until_at = excluded.until_at,
    component_ids = excluded.component_ids
WHERE (name, status, announced_at, from_at, until_at, component_ids)
    IS DISTINCT FROM (excluded.name, excluded.status, excluded.announced_at, excluded.from_at,
        excluded.until_at, excluded.component_ids)
"""


def put_services(connection: apsw.Connection, source_key: int, batch: Batch, now: Instant) -> None:
    """Store the components, incidents and maintenances of a batch; ``now`` is when it came."""
    # A server whose clock runs ahead must not make the coming hours look already seen.
    at = now if batch.server_time is None else min(batch.server_time, now)
    _put_components(connection, source_key, batch.components)
    # What was seen between polls comes before what this poll saw.
    put_spans(connection, source_key, batch.spans)
    if batch.observed:
        _unlist(connection, source_key, batch.components, now)
        for component in batch.components:
            observe(connection, source_key, component, at)
    _put_incidents(connection, source_key, batch.incidents, now)
    if batch.lists_open:
        listed = as_array(incident.id for incident in batch.incidents)
        connection.execute(_END_UNLISTED, (at, source_key, listed))
    _put_maintenances(connection, source_key, batch.maintenances)


def _put_components(
    connection: apsw.Connection, source_key: int, components: Sequence[Component]
) -> None:
    connection.executemany(
        _PUT_COMPONENT,
        (
            (
                source_key,
                part.id,
                part.name,
                part.state,
                part.word,
                part.group,
                part.position,
                part.updated_at,
            )
            for part in components
        ),
    )


def _unlist(
    connection: apsw.Connection, source_key: int, components: Sequence[Component], now: Instant
) -> None:
    listed = as_array(component.id for component in components)
    gone, known = connection.execute(_COUNT_UNLISTED, (source_key, listed)).get
    if may_unlist(connection, source_key, COMPONENTS, gone or 0, known, now):
        connection.execute(_UNLIST, (source_key, listed))


def _put_incidents(
    connection: apsw.Connection, source_key: int, incidents: Sequence[Incident], now: Instant
) -> None:
    connection.executemany(
        _PUT_INCIDENT,
        (
            (
                source_key,
                incident.id,
                incident.name,
                incident.status,
                incident.impact,
                incident.started_at,
                incident.posted_at,
                incident.resolved_at,
                now,
                joined(incident.component_ids),
                incident.url,
            )
            for incident in incidents
        ),
    )
    connection.executemany(
        _PUT_UPDATE,
        (
            (source_key, incident.id, update.id, update.at, update.status, update.text)
            for incident in incidents
            for update in incident.updates
        ),
    )
    connection.executemany(
        _PUT_CHANGE,
        (
            (source_key, incident.id, change.component_id, change.at, change.state)
            for incident in incidents
            for change in incident.changes
        ),
    )


def _put_maintenances(
    connection: apsw.Connection, source_key: int, maintenances: Sequence[Maintenance]
) -> None:
    connection.executemany(
        _PUT_MAINTENANCE,
        (
            (
                source_key,
                work.id,
                work.name,
                work.status,
                work.announced_at,
                work.from_at,
                work.until_at,
                joined(work.component_ids),
            )
            for work in maintenances
        ),
    )
