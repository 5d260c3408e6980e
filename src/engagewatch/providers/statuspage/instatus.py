"""Pages of Instatus: all components, but only the incidents and planned work of the moment."""

from __future__ import annotations

from itertools import count

from msgspec import Raw, Struct
from msgspec.json import Decoder

from engagewatch.model.batch import Batch
from engagewatch.model.instants import DAY, MINUTE, Instant
from engagewatch.model.service import Component, Incident, IncidentUpdate, Maintenance
from engagewatch.model.text import safe_text
from engagewatch.net.client import Answer, Client
from engagewatch.providers.listing import Listing
from engagewatch.providers.status_page import (
    NAME_LIMIT,
    PLANNED_AHEAD,
    components_batch,
    incidents_batch,
    maintenances_batch,
)
from engagewatch.providers.statuspage.flavour import INCIDENTS, MAINTENANCES, SUMMARY, Word
from engagewatch.providers.statuspage.read import plain
from engagewatch.providers.wire import (
    PageFormat,
    WireId,
    decoded,
    each,
    instant,
    key_of,
    latest_credible,
    web_address,
    word,
)

_COMPONENTS, _SUMMARY = "v2/components.json", "summary.json"
_LONGEST_WORK = 366 * DAY


class Group(Struct):
    """The heading of components."""

    name: str | None = None


class WireComponent(Struct):
    """A component."""

    id: WireId = None
    name: str | None = None
    status: str | None = None
    group: Group | None = None


class WireIncident(Struct):
    """An incident that is not over."""

    id: WireId = None
    name: str | None = None
    started: str | None = None
    status: str | None = None
    impact: str | None = None
    url: str | None = None
    updatedAt: str | None = None  # noqa: N815 - as it is on the wire


class WireMaintenance(Struct):
    """Planned work that is not over; its length is in minutes, as a number or as text."""

    id: WireId = None
    name: str | None = None
    start: str | None = None
    status: str | None = None
    duration: str | float | None = None


class PageSummary(Struct):
    """What is the matter now; a list that is empty is left out."""

    page: dict[str, object]
    activeIncidents: list[Raw] = []  # noqa: N815
    activeMaintenances: list[Raw] = []  # noqa: N815


_ALL = Listing(WireComponent, "component", "the list of components", "components")
_NOW = PageFormat(PageSummary, PageSummary, "the status page's summary")

_incident = Decoder(WireIncident)
_maintenance = Decoder(WireMaintenance)


class InstatusPage:
    """Reads a page of Instatus."""

    def __init__(self, client: Client, state: Word) -> None:
        """Read with ``client``; ``state`` tells what a page's word means."""
        self._client = client
        self._state = state

    async def read(
        self,
        stream: str,
        cursor: str | None,  # noqa: ARG002 - a page has no history to go on from
        now: Instant,
    ) -> Batch | None:
        """Return what the page shows in one of its lists.

        Raises:
            SourceError: it could not be read.
        """
        answer = await self._client.get(_COMPONENTS if stream == SUMMARY else _SUMMARY)
        at = answer.server_time or now
        if stream == SUMMARY:
            return self._components(answer, at)
        page = _NOW.decode(answer.body)
        return _incidents(page, at) if stream == INCIDENTS else _maintenances(page, at)

    def _components(self, answer: Answer, at: Instant) -> Batch:
        rows = _ALL.decode(answer)
        places = count()

        def read(wire: WireComponent) -> Component:
            key = key_of(wire.id)
            name = word(wire.name) or key
            heading = word(wire.group.name) if wire.group else ""
            state = self._state(wire.status, wire.name)
            return Component(key, name, state, heading, next(places))

        components, more = each(rows.found, "component", read)
        refused = [*rows.refused, *more]
        return components_batch(SUMMARY, components, refused, at, records=rows.size)


def _incidents(page: PageSummary, at: Instant) -> Batch:
    def read(wire: WireIncident) -> Incident:
        key, latest = key_of(wire.id), latest_credible(at)
        started_at = instant(wire.started, latest)
        if started_at is None:
            raise ValueError("it has no usable time")
        status = plain(wire.status)
        touched_at = max(instant(wire.updatedAt, latest) or started_at, started_at)
        return Incident(
            id=key,
            name=word(wire.name),
            status=safe_text(status, NAME_LIMIT),
            impact=safe_text(plain(wire.impact), NAME_LIMIT),
            started_at=started_at,
            posted_at=started_at,
            resolved_at=touched_at if status == "resolved" else None,
            updates=(IncidentUpdate(f"at {touched_at}", touched_at, safe_text(status)),),
            url=web_address(wire.url),
        )

    wires, refused = decoded(page.activeIncidents, _incident, "incident")
    return incidents_batch(INCIDENTS, wires, refused, read, at, are_all_open=True)


def _maintenances(page: PageSummary, at: Instant) -> Batch:
    def read(wire: WireMaintenance) -> Maintenance:
        from_at = instant(wire.start, at + PLANNED_AHEAD)
        seconds = float(wire.duration or 0) * MINUTE
        if from_at is None or not 0 < seconds <= _LONGEST_WORK:
            raise ValueError("its window is missing or makes no sense")
        return Maintenance(
            id=key_of(wire.id),
            name=word(wire.name),
            status=safe_text(plain(wire.status), NAME_LIMIT),
            announced_at=from_at,
            from_at=from_at,
            until_at=from_at + round(seconds),
        )

    wires, refused = decoded(page.activeMaintenances, _maintenance, "maintenance")
    return maintenances_batch(MAINTENANCES, wires, refused, read, at)
