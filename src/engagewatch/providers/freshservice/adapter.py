"""One Freshservice account: agents, tickets with what happened to them, removals, approvals.

History costs requests of its own per ticket, so it is asked for only where the ticket says that
something happened since it was asked for last.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Absence, Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, EARLIEST, HOUR, MINUTE, Instant, isoformat
from engagewatch.model.ticket import Event, Person
from engagewatch.net.client import Answer, Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic, needed, started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.freshservice.history import HistoryReader
from engagewatch.providers.freshservice.people import Accounts
from engagewatch.providers.freshservice.statuses import CLOSED, RESOLVED, Labels
from engagewatch.providers.freshservice.tickets import Found, TicketReader
from engagewatch.providers.freshservice.wire import (
    Activity,
    ActivityPage,
    Agent,
    AgentPage,
    Approval,
    ApprovalPage,
    Conversation,
    ConversationPage,
    FormFields,
    OneTicket,
    SatisfactionAnswer,
    TicketPage,
    WireTicket,
)
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import PageFormat, identifier, read_each, refusal

AGENTS, TICKETS, REMOVED, APPROVALS = "agents", "tickets", "removed", "approvals"

_API = "api/v2"
_PAGE = 100
_OVERLAP = 10 * MINUTE
_PEOPLE_EVERY = 6 * HOUR
_MOST_PAGES = 1000
_REFUSED = frozenset({403, 404})
_GONE = 404
_ADVICE = "ask for an agent whose role may view this, see docs/providers/freshservice.md"

_TICKETS = PageFormat(TicketPage[WireTicket], TicketPage[Raw], "the list of tickets")
_ONE = PageFormat(OneTicket, OneTicket, "a ticket")
_AGENTS = PageFormat(AgentPage[Agent], AgentPage[Raw], "the list of agents")
_FORM = PageFormat(FormFields, FormFields, "the ticket form")
_ACTIVITIES = PageFormat(ActivityPage, ActivityPage, "the activities of a ticket")
_CONVERSATIONS = PageFormat(ConversationPage, ConversationPage, "the messages of a ticket")
_APPROVALS = PageFormat(ApprovalPage[Approval], ApprovalPage[Raw], "the list of approvals")
_RATING = PageFormat(SatisfactionAnswer, SatisfactionAnswer, "the rating of a ticket")

_ticket = Decoder(WireTicket)
_agent = Decoder(Agent)
_activity = Decoder(Activity)
_conversation = Decoder(Conversation)
_approval = Decoder(Approval)


class _Position(NamedTuple):
    """Where the list of tickets goes on."""

    since: Instant
    newest: Instant
    """The newest change read in this run: the list is not in the order of changes."""
    page: int = 1
    more: bool = False

    @classmethod
    def load(cls, text: str | None, start: Instant) -> _Position:
        """Return where to go on: exactly where a run broke off, else from its newest change."""
        if text is None:
            return cls(start, start)
        stored = cls(**json.loads(text))
        return stored if stored.more else cls(stored.since, stored.since)

    def after(self, newest: Instant, now: Instant, *, more: bool) -> _Position:
        """Return the position after a page whose newest change is of ``newest``."""
        newest = max(newest, self.newest)
        if more:
            return _Position(self.since, newest, self.page + 1, True)
        # While several pages were read, a ticket that was removed pulled others up between them.
        since = min(newest, now) - (DAY if self.page > 1 else _OVERLAP)
        since = max(since, EARLIEST)
        return _Position(since, since)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return json.dumps(self._asdict())


class _Mark(NamedTuple):
    """What a ticket showed when its history was asked for last."""

    updated_at: Instant
    status: tuple[int | None, str | None]
    messages: tuple[object, ...]


class Freshservice:
    """One account, seen with the role of one agent."""

    streams = (AGENTS, TICKETS, REMOVED, APPROVALS)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = BUILT_IN["freshservice"](settings)
        root = settings.url.rstrip("/").removesuffix(f"/{_API}")
        self._client = Client(
            f"{root}/{_API}",
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=basic(needed(settings, secret), "X"),
            reach=settings.reach,
            forbidden_advice=_ADVICE,
        )
        workspace = settings.options.get("workspace")
        self._workspace: dict[str, str | int] = {}
        if workspace is not None:
            self._workspace["workspace_id"] = str(workspace)
        self._reads_history = settings.options.get("history", True) is True
        self._reads_ratings = settings.options.get("ratings", False) is True
        self._labels = Labels(settings.meanings)
        self._accounts = Accounts(people, KnownRoles(engagement.people))
        self._tickets = TicketReader(engagement, root, self._labels)
        self._history = HistoryReader(
            self._labels, self._accounts, detect_questions=engagement.privacy.detect_questions
        )
        self._exclusion = Exclusion(engagement.privacy)
        self._started = started_at(engagement)
        self._prepared = False
        self._marks: dict[str, _Mark] = {}
        self._closed: set[str] = set()
        """Kinds of lists that the role may not read."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream == AGENTS:
            batches = self._people(cursor, now)
        elif stream == TICKETS:
            batches = self._changed(cursor, now)
        elif stream == REMOVED:
            batches = self._removed(cursor, now)
        elif stream == APPROVALS:
            batches = self._approvals(cursor, now)
        else:
            raise KeyError(stream)
        async for batch in batches:
            yield batch

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
                if error.status not in _REFUSED:
                    raise
                found.append(Absence(one, gone=error.status == _GONE, reason=error.message))
                continue
            if _ONE.decode(answer.body).ticket.deleted:
                found.append(Absence(one, gone=True, reason="the ticket was deleted"))
        return found

    async def check(self) -> list[CheckLine]:
        """Ask for a little of everything and say what is missing."""
        query = {"per_page": 1, **self._since(self._started), **self._workspace}
        try:
            answer = await self._client.get("tickets", query)
            tickets, _ = read_each(
                _TICKETS.decode(answer.body).tickets, _ticket, "ticket", lambda one: one
            )
        except SourceError as error:
            return [CheckLine(False, TICKETS, error.message)]
        if not tickets:
            told = "no ticket is visible since the engagement started; check workspace, and the "
            return [CheckLine(False, TICKETS, f"{told}groups and workspaces of the key's agent")]
        lines = [CheckLine(True, TICKETS, "tickets can be read")]
        key = identifier(tickets[0].id)
        for what, path, asked, without in (
            ("history", f"tickets/{key}/activities", {}, "statuses are known as they are seen"),
            ("messages", f"tickets/{key}/conversations", {}, "only first responses are known"),
            ("statuses", "ticket_form_fields", self._workspace, "own statuses go by number"),
            ("agents", "agents", {"per_page": 1}, "sides of people are known by ticket only"),
            (
                "approvals",
                "approvals",
                {"parent": "ticket", "status": "requested"},
                "approvals stay unseen",
            ),
        ):
            try:
                await self._client.get(path, asked)
            except SourceError as error:
                lines.append(CheckLine(False, what, f"{error.message}; {without}"))
            else:
                lines.append(CheckLine(True, what, f"{what} can be read"))
        return lines

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _people(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if cursor is not None and 0 <= now - int(cursor) < _PEOPLE_EVERY:
            return
        for number in range(1, _MOST_PAGES):
            answer = await self._optional(AGENTS, {"per_page": _PAGE, "page": number})
            if answer is None:
                return
            page = _AGENTS.decode(answer.body)
            people, refused = read_each(page.agents, _agent, "agent", self._accounts.learn_agent)
            more = _has_next(answer) and bool(page.agents)
            yield Batch(
                AGENTS,
                None if more else str(now),
                people=tuple(people),
                refused=tuple(refused),
                records=len(page.agents),
                server_time=answer.server_time,
            )
            if not more:
                return

    async def _changed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        await self._prepare()
        position = _Position.load(cursor, self._started)
        self._forget(position.since)
        while True:
            if position.page > _MOST_PAGES:
                raise SourceError(
                    Failure.CONTRACT,
                    f"more than {_MOST_PAGES * _PAGE:,} tickets have changed since "
                    f"{isoformat(position.since)}; let started be later in the engagement file",
                )
            answer = await self._list(position, "")
            wires, refused = _tickets_of(answer)
            found, more_refused, people = self._found(wires, now)
            fresh = [one for one in found if not self._is_marked(one)]
            events = [event for one in fresh for event in await self._events(one, now)]
            newest = max((one.ticket.updated_at for one in found), default=position.newest)
            position = position.after(newest, now, more=_has_next(answer) and bool(wires))
            yield Batch(
                TICKETS,
                position.dump(),
                tickets=tuple(one.ticket for one in fresh),
                events=tuple(events),
                people=tuple(people),
                refused=(*refused, *more_refused),
                records=len(wires) + len(refused),
                server_time=answer.server_time,
            )
            # Only now is the page stored.
            self._marks.update({one.ticket.id: _mark(one) for one in fresh})
            if not position.more:
                return

    async def _removed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the tickets that were deleted or marked as spam: other lists leave them out."""
        since = self._started if cursor is None else max(int(cursor) - _OVERLAP, EARLIEST)
        for name in ("deleted", "spam"):
            position = _Position(since, since)
            while position.page < _MOST_PAGES:
                answer = await self._list(position, name)
                wires, refused = _tickets_of(answer)
                for wire in wires:
                    wire.deleted = True
                found, more_refused, _ = self._found(wires, now)
                more = _has_next(answer) and bool(wires)
                position = position.after(since, now, more=more)
                yield Batch(
                    REMOVED,
                    None if more or name == "deleted" else str(answer.server_time or now),
                    tickets=tuple(one.ticket for one in found),
                    refused=(*refused, *more_refused),
                    records=len(wires),
                    server_time=answer.server_time,
                )
                if not more:
                    break

    async def _approvals(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the approvals that stand open, and what became of those that did before.

        The first time those already decided are listed as well.
        """
        known: dict[str, str] = json.loads(cursor) if cursor is not None else {}
        listed: list[Approval] = []
        for status in (
            ("requested",) if cursor is not None else ("approved", "rejected", "requested")
        ):
            rows = await self._approvals_by(status)
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
            answer = await self._optional(APPROVALS, {}, f"tickets/{ticket}/approvals")
            if answer is not None:
                page = _APPROVALS.decode(answer.body)
                by_ticket[ticket], _ = read_each(
                    page.approvals, _approval, "approval", lambda row: row
                )
        events = [
            event
            for rows in by_ticket.values()
            for event in self._history.approvals(rows, now)
            if event.at >= self._started
        ]
        approvers, refused = read_each(
            [row for rows in by_ticket.values() for row in rows],
            _approval,
            "approval",
            self._accounts.learn_approver,
        )
        yield Batch(
            APPROVALS,
            json.dumps(still),
            events=tuple(events),
            people=tuple(person for person in approvers if person is not None),
            refused=tuple(refused),
            records=len(listed),
        )

    async def _approvals_by(self, status: str) -> list[Approval] | None:
        found: list[Approval] = []
        for number in range(1, _MOST_PAGES):
            answer = await self._optional(
                APPROVALS, {"parent": "ticket", "status": status, "page": number}
            )
            if answer is None:
                return None
            page = _APPROVALS.decode(answer.body)
            rows, _ = read_each(page.approvals, _approval, "approval", lambda row: row)
            found += rows
            if not page.approvals or not _has_next(answer):
                break
        return found

    def _found(
        self, wires: Iterable[WireTicket], now: Instant
    ) -> tuple[list[Found], list[Refused], list[Person]]:
        found: list[Found] = []
        refused: list[Refused] = []
        people: list[Person] = []
        for wire in wires:
            try:
                one = self._tickets.read(wire, now)
                person = self._accounts.learn_requester(wire)
            except ValueError as error:
                refused.append(refusal(f"ticket {wire.id}", error))
                continue
            if not self._exclusion.covers(one.ticket):
                found.append(one)
                people += [person] if person is not None else []
        return found, refused, people

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
            conversations = await self._conversations(key)
            if conversations is None:
                events += self._history.first_response(found, now)
            else:
                events += self._history.messages(found, conversations, now)
        if self._reads_ratings and found.status in (RESOLVED, CLOSED):
            answer = await self._optional("ratings", {}, f"tickets/{key}/csat_response")
            if answer is not None:
                rating = _RATING.decode(answer.body or b"{}").response
                events += self._history.rating(found, rating, now)
        return events

    async def _activities(self, key: str) -> list[Activity]:
        if not self._reads_history:
            return []
        raws: list[Raw] = []
        query: Mapping[str, str | int] | None = None
        for _ in range(_MOST_PAGES):
            answer = await self._optional("activities", query or {}, f"tickets/{key}/activities")
            if answer is None:
                return []
            page = _ACTIVITIES.decode(answer.body)
            raws += page.activities
            if not page.next_page or not page.activities:
                break
            token = _start_token(page.next_page)
            if token is None or query == {"start_token": token}:
                break
            query = {"start_token": token}
        activities, refused = read_each(raws, _activity, "activity", lambda one: one)
        # One that cannot be read may have been a change of status.
        return [*activities, *(Activity() for _ in refused)]

    async def _conversations(self, key: str) -> list[Conversation] | None:
        raws: list[Raw] = []
        for number in range(1, _MOST_PAGES):
            query = {"per_page": _PAGE, "page": number}
            answer = await self._optional("messages", query, f"tickets/{key}/conversations")
            if answer is None:
                return None
            page = _CONVERSATIONS.decode(answer.body)
            raws += page.conversations
            if not page.conversations or not _has_next(answer):
                break
        conversations, _ = read_each(raws, _conversation, "message", lambda one: one)
        return conversations

    async def _list(self, position: _Position, name: str) -> Answer:
        query: dict[str, str | int] = {
            # Without it only tickets created in the last 30 days are listed.
            **self._since(position.since),
            "order_type": "asc",
            "per_page": _PAGE,
            "page": position.page,
            "include": "stats,requester",
            **self._workspace,
        }
        return await self._client.get("tickets", {**query, "filter": name} if name else query)

    async def _optional(
        self, what: str, query: Mapping[str, str | int], path: str = ""
    ) -> Answer | None:
        """Return an answer, ``None`` where the role may not read such things at all, or none is."""
        if what in self._closed:
            return None
        try:
            return await self._client.get(path or what, query)
        except SourceError as error:
            if error.status not in _REFUSED:
                raise
            if error.status != _GONE:
                self._closed.add(what)
            return None

    async def _prepare(self) -> None:
        """Learn what statuses are called, once."""
        if not self._prepared:
            answer = await self._optional("ticket_form_fields", self._workspace)
            if answer is not None:
                self._labels.learn(_FORM.decode(answer.body).fields)
            self._prepared = True

    def _since(self, at: Instant) -> dict[str, str | int]:
        return {"updated_since": isoformat(at)}

    def _is_marked(self, found: Found) -> bool:
        return self._marks.get(found.ticket.id) == _mark(found)

    def _forget(self, before: Instant) -> None:
        """Forget tickets that ended long ago; those still open may change any time."""
        if len(self._marks) > _MOST_PAGES * _PAGE:
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


def _tickets_of(answer: Answer) -> tuple[list[WireTicket], list[Refused]]:
    return read_each(_TICKETS.decode(answer.body).tickets, _ticket, "ticket", lambda one: one)


def _has_next(answer: Answer) -> bool:
    return 'rel="next"' in answer.headers.get("link", "")


def _start_token(link: str) -> str | None:
    """Return the token in a link to the next page; the link itself may name another host."""
    try:
        tokens = parse_qs(urlsplit(link).query).get("start_token")
    except ValueError:
        return None
    return tokens[0] if tokens else None
