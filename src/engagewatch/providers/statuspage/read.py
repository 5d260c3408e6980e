"""What a status page shows into components, incidents and planned work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.instants import Instant
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    Maintenance,
)
from engagewatch.model.text import safe_text
from engagewatch.providers.status_page import PLANNED_AHEAD, window
from engagewatch.providers.statuspage.wire import Post, WireComponent, WireUpdate
from engagewatch.providers.wire import (
    identifier,
    instant,
    key_of,
    latest_credible,
    web_address,
    word,
)

STATES: Mapping[str, ComponentState] = {
    "operational": ComponentState.UP,
    "degradedperformance": ComponentState.DEGRADED,
    "partialoutage": ComponentState.PARTIAL,
    "majoroutage": ComponentState.DOWN,
    "fulloutage": ComponentState.DOWN,
    "undermaintenance": ComponentState.MAINTENANCE,
}
"""By a page's word, as :func:`plain` writes it."""
_RESOLVED = frozenset({"resolved", "postmortem"})


def component_state(status: str | None) -> ComponentState:
    """Return the state a page's word means; one it made up itself is unknown."""
    return STATES.get(plain(status), ComponentState.UNKNOWN)


def plain(word: str | None) -> str:
    """Return a word of a page in lower case and in one: some write it with underscores."""
    return (word or "").lower().replace("_", "").replace(" ", "")


def read_component(
    wire: WireComponent,
    state: ComponentState,
    headings: Mapping[str | None, str],
    place: int,
    now: Instant,
) -> Component:
    """Return a component; ``headings`` has the names of groups, ``place`` is where it is listed.

    Raises:
        ValueError: it has no usable id.
    """
    key = key_of(wire.id)
    return Component(
        id=key,
        name=word(wire.name) or key,
        state=state,
        group=headings.get(identifier(wire.group_id), ""),
        position=place,
        updated_at=instant(wire.updated_at, latest_credible(now)),
    )


def heading(wire: WireComponent) -> tuple[str | None, str]:
    """Return the id and name of a group's heading."""
    return identifier(wire.id), word(wire.name)


def read_incident(post: Post, now: Instant) -> Incident:
    """Return an outage as the page tells it.

    Raises:
        ValueError: it has no usable id, or no usable time.
    """
    latest = latest_credible(now)
    updates = sorted(post.incident_updates or (), key=lambda update: _shown_at(update, latest) or 0)
    posted_at = instant(post.created_at, latest) or _first(updates, latest)
    started_at = instant(post.started_at, latest) or posted_at
    if posted_at is None or started_at is None:
        raise ValueError("it has no usable time")
    status = word(post.status).lower()
    resolved_at = instant(post.resolved_at, latest)
    if resolved_at is None and status in _RESOLVED:
        resolved_at = _resolution(updates, latest)
    # It cannot have started after the first word on it, nor ended before it started.
    started_at = min(started_at, posted_at)
    if resolved_at is not None:
        resolved_at = max(resolved_at, started_at)
    return Incident(
        id=key_of(post.id),
        name=word(post.name),
        status=status,
        impact=word(post.impact).lower(),
        started_at=started_at,
        posted_at=posted_at,
        resolved_at=resolved_at,
        component_ids=_component_ids(post),
        updates=tuple(_updates(updates, latest)),
        changes=tuple(_changes(updates, latest)),
        url=web_address(post.shortlink),
    )


def read_maintenance(post: Post, now: Instant) -> Maintenance:
    """Return planned work with its window.

    Raises:
        ValueError: it has no usable id or window.
    """
    latest = now + PLANNED_AHEAD
    from_at, until_at = window(
        instant(post.scheduled_for, latest), instant(post.scheduled_until, latest)
    )
    announced_at = instant(post.created_at, latest_credible(now))
    return Maintenance(
        id=key_of(post.id),
        name=word(post.name),
        status=word(post.status).lower(),
        announced_at=from_at if announced_at is None else announced_at,
        from_at=from_at,
        until_at=until_at,
        component_ids=_component_ids(post),
    )


def _shown_at(update: WireUpdate, latest: Instant) -> Instant | None:
    """Return when an update counts from: what the page shows, which its author may set back."""
    return instant(update.display_at, latest) or instant(update.created_at, latest)


def _first(updates: Iterable[WireUpdate], latest: Instant) -> Instant | None:
    return next((at for update in updates if (at := _shown_at(update, latest))), None)


def _resolution(updates: Iterable[WireUpdate], latest: Instant) -> Instant | None:
    """Return when the first update said that it was over."""
    return _first((update for update in updates if update.status in _RESOLVED), latest)


def _updates(updates: Iterable[WireUpdate], latest: Instant) -> Iterable[IncidentUpdate]:
    for update in updates:
        key, at = identifier(update.id), _shown_at(update, latest)
        if key is not None and at is not None:
            yield IncidentUpdate(key, at, word(update.status), safe_text(update.body or ""))


def _changes(updates: Iterable[WireUpdate], latest: Instant) -> Iterable[ComponentChange]:
    for update in updates:
        at = _shown_at(update, latest)
        for affected in update.affected_components or ():
            key = identifier(affected.code)
            if key is not None and at is not None:
                yield ComponentChange(key, at, component_state(affected.new_status))


def _component_ids(post: Post) -> tuple[str, ...]:
    """Return the components a post names, and those its updates changed."""
    named = [identifier(component.id) for component in post.components or ()]
    changed = [
        identifier(affected.code)
        for update in post.incident_updates or ()
        for affected in update.affected_components or ()
    ]
    return tuple(dict.fromkeys(key for key in (*named, *changed) if key is not None))
