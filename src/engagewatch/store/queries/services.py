"""What the status sources told: components, what polls saw of them, incidents, planned work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    Maintenance,
    StateSpan,
)
from engagewatch.store.queries.scope import Scope, each
from engagewatch.store.rows import split

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_COMPONENTS = """
SELECT c.id, c.name, c.state, c.team, c.position, c.updated_at, c.listed,
    last.from_at, last.until_at, c.told
FROM component c
LEFT JOIN state_span last ON last.source_key = c.source_key AND last.component_id = c.id
    AND last.from_at = (SELECT max(s.from_at) FROM state_span s
        WHERE s.source_key = c.source_key AND s.component_id = c.id)
WHERE c.source_key = ?
ORDER BY c.listed DESC, c.position, c.name
"""

_SPANS = """
SELECT component_id, state, from_at, until_at
FROM state_span
WHERE source_key = ? AND until_at >= ? AND from_at < ?
ORDER BY component_id, from_at
"""

_INCIDENTS = """
SELECT id, name, status, impact, started_at, posted_at, resolved_at, component_ids, url
FROM incident
WHERE source_key = ? AND (resolved_at IS NULL OR resolved_at >= ?)
ORDER BY started_at DESC, id
"""

_FIRST_INCIDENT = """
SELECT min(started_at) FROM incident WHERE source_key = ? HAVING count(*) > 0
"""

_INCIDENT_UPDATES = """
SELECT u.incident_id, u.id, u.at, u.status, u.text
FROM incident i
JOIN incident_update u ON u.source_key = i.source_key AND u.incident_id = i.id
WHERE i.source_key = ? AND (i.resolved_at IS NULL OR i.resolved_at >= ?)
ORDER BY u.at
"""

_COMPONENT_CHANGES = """
SELECT c.incident_id, c.component_id, c.at, c.state
FROM incident i
JOIN component_change c ON c.source_key = i.source_key AND c.incident_id = i.id
WHERE i.source_key = ? AND (i.resolved_at IS NULL OR i.resolved_at >= ?)
ORDER BY c.at
"""

_MAINTENANCES = """
SELECT id, name, status, announced_at, from_at, until_at, component_ids
FROM maintenance
WHERE source_key = ? AND until_at >= ?
ORDER BY from_at, id
"""


@dataclass(frozen=True, slots=True)
class StoredComponent:
    """A component and when it was last seen."""

    source: str
    component: Component
    listed: bool
    """Whether the page still lists it."""
    since: Instant | None
    """The first of the consecutive polls that saw its state as it was last seen."""
    seen_at: Instant | None
    """The last of them."""


def components(store: Store, of: Scope) -> list[StoredComponent]:
    """Return every component in scope, in the page's order; those no longer listed come last."""
    return [
        StoredComponent(
            source=source,
            component=Component(
                id=row[0],
                name=row[1],
                state=ComponentState(row[2]),
                group=row[3],
                position=row[4],
                updated_at=row[5],
                word=row[9],
            ),
            listed=row[6] == 1,
            since=row[7],
            seen_at=row[8],
        )
        for source, row in each(store, of, _COMPONENTS)
    ]


def state_spans(
    store: Store, of: Scope, start: Instant, end: Instant
) -> dict[tuple[str, str], list[StateSpan]]:
    """Return what polls saw in [start, end), by (source, component id), in time order."""
    found: dict[tuple[str, str], list[StateSpan]] = defaultdict(list)
    for source, (component, state, from_at, until_at) in each(store, of, _SPANS, start, end):
        span = StateSpan(component, ComponentState(state), from_at, until_at)
        found[source, component].append(span)
    return dict(found)


def incidents(store: Store, of: Scope, since: Instant) -> list[tuple[str, Incident]]:
    """Return the incidents open at ``since`` or later with their posts, newest first by source."""
    updates: dict[tuple[str, str], list[IncidentUpdate]] = defaultdict(list)
    for source, row in each(store, of, _INCIDENT_UPDATES, since):
        updates[source, row[0]].append(IncidentUpdate(*row[1:]))
    changes: dict[tuple[str, str], list[ComponentChange]] = defaultdict(list)
    for source, row in each(store, of, _COMPONENT_CHANGES, since):
        change = ComponentChange(row[1], row[2], ComponentState(row[3]))
        changes[source, row[0]].append(change)
    return [
        (
            source,
            Incident(
                id=row[0],
                name=row[1],
                status=row[2],
                impact=row[3],
                started_at=row[4],
                posted_at=row[5],
                resolved_at=row[6],
                component_ids=split(row[7]),
                updates=tuple(updates[source, row[0]]),
                changes=tuple(changes[source, row[0]]),
                url=row[8],
            ),
        )
        for source, row in each(store, of, _INCIDENTS, since)
    ]


def first_incidents(store: Store, of: Scope) -> dict[str, Instant]:
    """Return when the oldest incident that each page ever told of began, by source."""
    return {source: row[0] for source, row in each(store, of, _FIRST_INCIDENT)}


def maintenances(store: Store, of: Scope, since: Instant) -> list[tuple[str, Maintenance]]:
    """Return planned work that ends at ``since`` or later, earliest first by source."""
    return [
        (
            source,
            Maintenance(
                id=row[0],
                name=row[1],
                status=row[2],
                announced_at=row[3],
                from_at=row[4],
                until_at=row[5],
                component_ids=split(row[6]),
            ),
        )
        for source, row in each(store, of, _MAINTENANCES, since)
    ]
