"""The original's JSON, ``/api/v2``, which most other systems serve as well.

It keeps the last 50 incidents and no history of components, so every poll is an observation that
the store keeps. A page that did not change answers without a body; that too is an observation.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.net.client import Client
from engagewatch.providers.status_page import (
    components_batch,
    incidents_batch,
    maintenances_batch,
)
from engagewatch.providers.statuspage.flavour import (
    INCIDENTS,
    MAINTENANCES,
    SUMMARY,
    Word,
)
from engagewatch.providers.statuspage.read import (
    heading,
    read_component,
    read_incident,
    read_maintenance,
)
from engagewatch.providers.statuspage.wire import (
    IncidentList,
    MaintenanceList,
    Post,
    Summary,
    WireComponent,
)
from engagewatch.providers.wire import PageFormat, read_each

_PATHS = {
    SUMMARY: "api/v2/summary.json",
    INCIDENTS: "api/v2/incidents.json",
    MAINTENANCES: "api/v2/scheduled-maintenances.json",
}

_SUMMARY = PageFormat(Summary[WireComponent], Summary[Raw], "the status page's summary")
_INCIDENTS = PageFormat(IncidentList[Post], IncidentList[Raw], "the list of incidents")
_MAINTENANCES = PageFormat(MaintenanceList[Post], MaintenanceList[Raw], "the list of planned work")

_component = Decoder(WireComponent)
_post = Decoder(Post)


class OriginalPage:
    """Reads a page by the original's paths."""

    def __init__(self, client: Client, state: Word) -> None:
        """Read with ``client``; ``state`` tells what a page's word means."""
        self._client = client
        self._state = state
        self._etags: dict[str, str] = {}
        self._summary: Batch | None = None
        self._readers = {
            SUMMARY: self._read_summary,
            INCIDENTS: _read_incidents,
            MAINTENANCES: _read_maintenances,
        }

    async def read(
        self,
        stream: str,
        cursor: str | None,  # noqa: ARG002 - a page has no history to go on from
        now: Instant,
    ) -> Batch | None:
        """Return what the page shows in one of its lists, ``None`` where that did not change.

        Raises:
            SourceError: it could not be read.
        """
        answer = await self._client.get(_PATHS[stream], etag=self._etags.get(stream, ""))
        at = answer.server_time or now
        if answer.unchanged:
            # The components were seen in the same states again; the lists brought nothing.
            if stream == SUMMARY and self._summary is not None:
                return replace(self._summary, server_time=at)
            return None
        batch = self._readers[stream](answer.body, at)
        self._etags[stream] = answer.etag
        if stream == SUMMARY:
            self._summary = batch
        return batch

    def _read_summary(self, body: bytes, now: Instant) -> Batch:
        page = _SUMMARY.decode(body)
        found, _ = read_each(
            page.components, _component, "group", lambda wire: heading(wire) if wire.group else None
        )
        headings = dict(pair for pair in found if pair is not None)
        places = count()
        listed, refused = read_each(
            page.components,
            _component,
            "component",
            lambda wire: (
                None
                if wire.group
                else read_component(
                    wire, self._state(wire.status, wire.name), headings, next(places), now
                )
            ),
        )
        components = [component for component in listed if component is not None]
        records = len(page.components)
        return components_batch(SUMMARY, components, refused, now, records=records)


def _read_incidents(body: bytes, now: Instant) -> Batch:
    posts = _INCIDENTS.decode(body).incidents
    return incidents_batch(INCIDENTS, posts, _post, lambda post: read_incident(post, now), now)


def _read_maintenances(body: bytes, now: Instant) -> Batch:
    posts = _MAINTENANCES.decode(body).scheduled_maintenances
    return maintenances_batch(
        MAINTENANCES, posts, _post, lambda post: read_maintenance(post, now), now
    )
