"""One Cachet page.

It has no history of components, so every poll is an observation that the store keeps. Its incidents
are read to the oldest once; from then on the new ones and those that are still open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant, zone
from engagewatch.model.service import Component, Incident
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Description
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
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.status_page import NAME_LIMIT, StatusAdapter
from engagewatch.providers.wire import PageFormat, identifier, read_each, refusal

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
_R = TypeVar("_R")
_PAGE = PageFormat(Page, Page, "the list")
_VERSION = PageFormat(Version, Version, "the version")
_record = msgspec.json.Decoder(dict[str, Any])


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["cachet"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,  # noqa: ARG001 - what it reads is public
    people: Mapping[str, Person],  # noqa: ARG001 - it names nobody
) -> Cachet:
    """Return the adapter of one page.

    Raises:
        SourceError: there is no such time zone.
    """
    return Cachet(settings, str(settings.options.get("timezone") or engagement.timezone))


class _Known(msgspec.Struct):
    """The cursor of the incidents: what need not be read again."""

    newest: int = 0
    open: list[str] = []


class Cachet(StatusAdapter):
    """One page."""

    streams = (COMPONENTS, INCIDENTS, SCHEDULES)

    def __init__(self, settings: SourceSettings, timezone: str) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: there is no time zone called ``timezone``.
        """
        root = settings.url.rstrip("/").removesuffix("/api/v1").removesuffix("/api")
        super().__init__(settings, describe(settings), root)
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
            yield await self._components(now)
        elif stream == INCIDENTS:
            yield await self._incidents(cursor, now)
        else:
            yield await self._schedules(now)

    async def _listed(self) -> list[Component]:
        return list((await self._components(0)).components)

    async def _components(self, now: Instant) -> Batch:
        groups, _, _ = await self._all(_GROUPS[await self._known_version()], WireGroup, "group")
        headings = {
            key: safe_text(group.name or "", NAME_LIMIT)
            for group in groups
            if (key := identifier(group.id)) is not None
        }
        wires, refused, told_at = await self._all("components", WireComponent, "component")
        reader = Reader(self._zone, told_at or now)
        places = count()

        def read(wire: WireComponent) -> Component | None:
            if wire.enabled is not None and not wire.enabled:
                # Switched off: nobody keeps its state up to date.
                return None
            state = self._state(STATES, wire.status, safe_text(wire.name or "", NAME_LIMIT))
            return reader.component(wire, state, headings, next(places))

        found, bad = _each(wires, "component", read)
        refused += bad
        if refused and not found:
            # An empty list would say that every component is gone.
            raise SourceError(
                Failure.CONTRACT, f"no component of the page can be read: {refused[0].reason}"
            )
        return Batch(
            COMPONENTS,
            None,
            components=tuple(one for one in found if one is not None),
            refused=tuple(refused),
            records=len(wires),
            server_time=reader.now,
            observed=True,
        )

    async def _incidents(self, cursor: str | None, now: Instant) -> Batch:
        version = await self._known_version()
        known = msgspec.json.decode(cursor, type=_Known) if cursor else _Known()
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
                found, bad = _each([wire], "incident", lambda one: reader.incident(one, posts))  # noqa: B023
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
            msgspec.json.encode(_Known(newest, still_open)).decode(),
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
            if error.status == 404:
                # Deleted between the list and now, or a version that has no posts.
                return [], []
            raise
        return posts, refused

    async def _schedules(self, now: Instant) -> Batch:
        wires, refused, told_at = await self._all("schedules", WireSchedule, "planned work")
        reader = Reader(self._zone, told_at or now)
        works, bad = _each(wires, "planned work", reader.maintenance)
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
        for number in range(1, _MOST_PAGES + 1):
            query: dict[str, str | int] = {"per_page": _PER_PAGE, "page": number, **order}
            answer = await self._client.get(f"{root}/{path}", query)
            page = _PAGE.decode(answer.body)
            wires, refused = read_each(
                page.data,
                _record,
                what,
                lambda record: msgspec.convert(flattened(record), shape, strict=False),
            )
            yield wires, refused, answer.server_time
            if not (page.data and page.has_more()):
                return
        raise SourceError(Failure.CONTRACT, f"{path} has more than {_MOST_PAGES} pages")


def _each(
    wires: Sequence[_T], what: str, read: Callable[[_T], _R]
) -> tuple[list[_R], list[Refused]]:
    """Read records that are decoded already, each by itself."""
    found: list[_R] = []
    refused: list[Refused] = []
    for wire in wires:
        try:
            found.append(read(wire))
        except ValueError as error:
            refused.append(refusal(f"{what} {getattr(wire, 'id', None) or 'without an id'}", error))
    return found, refused


def _number(wire: WireIncident) -> int:
    key = str(wire.id)
    return int(key) if key.isdecimal() else 0
