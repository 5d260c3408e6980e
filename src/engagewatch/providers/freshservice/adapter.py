"""One Freshservice account: agents, tickets with what happened to them, removals, approvals.

History costs requests of its own per ticket, so it is asked for only where the ticket says that
something happened since it was asked for last.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from engagewatch.model.batch import Absence, Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, Instant, isoformat
from engagewatch.model.ticket import Event, Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic, needed
from engagewatch.providers.base import CheckLine
from engagewatch.providers.cursors import OVERLAP, Cursor, back
from engagewatch.providers.directory import Directory
from engagewatch.providers.freshservice.history import HistoryReader
from engagewatch.providers.freshservice.people import learn_agent, learn_approver, learn_requester
from engagewatch.providers.freshservice.statuses import CLOSED, RESOLVED, Labels
from engagewatch.providers.freshservice.tickets import Found, TicketReader
from engagewatch.providers.freshservice.wire import (
    ActivitiesGoOn,
    Activity,
    Agent,
    Approval,
    Conversation,
    FormField,
    OneTicket,
    SatisfactionAnswer,
    WireTicket,
)
from engagewatch.providers.gathering import Gathered
from engagewatch.providers.listing import MOST_PAGES, Listing, Rows, numbered
from engagewatch.providers.opened import GONE, UNREADABLE, Reading, TicketAdapter, tried
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import PageFormat, each, identifier

AGENTS, TICKETS, REMOVED, APPROVALS = "agents", "tickets", "removed", "approvals"

_R = TypeVar("_R")

_PAGE = 100
_PEOPLE_EVERY = 6 * HOUR
_ADVICE = "ask for an agent whose role may view this, see docs/providers/freshservice.md"

_TICKETS = Listing(WireTicket, "ticket", "the list of tickets", "tickets")
_AGENTS = Listing(Agent, "agent", "the list of agents", "agents")
_FORM = Listing(FormField, "field", "the ticket form", "ticket_fields")
_ACTIVITIES = Listing(
    Activity, "activity", "the activities of a ticket", "activities", ActivitiesGoOn
)
_CONVERSATIONS = Listing(Conversation, "message", "the messages of a ticket", "conversations")
_APPROVALS = Listing(Approval, "approval", "the list of approvals", "approvals")
_ONE = PageFormat(OneTicket, OneTicket, "a ticket")
_RATING = PageFormat(SatisfactionAnswer, SatisfactionAnswer, "the rating of a ticket")


class _Position(Cursor, frozen=True):
    """Where the list of tickets goes on."""

    since: Instant
    newest: Instant
    """The newest change read in this run: the list is not in the order of changes."""
    page: int = 1
    more: bool = False
    """The run broke off here."""

    def after(self, newest: Instant, now: Instant, *, more: bool) -> _Position:
        """Return the position after a page whose newest change is of ``newest``."""
        newest = max(newest, self.newest)
        if more:
            return _Position(self.since, newest, self.page + 1, True)
        # While several pages were read, a ticket that was removed pulled others up between them.
        since = back(min(newest, now), DAY if self.page > 1 else OVERLAP)
        return _Position(since, since)


class _Mark(NamedTuple):
    """What a ticket showed when its history was asked for last."""

    updated_at: Instant
    status: tuple[int | None, str | None]
    messages: tuple[object, ...]


class Freshservice(TicketAdapter):
    """One account, seen with the role of one agent."""

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: there is no key.
        """
        key = basic(needed(settings, secret), "X")
        super().__init__(settings, engagement, "api/v2", key, _ADVICE)
        workspace = settings.options.get("workspace")
        self._workspace: dict[str, str | int] = {}
        if workspace is not None:
            self._workspace["workspace_id"] = str(workspace)
        self._reads_history = settings.options.get("history", True) is True
        self._reads_ratings = settings.options.get("ratings", False) is True
        self._labels = Labels(settings.meanings)
        self._directory = Directory(people, KnownRoles(engagement.people))
        self._tickets = TicketReader(engagement, self._root, self._labels)
        self._history = HistoryReader(self._labels, self._directory, engagement.privacy)
        self._marks: dict[str, _Mark] = {}

    def _readings(self) -> Mapping[str, Reading]:
        return {
            AGENTS: self._people,
            TICKETS: self._changed,
            REMOVED: self._removed,
            APPROVALS: self._approvals,
        }

    async def _prepare(self) -> None:
        """Learn what statuses are called."""
        answer = await self._optional("form", "ticket_form_fields", self._workspace)
        if answer is not None:
            self._labels.learn_form(_FORM.decode(answer).found)

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the account does not show.

        Raises:
            SourceError: the account could not be asked.
        """
        found: list[Absence] = []
        for one in ids:
            try:
                answer = await self._client.get(f"tickets/{one}")
            except SourceError as error:
                if error.status not in UNREADABLE:
                    raise
                found.append(Absence(one, gone=error.status == GONE, reason=error.message))
                continue
            if _ONE.decode(answer.body).ticket.deleted:
                found.append(Absence(one, gone=True, reason="the ticket was deleted"))
        return found

    async def check(self) -> list[CheckLine]:
        """Ask for a little of everything and say what is missing."""
        query = {"per_page": 1, "updated_since": isoformat(self._started), **self._workspace}
        try:
            tickets = _TICKETS.decode(await self._client.get("tickets", query)).found
        except SourceError as error:
            return [CheckLine(False, TICKETS, error.message)]
        if not tickets:
            told = "no ticket is visible since the engagement started; check workspace, and the "
            return [CheckLine(False, TICKETS, f"{told}groups and workspaces of the key's agent")]
        key = identifier(tickets[0].id)
        asked: Mapping[str, str | int] = {"parent": "ticket", "status": "requested"}
        smaller: tuple[tuple[str, str, Mapping[str, str | int], str], ...] = (
            ("history", f"tickets/{key}/activities", {}, "statuses are known as they are seen"),
            ("messages", f"tickets/{key}/conversations", {}, "only first responses are known"),
            ("statuses", "ticket_form_fields", self._workspace, "own statuses go by number"),
            ("agents", "agents", {"per_page": 1}, "sides of people are known by ticket only"),
            ("approvals", "approvals", asked, "approvals stay unseen"),
        )
        return [
            CheckLine(True, TICKETS, "tickets can be read"),
            *[
                await tried(what, self._client.get(path, query), f"{what} can be read", without)
                for what, path, query, without in smaller
            ],
        ]

    async def _people(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if cursor is not None and 0 <= now - int(cursor) < _PEOPLE_EVERY:
            return
        async for rows in self._pages(_AGENTS, AGENTS, AGENTS, {"per_page": _PAGE}):
            met, refused = each(
                rows.found, "agent", lambda agent: learn_agent(self._directory, agent)
            )
            yield Gathered(people=met, refused=refused).page(
                AGENTS, None if rows.is_linked_on else str(now), rows
            )

    async def _changed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        position = _Position.load(cursor) or _Position(self._started, self._started)
        if not position.more:
            position = _Position(position.since, position.since)
        self._forget(position.since)
        while True:
            if position.page > MOST_PAGES:
                raise SourceError(
                    Failure.CONTRACT,
                    f"more than {MOST_PAGES * _PAGE:,} tickets have changed since "
                    f"{isoformat(position.since)}; let started be later in the engagement file",
                )
            rows = await self._list(position.since, position.page)
            found, gathered = self._found(rows.found, now)
            fresh = [one for one in found if self._marks.get(one.ticket.id) != _mark(one)]
            gathered.tickets = [one.ticket for one in fresh]
            gathered.events = [event for one in fresh for event in await self._events(one, now)]
            newest = max((one.ticket.updated_at for one in found), default=position.newest)
            position = position.after(newest, now, more=rows.is_linked_on)
            yield gathered.page(TICKETS, position.dump(), rows)
            # Only now is the page stored.
            self._marks.update({one.ticket.id: _mark(one) for one in fresh})
            if not position.more:
                return

    async def _removed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the tickets that were deleted or marked as spam: other lists leave them out."""
        since = self._started if cursor is None else back(int(cursor))
        for name in ("deleted", "spam"):

            async def ask(number: int, name: str = name) -> Rows[WireTicket, Struct]:
                return await self._list(since, number, name)

            async for rows in numbered(ask, _is_linked_on, f"the list of {name} tickets"):
                for wire in rows.found:
                    wire.deleted = True
                found, gathered = self._found(rows.found, now)
                gathered.tickets = [one.ticket for one in found]
                last = name == "spam" and not rows.is_linked_on
                yield gathered.page(REMOVED, str(rows.server_time or now) if last else None, rows)

    async def _approvals(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the approvals that stand open, and what became of those that did before.

        The first time those already decided are listed as well.
        """
        known: dict[str, str] = json.loads(cursor) if cursor is not None else {}
        listed: list[Approval] = []
        for status in (
            ("requested",) if cursor is not None else ("approved", "rejected", "requested")
        ):
            query = {"parent": "ticket", "status": status}
            rows = await self._whole(_APPROVALS, APPROVALS, APPROVALS, query)
            if rows is None:
                return
            listed += rows
        still: dict[str, str] = {}
        by_ticket: dict[str, list[Approval]] = {}
        for row in listed:
            key, ticket = identifier(row.id), identifier(row.parent_id)
            if key is None or ticket is None or row.parent not in (None, "ticket", "Ticket"):
                continue
            by_ticket.setdefault(ticket, []).append(row)
            if row.approval_status is not None and row.approval_status.id == 0:
                still[key] = ticket
        # Lists of one status do not show the other levels, nor what was decided meanwhile.
        wanted = {ticket for key, ticket in known.items() if key not in still}
        wanted |= {one for one, rows in by_ticket.items() if any((r.level or 1) > 1 for r in rows)}
        for ticket in sorted(wanted):
            answer = await self._optional(APPROVALS, f"tickets/{ticket}/approvals")
            if answer is not None:
                by_ticket[ticket] = _APPROVALS.decode(answer).found
        events = [
            event
            for rows in by_ticket.values()
            for event in self._history.approvals(rows, now)
            if event.at >= self._started
        ]
        shown = [row for rows in by_ticket.values() for row in rows]
        approvers, refused = each(
            shown, "approval", lambda row: learn_approver(self._directory, row)
        )
        people = [person for person in approvers if person is not None]
        gathered = Gathered(events=events, people=people, refused=refused)
        yield gathered.batch(APPROVALS, json.dumps(still), records=len(listed))

    def _found(self, wires: Iterable[WireTicket], now: Instant) -> tuple[list[Found], Gathered]:
        """Return the tickets that are wanted; whom they name and what is refused is gathered."""
        gathered = Gathered()

        def read(wire: WireTicket) -> Found:
            one = self._tickets.read(wire, now)
            person = learn_requester(self._directory, wire)
            if person is not None and not self._exclusion.covers(one.ticket):
                gathered.people.append(person)
            return one

        found, gathered.refused = each(wires, "ticket", read)
        return [one for one in found if not self._exclusion.covers(one.ticket)], gathered

    async def _events(self, found: Found, now: Instant) -> list[Event]:
        """Return what happened to a ticket, as far as it was not asked for before."""
        before = self._marks.get(found.ticket.id)
        mark = _mark(found)
        key = found.ticket.id
        events = list(self._history.told_by_ticket(found, now))
        if before is None or before.status != mark.status:
            activities = await self._activities(key)
            events += await asyncio.to_thread(self._history.changes, found, activities, now)
        if any(mark.messages) and (before is None or before.messages != mark.messages):
            path, query = f"tickets/{key}/conversations", {"per_page": _PAGE}
            conversations = await self._whole(_CONVERSATIONS, "messages", path, query)
            if conversations is None:
                events += self._history.first_response(found, now)
            else:
                events += self._history.messages(found, conversations, now)
        if self._reads_ratings and found.status in (RESOLVED, CLOSED):
            answer = await self._optional("ratings", f"tickets/{key}/csat_response")
            if answer is not None:
                rating = _RATING.decode(answer.body or b"{}").response
                events += self._history.rating(found, rating, now)
        return events

    async def _activities(self, key: str) -> list[Activity]:
        found: list[Activity] = []
        query: Mapping[str, str | int] = {}
        for _ in range(MOST_PAGES if self._reads_history else 0):
            answer = await self._optional("activities", f"tickets/{key}/activities", query)
            if answer is None:
                return []
            rows = _ACTIVITIES.decode(answer)
            # One that cannot be read may have been a change of status.
            found += [*rows.found, *(Activity() for _ in rows.refused)]
            token = _start_token(rows.rest.next_page) if rows.size else None
            if token is None or query == {"start_token": token}:
                break
            query = {"start_token": token}
        return found

    async def _list(self, since: Instant, number: int, name: str = "") -> Rows[WireTicket, Struct]:
        query: dict[str, str | int] = {
            # Without it only tickets created in the last 30 days are listed.
            "updated_since": isoformat(since),
            "order_type": "asc",
            "per_page": _PAGE,
            "page": number,
            "include": "stats,requester",
            **self._workspace,
        }
        if name:
            query["filter"] = name
        return _TICKETS.decode(await self._client.get("tickets", query))

    def _pages(
        self, listing: Listing[_R, Struct], what: str, path: str, query: Mapping[str, str | int]
    ) -> AsyncIterator[Rows[_R, Struct]]:
        """Yield the pages of a list; none where it may not be read."""

        async def ask(number: int) -> Rows[_R, Struct] | None:
            answer = await self._optional(what, path, {**query, "page": number})
            return None if answer is None else listing.decode(answer)

        return numbered(ask, _is_linked_on, path)

    async def _whole(
        self, listing: Listing[_R, Struct], what: str, path: str, query: Mapping[str, str | int]
    ) -> list[_R] | None:
        """Return all of a list, ``None`` where it may not be read."""
        pages = [rows async for rows in self._pages(listing, what, path, query)]
        return [one for rows in pages for one in rows.found] if pages else None

    def _forget(self, before: Instant) -> None:
        """Forget tickets that ended long ago; those still open may change any time."""
        if len(self._marks) > MOST_PAGES * _PAGE:
            self._marks = {
                key: mark for key, mark in self._marks.items() if mark.updated_at >= before
            }


def _mark(found: Found) -> _Mark:
    stats = found.stats
    return _Mark(
        found.ticket.updated_at,
        (found.status, stats.status_updated_at),
        (
            stats.inbound_count,
            stats.outbound_count,
            stats.first_responded_at,
            stats.agent_responded_at,
            stats.requester_responded_at,
        ),
    )


def _is_linked_on(rows: Rows[Any, Any]) -> bool:
    return rows.is_linked_on


def _start_token(link: str | None) -> str | None:
    """Return the token in a link to the next page; the link itself may name another host."""
    try:
        tokens = parse_qs(urlsplit(link or "").query).get("start_token")
    except ValueError:
        return None
    return tokens[0] if tokens else None
