"""Reading one Request Tracker server: what to ask for, in which order.

Tickets are listed once. From then on the transactions tell what changed, in the order of their
numbers, and the tickets they name are read again. No clock takes part in that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote

from msgspec import Raw, Struct

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import needed, texts
from engagewatch.providers.base import CheckLine
from engagewatch.providers.directory import Directory
from engagewatch.providers.gathering import Gathered
from engagewatch.providers.listing import Rows, numbered
from engagewatch.providers.opened import Reading, TicketAdapter, unless
from engagewatch.providers.request_tracker import lists
from engagewatch.providers.request_tracker.lists import get, highest, number, numbered_rows
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
from engagewatch.providers.wire import PageFormat, each, identifier, instant, latest_credible

TICKETS, TRANSACTIONS = "tickets", "transactions"

_LISTED = "listed"
"""The cursor of the list of tickets once it was read: transactions tell the rest."""
_LOOK_BACK = 300
"""Numbers to go back: a transaction that takes long is stored after later numbers."""

_TICKET = PageFormat(WireTicket, Raw, "a ticket")
_VERSION = PageFormat(Version, Raw, "the server's own description")

_Transactions: TypeAlias = Rows[Transaction, Struct]


class RequestTracker(TicketAdapter):
    """One server, seen with the rights of one account."""

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
        token = f"token {needed(settings, secret)}"
        super().__init__(settings, engagement, "REST/2.0", token, lists.ADVICE)
        options = settings.options
        self._queues = texts(options.get("queues"))
        self._queries = Queries(self._queues, self._started)
        domains = texts(options.get("client_domains"))
        directory = Directory(people, KnownRoles(engagement.people), domains)
        self._people = People(self._client, directory)
        names = FieldNames(
            str(options.get("category_field") or ""), str(options.get("rating_field") or "")
        )
        self._translator = Translator(engagement, self._root, directory, names)
        self._known: dict[str, Known] = {}
        """Tickets read since the last poll ended."""
        self._seen: set[int] = set()
        """Transactions within the look-back that were handed on."""

    def _readings(self) -> Mapping[str, Reading]:
        return {TICKETS: self._list, TRANSACTIONS: self._changes}

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

    async def _list(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if cursor == _LISTED:
            return
        after = int(cursor or 0)
        async for page in lists.rows(self._client, lists.TICKETS, self._queries.tickets, after):
            after = max(after, highest(page))
            gathered = await self._translated(page.found, now)
            yield gathered.page(TICKETS, str(after), page)
        yield Batch(TICKETS, _LISTED)

    async def _changes(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        last = int(cursor or 0)
        start = max(last - _LOOK_BACK, 0)
        async for page in lists.rows(
            self._client, lists.TRANSACTIONS, self._queries.transactions, start
        ):
            fresh = [one for one in page.found if number(one.id) not in self._seen]
            news = await self._news(fresh, now, from_start=cursor is None)
            self._seen.update(number(one.id) for one in fresh)
            last = max(last, highest(page))
            yield news.batch(
                TRANSACTIONS,
                str(last),
                refused=page.refused,
                records=len(fresh) + len(page.refused),
                server_time=page.server_time,
            )
        self._seen = {one for one in self._seen if one > last - _LOOK_BACK}
        self._known.clear()

    async def _news(self, done: list[Transaction], now: Instant, *, from_start: bool) -> Gathered:
        """Return what transactions bring, with the tickets they changed read again."""
        outdated = self._outdated(done, now)
        news = await self._again(outdated, now)
        if not from_start:
            # What happened to tickets from before the engagement was not asked for at first.
            for key in filter(self._is_old, outdated):
                done = [*done, *await self._history(key)]
        news.people += await self._people.meet(filter(None, map(person_of, done)))
        news.people += await self._people.number(who for one in done for who in owners_of(one))
        news.events += self._translator.events(
            _in_order(done), self._known.get, self._people.name, latest_credible(now)
        )
        return news

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

    async def _again(self, keys: list[str], now: Instant) -> Gathered:
        gathered = Gathered()
        for first in range(0, len(keys), PAGE):
            some = keys[first : first + PAGE]
            answer = await get(self._client, "tickets", some_tickets(some))
            page = numbered_rows(lists.TICKETS, answer)
            gathered.add(await self._translated(page.found, now))
            gathered.refused += page.refused
            shown = {identifier(wire.id) for wire in page.found}
            for key in some:
                if key not in shown:
                    gathered.add(await self._missing(key, now))
        return gathered

    async def _missing(self, key: str, now: Instant) -> Gathered:
        """Find out about a ticket that searches do not show: merged, deleted, or out of sight."""
        answer = await unless(get(self._client, f"ticket/{key}"))
        if answer is None:
            reason = "it can no longer be read: it was erased, or the right to see it taken away"
            return Gathered(refused=[Refused(f"ticket {key}", reason)])
        wire = _TICKET.decode(answer.body)
        if isinstance(wire, Raw):
            return Gathered(refused=[Refused(f"ticket {key}", "it cannot be read")])
        found = await self._translated([wire], now)
        remaining = identifier(wire.id)
        if remaining == key or remaining is None:
            return found
        # The number leads to the ticket it was merged into; a transaction tells when that was.
        if remaining in self._known:
            self._known[key] = self._known[remaining]
        return Gathered(people=found.people, refused=found.refused)

    async def _history(self, key: str) -> list[Transaction]:
        async def ask(page: int) -> _Transactions:
            answer = await get(self._client, f"ticket/{key}/history", history(page))
            return numbered_rows(lists.TRANSACTIONS, answer)

        done: list[Transaction] = []
        async for rows in numbered(ask, lambda rows: bool(rows.found), f"ticket/{key}/history"):
            # It holds what happened to the tickets merged into this one as well.
            done += [one for one in rows.found if identifier(one.object_id) == key]
        return done

    async def _translated(self, wires: list[WireTicket], now: Instant) -> Gathered:
        """Return tickets, with their openings and with those they name."""
        gathered = Gathered()
        gathered.people = await self._people.meet(name for one in wires for name in people_of(one))

        def read(wire: WireTicket) -> None:
            ticket, known = self._translator.ticket(wire, latest_credible(now))
            self._known[ticket.id] = known
            if known.kept:
                gathered.tickets.append(ticket)
                gathered.events.append(self._translator.opening(ticket, wire))

        _, gathered.refused = each(wires, "ticket", read)
        return gathered

    async def _check_server(self) -> list[CheckLine]:
        told = _VERSION.decode((await get(self._client, "rt")).body)
        version = told.version if isinstance(told, Version) and told.version else "(version hidden)"
        return [CheckLine(True, "server", f"Request Tracker {version[:40]} takes the token")]

    async def _check_queues(self) -> list[CheckLine]:
        lines = []
        for name in self._queues:
            told = "there is no such queue, or the account may not see it: ask for SeeQueue"
            answer = await unless(get(self._client, f"queue/{quote(name, safe='')}"))
            ok = answer is not None
            lines.append(CheckLine(ok, f'queue "{name}"', "can be seen" if ok else told))
        return lines

    async def _check_tickets(self) -> list[CheckLine]:
        query = self._queries.tickets(0, newest_first=True)
        if lists.TICKETS.decode(await get(self._client, "tickets", query)).found:
            return [CheckLine(True, "tickets", "can be read")]
        told = "none since the engagement began can be seen: ask for ShowTicket and SeeQueue"
        return [CheckLine(False, "tickets", told)]

    async def _check_history(self) -> list[CheckLine]:
        query = self._queries.transactions(0, newest_first=True)
        done = lists.TRANSACTIONS.decode(await get(self._client, "transactions", query)).found
        if not done:
            return [CheckLine(False, "history", "none can be seen: ask for ShowTicket")]
        told = "can be read, internal notes included"
        if not any(one.type == "Comment" for one in done):
            told = "can be read; no internal note is in it, ShowTicketComments may be missing"
        return [CheckLine(True, "history", told)]


def _in_order(done: Iterable[Transaction]) -> list[Transaction]:
    by_number = {number(one.id): one for one in done}
    return [by_number[key] for key in sorted(by_number)]
