"""The original's JSON, ``/api/v2``, which most other systems serve as well.

It keeps the last 50 incidents and no history of components, so every poll is an observation that
the store keeps. A page that did not change answers without a body; that too is an observation.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component
from engagewatch.net.client import Answer, Client
from engagewatch.providers.listing import Listing
from engagewatch.providers.status_page import (
    components_batch,
    incidents_batch,
    maintenances_batch,
)
from engagewatch.providers.statuspage.flavour import INCIDENTS, MAINTENANCES, SUMMARY, Word
from engagewatch.providers.statuspage.read import (
    heading,
    read_component,
    read_incident,
    read_maintenance,
)
from engagewatch.providers.statuspage.wire import Post, WireComponent
from engagewatch.providers.wire import each

_PATHS = {
    SUMMARY: "api/v2/summary.json",
    INCIDENTS: "api/v2/incidents.json",
    MAINTENANCES: "api/v2/scheduled-maintenances.json",
}

_SUMMARY = Listing(WireComponent, "component", "the status page's summary", "components")
_INCIDENTS = Listing(Post, "incident", "the list of incidents", "incidents")
_MAINTENANCES = Listing(Post, "maintenance", "the list of planned work", "scheduled_maintenances")


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
        batch = self._readers[stream](answer, at)
        self._etags[stream] = answer.etag
        if stream == SUMMARY:
            self._summary = batch
        return batch

    def _read_summary(self, answer: Answer, now: Instant) -> Batch:
        rows = _SUMMARY.decode(answer)
        groups = [wire for wire in rows.found if wire.group]
        headings = dict(each(groups, "group", heading)[0])
        places = count()

        def read(wire: WireComponent) -> Component:
            state = self._state(wire.status, wire.name)
            return read_component(wire, state, headings, next(places), now)

        single = [wire for wire in rows.found if not wire.group]
        components, more = each(single, "component", read)
        refused = [*rows.refused, *more]
        return components_batch(SUMMARY, components, refused, now, records=rows.size)


def _read_incidents(answer: Answer, now: Instant) -> Batch:
    rows = _INCIDENTS.decode(answer)
    return incidents_batch(
        INCIDENTS, rows.found, rows.refused, lambda post: read_incident(post, now), now
    )


def _read_maintenances(answer: Answer, now: Instant) -> Batch:
    rows = _MAINTENANCES.decode(answer)
    return maintenances_batch(
        MAINTENANCES, rows.found, rows.refused, lambda post: read_maintenance(post, now), now
    )
