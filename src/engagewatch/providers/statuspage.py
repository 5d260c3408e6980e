"""Public status pages of the Statuspage kind: components now, incidents, planned work.

The page keeps the last 50 incidents and no history of components, so every poll is an observation
that the store keeps. A page that did not change answers without a body; that too is an observation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from itertools import count

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Person
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.statuspage_read import (
    heading,
    read_component,
    read_incident,
    read_maintenance,
)
from engagewatch.providers.statuspage_wire import (
    IncidentList,
    MaintenanceList,
    Post,
    Summary,
    WireComponent,
)
from engagewatch.providers.wire import PageFormat, read_each

SUMMARY, INCIDENTS, MAINTENANCES = "summary", "incidents", "scheduled_maintenances"

_API = "api/v2"
_PATHS = {
    SUMMARY: "summary.json",
    INCIDENTS: "incidents.json",
    MAINTENANCES: "scheduled-maintenances.json",
}

_SUMMARY = PageFormat(Summary[WireComponent], Summary[Raw], "the status page's summary")
_INCIDENTS = PageFormat(IncidentList[Post], IncidentList[Raw], "the list of incidents")
_MAINTENANCES = PageFormat(MaintenanceList[Post], MaintenanceList[Raw], "the list of planned work")

_component = Decoder(WireComponent)
_post = Decoder(Post)


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["statuspage"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,  # noqa: ARG001 - a public page is the same for everybody
    secret: str | None,  # noqa: ARG001 - it takes no credential
    people: Mapping[str, Person],  # noqa: ARG001 - it names nobody
) -> StatusPage:
    """Return the adapter of one page."""
    return StatusPage(settings)


class StatusPage:
    """One public page."""

    streams = (SUMMARY, INCIDENTS, MAINTENANCES)

    def __init__(self, settings: SourceSettings) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = describe(settings)
        root = settings.url.rstrip("/").removesuffix(f"/{_API}")
        budget = settings.requests_per_minute or self.description.requests_per_minute
        self._client = Client(f"{root}/{_API}", Limits(budget), reach=settings.reach)
        self._etags: dict[str, str] = {}
        self._summary: Batch | None = None

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(
        self,
        stream: str,
        cursor: str | None,  # noqa: ARG002 - a page has no history to go on from
        now: Instant,
    ) -> AsyncIterator[Batch]:
        """Yield what the page shows in one of its lists.

        Raises:
            SourceError: it could not be read.
        """
        answer = await self._client.get(_PATHS[stream], etag=self._etags.get(stream, ""))
        if answer.unchanged:
            # The components were seen in the same states again; the lists brought nothing.
            if stream == SUMMARY and self._summary is not None:
                yield replace(self._summary, server_time=answer.server_time or now)
            return
        batch = _READERS[stream](answer.body, answer.server_time or now)
        self._etags[stream] = answer.etag
        if stream == SUMMARY:
            self._summary = batch
        yield batch

    async def check(self) -> list[CheckLine]:
        """Read the page once and say what it lists."""
        try:
            answer = await self._client.get(_PATHS[SUMMARY])
            batch = _read_summary(answer.body, answer.server_time or 0)
        except SourceError as error:
            return [CheckLine(False, SUMMARY, error.message)]
        names = ", ".join(component.name for component in batch.components[:5])
        more = ", ..." if len(batch.components) > 5 else ""
        listed = len(batch.components)
        return [CheckLine(listed > 0, SUMMARY, f"{listed} components: {names}{more}")]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _read_summary(body: bytes, now: Instant) -> Batch:
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
        lambda wire: None if wire.group else read_component(wire, headings, next(places), now),
    )
    if refused and len(refused) == len(page.components):
        # An empty list would say that every component is gone.
        raise SourceError(
            Failure.CONTRACT, f"no component of the status page can be read: {refused[0].reason}"
        )
    return Batch(
        SUMMARY,
        None,
        components=tuple(component for component in listed if component is not None),
        refused=tuple(refused),
        records=len(page.components),
        server_time=now,
        observed=True,
    )


def _read_incidents(body: bytes, now: Instant) -> Batch:
    page = _INCIDENTS.decode(body)
    incidents, refused = read_each(
        page.incidents, _post, "incident", lambda post: read_incident(post, now)
    )
    return Batch(
        INCIDENTS,
        None,
        incidents=tuple(incidents),
        refused=tuple(refused),
        records=len(page.incidents),
        server_time=now,
    )


def _read_maintenances(body: bytes, now: Instant) -> Batch:
    page = _MAINTENANCES.decode(body)
    maintenances, refused = read_each(
        page.scheduled_maintenances,
        _post,
        "maintenance",
        lambda post: read_maintenance(post, now),
    )
    return Batch(
        MAINTENANCES,
        None,
        maintenances=tuple(maintenances),
        refused=tuple(refused),
        records=len(page.scheduled_maintenances),
        server_time=now,
    )


_READERS = {
    SUMMARY: _read_summary,
    INCIDENTS: _read_incidents,
    MAINTENANCES: _read_maintenances,
}
