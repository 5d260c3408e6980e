"""Pages of incident.io by their own summary, where they do not serve the original's JSON.

It lists no components and keeps nothing: what is there is what is the matter now. So the page as a
whole is the one component that can be watched, and an incident is over when it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec
from msgspec import Raw, Struct
from msgspec.json import Decoder

from engagewatch.engine.timeline import worst
from engagewatch.model.batch import Batch
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
from engagewatch.net.client import Client
from engagewatch.providers.status_page import (
    PLANNED_AHEAD,
    components_batch,
    incidents_batch,
    maintenances_batch,
    window,
)
from engagewatch.providers.statuspage.flavour import INCIDENTS, MAINTENANCES, SUMMARY, Word
from engagewatch.providers.statuspage.read import component_state
from engagewatch.providers.wire import (
    PageFormat,
    WireId,
    decoded,
    identifier,
    instant,
    key_of,
    latest_credible,
    read_each,
    web_address,
    word,
)

WHOLE_PAGE = "page"
"""Id of the component that stands for the page as a whole."""

_PATH = "api/v1/summary"


class Affected(Struct):
    """A component, where something is the matter with it."""

    id: WireId = None
    current_status: str | None = None


class WireIncident(Struct):
    """An incident that is not over."""

    id: WireId = None
    name: str | None = None
    status: str | None = None
    url: str | None = None
    last_update_at: str | None = None
    last_update_message: str | None = None
    current_worst_impact: str | None = None
    affected_components: list[Affected] | None = None


class WireMaintenance(Struct):
    """Planned work, under way or to come; each has names of its own for its window."""

    id: WireId = None
    name: str | None = None
    status: str | None = None
    started_at: str | None = None
    scheduled_end_at: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    affected_components: list[Affected] | None = None


class PageSummary(Struct):
    """What is the matter now; three empty lists where nothing is."""

    ongoing_incidents: list[Raw]
    in_progress_maintenances: list[Raw]
    scheduled_maintenances: list[Raw]
    page_title: str | None = None


_NOW = PageFormat(PageSummary, PageSummary, "the status page's summary")

_incident = Decoder(WireIncident)
_maintenance = Decoder(WireMaintenance)
_starts = Decoder(dict[str, int])


class IncidentIoPage:
    """Reads a page of incident.io."""

    def __init__(self, client: Client, state: Word) -> None:
        """Read with ``client``; ``state`` tells what a page's word means."""
        self._client = client
        self._state = state

    async def read(self, stream: str, cursor: str | None, now: Instant) -> Batch | None:
        """Return what the page shows in one of its lists.

        Raises:
            SourceError: it could not be read.
        """
        answer = await self._client.get(_PATH)
        at = answer.server_time or now
        page = _NOW.decode(answer.body)
        if stream == SUMMARY:
            return self._whole(page, at)
        if stream == INCIDENTS:
            return _incidents(page, _starts.decode(cursor) if cursor else {}, at)
        return _maintenances(page, at)

    def _whole(self, page: PageSummary, at: Instant) -> Batch:
        name = word(page.page_title) or "The whole page"
        # A record that cannot be read is something the matter all the same: nobody knows what.
        impacts, refused = read_each(
            page.ongoing_incidents,
            _incident,
            "incident",
            lambda wire: self._state(wire.current_worst_impact, name),
        )
        states = impacts + [ComponentState.UNKNOWN for _ in refused]
        if page.in_progress_maintenances:
            states.append(ComponentState.MAINTENANCE)
        state = worst(states) if states else ComponentState.UP
        whole = Component(WHOLE_PAGE, name, state)
        records = len(page.ongoing_incidents)
        return components_batch(SUMMARY, [whole], refused, at, records=records)


def _incidents(page: PageSummary, starts: Mapping[str, Instant], at: Instant) -> Batch:
    wires, refused = decoded(page.ongoing_incidents, _incident, "incident")
    batch = incidents_batch(
        INCIDENTS, wires, refused, lambda wire: _read(wire, starts, at), at, are_all_open=True
    )
    # The page tells only of its last word; the first one we saw is as early as we know.
    first = {one.id: one.started_at for one in batch.incidents}
    return replace(batch, cursor=msgspec.json.encode(first).decode())


def _read(wire: WireIncident, starts: Mapping[str, Instant], at: Instant) -> Incident:
    key = key_of(wire.id)
    told_at = instant(wire.last_update_at, latest_credible(at)) or at
    started_at = min(starts.get(key, told_at), told_at)
    status = word(wire.status).lower()
    affected = wire.affected_components or ()
    changes = [ComponentChange(WHOLE_PAGE, told_at, component_state(wire.current_worst_impact))]
    changes += [
        ComponentChange(name, told_at, component_state(one.current_status))
        for one in affected
        if (name := identifier(one.id)) is not None
    ]
    text = safe_text(wire.last_update_message or "")
    return Incident(
        id=key,
        name=word(wire.name),
        status=status,
        impact=word(wire.current_worst_impact).lower(),
        started_at=started_at,
        posted_at=started_at,
        resolved_at=told_at if status == "resolved" else None,
        component_ids=(WHOLE_PAGE, *_names(affected)),
        updates=(IncidentUpdate(f"at {told_at}", told_at, status, text),),
        changes=tuple(changes),
        url=web_address(wire.url),
    )


def _maintenances(page: PageSummary, at: Instant) -> Batch:
    def read(wire: WireMaintenance) -> Maintenance:
        latest = at + PLANNED_AHEAD
        from_at, until_at = window(
            instant(wire.started_at or wire.starts_at, latest),
            instant(wire.scheduled_end_at or wire.ends_at, latest),
        )
        return Maintenance(
            id=key_of(wire.id),
            name=word(wire.name),
            status=word(wire.status).lower(),
            announced_at=from_at,
            from_at=from_at,
            until_at=until_at,
            component_ids=_names(wire.affected_components or ()),
        )

    listed: Sequence[Raw] = [*page.in_progress_maintenances, *page.scheduled_maintenances]
    wires, refused = decoded(listed, _maintenance, "maintenance")
    return maintenances_batch(MAINTENANCES, wires, refused, read, at)


def _names(affected: Iterable[Affected]) -> tuple[str, ...]:
    return tuple(key for one in affected if (key := identifier(one.id)) is not None)
