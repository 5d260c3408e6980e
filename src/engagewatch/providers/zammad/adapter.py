"""Reading one Zammad: which tickets changed, and then each of them.

Changed tickets are searched for by time, which needs Elasticsearch on the server. Without it such a
search finds nothing and says nothing, so it is tried out first; the list of all tickets is read
then. That list is read once a day in any case: it shows what the search index missed, and which
tickets are gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, MINUTE, Instant, isoformat, parse_iso
from engagewatch.model.ticket import Event, EventKind, Person, Ticket
from engagewatch.net.client import Answer, Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.directory import Directory
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import (
    PageFormat,
    WireId,
    identifier,
    instant,
    latest_credible,
    read_each,
    refusal,
)
from engagewatch.providers.zammad.states import States
from engagewatch.providers.zammad.sweep import Sweep, pack, unpack
from engagewatch.providers.zammad.tickets import Reading, Translator
from engagewatch.providers.zammad.wire import Article, History, Row, State, User, WireTicket

CHANGED, ALL = "changed", "all"

_API = "api/v1"
_PAGE = 100
_WINDOW = 10_000
"""The search engine shows no more of one query than this."""
_OVERLAP = 10 * MINUTE
"""The search index is filled with a delay."""
_AT_ONCE = 20
"""Tickets in one batch: each costs two requests, and what is not stored is read again."""
_MOST_GONE = 20
_ADVICE = (
    'ask for an agent\'s account with the group permission "read" and a token with "ticket.agent"'
)
_NO_HISTORY = (
    "the history of tickets may not be read: " + _ADVICE + ", or set history = false in the "
    "engagement file; statuses are then only known as they were seen"
)

_TICKETS = PageFormat(list[WireTicket], list[Raw], "the list of tickets")
_TICKET = PageFormat(WireTicket, Raw, "a ticket")
_HISTORY = PageFormat(History[Row], History[Raw], "the history of a ticket")
_ARTICLES = PageFormat(list[Article], list[Raw], "the messages of a ticket")
_STATES = PageFormat(list[State], list[Raw], "the list of states")
_USER = PageFormat(User, Raw, "the account")

_ticket = Decoder(WireTicket)
_row = Decoder(Row)
_article = Decoder(Article)
_state = Decoder(State)


class _Read(NamedTuple):
    """What of a ticket tells that it, or its messages, changed."""

    updated_at: str | None
    messages: tuple[int | None, str | None]


class _Page(NamedTuple):
    wires: list[WireTicket]
    refused: tuple[Refused, ...]
    server_time: Instant | None
    full: bool


class Zammad:
    """One installation, seen with the rights of one account."""

    streams = (CHANGED, ALL)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = BUILT_IN["zammad"](settings)
        root = settings.url.rstrip("/").removesuffix(f"/{_API}")
        self._client = Client(
            f"{root}/{_API}",
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=f"Token token={secret}",
            reach=settings.reach,
            forbidden_advice=_ADVICE,
        )
        self._started = started_at(engagement)
        self._states = States({*self.description.default_meanings, *settings.meanings})
        directory = Directory(people, KnownRoles(engagement.people))
        self._translator = Translator(engagement, root, directory, self._states)
        self._read: dict[str, _Read] = {}
        self._prepared = False
        self._history_worked = False
        self._page_size = 1
        self._searches: bool | None = None
        """Whether searching by field works; not known before it was tried."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream == CHANGED:
            pages = self._changed(cursor, now)
        elif stream == ALL:
            pages = self._all(cursor, now)
        else:
            raise KeyError(stream)
        await self._prepare()
        async for batch in pages:
            yield batch

    async def check(self) -> list[CheckLine]:
        """Try what the polls need, and say which right is missing."""
        lines: list[CheckLine] = []
        try:
            _USER.decode((await self._client.get("users/me")).body)
            lines.append(CheckLine(True, "account", "the token is taken"))
            await self._prepare()
            lines.append(self._check_states())
            page = await self._list(1, 1)
            if not page.wires:
                told = "not one can be seen: " + _ADVICE
                return [*lines, CheckLine(False, "tickets", told)]
            lines.append(CheckLine(True, "tickets", "can be read"))
            lines.append(await self._check_history(page.wires[0].id))
            found = "works" if await self._can_search() else "finds nothing, so all tickets are "
            found += "" if self._searches else "listed at every poll: 10 requests per 1,000 tickets"
            lines.append(CheckLine(True, "search", found))
        except SourceError as error:
            lines.append(CheckLine(False, "tickets" if lines else "account", error.message))
        return lines

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _changed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Walk through what changed by time: each page starts at the last time of the one before.

        So the search engine never has to count beyond its window, and what changes meanwhile moves
        to the end instead of shifting what was not read yet.
        """
        if not await self._can_search():
            return
        since = self._since(cursor)
        page, seen = 1, set[tuple[WireId, str | None]]()
        while page * _PAGE <= _WINDOW:
            got = await self._search(f"updated_at:[{since} TO *]", page)
            if not got.wires and not got.refused and cursor is not None and not seen:
                # The last ticket seen should be found again: has the index gone?
                self._searches = None
                if not await self._can_search():
                    return
            new = [one for one in got.wires if (one.id, one.updated_at) not in seen]
            seen.update((one.id, one.updated_at) for one in new)
            last = max([since, *filter(_usable, (one.updated_at for one in new))])
            async for batch in self._batches(CHANGED, new, now, got.server_time):
                yield batch
            cursor = max(cursor or last, last)
            yield Batch(
                CHANGED,
                cursor,
                refused=got.refused,
                records=len(got.refused),
                server_time=got.server_time,
            )
            if not got.full and not new:
                return
            since, page = (last, 1) if last > since else (since, page + 1)
        raise SourceError(
            Failure.CONTRACT,
            f"more than {_WINDOW} tickets share one time of change; the daily list reads them",
        )

    def _since(self, cursor: str | None) -> str:
        start = self._started if cursor is None else parse_iso(cursor) - _OVERLAP
        return isoformat(max(start, self._started))

    async def _all(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Read the list of all tickets: whenever it is due, and at every poll without a search."""
        sweep = Sweep.load(cursor)
        if sweep.done_at is not None and await self._can_search() and now - sweep.done_at < DAY:
            return
        changed_since = max((sweep.changed_since or 0) - _OVERLAP, self._started)
        listed = unpack(sweep.listed)
        known = unpack(sweep.known)
        # Deletions move the later pages up: what was read last is read again.
        page = max(sweep.page - 1, 1)
        began = sweep.began_at
        while True:
            got = await self._list(page, _PAGE)
            began = began or got.server_time or now
            outdated = [
                one
                for one in got.wires
                if (at := instant(one.updated_at, latest_credible(now))) is not None
                and at >= self._started
                and (at >= changed_since or _number(one.id) not in known)
            ]
            async for batch in self._batches(ALL, outdated, now, got.server_time):
                yield batch
            listed.update(filter(None, (_number(one.id) for one in got.wires)))
            page += 1
            state = sweep._replace(page=page, began_at=began, listed=pack(listed))
            if not got.full:
                break
            yield Batch(
                ALL,
                state.dump(),
                refused=got.refused,
                records=len(got.refused),
                server_time=got.server_time,
            )
        gone = known - listed
        yield await self._gone(gone, known, now)
        if _too_many(gone, known):
            listed |= known
        done = Sweep(changed_since=began, done_at=now, known=pack(listed))
        yield Batch(
            ALL,
            done.dump(),
            refused=got.refused,
            records=len(got.refused),
            server_time=got.server_time,
        )

    async def _gone(self, gone: set[int], known: set[int], now: Instant) -> Batch:
        """Find out about tickets that the list no longer shows."""
        if _too_many(gone, known):
            reason = f"{len(gone)} of {len(known)} tickets are gone from the list at once; kept"
            return Batch(ALL, None, refused=(Refused("the list of tickets", reason),))
        events: list[Event] = []
        refused: list[Refused] = []
        found: list[Batch] = []
        for number in sorted(gone):
            try:
                answer = await self._client.get(f"tickets/{number}", {"expand": "true"})
            except SourceError as error:
                if error.status == 404:
                    events.append(_deleted(str(number), now))
                elif error.status == 403:
                    reason = "the account may no longer see it: it moved to another group"
                    refused.append(Refused(f"ticket {number}", reason))
                else:
                    raise
                continue
            wire = _TICKET.decode(answer.body)
            if isinstance(wire, WireTicket):
                found += [batch async for batch in self._batches(ALL, [wire], now, None)]
        return Batch(
            ALL,
            None,
            tickets=tuple(ticket for batch in found for ticket in batch.tickets),
            events=(*(event for batch in found for event in batch.events), *events),
            people=tuple(person for batch in found for person in batch.people),
            refused=tuple(refused),
        )

    async def _batches(
        self, stream: str, wires: Sequence[WireTicket], now: Instant, server_time: Instant | None
    ) -> AsyncIterator[Batch]:
        """Yield what became of ``wires``, a few at a time; those read before cost nothing."""
        outdated = [one for one in wires if self._read.get(str(one.id)) != _fingerprint(one)]
        for first in range(0, len(outdated), _AT_ONCE):
            tickets: list[Ticket] = []
            events: list[Event] = []
            people: list[Person] = []
            refused: list[Refused] = []
            some = outdated[first : first + _AT_ONCE]
            for wire in some:
                try:
                    reading, met, bad = await self._reading(wire)
                    told = self._translator.read(reading, latest_credible(now))
                except ValueError as error:
                    refused.append(refusal(f"ticket {wire.id}", error))
                    continue
                people += [*met, *self._translator.strangers(wire)]
                refused += bad
                if told is not None:
                    tickets.append(told[0])
                    events += told[1]
                self._read[str(wire.id)] = _fingerprint(wire)
            yield Batch(
                stream,
                None,
                tickets=tuple(tickets),
                events=tuple(events),
                people=tuple(people),
                refused=tuple(refused),
                records=len(some),
                server_time=server_time,
            )

    async def _reading(self, wire: WireTicket) -> tuple[Reading, list[Person], list[Refused]]:
        """Ask for what a changed ticket does not tell itself."""
        key = identifier(wire.id)
        if key is None:
            raise ValueError("it has no id")
        rows: list[Row] | None = None
        articles: list[Article] | None = None
        people: list[Person] = []
        refused: list[Refused] = []
        before = self._read.get(key)
        if self.description.has_history:
            page = _HISTORY.decode(await self._history_of(key))
            people = self._translator.users((page.assets and page.assets.users) or {})
            rows, refused = read_each(page.history, _row, "history row", lambda row: row)
        if before is None or before.messages != _fingerprint(wire).messages:
            answer = await self._of_ticket(f"ticket_articles/by_ticket/{key}")
            found, bad = read_each(
                _ARTICLES.decode(answer.body), _article, "article", lambda article: article
            )
            articles, refused = found, refused + bad
        return Reading(wire, rows, articles), people, refused

    async def _history_of(self, key: str) -> bytes:
        try:
            answer = await self._of_ticket(f"ticket_history/{key}")
        except SourceError as error:
            if error.status == 403 and not self._history_worked:
                raise SourceError(error.failure, _NO_HISTORY, status=403) from None
            raise
        self._history_worked = True
        return answer.body

    async def _of_ticket(self, path: str) -> Answer:
        try:
            return await self._client.get(path, {"expand": "true"})
        except SourceError as error:
            if error.status == 404 or (error.status == 403 and self._history_worked):
                raise ValueError("it was deleted or moved while it was read") from None
            raise

    async def _can_search(self) -> bool:
        """Find out whether a search by field finds a ticket that is there."""
        if self._searches is None:
            some = (await self._list(1, 1)).wires
            number = identifier(some[0].number) if some else None
            if number is None:
                return False
            try:
                found = (await self._search(f"number:{number}", 1)).wires
            except SourceError as error:
                if error.failure in (Failure.AUTHENTICATION, Failure.RATE_LIMITED):
                    raise
                found = []
            self._searches = any(one.id == some[0].id for one in found)
        return self._searches

    async def _search(self, query: str, page: int) -> _Page:
        return await self._tickets(
            "tickets/search",
            {"query": query, "sort_by": "updated_at", "order_by": "asc"},
            page,
            _PAGE,
        )

    async def _list(self, page: int, size: int) -> _Page:
        return await self._tickets("tickets", {}, page, size)

    async def _tickets(
        self, path: str, query: Mapping[str, str | int], page: int, size: int
    ) -> _Page:
        # Without expand the shape of the answer differs from version to version.
        asked = {**query, "expand": "true", "page": page, "per_page": size}
        answer = await self._client.get(path, asked)
        records: Sequence[Any] = _TICKETS.decode(answer.body)
        wires, refused = read_each(records, _ticket, "ticket", lambda wire: wire)
        # A server may allow fewer on a page than are asked for: the fullest seen shows how many.
        self._page_size = max(self._page_size, len(records))
        full = 0 < self._page_size <= len(records)
        return _Page(wires, tuple(refused), answer.server_time, full)

    async def _prepare(self) -> None:
        """Learn the names of the states, once."""
        if self._prepared:
            return
        try:
            answer = await self._client.get("ticket_states")
        except SourceError as error:
            if error.status not in (403, 404):
                raise
            # A customer may not read them: tickets carry the names.
        else:
            read_each(_STATES.decode(answer.body), _state, "state", self._states.learn)
        self._prepared = True

    def _check_states(self) -> CheckLine:
        unnamed = self._states.waiting
        if not unnamed:
            return CheckLine(True, "states", "every one has a meaning")
        names = ", ".join(f'"{name}"' for name in unnamed[:10])
        told = f"{names} wait for somebody; say for whom under [sources.courts]"
        return CheckLine(True, "states", told)

    async def _check_history(self, key: WireId) -> CheckLine:
        if not self.description.has_history:
            told = "not read (history = false): statuses are only known as they were seen"
            return CheckLine(True, "history", told)
        try:
            await self._client.get(f"ticket_history/{identifier(key)}")
        except SourceError as error:
            told = _NO_HISTORY if error.status == 403 else error.message
            return CheckLine(False, "history", told)
        return CheckLine(True, "history", "can be read")


def _fingerprint(wire: WireTicket) -> _Read:
    return _Read(wire.updated_at, (wire.article_count, wire.last_contact_at))


def _deleted(ticket: str, at: Instant) -> Event:
    return Event(
        ticket, f"{ticket}:deleted", at, EventKind.STATUS_CHANGED, value="deleted", automatic=True
    )


def _too_many(gone: Iterable[int], known: set[int]) -> bool:
    """Whether more is gone than anybody deletes in a day: the rights have changed, rather."""
    return len(set(gone)) > max(_MOST_GONE, len(known) // 10)


def _number(value: WireId) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _usable(time: str | None) -> TypeGuard[str]:
    try:
        return time is not None and parse_iso(time) > 0
    except ValueError:
        return False
