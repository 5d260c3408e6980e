"""The account by its incremental exports, which answer administrators only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import NamedTuple

from engagewatch.model.batch import Batch
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.ticket import Person
from engagewatch.net.client import Answer
from engagewatch.net.errors import SourceError
from engagewatch.providers.zendesk.account import Account

USERS, TICKETS, EVENTS = "users", "tickets", "ticket_events"

HELD_BACK = 2 * MINUTE
"""The exports refuse a start time within the latest minute."""
OVERLAP = 10 * MINUTE
"""How far to go back where a cursor is no longer accepted."""

_PAGE = 1000
_EXPIRED = frozenset({400, 410, 422})
_EMPTY_PAGES = 3
"""So many empty pages in a row are no progress."""


class _Position(NamedTuple):
    """Where a cursor-based export goes on."""

    after: str | None
    since: Instant
    """From when to start over if the server no longer takes the cursor."""

    @classmethod
    def load(cls, text: str | None, start: Instant) -> _Position:
        """Return the position that ``text`` stores, the beginning if there is none.

        What a search stored says since when as well; it has no cursor of an export.
        """
        if text is None:
            return cls(None, start)
        stored = json.loads(text)
        return cls(stored.get("after"), stored["since"])

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


class Exports:
    """Reads people, tickets and their updates, up to a thousand to a page."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def users(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the account's people, from its beginning.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        position = _Position.load(cursor, 1)
        seen: set[str | None] = set()
        while True:
            answer, position = await self._page("users", position)
            page = await asyncio.to_thread(
                self._account.reader.users, answer.body, of_everybody=True
            )
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

    async def tickets(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the tickets, from the beginning of the engagement.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        account = self._account
        position = _Position.load(cursor, min(account.started, now - HELD_BACK))
        seen: set[str | None] = set()
        while True:
            answer, position = await self._page("tickets", position, include="metric_sets")
            await account.prepare()
            page = await asyncio.to_thread(account.reader.exported, answer.body)
            wires = account.reader.of_organization(page.wires)
            people: tuple[Person, ...] = ()
            if account.organization is not None:
                people = await account.meet(wires)
            found = await asyncio.to_thread(account.reader.tickets, wires, page.metrics, now)
            position = position.advanced(page.after, answer, now, last=page.last)
            yield Batch(
                TICKETS,
                position.dump(),
                tickets=found.tickets,
                events=found.events,
                people=people,
                refused=(*page.refused, *found.refused),
                records=page.records,
                server_time=answer.server_time,
            )
            if page.last or _stuck("tickets", page.after, seen):
                return

    async def events(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the updates of tickets, from the beginning of the engagement.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        account, reader = self._account, self._account.reader
        begun = start = min(account.started if cursor is None else int(cursor), now - HELD_BACK)
        signpost: Instant | None = None
        empty = 0
        while True:
            answer = await account.exports.get(
                "incremental/ticket_events.json",
                {"start_time": start, "include": "comment_events"},
            )
            page = await asyncio.to_thread(reader.audits, answer.body)
            await account.place(reader.unplaced(page.audits), now)
            audits = reader.kept(page.audits)
            people = await account.look_up(reader.strangers(audits))
            events, refused = await asyncio.to_thread(reader.events, audits, now)
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

    async def _page(
        self, what: str, position: _Position, include: str = ""
    ) -> tuple[Answer, _Position]:
        """Return a page of a cursor-based export, and the position it was asked for from.

        A cursor that the server no longer takes is given up for the time it was got at, with an
        overlap; what is read twice changes nothing.
        """
        path = f"incremental/{what}/cursor.json"
        extra = {"include": include} if include else {}
        client = self._account.exports
        try:
            return await client.get(path, {**position.query(), **extra}), position
        except SourceError as error:
            if position.after is None or error.status not in _EXPIRED:
                raise
        position = _Position(None, max(position.since - OVERLAP, 1))
        return await client.get(path, {**position.query(), **extra}), position


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
