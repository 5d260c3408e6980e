"""What Better Stack tells into components, incidents and what its probes saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    StateSpan,
)
from engagewatch.model.text import safe_text
from engagewatch.providers.better_stack.wire import Watched, WireIncident, WireWatched
from engagewatch.providers.samples import patience
from engagewatch.providers.wire import identifier, instant, key_of, latest_credible, word

STATES: Mapping[str, ComponentState] = {
    "up": ComponentState.UP,
    "down": ComponentState.DOWN,
    # It answers again, but its incident is not over yet.
    "validating": ComponentState.DOWN,
    "maintenance": ComponentState.MAINTENANCE,
    # Nobody looks, or nobody has looked yet.
    "paused": ComponentState.UNKNOWN,
    "pending": ComponentState.UNKNOWN,
}


def component_of(
    wire: WireWatched, kind: str, state: ComponentState, headings: Mapping[str, str], now: Instant
) -> Component:
    """Return a monitor or a heartbeat; one whose probes are overdue is unknown.

    Raises:
        ValueError: it has no usable id.
    """
    key = key_of(wire.id)
    told = wire.attributes
    group = identifier(told.monitor_group_id or told.heartbeat_group_id)
    return Component(
        id=f"{kind}:{key}",
        name=name_of(told) or key,
        state=ComponentState.UNKNOWN if _is_overdue(told, now) else state,
        group=headings.get(group or "", ""),
        updated_at=instant(told.updated_at, latest_credible(now)),
    )


def name_of(told: Watched) -> str:
    """Return what a monitor, heartbeat or group is called."""
    return word(told.pronounceable_name or told.name or told.url)


def is_watched_throughout(told: Watched, since: Instant, now: Instant) -> bool:
    """Return whether nothing was changed or planned that could have stopped its probes."""
    changed = instant(told.updated_at, latest_credible(now))
    return told.maintenance_from is None and (changed is None or changed <= since)


def read_incident(wire: WireIncident, now: Instant) -> Incident:
    """Return an incident; it begins when the outage was confirmed.

    Raises:
        ValueError: it has no usable id or time.
    """
    latest = latest_credible(now)
    told = wire.attributes
    key, started_at = identifier(wire.id), instant(told.started_at, latest)
    if key is None or started_at is None:
        raise ValueError("it has no id or no usable time")
    resolved_at = instant(told.resolved_at, latest)
    if resolved_at is not None:
        resolved_at = max(resolved_at, started_at)
    about = _about(wire)
    acknowledged_at = instant(told.acknowledged_at, latest)
    cause = safe_text(told.cause or "")
    updates = [IncidentUpdate("started", started_at, "started", cause)]
    if acknowledged_at is not None:
        updates.append(IncidentUpdate("acknowledged", acknowledged_at, "acknowledged"))
    return Incident(
        id=key,
        name=word(told.name),
        status=word(told.status).lower(),
        impact="",
        started_at=started_at,
        posted_at=started_at,
        resolved_at=resolved_at,
        component_ids=about,
        updates=tuple(updates),
        changes=tuple(ComponentChange(one, started_at, ComponentState.DOWN) for one in about),
    )


def spans_between(
    incidents: Iterable[Incident], watched: Iterable[str], since: Instant | None, now: Instant
) -> list[StateSpan]:
    """Return what is known from incidents: down while one lasts, and up between them.

    Up is only said of ``watched`` components from ``since``, the last poll, to ``now``.
    """
    outages: dict[str, list[tuple[Instant, Instant]]] = {}
    for incident in incidents:
        for component in incident.component_ids:
            until = now if incident.resolved_at is None else min(incident.resolved_at, now)
            outages.setdefault(component, []).append((incident.started_at, until))
    up = set(watched) if since is not None else set()
    spans: list[StateSpan] = []
    for component in sorted(outages.keys() | up):
        at = since if component in up and since is not None else None
        known_until: Instant = 0
        for start, stop in sorted(outages.get(component, ())):
            if at is not None and at < start:
                spans.append(StateSpan(component, ComponentState.UP, at, start))
            start = max(start, known_until)
            if start < stop:
                spans.append(StateSpan(component, ComponentState.DOWN, start, stop))
                known_until = stop
            at = max(at, stop) if at is not None else None
        if at is not None and at < now:
            spans.append(StateSpan(component, ComponentState.UP, at, now))
    return spans


def _about(wire: WireIncident) -> tuple[str, ...]:
    related = (("monitor", wire.relationships.monitor), ("heartbeat", wire.relationships.heartbeat))
    keys = (
        (kind, identifier(relation.data.id))
        for kind, relation in related
        if relation is not None and relation.data is not None
    )
    return tuple(f"{kind}:{key}" for kind, key in keys if key is not None)


def _is_overdue(told: Watched, now: Instant) -> bool:
    checked_at = instant(told.last_checked_at, latest_credible(now))
    if checked_at is None or told.check_frequency is None:
        return False
    return now - checked_at > patience(told.check_frequency) + 5 * MINUTE
