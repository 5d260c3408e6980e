"""Zendesk Support: people, tickets and what happened to them, by the incremental exports.

People come first, so that every message is written by somebody whose side is known. Each page is
translated on another thread and handed on with the cursor that follows it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, time
from typing import NamedTuple

from engagewatch.model.batch import Absence, Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import EARLIEST, HOUR, MINUTE, Instant, to_instant, zone
from engagewatch.model.ticket import Person
from engagewatch.net.client import Answer, Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.zendesk.pages import PageReader
from engagewatch.providers.zendesk.people import Directory
from engagewatch.providers.zendesk.sweep import absent_tickets

USERS, TICKETS, EVENTS = "users", "tickets", "ticket_events"

_API = "api/v2"
_PAGE = 1000
_HELD_BACK = 2 * MINUTE
"""The exports refuse a start time within the latest minute."""
_OVERLAP = 10 * MINUTE
"""How far to go back where a cursor is no longer accepted."""
_EXPIRED = frozenset({400, 410, 422})
_SHOWN_AT_ONCE = 100
_GROUP_PAGES = 10
_EMPTY_PAGES = 3
"""So many empty pages in a row are no progress."""
_ADVICE = "the exports need a token of an admin, or an OAuth token with the scope read of one"


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["zendesk"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> Zendesk:
    """Return the adapter of one Zendesk account.

    Raises:
        SourceError: there is no token.
    """
    if not secret:
        raise SourceError(
            Failure.CONFIGURATION, f'source "{settings.id}" needs a token; see its token key'
        )
    return Zendesk(settings, engagement, secret, people)


class _Position(NamedTuple):
    """Where a cursor-based export goes on."""

    after: str | None
    since: Instant
    """From when to start over if the server no longer takes the cursor."""

    @classmethod
    def load(cls, text: str | None, start: Instant) -> _Position:
        """Return the position that ``text`` stores, the beginning if there is none."""
        if text is None:
            return cls(None, start)
        stored = json.loads(text)
        return cls(stored["after"], stored["since"])

    def advanced(self, after: str | None, answer: Answer, now: Instant, *, last: bool) -> _Position:
        """Return the position after a page; everything up to the last page's answer was seen.

        A server whose clock runs ahead does not move it beyond ``now``, when the poll began.
        """
        if after is None:
            return self
        seen_until = min(answer.server_time, now) if last and answer.server_time else None
        return _Position(after, seen_until or self.since)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return json.dumps(self._asdict())

    def query(self) -> dict[str, str | int]:
        """Return it as parameters of a request."""
        if self.after is None:
            return {"start_time": self.since, "per_page": _PAGE}
        return {"cursor": self.after, "per_page": _PAGE}


class Zendesk:
    """One Zendesk account."""

    streams = (USERS, TICKETS, EVENTS)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = describe(settings)
        root = settings.url.rstrip("/").removesuffix(f"/{_API}")
        budget = settings.requests_per_minute or self.description.requests_per_minute
        self._client = Client(
            f"{root}/{_API}",
            Limits(budget),
            authorization=_authorization(settings.user, secret),
            reach=settings.reach,
            forbidden_advice=_ADVICE,
        )
        own = frozenset(settings.meanings) - frozenset(self.description.default_meanings)
        directory = Directory(people, KnownRoles(engagement.people))
        self._reader = PageReader(engagement, f"{root}/agent/tickets/", directory, own)
        self._has_own_statuses = bool(own)
        self._prepared = False
        self._may_look_up = True
        midnight = datetime.combine(engagement.started, time(), zone(engagement.timezone))
        self._started = max(to_instant(midnight), EARLIEST)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        People are read from the account's beginning, tickets and their events from the beginning of
        the engagement.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream == USERS:
            pages = self._users(cursor, now)
        elif stream == TICKETS:
            pages = self._tickets(cursor, now)
        elif stream == EVENTS:
            pages = self._events(cursor, now)
        else:
            raise KeyError(stream)
        async for batch in pages:
            yield batch

    async def check(self) -> list[CheckLine]:
        """Ask for a little of every stream."""
        lines: list[CheckLine] = []
        recent: Instant = 1
        for stream, path, told in (
            (USERS, "incremental/users/cursor.json", "people can be read"),
            (TICKETS, "incremental/tickets/cursor.json", "tickets can be read"),
            (EVENTS, "incremental/ticket_events.json", "the history of tickets can be read"),
        ):
            try:
                answer = await self._client.get(path, {"start_time": recent, "per_page": 1})
            except SourceError as error:
                lines.append(CheckLine(False, stream, error.message))
                if error.status == 401 or error.failure is not Failure.AUTHENTICATION:
                    break  # the rest would fail alike, and refused credentials lock accounts
                continue
            lines.append(CheckLine(True, stream, told))
            if answer.server_time is not None:
                recent = answer.server_time - HOUR
        return lines

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the account no longer has, or no longer shows.

        Raises:
            SourceError: the account could not be asked.
        """
        return await absent_tickets(self._client, ids)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _users(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        position = _Position.load(cursor, 1)
        seen: set[str | None] = set()
        while True:
            answer, position = await self._export("users", position)
            page = await asyncio.to_thread(self._reader.users, answer.body)
            position = position.advanced(page.after, answer, now, last=page.last)
            yield Batch(
                USERS,
                position.dump(),
                people=page.people,
                refused=page.refused,
                records=page.records,
                server_time=answer.server_time,
            )
            if page.last or _stuck("users", page.after, seen):
                return

    async def _tickets(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        await self._prepare()
        position = _Position.load(cursor, min(self._started, now - _HELD_BACK))
        seen: set[str | None] = set()
        while True:
            answer, position = await self._export("tickets", position, include="metric_sets")
            page = await asyncio.to_thread(self._reader.tickets, answer.body, now)
            position = position.advanced(page.after, answer, now, last=page.last)
            yield Batch(
                TICKETS,
                position.dump(),
                tickets=page.tickets,
                events=page.events,
                refused=page.refused,
                records=page.records,
                server_time=answer.server_time,
            )
            if page.last or _stuck("tickets", page.after, seen):
                return

    async def _export(
        self, what: str, position: _Position, include: str = ""
    ) -> tuple[Answer, _Position]:
        """Return a page of a cursor-based export, and the position it was asked for from.

        A cursor that the server no longer takes is given up for the time it was got at, with an
        overlap; what is read twice changes nothing.
        """
        path = f"incremental/{what}/cursor.json"
        extra = {"include": include} if include else {}
        try:
            return await self._client.get(path, {**position.query(), **extra}), position
        except SourceError as error:
            if position.after is None or error.status not in _EXPIRED:
                raise
        position = _Position(None, max(position.since - _OVERLAP, 1))
        return await self._client.get(path, {**position.query(), **extra}), position

    async def _events(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        begun = start = min(self._started if cursor is None else int(cursor), now - _HELD_BACK)
        signpost: Instant | None = None
        empty = 0
        while True:
            answer = await self._client.get(
                "incremental/ticket_events.json",
                {"start_time": start, "include": "comment_events"},
            )
            page = await asyncio.to_thread(self._reader.audits, answer.body)
            people = await self._look_up(self._reader.strangers(page.audits))
            events, refused = await asyncio.to_thread(self._reader.events, page.audits, now)
            if signpost is None:
                # What happens from here on may still be missing from this run's pages.
                signpost = min(answer.server_time or now, now)
            end = min(page.end_time or start, answer.server_time or now)
            # A page holds all that shares its last second; the next would be the same page again.
            start = max(end, start if page.last else start + 1)
            yield Batch(
                EVENTS,
                str(max(min(start, signpost), begun)),
                events=events,
                people=people,
                refused=(*page.refused, *refused),
                records=page.records,
                server_time=answer.server_time,
            )
            empty = 0 if page.records else empty + 1
            # By the server's clock: ours may be ahead of it.
            too_recent = answer.server_time is not None and start > answer.server_time - MINUTE
            if page.last or too_recent or empty == _EMPTY_PAGES:
                return

    async def _look_up(self, strangers: list[str]) -> tuple[Person, ...]:
        """Return people who wrote before the export of people told of them.

        An account that does not allow it leaves them strangers, whose side is unknown.
        """
        found: list[Person] = []
        for first in range(0, len(strangers), _SHOWN_AT_ONCE):
            if not self._may_look_up:
                break
            some = ",".join(strangers[first : first + _SHOWN_AT_ONCE])
            try:
                answer = await self._client.get("users/show_many.json", {"ids": some})
            except SourceError as error:
                if error.status not in (403, 404):
                    raise
                self._may_look_up = False
                break
            page = await asyncio.to_thread(self._reader.users, answer.body)
            found.extend(page.people)
        return tuple(found)

    async def _prepare(self) -> None:
        """Learn the names that tickets only refer to, once."""
        if self._prepared:
            return
        if self._has_own_statuses:
            answer = await self._client.get("custom_statuses.json")
            self._reader.custom_statuses(answer.body)
        link: str | None = "groups.json"
        for _ in range(_GROUP_PAGES):
            if link is None:
                break
            try:
                answer = await self._client.get(link)
            except SourceError as error:
                if error.status not in (403, 404):
                    raise
                break  # teams go by their ids then
            link = self._reader.groups(answer.body)
        self._prepared = True


def _authorization(user: str, secret: str) -> str:
    """Return the header for an API token of ``user``, or for an OAuth token if there is none."""
    if not user:
        return f"Bearer {secret}"
    name = user.removesuffix("/token")
    return "Basic " + base64.b64encode(f"{name}/token:{secret}".encode()).decode()


def _stuck(what: str, after: str | None, seen: set[str | None]) -> bool:
    """Note a cursor and tell whether the export cannot go on.

    Raises:
        SourceError: it goes round in circles.
    """
    if after in seen:
        raise SourceError(
            Failure.CONTRACT,
            f"the export of {what} leads back to a page already read; the next poll tries again",
        )
    seen.add(after)
    return after is None
