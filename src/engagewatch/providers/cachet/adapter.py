"""One Cachet page.

It has no history of components, so every poll is an observation that the store keeps. Its incidents
are read to the oldest once; from then on the new ones and those that are still open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant, zone
from engagewatch.model.service import Component, Incident
from engagewatch.net.errors import SourceError
from engagewatch.providers.cachet.reading import FIXED, STATES, Reader, status_of
from engagewatch.providers.cachet.wire import (
    Page,
    Version,
    WireComponent,
    WireGroup,
    WireIncident,
    WireSchedule,
    WireUpdate,
    flattened,
)
from engagewatch.providers.listing import numbered
from engagewatch.providers.opened import GONE, root_of
from engagewatch.providers.registry import describe
from engagewatch.providers.status_page import Known, StatusAdapter, components_batch
from engagewatch.providers.wire import PageFormat, each, identifier, read_each, word

COMPONENTS, INCIDENTS, SCHEDULES = "components", "incidents", "schedules"
_PER_PAGE = 50
_MOST_PAGES = 200
_ROOTS = {2: "api/v1", 3: "api"}
_GROUPS = {2: "components/groups", 3: "component-groups"}
_NEWEST_FIRST: Mapping[int, Mapping[str, str]] = {
    2: {"sort": "id", "order": "desc"},
    3: {"sort": "-id"},
}

_T = TypeVar("_T")
_PAGE = PageFormat(Page, Page, "the list")
_VERSION = PageFormat(Version, Version, "the version")
_record = msgspec.json.Decoder(dict[str, Any])


class Cachet(StatusAdapter):
    """One page."""

    streams = (COMPONENTS, INCIDENTS, SCHEDULES)

    def __init__(self, settings: SourceSettings, engagement: Engagement, *_: object) -> None:
        """Prepare to read; nothing is requested yet. What it reads is public, and names nobody.

        Raises:
            SourceError: there is no such time zone.
        """
        super().__init__(settings, describe(settings), root_of(settings, "api/v1", "api"))
        timezone = str(settings.options.get("timezone") or engagement.timezone)
        try:
            self._zone = zone(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SourceError(
                Failure.CONFIGURATION, f'no time zone is called "{timezone}"'
            ) from None
        version = settings.options.get("version")
        self._version = version if isinstance(version, int) else None

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the components, the incidents that may have changed, or the planned work.

        Raises:
            SourceError: it could not be read.
        """
        if stream == COMPONENTS:
            yield self._worded(await self._components(now))
        elif stream == INCIDENTS:
            yield await self._incidents(cursor, now)
        else:
            yield await self._schedules(now)

    async def _listed(self) -> list[Component]:
        return list((await self._components(0)).components)

    async def _components(self, now: Instant) -> Batch:
        groups, _, _ = await self._all(_GROUPS[await self._known_version()], WireGroup, "group")
        headings = {
            key: word(group.name) for group in groups if (key := identifier(group.id)) is not None
        }
        wires, refused, told_at = await self._all("components", WireComponent, "component")
        reader = Reader(self._zone, told_at or now)
        places = count()

        def read(wire: WireComponent) -> Component | None:
            if wire.enabled is not None and not wire.enabled:
                # Switched off: nobody keeps its state up to date.
                return None
            state = self._state(STATES, wire.status, word(wire.name))
            return reader.component(wire, state, headings, next(places))

        found, bad = each(wires, "component", read)
        refused += bad
        components = [one for one in found if one is not None]
        return components_batch(COMPONENTS, components, refused, reader.now, records=len(wires))

    async def _incidents(self, cursor: str | None, now: Instant) -> Batch:
        version = await self._known_version()
        known = Known.load(cursor) or Known(0)
        waiting = set(known.open)
        incidents: list[Incident] = []
        refused: list[Refused] = []
        newest, records, at, is_whole = known.newest, 0, now, True
        async for wires, bad, told_at in self._pages(
            "incidents", _NEWEST_FIRST[version], WireIncident, "incident"
        ):
            refused += bad
            records += len(wires)
            at = told_at or now
            reader = Reader(self._zone, at)
            numbers = [_number(wire) for wire in wires]
            for wire, number in zip(wires, numbers, strict=True):
                key = identifier(wire.id) or ""
                if number <= known.newest and key not in waiting and status_of(wire) == FIXED:
                    # It was over when it was last read, and still is.
                    continue
                posts, bad = await self._posts(key)
                refused += bad
                found, bad = each([wire], "incident", lambda one: reader.incident(one, posts))  # noqa: B023
                incidents += found
                refused += bad
            newest = max([newest, *numbers])
            waiting -= {identifier(wire.id) or "" for wire in wires}
            if min(numbers, default=0) <= known.newest and not waiting:
                is_whole = False
                break
        still_open = sorted(one.id for one in incidents if one.resolved_at is None)
        return Batch(
            INCIDENTS,
            Known(newest, still_open).dump(),
            incidents=tuple(incidents),
            refused=tuple(refused),
            records=records,
            server_time=at,
            # One that cannot be read may be open, so the others cannot be told to be over.
            lists_open=is_whole and not refused,
        )

    async def _posts(self, incident: str) -> tuple[list[WireUpdate], list[Refused]]:
        try:
            posts, refused, _ = await self._all(
                f"incidents/{incident}/updates", WireUpdate, f"post on incident {incident},"
            )
        except SourceError as error:
            if error.status != GONE:
                raise
            # Deleted between the list and now, or a version that has no posts.
            return [], []
        return posts, refused

    async def _schedules(self, now: Instant) -> Batch:
        wires, refused, told_at = await self._all("schedules", WireSchedule, "planned work")
        reader = Reader(self._zone, told_at or now)
        works, bad = each(wires, "planned work", reader.maintenance)
        return Batch(
            SCHEDULES,
            None,
            maintenances=tuple(works),
            refused=(*refused, *bad),
            records=len(wires),
            server_time=reader.now,
        )

    async def _known_version(self) -> int:
        """Return the major version, asking for it once unless the settings tell."""
        if self._version is None:
            try:
                answer = await self._client.get(f"{_ROOTS[2]}/version")
                _VERSION.decode(answer.body)
                self._version = 2
            except SourceError as error:
                if error.failure is not Failure.CONTRACT:
                    raise
                answer = await self._client.get(f"{_ROOTS[3]}/version")
                _VERSION.decode(answer.body)
                self._version = 3
        return self._version

    async def _all(
        self, path: str, shape: type[_T], what: str
    ) -> tuple[list[_T], list[Refused], Instant | None]:
        found: list[_T] = []
        refused: list[Refused] = []
        told_at = None
        async for wires, bad, at in self._pages(path, {}, shape, what):
            found += wires
            refused += bad
            told_at = at
        return found, refused, told_at

    async def _pages(
        self, path: str, order: Mapping[str, str], shape: type[_T], what: str
    ) -> AsyncIterator[tuple[list[_T], list[Refused], Instant | None]]:
        root = _ROOTS[await self._known_version()]

        async def ask(number: int) -> tuple[Page, Instant | None]:
            query: dict[str, str | int] = {"per_page": _PER_PAGE, "page": number, **order}
            answer = await self._client.get(f"{root}/{path}", query)
            return _PAGE.decode(answer.body), answer.server_time

        async for page, told_at in numbered(ask, _goes_on, path, _MOST_PAGES):
            wires, refused = read_each(
                page.data,
                _record,
                what,
                lambda record: msgspec.convert(flattened(record), shape, strict=False),
            )
            yield wires, refused, told_at


def _goes_on(told: tuple[Page, Instant | None]) -> bool:
    page, _ = told
    return bool(page.data) and page.has_more()


def _number(wire: WireIncident) -> int:
    key = str(wire.id)
    return int(key) if key.isdecimal() else 0
