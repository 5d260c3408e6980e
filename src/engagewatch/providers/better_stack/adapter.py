"""One team of Better Stack Uptime.

It keeps no list of probes, but its incidents are exact: they tell what was down between two polls,
and that the rest was up, unless a monitor was changed in the meantime and may have been paused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from msgspec import Raw, field
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant, to_datetime
from engagewatch.model.service import Component, ComponentState
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import needed, started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.better_stack.reading import (
    STATES,
    component_of,
    is_watched_throughout,
    name_of,
    read_incident,
    spans_between,
)
from engagewatch.providers.better_stack.wire import Page, Watched, WireIncident, WireWatched
from engagewatch.providers.cursors import Cursor
from engagewatch.providers.opened import UNREADABLE, root_of, tried
from engagewatch.providers.registry import describe
from engagewatch.providers.status_page import StatusAdapter, components_batch
from engagewatch.providers.wire import PageFormat, identifier, key_of, read_each

MONITORS, INCIDENTS = "monitors", "incidents"
_MOST_PAGES = 1000
_WATCHES = frozenset({ComponentState.UP, ComponentState.DOWN})

_T = TypeVar("_T")
_WATCHED = PageFormat(Page[WireWatched], Page[Raw], "the list of monitors")
_INCIDENTS = PageFormat(Page[WireIncident], Page[Raw], "the list of incidents")

_watched = Decoder(WireWatched)
_incident = Decoder(WireIncident)


class _Position(Cursor, frozen=True):
    """What the last poll of the incidents left behind."""

    at: Instant
    open_since: Instant | None = None
    """Start of the oldest incident that was open."""
    watched: list[str] = field(default_factory=list)
    """Components that were being probed."""


class BetterStack(StatusAdapter):
    """One team."""

    streams = (MONITORS, INCIDENTS)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],  # noqa: ARG002 - who acknowledged is not kept
    ) -> None:
        """Prepare to read from the beginning of ``engagement`` on; nothing is requested yet.

        Raises:
            SourceError: there is no token.
        """
        super().__init__(
            replace(settings, user=""),
            describe(settings),
            f"{root_of(settings, 'api/v2')}/api",
            needed(settings, secret),
            forbidden_advice="ask for a token of the team that owns the monitors",
        )
        self._since = started_at(engagement)
        self._listing: dict[str, tuple[ComponentState, Watched]] = {}

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the monitors and heartbeats, or the incidents since the last poll.

        Raises:
            SourceError: they could not be read.
        """
        if stream == MONITORS:
            yield self._worded(await self._monitors(now))
        else:
            yield await self._incidents(cursor, now)

    async def check(self) -> list[CheckLine]:
        """List monitors and incidents once; never raises."""
        asking = self._client.get("v3/incidents", {"per_page": 1})
        return [*await super().check(), await tried(INCIDENTS, asking)]

    async def _listed(self) -> list[Component]:
        return list((await self._monitors(0)).components)

    async def _monitors(self, now: Instant) -> Batch:
        headings = await self._headings()
        self._listing = {}
        components: list[Component] = []
        refused: list[Refused] = []
        records, at = 0, now
        for kind in ("monitor", "heartbeat"):
            found, bad, told_at = await self._all(
                f"v2/{kind}s", {"per_page": 250}, _WATCHED, _watched
            )
            refused += bad
            at = told_at or now
            records += len(found)
            for wire in found:
                state = self._state(STATES, wire.attributes.status, name_of(wire.attributes))
                component = component_of(wire, kind, state, headings, at)
                components.append(replace(component, position=len(components)))
                self._listing[component.id] = component.state, wire.attributes
        return components_batch(MONITORS, components, refused, at, records=records)

    async def _headings(self) -> dict[str, str]:
        """Return the names of groups, which are no more than a convenience."""
        headings: dict[str, str] = {}
        for groups in ("monitor-groups", "heartbeat-groups"):
            try:
                found, _, _ = await self._all(f"v2/{groups}", {"per_page": 250}, _WATCHED, _watched)
            except SourceError as error:
                if error.status in UNREADABLE:
                    continue
                raise
            headings.update((identifier(one.id) or "", name_of(one.attributes)) for one in found)
        return headings

    async def _incidents(self, cursor: str | None, now: Instant) -> Batch:
        last = _Position.load(cursor)
        since = self._since
        if last is not None:
            since = max(min(last.at, last.open_since or last.at), since)
        # Days are those of the server; one more does no harm.
        first_day = (to_datetime(since) - timedelta(days=1)).date()
        query: dict[str, str | int] = {"from": first_day.isoformat(), "per_page": 50}
        wires, refused, told_at = await self._all("v3/incidents", query, _INCIDENTS, _incident)
        at = told_at or now
        incidents, bad = read_each(
            wires, _incident, "incident", lambda wire: read_incident(wire, at)
        )
        polled_at = last.at if last is not None else None
        probed = {key for key, (state, _) in self._listing.items() if state in _WATCHES}
        throughout: list[str] = []
        if last is not None:
            throughout = [
                key
                for key in last.watched
                if key in probed and is_watched_throughout(self._listing[key][1], last.at, at)
            ]
        open_starts = [one.started_at for one in incidents if one.resolved_at is None]
        after = _Position(at, min(open_starts, default=None), sorted(probed))
        return Batch(
            INCIDENTS,
            after.dump(),
            incidents=tuple(incidents),
            spans=tuple(spans_between(incidents, throughout, polled_at, at)),
            refused=(*refused, *bad),
            records=len(wires),
            server_time=at,
        )

    async def _all(
        self,
        path: str,
        query: Mapping[str, str | int],
        form: PageFormat[Page[_T], Page[Raw]],
        decoder: Decoder[_T],
    ) -> tuple[list[_T], list[Refused], Instant | None]:
        """Return the records of all pages of a list."""
        found: list[_T] = []
        refused: list[Refused] = []
        seen: set[str] = set()
        answer = await self._client.get(path, query)
        while True:
            page = form.decode(answer.body)
            records, bad = read_each(page.data, decoder, "record", _identified)
            found += records
            refused += bad
            following = page.pagination.next if page.pagination is not None else None
            if not following or not page.data:
                return found, refused, answer.server_time
            if following in seen or len(seen) >= _MOST_PAGES:
                raise SourceError(Failure.CONTRACT, "the list goes on without an end")
            seen.add(following)
            # The link is whole; the client follows it only within its own origin.
            answer = await self._client.get(following)


def _identified(record: _T) -> _T:
    """Return a record that can be told from others; ValueError for one without an id."""
    key_of(getattr(record, "id", None))
    return record
