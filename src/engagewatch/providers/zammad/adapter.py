"""Reading one Zammad: which tickets changed, and then each of them.

Changed tickets are searched for by time, which needs Elasticsearch on the server. Without it such a
search finds nothing and says nothing, so it is tried out first; the list of all tickets is read
then. That list is read once a day in any case: it shows what the search index missed, and which
tickets are gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeGuard

from msgspec import Raw, Struct
from msgspec.structs import replace

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, Instant, isoformat, parse_iso
from engagewatch.model.ticket import Event, EventKind, Person
from engagewatch.net.client import Answer
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import needed
from engagewatch.providers.base import CheckLine
from engagewatch.providers.cursors import OVERLAP
from engagewatch.providers.directory import Directory
from engagewatch.providers.gathering import Gathered
from engagewatch.providers.listing import Listing, Rows
from engagewatch.providers.opened import GONE, Reading, TicketAdapter, unless
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import (
    PageFormat,
    WireId,
    each,
    identifier,
    instant,
    key_of,
    latest_credible,
    refusal,
)
from engagewatch.providers.zammad.states import States
from engagewatch.providers.zammad.sweep import Sweep, pack, unpack
from engagewatch.providers.zammad.tickets import Told, Translator
from engagewatch.providers.zammad.wire import (
    Article,
    ReferredTo,
    Row,
    State,
    User,
    WireTicket,
)

CHANGED, ALL = "changed", "all"

_PAGE = 100
_WINDOW = 10_000
"""The search engine shows no more of one query than this."""
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

_TICKETS = Listing(WireTicket, "ticket", "the list of tickets")
_HISTORY = Listing(Row, "history row", "the history of a ticket", "history", ReferredTo)
_ARTICLES = Listing(Article, "article", "the messages of a ticket")
_STATES = Listing(State, "state", "the list of states")
_TICKET = PageFormat(WireTicket, Raw, "a ticket")
_USER = PageFormat(User, Raw, "the account")

_Tickets: TypeAlias = Rows[WireTicket, Struct]


class _Read(NamedTuple):
    """What of a ticket tells that it, or its messages, changed."""

    updated_at: str | None
    messages: tuple[int | None, str | None]


class Zammad(TicketAdapter):
    """One installation, seen with the rights of one account."""

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: there is no token.
        """
        token = f"Token token={needed(settings, secret)}"
        super().__init__(settings, engagement, "api/v1", token, _ADVICE)
        self._states = States({*self.description.default_meanings, *settings.meanings})
        directory = Directory(people, KnownRoles(engagement.people))
        self._translator = Translator(engagement, self._root, directory, self._states)
        self._read: dict[str, _Read] = {}
        self._history_worked = False
        self._page_size = 1
        self._searches: bool | None = None
        """Whether searching by field works; not known before it was tried."""

    def _readings(self) -> Mapping[str, Reading]:
        return {CHANGED: self._changed, ALL: self._all}

    async def _prepare(self) -> None:
        """Learn the names of the states; a customer may not, and tickets carry the names."""
        answer = await unless(self._client.get("ticket_states"))
        if answer is not None:
            each(_STATES.decode(answer).found, "state", self._states.learn)

    async def check(self) -> list[CheckLine]:
        """Try what the polls need, and say which right is missing."""
        lines: list[CheckLine] = []
        try:
            _USER.decode((await self._client.get("users/me")).body)
            lines.append(CheckLine(True, "account", "the token is taken"))
            await self._ready()
            lines.append(self._check_states())
            page = await self._list(1, 1)
            if not page.found:
                told = "not one can be seen: " + _ADVICE
                return [*lines, CheckLine(False, "tickets", told)]
            lines.append(CheckLine(True, "tickets", "can be read"))
            lines.append(await self._check_history(page.found[0].id))
            found = "works" if await self._can_search() else "finds nothing, so all tickets are "
            found += "" if self._searches else "listed at every poll: 10 requests per 1,000 tickets"
            lines.append(CheckLine(True, "search", found))
        except SourceError as error:
            lines.append(CheckLine(False, "tickets" if lines else "account", error.message))
        return lines

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
            if not got.size and cursor is not None and not seen:
                # The last ticket seen should be found again: has the index gone?
                self._searches = None
                if not await self._can_search():
                    return
            new = [one for one in got.found if (one.id, one.updated_at) not in seen]
            seen.update((one.id, one.updated_at) for one in new)
            last = max([since, *filter(_usable, (one.updated_at for one in new))])
            async for batch in self._batches(CHANGED, new, now, got.server_time):
                yield batch
            cursor = max(cursor or last, last)
            yield _refusals(CHANGED, cursor, got)
            if not self._is_full(got) and not new:
                return
            since, page = (last, 1) if last > since else (since, page + 1)
        raise SourceError(
            Failure.CONTRACT,
            f"more than {_WINDOW} tickets share one time of change; the daily list reads them",
        )

    def _since(self, cursor: str | None) -> str:
        start = self._started if cursor is None else parse_iso(cursor) - OVERLAP
        return isoformat(max(start, self._started))

    async def _all(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Read the list of all tickets: whenever it is due, and at every poll without a search."""
        sweep = Sweep.load(cursor) or Sweep()
        if sweep.done_at is not None and await self._can_search() and now - sweep.done_at < DAY:
            return
        changed_since = max((sweep.changed_since or 0) - OVERLAP, self._started)
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
                for one in got.found
                if (at := instant(one.updated_at, latest_credible(now))) is not None
                and at >= self._started
                and (at >= changed_since or _number(one.id) not in known)
            ]
            async for batch in self._batches(ALL, outdated, now, got.server_time):
                yield batch
            listed.update(filter(None, (_number(one.id) for one in got.found)))
            page += 1
            if not self._is_full(got):
                break
            state = replace(sweep, page=page, began_at=began, listed=pack(listed))
            yield _refusals(ALL, state.dump(), got)
        gone = known - listed
        yield await self._gone(gone, known, now)
        if _too_many(gone, known):
            listed |= known
        done = Sweep(changed_since=began, done_at=now, known=pack(listed))
        yield _refusals(ALL, done.dump(), got)

    async def _gone(self, gone: set[int], known: set[int], now: Instant) -> Batch:
        """Find out about tickets that the list no longer shows."""
        if _too_many(gone, known):
            reason = f"{len(gone)} of {len(known)} tickets are gone from the list at once; kept"
            return Batch(ALL, None, refused=(Refused("the list of tickets", reason),))
        gathered = Gathered()
        for number in sorted(gone):
            try:
                answer = await self._client.get(f"tickets/{number}", {"expand": "true"})
            except SourceError as error:
                if error.status == GONE:
                    gathered.events.append(_deleted(str(number), now))
                elif error.status == 403:
                    reason = "the account may no longer see it: it moved to another group"
                    gathered.refused.append(Refused(f"ticket {number}", reason))
                else:
                    raise
                continue
            wire = _TICKET.decode(answer.body)
            if isinstance(wire, WireTicket) and self._is_outdated(wire):
                gathered.add(await self._gathered([wire], now))
        return gathered.batch(ALL)

    async def _batches(
        self, stream: str, wires: Sequence[WireTicket], now: Instant, server_time: Instant | None
    ) -> AsyncIterator[Batch]:
        """Yield what became of ``wires``, a few at a time; those read before cost nothing."""
        outdated = [one for one in wires if self._is_outdated(one)]
        for first in range(0, len(outdated), _AT_ONCE):
            some = outdated[first : first + _AT_ONCE]
            gathered = await self._gathered(some, now)
            yield gathered.batch(stream, records=len(some), server_time=server_time)

    async def _gathered(self, wires: Iterable[WireTicket], now: Instant) -> Gathered:
        gathered = Gathered()
        for wire in wires:
            try:
                told, met, bad = await self._told(wire)
                read = self._translator.read(told, latest_credible(now))
            except ValueError as error:
                gathered.refused.append(refusal(f"ticket {wire.id}", error))
                continue
            gathered.people += [*met, *self._translator.strangers(wire)]
            gathered.refused += bad
            if read is not None:
                gathered.tickets.append(read[0])
                gathered.events += read[1]
            self._read[str(wire.id)] = _fingerprint(wire)
        return gathered

    def _is_outdated(self, wire: WireTicket) -> bool:
        return self._read.get(str(wire.id)) != _fingerprint(wire)

    async def _told(self, wire: WireTicket) -> tuple[Told, list[Person], list[Refused]]:
        """Ask for what a changed ticket does not tell itself."""
        key = key_of(wire.id)
        rows: list[Row] | None = None
        articles: list[Article] | None = None
        people: list[Person] = []
        refused: list[Refused] = []
        before = self._read.get(key)
        if self.description.has_history:
            history = _HISTORY.decode(await self._history_of(key))
            assets = history.rest.assets
            people = self._translator.users((assets and assets.users) or {})
            rows, refused = history.found, history.refused
        if before is None or before.messages != _fingerprint(wire).messages:
            written = _ARTICLES.decode(await self._of_ticket(f"ticket_articles/by_ticket/{key}"))
            articles, refused = written.found, refused + written.refused
        return Told(wire, rows, articles), people, refused

    async def _history_of(self, key: str) -> Answer:
        try:
            answer = await self._of_ticket(f"ticket_history/{key}")
        except SourceError as error:
            if error.status == 403 and not self._history_worked:
                raise SourceError(error.failure, _NO_HISTORY, status=403) from None
            raise
        self._history_worked = True
        return answer

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
            some = (await self._list(1, 1)).found
            number = identifier(some[0].number) if some else None
            if number is None:
                return False
            try:
                found = (await self._search(f"number:{number}", 1)).found
            except SourceError as error:
                if error.failure in (Failure.AUTHENTICATION, Failure.RATE_LIMITED):
                    raise
                found = []
            self._searches = any(one.id == some[0].id for one in found)
        return self._searches

    async def _search(self, query: str, page: int) -> _Tickets:
        return await self._tickets(
            "tickets/search",
            {"query": query, "sort_by": "updated_at", "order_by": "asc"},
            page,
            _PAGE,
        )

    async def _list(self, page: int, size: int) -> _Tickets:
        return await self._tickets("tickets", {}, page, size)

    async def _tickets(
        self, path: str, query: Mapping[str, str | int], page: int, size: int
    ) -> _Tickets:
        # Without expand the shape of the answer differs from version to version.
        asked = {**query, "expand": "true", "page": page, "per_page": size}
        answer = await self._client.get(path, asked)
        rows = _TICKETS.decode(answer)
        self._page_size = max(self._page_size, rows.size)
        return rows

    def _is_full(self, rows: _Tickets) -> bool:
        """Whether a page may be followed by others.

        A server may allow fewer on a page than are asked for: the fullest seen shows how many.
        """
        return rows.size >= self._page_size

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


def _refusals(stream: str, cursor: str | None, rows: _Tickets) -> Batch:
    """Return the batch that ends a page whose tickets were handed on before."""
    ended = Gathered(refused=rows.refused)
    records = len(rows.refused)
    return ended.batch(stream, cursor, records=records, server_time=rows.server_time)


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
