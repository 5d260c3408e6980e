"""The account as an agent may read it: tickets by search, then each one's own history.

What changed is searched for by stretches of time, so that a long first read goes on where it
stopped. The index is minutes behind, and its copies of tickets may be older than the tickets: they
are asked for again by their ids, which brings what the tool measured as well.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, EARLIEST, MINUTE, Instant, isoformat
from engagewatch.model.ticket import Event, Ticket
from engagewatch.net.client import Answer
from engagewatch.net.errors import SourceError
from engagewatch.providers.wire import identifier, refusal
from engagewatch.providers.zendesk.account import AT_ONCE, Account
from engagewatch.providers.zendesk.exports import TICKETS
from engagewatch.providers.zendesk.pages import Listed, Wires
from engagewatch.providers.zendesk.wire import MetricSet, WireTicket

NO_HISTORY = (
    "the history of tickets may not be read: ask for an OAuth token with the scope read, not just "
    "tickets:read, or set history = false in the engagement file; statuses are then known as they "
    "were seen"
)

_LAG = 15 * MINUTE
"""By how much the index of the search may be behind."""
_STRETCH = 30 * DAY
_EXPIRED = frozenset({400, 410, 422})
_MOST_PAGES = 1000
_MOST_MARKS = 100_000


class _Position(NamedTuple):
    """Where the search goes on."""

    since: Instant
    until: Instant | None
    """The end of the stretch that is being searched; ``None``: the present."""
    page: str | None = None
    """The search's own cursor within the stretch, which it takes for an hour."""
    begun: Instant = 0
    """When the stretch was begun: what changed from then on may be missing from its pages."""

    @classmethod
    def load(cls, text: str | None, start: Instant, now: Instant) -> _Position:
        """Return the position that ``text`` stores, the beginning if there is none."""
        stored = {} if text is None else json.loads(text)
        if stored.get("page") is not None:
            return cls(stored["since"], stored["until"], stored["page"], stored["begun"])
        since = start
        if text is not None:
            # What an export stored says since when as well.
            since = stored["since"] - (0 if "page" in stored else _LAG)
        return cls.stretch(max(since, EARLIEST), now)

    @classmethod
    def stretch(cls, since: Instant, now: Instant) -> _Position:
        """Return the beginning of the stretch that starts at ``since``."""
        return cls(since, since + _STRETCH if since + _STRETCH < now else None)

    def advanced(self, after: str | None, answer: Answer, now: Instant) -> _Position:
        """Return the position after a page that leads to ``after``."""
        begun = self.begun or min(answer.server_time or now, now)
        if after is not None:
            return self._replace(page=after, begun=begun)
        if self.until is not None:
            return self.stretch(self.until, now)
        return _Position(max(begun - _LAG, self.since), None)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return json.dumps(self._asdict())

    def words(self, organization: str | None) -> str:
        """Return it as the search takes it."""
        words = [f"updated>={isoformat(self.since)}"]
        if self.until is not None:
            words.append(f"updated<{isoformat(self.until)}")
        if organization is not None:
            words.append(f"organization:{organization}")
        return " ".join(words)


