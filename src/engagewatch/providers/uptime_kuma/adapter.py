"""One status page of Uptime Kuma.

Its heartbeats reach back a hundred probes, so everything between two polls is known as long as
they are no further apart than that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import count

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, Incident, StateSpan
from engagewatch.net.errors import SourceError
from engagewatch.providers.opened import GONE, root_of, unless
from engagewatch.providers.registry import describe
from engagewatch.providers.samples import Sample, latest_state, spans_of, usual_interval
from engagewatch.providers.status_page import Known, StatusAdapter, components_batch
from engagewatch.providers.uptime_kuma.reading import (
    STATES,
    read_incident,
    read_maintenance,
    time_of,
)
from engagewatch.providers.uptime_kuma.wire import (
    Beat,
    Heartbeats,
    IncidentHistory,
    Monitor,
    StatusPage,
    WireIncident,
    WireMaintenance,
)
from engagewatch.providers.wire import PageFormat, key_of, read_each, word

MONITORS, INCIDENTS = "monitors", "incidents"
_MOST_PAGES = 50

_PAGE = PageFormat(StatusPage[Monitor], StatusPage[Raw], "the status page")
_BEATS = PageFormat(Heartbeats[Beat], Heartbeats[Raw], "the list of heartbeats")
_HISTORY = PageFormat(IncidentHistory, IncidentHistory, "the list of incidents")

_monitor = Decoder(Monitor)
_beat = Decoder(Beat)
_incident = Decoder(WireIncident)
_maintenance = Decoder(WireMaintenance)


@dataclass(frozen=True, slots=True)
class _Page:
    """The page as it was last read."""

    page: StatusPage[Monitor] | StatusPage[Raw]
    at: Instant


class UptimeKuma(StatusAdapter):
    """One public page."""

    streams = (MONITORS, INCIDENTS)

    def __init__(self, settings: SourceSettings, *_: object) -> None:
        """Prepare to read; nothing is requested yet. A public page takes no credential."""
        slug = str(settings.options.get("page", "default"))
        root = root_of(settings, f"status/{slug}")
        super().__init__(settings, describe(settings), f"{root}/api/status-page")
        self._slug = slug
        self._page: _Page | None = None

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the monitors with their heartbeats, or the incidents with the planned work.

        Raises:
            SourceError: the page could not be read.
        """
        if stream == MONITORS:
            yield self._worded(await self._monitors(now))
        else:
            yield await self._incidents(cursor, now)

    async def _listed(self) -> list[Component]:
        return list((await self._monitors(0)).components)

    async def _read_page(self, now: Instant) -> _Page:
        answer = await unless(self._client.get(self._slug), {GONE})
        if answer is None:
            raise self._no_such_page()
        page = _PAGE.decode(answer.body)
        if not page.config.slug and not page.publicGroupList:
            # Of a page that is not there, some answers are well-formed and empty.
            raise self._no_such_page()
        self._page = _Page(page, answer.server_time or now)
        return self._page

    def _no_such_page(self) -> SourceError:
        return SourceError(
            Failure.CONTRACT,
            f'there is no public status page "{self._slug}"; '
            "page is the last part of its address, https://host/status/PAGE",
        )

    async def _monitors(self, now: Instant) -> Batch:
        read = await self._read_page(now)
        answer = await self._client.get(f"heartbeat/{self._slug}")
        beats = _BEATS.decode(answer.body).heartbeatList
        at = answer.server_time or now
        refused: list[Refused] = []
        components: dict[str, Component] = {}
        spans: list[StateSpan] = []
        places = count()
        for group in read.page.publicGroupList:
            monitors, bad = read_each(group.monitorList, _monitor, "monitor", _named)
            refused += bad
            heading = word(group.name)
            for key, name in monitors:
                if key in components:
                    # One that is shown under several headings is one all the same.
                    continue
                samples, bad = self._samples(beats.get(key, ()), name, at)
                refused += bad
                interval = usual_interval(samples)
                state = latest_state(samples, interval, at)
                components[key] = Component(key, name, state, heading, next(places))
                spans += spans_of(key, samples, interval)
        records = len(components) + sum(map(len, beats.values()))
        return components_batch(
            MONITORS, components.values(), refused, at, records=records, spans=spans
        )

    def _samples(
        self, beats: list[Beat] | list[Raw] | tuple[()], name: str, at: Instant
    ) -> tuple[list[Sample], list[Refused]]:
        return read_each(
            beats,
            _beat,
            f"heartbeat of {name},",
            lambda beat: (time_of(beat, at), self._state(STATES, beat.status, name)),
        )

    async def _incidents(self, cursor: str | None, now: Instant) -> Batch:
        read = self._page or await self._read_page(now)
        self._page = None
        at = read.at
        page = read.page
        known = Known.load(cursor) or Known()
        pinned = list(page.incidents or ())
        if bytes(page.incident) != b"null":
            pinned.append(page.incident)
        found, refused = read_each(
            pinned, _incident, "incident", lambda one: read_incident(one, at)
        )
        incidents = {incident.id: incident for incident in found}
        is_whole = await self._read_history(known, incidents, refused, at)
        works, bad = read_each(
            page.maintenanceList or (),
            _maintenance,
            "maintenance",
            lambda one: read_maintenance(one, at),
        )
        fresh = tuple(one for one in incidents.values() if _is_news(one, known))
        return Batch(
            INCIDENTS,
            _after(known, incidents).dump(),
            incidents=fresh,
            maintenances=tuple(work for each in works for work in each),
            refused=(*refused, *bad),
            records=len(incidents) + len(works),
            server_time=at,
            # One that cannot be read may be open, so the others cannot be told to be over.
            lists_open=is_whole and not refused,
        )

    async def _read_history(
        self,
        known: Known,
        incidents: dict[str, Incident],
        refused: list[Refused],
        at: Instant,
    ) -> bool:
        """Add older posts until only known ones follow; return whether all there are were read."""
        query: dict[str, str | int] = {}
        for _ in range(_MOST_PAGES):
            asking = self._client.get(f"{self._slug}/incident-history", query)
            answer = await unless(asking, {GONE})
            if answer is None:
                # Version 1 has none: what it shows is all there is.
                return True
            page = _HISTORY.decode(answer.body)
            found, bad = read_each(
                page.incidents, _incident, "incident", lambda one: read_incident(one, at)
            )
            refused += bad
            incidents.update((incident.id, incident) for incident in found)
            if not page.hasMore or page.nextCursor is None or not page.incidents:
                return True
            if query.get("cursor") == page.nextCursor:
                raise SourceError(Failure.CONTRACT, "the list of incidents turns in circles")
            reached = any(_number(one) <= known.newest for one in found)
            if reached and incidents.keys() >= set(known.open):
                return False
            query = {"cursor": page.nextCursor}
        return False


def _named(monitor: Monitor) -> tuple[str, str]:
    key = key_of(monitor.id)
    return key, word(monitor.name) or key


def _number(incident: Incident) -> int:
    return int(incident.id) if incident.id.isdecimal() else -1


def _is_news(incident: Incident, known: Known) -> bool:
    """Return whether a post may be other than it was; one that is over is told once."""
    return (
        incident.resolved_at is None
        or incident.id in known.open
        or _number(incident) > known.newest
        or not incident.id.isdecimal()
    )


def _after(known: Known, incidents: Mapping[str, Incident]) -> Known:
    return Known(
        newest=max([known.newest, *map(_number, incidents.values())]),
        open=sorted(key for key, one in incidents.items() if one.resolved_at is None),
    )
