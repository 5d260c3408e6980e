"""Pages of Zendesk's answers, translated. Nothing here waits for anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Refused
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, EventKind, Person, Ticket
from engagewatch.providers.wire import PageFormat, identifier, read_each, refusal
from engagewatch.providers.zendesk.audits import AuditReader
from engagewatch.providers.zendesk.people import Directory
from engagewatch.providers.zendesk.scope import Scope
from engagewatch.providers.zendesk.statuses import Statuses
from engagewatch.providers.zendesk.tickets import TicketReader
from engagewatch.providers.zendesk.wire import (
    Audit,
    AuditPage,
    Comment,
    CommentPage,
    CustomStatus,
    CustomStatusPage,
    Group,
    GroupPage,
    MetricSet,
    SearchPage,
    TicketAudit,
    TicketEventPage,
    TicketPage,
    User,
    UserPage,
    WireTicket,
)

_USERS = PageFormat(UserPage[User], UserPage[Raw], "the list of people")
_GROUPS = PageFormat(GroupPage[Group], GroupPage[Raw], "the list of groups")
_STATUSES = PageFormat(
    CustomStatusPage[CustomStatus], CustomStatusPage[Raw], "the list of custom statuses"
)
_TICKETS = PageFormat(
    TicketPage[WireTicket, MetricSet], TicketPage[Raw, Raw], "the export of tickets"
)
_FOUND = PageFormat(SearchPage[WireTicket], SearchPage[Raw], "the search for tickets")
_EVENTS = PageFormat(TicketEventPage[Audit], TicketEventPage[Raw], "the export of ticket events")
_AUDITS = PageFormat(AuditPage[TicketAudit], AuditPage[Raw], "the history of a ticket")
_COMMENTS = PageFormat(CommentPage[Comment], CommentPage[Raw], "the messages of a ticket")

_user = Decoder(User)
_group = Decoder(Group)
_status = Decoder(CustomStatus)
_ticket = Decoder(WireTicket)
_metrics = Decoder(MetricSet)
_audit = Decoder(Audit)
_ticket_audit = Decoder(TicketAudit)
_comment = Decoder(Comment)


class Users(NamedTuple):
    """A page of people, translated."""

    people: tuple[Person, ...]
    refused: tuple[Refused, ...]
    records: int
    after: str | None
    last: bool


class Wires(NamedTuple):
    """A page of tickets, decoded; people are looked up before it is translated."""

    wires: Sequence[WireTicket]
    metrics: Sequence[MetricSet]
    refused: tuple[Refused, ...]
    records: int
    after: str | None
    last: bool


class Tickets(NamedTuple):
    """Tickets, translated."""

    tickets: tuple[Ticket, ...]
    events: tuple[Event, ...]
    refused: tuple[Refused, ...]


class Audits(NamedTuple):
    """A page of ticket events, decoded; people are looked up before it is translated."""

    audits: Sequence[Audit]
    refused: tuple[Refused, ...]
    records: int
    end_time: Instant | None
    last: bool


class Listed(NamedTuple):
    """A page of what one ticket holds: its updates, or its messages."""

    audits: Sequence[Audit]
    comments: Sequence[Comment]
    refused: tuple[Refused, ...]
    after: str | None


class PageReader:
    """Translates the pages of one account, and remembers what later pages need of earlier ones."""

    def __init__(
        self,
        engagement: Engagement,
        web_address: str,
        directory: Directory,
        scope: Scope,
        configured_statuses: Iterable[str],
        *,
        approval_tags: Iterable[str],
        category_field: int | None,
        has_history: bool,
    ) -> None:
        """See :class:`TicketReader`, :class:`AuditReader` and :class:`Statuses`."""
        self._directory = directory
        self._scope = scope
        self._statuses = Statuses(configured_statuses)
        self._tickets = TicketReader(
            engagement,
            web_address,
            directory,
            self._statuses,
            category_field=category_field,
            tells_ratings=not has_history,
        )
        self._audits = AuditReader(
            directory,
            self._statuses,
            self._tickets,
            detect_questions=engagement.privacy.detect_questions,
            approval_tags=approval_tags,
        )

    def users(self, body: bytes, *, of_everybody: bool = False) -> Users:
        """Translate a page of people; one ``of_everybody`` tells of the engagement's alone.

        Raises:
            SourceError: it is no such page.
        """
        page = _USERS.decode(body)

        def read(user: User) -> Person | None:
            if of_everybody and not self._directory.concerns(user):
                return None
            return self._directory.learn(user)

        people, refused = read_each(page.users, _user, "user", read)
        return Users(
            tuple(person for person in people if person is not None),
            tuple(refused),
            len(page.users),
            page.after_cursor,
            page.end_of_stream,
        )

    def custom_statuses(self, body: bytes) -> None:
        """Note an account's own statuses; one that cannot be read is read as its category.

        Raises:
            SourceError: it is no list of them.
        """
        page = _STATUSES.decode(body)
        read_each(page.custom_statuses, _status, "custom status", self._statuses.learn)

    def groups(self, body: bytes) -> str | None:
        """Note the names of teams and return the link to more of them.

        Raises:
            SourceError: it is no list of them.
        """
        page = _GROUPS.decode(body)
        read_each(page.groups, _group, "group", self._tickets.learn_group)
        return page.next_page

    def exported(self, body: bytes) -> Wires:
        """Decode a page of the export of tickets, or of tickets asked for by id.

        Raises:
            SourceError: it is no such page.
        """
        page = _TICKETS.decode(body)
        sets, refused = read_each(page.metric_sets or (), _metrics, "metrics", lambda found: found)
        wires, more = read_each(page.tickets, _ticket, "ticket", lambda wire: wire)
        return Wires(
            wires,
            sets,
            (*refused, *more),
            len(page.tickets),
            page.after_cursor,
            page.end_of_stream,
        )

    def found(self, body: bytes) -> Wires:
        """Decode a page of a search for tickets.

        Raises:
            SourceError: it is no such page.
        """
        page = _FOUND.decode(body)
        wires, refused = read_each(page.results, _ticket, "ticket", lambda wire: wire)
        after = page.meta.after_cursor if page.meta.has_more else None
        return Wires(wires, (), tuple(refused), len(page.results), after, after is None)

    def named_by(self, wires: Sequence[WireTicket]) -> list[str]:
        """Return the people whom tickets name and of whom nobody has told yet."""
        keys: set[str | None] = set()
        for wire in wires:
            for key in (wire.requester_id, wire.submitter_id, wire.assignee_id):
                try:
                    keys.add(identifier(key))
                except ValueError:
                    continue  # the ticket is refused when it is translated
        return self._directory.strangers(keys)

    def of_organization(self, wires: Sequence[WireTicket]) -> list[WireTicket]:
        """Return those of ``wires`` that are the client's, where the account serves others too.

        The others are remembered as such.
        """
        own = self._scope.organization
        if own is None:
            return list(wires)
        kept = []
        for wire in wires:
            try:
                key, organization = identifier(wire.id), identifier(wire.organization_id)
            except ValueError:
                continue  # whose it is cannot be told
            if organization == own:
                kept.append(wire)
            elif key is not None:
                self._scope.shut_out((key,))
        return kept

    def tickets(
        self, wires: Sequence[WireTicket], metrics: Sequence[MetricSet], now: Instant
    ) -> Tickets:
        """Translate decoded tickets, with what the tool measured on them.

        One that is there several times counts as it was written last.
        """
        by_ticket = {identifier(found.ticket_id): found for found in metrics}

        def read(wire: WireTicket) -> tuple[int, Ticket, list[Event]] | None:
            measured = by_ticket.get(identifier(wire.id))
            ticket, told = self._tickets.read(wire, measured, now)
            if not self._scope.admits(ticket, identifier(wire.organization_id)):
                return None
            return wire.generated_timestamp or 0, ticket, told

        several, refused = read_each(wires, _ticket, "ticket", read)
        latest: dict[str, tuple[int, Ticket, list[Event]]] = {}
        for one in several:
            if one is None:
                continue
            before = latest.get(one[1].id)
            if before is None or one[0] >= before[0]:
                latest[one[1].id] = one
        return Tickets(
            tuple(ticket for _, ticket, _ in latest.values()),
            tuple(event for _, _, told in latest.values() for event in told),
            tuple(refused),
        )

    def audits(self, body: bytes) -> Audits:
        """Decode a page of ticket events.

        Raises:
            SourceError: it is no such page.
        """
        page = _EVENTS.decode(body)
        audits, refused = read_each(page.ticket_events, _audit, "ticket event", lambda audit: audit)
        count = len(page.ticket_events)
        last = page.next_page is None or (
            count == 0 if page.end_of_stream is None else page.end_of_stream
        )
        return Audits(audits, tuple(refused), count, page.end_time, last)

    def history(self, ticket: str, body: bytes) -> Listed:
        """Decode a page of the updates of one ticket.

        Raises:
            SourceError: it is no such page.
        """
        page = _AUDITS.decode(body)
        audits, refused = read_each(
            page.audits, _ticket_audit, "ticket event", lambda told: _as_exported(ticket, told)
        )
        after = page.meta.after_cursor if page.meta.has_more else None
        return Listed(audits, (), tuple(refused), after)

    def comments(self, body: bytes) -> Listed:
        """Decode a page of the messages of one ticket.

        Raises:
            SourceError: it is no such page.
        """
        page = _COMMENTS.decode(body)
        comments, refused = read_each(page.comments, _comment, "message", lambda told: told)
        after = page.meta.after_cursor if page.meta.has_more else None
        return Listed((), comments, tuple(refused), after)

    def unplaced(self, audits: Sequence[Audit]) -> list[str]:
        """Return the tickets in ``audits`` of which it is not known whether they are kept."""
        keys: set[str] = set()
        for audit in audits:
            for told in (audit.ticket_id, *(audit.merged_ticket_ids or ())):
                try:
                    key = identifier(told)
                except ValueError:
                    continue  # the audit is refused when it is translated
                if key is not None:
                    keys.add(key)
        return self._scope.unplaced(keys)

    def kept(self, audits: Sequence[Audit]) -> list[Audit]:
        """Return ``audits`` without those of tickets that are not kept."""
        return [audit for audit in audits if self._concerns(audit)]

    def strangers(self, audits: Sequence[Audit], comments: Sequence[Comment] = ()) -> list[str]:
        """Return the people who wrote or acted and whose side nobody has told yet."""
        keys: set[str | None] = set()
        for audit in audits:
            try:
                keys.update(self._audits.people(audit))
            except ValueError:
                continue  # the audit is refused when it is translated
        for comment in comments:
            try:
                keys.add(identifier(comment.author_id))
            except ValueError:
                continue
        return self._directory.strangers(keys)

    def events(
        self, audits: Sequence[Audit], now: Instant
    ) -> tuple[tuple[Event, ...], tuple[Refused, ...]]:
        """Translate decoded ticket events."""
        events: list[Event] = []
        refused: list[Refused] = []
        for audit in audits:
            try:
                told = self._audits.read(audit, now)
            except ValueError as error:
                refused.append(refusal(f"ticket event {audit.id}", error))
                continue
            events.extend(event for event in told if self._scope.holds(event.ticket_id))
        return tuple(events), tuple(refused)

    def messages(
        self, ticket: Ticket, comments: Sequence[Comment], now: Instant
    ) -> tuple[tuple[Event, ...], tuple[Refused, ...]]:
        """Translate the messages of a ticket, its description not included, and its status.

        The status is one that was seen: when it changed is not told.
        """
        ordered = sorted(comments, key=lambda comment: (comment.created_at or "", str(comment.id)))
        told, refused = read_each(
            ordered[1:],
            _comment,
            "message",
            lambda comment: self._audits.message(ticket.id, comment, now),
        )
        seen = Event(
            ticket.id,
            f"{ticket.id}:seen:{ticket.updated_at}:{ticket.status}",
            ticket.updated_at,
            EventKind.OBSERVED,
            value=ticket.status,
        )
        return (*told, seen), tuple(refused)

    def _concerns(self, audit: Audit) -> bool:
        """Whether an update is of a ticket that is kept, or of none, for which it is refused."""
        try:
            told = [identifier(one) for one in (audit.ticket_id, *(audit.merged_ticket_ids or ()))]
        except ValueError:
            return True
        return any(key is None or self._scope.holds(key) for key in told)


def _as_exported(ticket: str, told: TicketAudit) -> Audit:
    """Return an update, which the ticket tells in other words than the export does, alike."""
    return Audit(
        id=told.id,
        ticket_id=told.ticket_id if told.ticket_id is not None else ticket,
        created_at=told.created_at,
        updater_id=told.author_id,
        via=told.via,
        child_events=told.events,
    )
