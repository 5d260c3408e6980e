"""Reading one Request Tracker server: what to ask for, in which order.

Tickets are listed once. From then on the transactions tell what changed, in the order of their
numbers, and the tickets they name are read again. No clock takes part in that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.directory import Directory
from engagewatch.providers.request_tracker import lists
from engagewatch.providers.request_tracker.lists import get, number
from engagewatch.providers.request_tracker.people import People
from engagewatch.providers.request_tracker.queries import PAGE, Queries, history, some_tickets
from engagewatch.providers.request_tracker.tickets import (
    FieldNames,
    Known,
    Translator,
    owners_of,
    people_of,
    person_of,
)
from engagewatch.providers.request_tracker.wire import Transaction, Version, WireTicket
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import PageFormat, identifier, instant, latest_credible, read_each

TICKETS, TRANSACTIONS = "tickets", "transactions"

_API = "REST/2.0"
_LISTED = "listed"
"""The cursor of the list of tickets once it was read: transactions tell the rest."""
_LOOK_BACK = 300
"""Numbers to go back: a transaction that takes long is stored after later numbers."""

_TICKET = PageFormat(WireTicket, Raw, "a ticket")
_VERSION = PageFormat(Version, Raw, "the server's own description")
_decoder = Decoder(WireTicket)
_GONE = (403, 404)


class RequestTracker:
    """One server, seen with the rights of one account."""

    streams = (TICKETS, TRANSACTIONS)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = BUILT_IN["request_tracker"](settings)
        root = settings.url.rstrip("/").removesuffix(f"/{_API}")
        options = settings.options
        self._client = Client(
            f"{root}/{_API}",
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=f"token {secret}",
            reach=settings.reach,
            forbidden_advice=lists.ADVICE,
        )
        self._queues = _texts(options.get("queues"))
        self._started = started_at(engagement)
        self._queries = Queries(self._queues, self._started)
        domains = _texts(options.get("client_domains"))
        directory = Directory(people, KnownRoles(engagement.people), domains)
        self._people = People(self._client, directory)
        names = FieldNames(
            str(options.get("category_field") or ""), str(options.get("rating_field") or "")
        )
        self._translator = Translator(engagement, root, directory, names)
        self._known: dict[str, Known] = {}
        """Tickets read since the last poll ended."""
        self._seen: set[int] = set()
        """Transactions within the look-back that were handed on."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream == TICKETS:
            pages = self._list(cursor, now)
        elif stream == TRANSACTIONS:
            pages = self._changes(cursor, now)
        else:
            raise KeyError(stream)
        async for batch in pages:
            yield batch

    async def check(self) -> list[CheckLine]:
        """Try what the polls need, and say which right is missing."""
        lines: list[CheckLine] = []
        steps = {
            "server": self._check_server,
            "queues": self._check_queues,
            "tickets": self._check_tickets,
            "history": self._check_history,
        }
        for what, step in steps.items():
            try:
                lines.extend(await step())
            except SourceError as error:
                lines.append(CheckLine(False, what, error.message))
                if what == "server":
                    break  # the rest would fail alike
        return lines

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _list(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if cursor == _LISTED:
            return
        after = int(cursor or 0)
        async for page in lists.rows(self._client, lists.TICKETS, self._queries.tickets, after):
            after = max(after, page.highest)
            yield replace(await self._translated(page, now), cursor=str(after))
        yield Batch(TICKETS, _LISTED)

    async def _changes(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        last = int(cursor or 0)
        start = max(last - _LOOK_BACK, 0)
        async for page in lists.rows(
            self._client, lists.TRANSACTIONS, self._queries.transactions, start
        ):
            fresh = [one for one in page.records if number(one.id) not in self._seen]
            news = await self._news(fresh, now, from_start=cursor is None)
            self._seen.update(number(one.id) for one in fresh)
            last = max(last, page.highest)
            yield replace(
                news,
                cursor=str(last),
                refused=(*page.refused, *news.refused),
                records=len(fresh) + len(page.refused),
                server_time=page.server_time,
            )
        self._seen = {one for one in self._seen if one > last - _LOOK_BACK}
        self._known.clear()

    async def _news(self, done: list[Transaction], now: Instant, *, from_start: bool) -> Batch:
        """Return what transactions bring, with the tickets they changed read again."""
        outdated = self._outdated(done, now)
        tickets: list[Ticket] = []
        events: list[Event] = []
        people: list[Person] = []
        refused: list[Refused] = []
        async for found in self._again(outdated, now):
            tickets.extend(found.tickets)
            events.extend(found.events)
            people.extend(found.people)
            refused.extend(found.refused)
        if not from_start:
            # What happened to tickets from before the engagement was not asked for at first.
            for key in filter(self._is_old, outdated):
                done = [*done, *await self._history(key)]
        people += await self._people.meet(filter(None, map(person_of, done)))
        people += await self._people.number(who for one in done for who in owners_of(one))
        told = self._translator.events(
            _in_order(done), self._known.get, self._people.name, latest_credible(now)
        )
        return Batch(
            TRANSACTIONS,
            None,
            tickets=tuple(tickets),
            events=(*events, *told),
            people=tuple(people),
            refused=tuple(refused),
        )

    def _outdated(self, done: list[Transaction], now: Instant) -> list[str]:
        """Return the tickets that changed since they were read, if they were."""
        latest = latest_credible(now)
        found: dict[str, None] = {}
        for one in done:
            key = identifier(one.object_id)
            if key is None or not key.isdigit():
                continue
            known = self._known.get(key)
            if known is None or (instant(one.created, latest) or 0) > known.updated_at:
                found[key] = None
        return list(found)

    def _is_old(self, key: str) -> bool:
        known = self._known.get(key)
        return known is not None and known.kept and known.created_at < self._started

    async def _again(self, keys: list[str], now: Instant) -> AsyncIterator[Batch]:
        for first in range(0, len(keys), PAGE):
            some = keys[first : first + PAGE]
            answer = await get(self._client, "tickets", some_tickets(some))
            page = lists.TICKETS.decode(answer)
            yield await self._translated(page, now)
            shown = {identifier(wire.id) for wire in page.records}
            for key in some:
                if key not in shown:
                    yield await self._missing(key, now)

    async def _missing(self, key: str, now: Instant) -> Batch:
        """Find out about a ticket that searches do not show: merged, deleted, or out of sight."""
        try:
            answer = await get(self._client, f"ticket/{key}")
        except SourceError as error:
            if error.status not in _GONE:
                raise
            reason = "it can no longer be read: it was erased, or the right to see it taken away"
            return Batch(TICKETS, None, refused=(Refused(f"ticket {key}", reason),))
        wire = _TICKET.decode(answer.body)
        if isinstance(wire, Raw):
            return Batch(TICKETS, None, refused=(Refused(f"ticket {key}", "it cannot be read"),))
        found = await self._translated(lists.Rows([wire], (), 0, answer.server_time), now)
        remaining = identifier(wire.id)
        if remaining == key or remaining is None:
            return found
        # The number leads to the ticket it was merged into; a transaction tells when that was.
        if remaining in self._known:
            self._known[key] = self._known[remaining]
        return Batch(TICKETS, None, people=found.people, refused=found.refused)

    async def _history(self, key: str) -> list[Transaction]:
        done: list[Transaction] = []
        for page in range(1, lists.MOST_EMPTY_PAGES):
            answer = await get(self._client, f"ticket/{key}/history", history(page))
            rows = lists.TRANSACTIONS.decode(answer)
            if not rows.records:
                break
            # It holds what happened to the tickets merged into this one as well.
            done += [one for one in rows.records if identifier(one.object_id) == key]
        return done

    async def _translated(self, page: lists.Rows[WireTicket], now: Instant) -> Batch:
        """Return a page of tickets, with their openings and with those they name."""
        people = await self._people.meet(name for wire in page.records for name in people_of(wire))
        tickets: list[Ticket] = []
        events: list[Event] = []

        def read(wire: WireTicket) -> None:
            ticket, known = self._translator.ticket(wire, latest_credible(now))
            self._known[ticket.id] = known
            if known.kept:
                tickets.append(ticket)
                events.append(self._translator.opening(ticket, wire))

        _, refused = read_each(page.records, _decoder, "ticket", read)
        return Batch(
            TICKETS,
            None,
            tickets=tuple(tickets),
            events=tuple(events),
            people=tuple(people),
            refused=(*page.refused, *refused),
            records=len(page.records) + len(page.refused),
            server_time=page.server_time,
        )

    async def _check_server(self) -> list[CheckLine]:
        told = _VERSION.decode((await get(self._client, "rt")).body)
        version = told.version if isinstance(told, Version) and told.version else "(version hidden)"
        return [CheckLine(True, "server", f"Request Tracker {version[:40]} takes the token")]

    async def _check_queues(self) -> list[CheckLine]:
        lines = []
        for name in self._queues:
            ok, told = True, "can be seen"
            try:
                await get(self._client, f"queue/{quote(name, safe='')}")
            except SourceError as error:
                if error.status not in _GONE:
                    raise
                ok = False
                told = "there is no such queue, or the account may not see it: ask for SeeQueue"
            lines.append(CheckLine(ok, f'queue "{name}"', told))
        return lines

    async def _check_tickets(self) -> list[CheckLine]:
        query = self._queries.tickets(0, newest_first=True)
        if lists.TICKETS.decode(await get(self._client, "tickets", query)).records:
            return [CheckLine(True, "tickets", "can be read")]
        told = "none since the engagement began can be seen: ask for ShowTicket and SeeQueue"
        return [CheckLine(False, "tickets", told)]

    async def _check_history(self) -> list[CheckLine]:
        query = self._queries.transactions(0, newest_first=True)
        done = lists.TRANSACTIONS.decode(await get(self._client, "transactions", query)).records
        if not done:
            return [CheckLine(False, "history", "none can be seen: ask for ShowTicket")]
        told = "can be read, internal notes included"
        if not any(one.type == "Comment" for one in done):
            told = "can be read; no internal note is in it, ShowTicketComments may be missing"
        return [CheckLine(True, "history", told)]


def _in_order(done: Iterable[Transaction]) -> list[Transaction]:
    by_number = {number(one.id): one for one in done}
    return [by_number[key] for key in sorted(by_number)]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
