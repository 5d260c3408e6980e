"""Pages of Zendesk's exports, translated. Nothing here waits for anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Refused
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.wire import PageFormat, identifier, read_each, refusal
from engagewatch.providers.zendesk.audits import AuditReader
from engagewatch.providers.zendesk.people import Directory
from engagewatch.providers.zendesk.statuses import Statuses
from engagewatch.providers.zendesk.tickets import TicketReader
from engagewatch.providers.zendesk.wire import (
    Audit,
    CustomStatus,
    CustomStatusPage,
    Group,
    GroupPage,
    MetricSet,
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
_EVENTS = PageFormat(TicketEventPage[Audit], TicketEventPage[Raw], "the export of ticket events")

_user = Decoder(User)
_group = Decoder(Group)
_status = Decoder(CustomStatus)
_ticket = Decoder(WireTicket)
_metrics = Decoder(MetricSet)
_audit = Decoder(Audit)


class Users(NamedTuple):
    """A page of people, translated."""

    people: tuple[Person, ...]
    refused: tuple[Refused, ...]
    records: int
    after: str | None
    last: bool


class Tickets(NamedTuple):
    """A page of tickets, translated."""

    tickets: tuple[Ticket, ...]
    events: tuple[Event, ...]
    refused: tuple[Refused, ...]
    records: int
    after: str | None
    last: bool


class Audits(NamedTuple):
    """A page of ticket events, decoded; people are looked up before it is translated."""

    audits: Sequence[Audit]
    refused: tuple[Refused, ...]
    records: int
    end_time: Instant | None
    last: bool


class PageReader:
    """Translates the pages of one account, and remembers what later pages need of earlier ones."""

    def __init__(
        self,
        engagement: Engagement,
        web_address: str,
        directory: Directory,
        configured_statuses: Iterable[str],
    ) -> None:
        """See :class:`TicketReader` and :class:`Statuses` for the arguments."""
        self._directory = directory
        self._statuses = Statuses(configured_statuses)
        self._tickets = TicketReader(engagement, web_address, directory, self._statuses)
        self._audits = AuditReader(
            directory,
            self._statuses,
            self._tickets,
            detect_questions=engagement.privacy.detect_questions,
        )
        self._exclusion = Exclusion(engagement.privacy)
        self._excluded: set[str] = set()

    def users(self, body: bytes) -> Users:
        """Translate a page of people.

        Raises:
            SourceError: it is no such page.
        """
        page = _USERS.decode(body)
        people, refused = read_each(page.users, _user, "user", self._directory.learn)
        return Users(
            tuple(people), tuple(refused), len(page.users), page.after_cursor, page.end_of_stream
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

    def tickets(self, body: bytes, now: Instant) -> Tickets:
        """Translate a page of tickets.

        Raises:
            SourceError: it is no such page.
        """
        page = _TICKETS.decode(body)
        sets, refused = read_each(page.metric_sets or (), _metrics, "metrics", lambda found: found)
        metrics = {identifier(found.ticket_id): found for found in sets}

        def read(wire: WireTicket) -> tuple[Ticket, list[Event]]:
            return self._tickets.read(wire, metrics.get(identifier(wire.id)), now)

        pairs, more = read_each(page.tickets, _ticket, "ticket", read)
        tickets: list[Ticket] = []
        events: list[Event] = []
        for ticket, told in pairs:
            if self._exclusion.covers(ticket):
                self._excluded.add(ticket.id)
            else:
                tickets.append(ticket)
                events.extend(told)
        return Tickets(
            tuple(tickets),
            tuple(events),
            (*refused, *more),
            len(page.tickets),
            page.after_cursor,
            page.end_of_stream,
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

    def strangers(self, audits: Sequence[Audit]) -> list[str]:
        """Return the people in ``audits`` whose side nobody has told yet."""
        keys: set[str | None] = set()
        for audit in audits:
            try:
                keys.update(self._audits.people(audit))
            except ValueError:
                continue  # the audit is refused when it is translated
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
            events.extend(event for event in told if event.ticket_id not in self._excluded)
        return tuple(events), tuple(refused)