class Search:
    """Reads tickets one by one, with what happened to each."""

    def __init__(self, account: Account, *, reads_history: bool) -> None:
        """Where ``reads_history`` is not set, just messages are read, and statuses are seen."""
        self._account = account
        self._reads_history = reads_history
        self._marks: dict[str, Instant] = {}
        self._history_worked = False

    async def tickets(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what changed, each ticket with its history.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        account = self._account
        position = _Position.load(cursor, account.started, now)
        await account.prepare()
        seen: set[str] = set()
        while True:
            answer, position = await self._page(position)
            page = await asyncio.to_thread(account.reader.found, answer.body)
            batch, marks = await self._read(page, now)
            last = page.last and position.until is None
            if page.after is not None and page.after in seen:
                raise SourceError(
                    Failure.CONTRACT,
                    "the search for tickets leads back to a page already read; "
                    "the next poll tries again",
                )
            seen.update({page.after} if page.after is not None else ())
            position = position.advanced(page.after, answer, now)
            yield Batch(
                TICKETS,
                position.dump(),
                tickets=batch.tickets,
                events=batch.events,
                people=batch.people,
                refused=(*page.refused, *batch.refused),
                records=page.records,
                server_time=answer.server_time,
            )
            # Only now is the page stored.
            self._remember(marks)
            if last:
                return

    async def check(self, key: str) -> None:
        """Read what one ticket holds, as a poll would.

        Raises:
            SourceError: it may not be read.
        """
        try:
            await self._list(key, None)
        except ValueError as error:
            raise SourceError(Failure.CONTRACT, f"ticket {key}: {error}") from None

    async def _page(self, position: _Position) -> tuple[Answer, _Position]:
        """Return a page of the search, and the position it was asked for from."""
        account = self._account
        query: dict[str, str | int] = {
            "query": position.words(account.organization),
            "filter[type]": "ticket",
            "page[size]": AT_ONCE,
        }
        if position.page is not None:
            try:
                answer = await account.others.get(
                    "search/export.json", {**query, "page[after]": position.page}
                )
            except SourceError as error:
                if error.status not in _EXPIRED:
                    raise
                position = position._replace(page=None, begun=0)
            else:
                return answer, position
        return await account.others.get("search/export.json", query), position

    async def _read(self, page: Wires, now: Instant) -> tuple[Batch, dict[str, Instant]]:
        """Return what a page of found tickets tells, and what to remember of it once stored."""
        account, reader = self._account, self._account.reader
        found = reader.of_organization(page.wires)
        wires, metrics = await self._fresh(found)
        wires = reader.of_organization(wires)
        people = list(await account.meet(wires))
        told = await asyncio.to_thread(reader.tickets, wires, metrics, now)
        marks = {ticket.id: ticket.updated_at for ticket in told.tickets}
        events: list[Event] = list(told.events)
        refused: list[Refused] = list(told.refused)
        tickets: list[Ticket] = []
        for ticket in told.tickets:
            if self._marks.get(ticket.id) != ticket.updated_at:
                try:
                    history = await self._history(ticket, now)
                except ValueError as error:
                    refused.append(refusal(f"ticket {ticket.id}", error))
                    continue
                events += history.events
                people += history.people
                refused += history.refused
            tickets.append(ticket)
        kept = {ticket.id for ticket in tickets}
        batch = Batch(
            TICKETS,
            None,
            tickets=tuple(tickets),
            events=tuple(event for event in events if event.ticket_id in kept),
            people=tuple(people),
            refused=tuple(refused),
        )
        return batch, {key: at for key, at in marks.items() if key in kept}

    async def _fresh(
        self, found: Sequence[WireTicket]
    ) -> tuple[list[WireTicket], Sequence[MetricSet]]:
        """Return found tickets as they stand now, with what the tool measured on them."""
        wires = {key: wire for wire in found if (key := _key(wire)) is not None}
        # What cannot be asked for is refused when it is translated.
        unnamed = [wire for wire in found if _key(wire) is None]
        if not wires:
            return unnamed, ()
        answer = await self._account.others.get(
            "tickets/show_many.json", {"ids": ",".join(wires), "include": "metric_sets"}
        )
        page = await asyncio.to_thread(self._account.reader.exported, answer.body)
        for wire in page.wires:
            key = _key(wire)
            if key in wires:
                wires[key] = wire
        return [*wires.values(), *unnamed], page.metrics

    async def _history(self, ticket: Ticket, now: Instant) -> Batch:
        """Return what happened to one ticket.

        Raises:
            SourceError: no ticket's history may be read, or the account could not be asked.
            ValueError: this one's may not.
        """
        reader = self._account.reader
        told = await self._all(ticket.id)
        people = await self._account.look_up(reader.strangers(told.audits, told.comments))
        if self._reads_history:
            events, refused = await asyncio.to_thread(reader.events, told.audits, now)
        else:
            events, refused = await asyncio.to_thread(reader.messages, ticket, told.comments, now)
        refused = (*told.refused, *refused)
        return Batch(TICKETS, None, events=events, people=people, refused=refused)

    async def _all(self, key: str) -> Listed:
        """Return all updates, or all messages, of one ticket."""
        page = await self._list(key, None)
        audits, comments, refused = [*page.audits], [*page.comments], [*page.refused]
        for _ in range(_MOST_PAGES):
            if page.after is None:
                break
            page = await self._list(key, page.after)
            audits += page.audits
            comments += page.comments
            refused += page.refused
        return Listed(audits, comments, tuple(refused), None)

    async def _list(self, key: str, after: str | None) -> Listed:
        query: dict[str, str | int] = {"page[size]": AT_ONCE}
        if after is not None:
            query["page[after]"] = after
        what = "audits" if self._reads_history else "comments"
        try:
            answer = await self._account.others.get(f"tickets/{key}/{what}.json", query)
        except SourceError as error:
            if error.status == 404 or (error.status == 403 and self._history_worked):
                raise ValueError("what happened to it may not be read") from None
            if error.status == 403 and self._reads_history:
                raise SourceError(error.failure, NO_HISTORY, status=403) from None
            raise
        self._history_worked = True
        reader = self._account.reader
        return (
            reader.history(key, answer.body)
            if self._reads_history
            else reader.comments(answer.body)
        )

    def _remember(self, marks: Mapping[str, Instant]) -> None:
        if len(self._marks) > _MOST_MARKS:
            self._marks.clear()  # each is read once more then
        self._marks.update(marks)


def _key(wire: WireTicket) -> str | None:
    try:
        return identifier(wire.id)
    except ValueError:
        return None
