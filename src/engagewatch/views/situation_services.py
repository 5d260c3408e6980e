"""What the flag rules look at of services: states now, incidents in the news, planned work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from engagewatch.engine import situation_services as engine
from engagewatch.engine.candour import SignKind
from engagewatch.engine.signs import CLUSTER_WITHIN, LONGEST_LEAD
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.service import Incident
from engagewatch.store.queries import services as stored_services
from engagewatch.store.queries.scope import Scope
from engagewatch.views import wording
from engagewatch.views.component_state import state_now
from engagewatch.views.service_story import read_story

if TYPE_CHECKING:
    from engagewatch.store.store import Store

NEWS_DAYS = 7
"""Incidents are news for so long after they were posted."""

BASE_RATE_DAYS = 90


class ServicesNow(NamedTuple):
    """The services of an engagement at a moment."""

    components: tuple[engine.ComponentNow, ...]
    news: tuple[engine.IncidentNews, ...]
    planned: tuple[engine.PlannedWork, ...]


def services_now(store: Store, engagement: Engagement, of: Scope, now: Instant) -> ServicesNow:
    """Return what the status sources in scope tell at ``now``."""
    components, incidents = _components(store, engagement, of, now)
    return ServicesNow(
        components, _news(store, engagement, of, incidents, now), _planned(store, of, now)
    )


def _components(
    store: Store, engagement: Engagement, of: Scope, now: Instant
) -> tuple[tuple[engine.ComponentNow, ...], list[tuple[str, Incident]]]:
    components = stored_services.components(store, of)
    if not components:
        return (), []
    incidents = stored_services.incidents(store, of, now - BASE_RATE_DAYS * DAY)
    rows = []
    for row in components:
        if not row.listed:
            continue
        state, _ = state_now(row, engagement.source(row.source).interval, now)
        own = [
            incident
            for source, incident in incidents
            if source == row.source and row.component.id in incident.component_ids
        ]
        current = next((one for one in own if _is_open(one, now)), None)
        since = row.since if current is None else current.started_at
        rows.append(
            engine.ComponentNow(
                source=row.source,
                id=row.component.id,
                name=row.component.name,
                state=state,
                since=since,
                incident_id="" if current is None else current.id,
                incident="" if current is None else current.name,
                earlier_incidents=sum(not _is_open(one, now) for one in own) if incidents else None,
            )
        )
    return tuple(rows), incidents


def _is_open(incident: Incident, now: Instant) -> bool:
    return incident.started_at <= now and (
        incident.resolved_at is None or incident.resolved_at > now
    )


def _news(
    store: Store,
    engagement: Engagement,
    of: Scope,
    incidents: Sequence[tuple[str, Incident]],
    now: Instant,
) -> tuple[engine.IncidentNews, ...]:
    recent = [
        (source, incident)
        for source, incident in incidents
        if now - NEWS_DAYS * DAY <= incident.posted_at <= now
    ]
    if not recent:
        return ()
    earliest = min(min(one.started_at, one.posted_at) for _, one in recent)
    story = read_story(store, engagement, of, earliest - LONGEST_LEAD, now, with_tickets=True)
    news = []
    for source, incident in recent:
        found = story.candours.get((source, incident.id))
        if found is None:
            # An incident that our own monitoring shows: nobody of theirs has to tell us of it.
            continue
        news.append(
            engine.IncidentNews(
                source=source,
                id=incident.id,
                name=incident.name,
                first_sign_at=found.first_sign_at,
                sign=_SIGNS[found.kind],
                posted_at=incident.posted_at,
            )
        )
    return tuple(news)


_SIGNS = {
    SignKind.PROBES: "our own probes failed",
    SignKind.TICKETS: f"two people opened tickets within {wording.span(CLUSTER_WITHIN)}",
    SignKind.STATED: "the start the provider names",
}


def _planned(store: Store, of: Scope, now: Instant) -> tuple[engine.PlannedWork, ...]:
    works = stored_services.maintenances(store, of, now)
    names: Mapping[tuple[str, str], str] = {}
    if works:
        names = {
            (row.source, row.component.id): row.component.name
            for row in stored_services.components(store, of)
        }
    return tuple(
        engine.PlannedWork(
            source=source,
            id=work.id,
            name=work.name,
            announced_at=work.announced_at,
            from_at=work.from_at,
            until_at=work.until_at,
            components=tuple(names.get((source, key), key) for key in work.component_ids),
        )
        for source, work in works
    )
