"""Request Tracker's tickets and transactions into ours. Nothing here waits for anything."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.providers.directory import Directory
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.request_tracker.wire import (
    CustomField,
    Reference,
    Transaction,
    WireTicket,
    reference,
)
from engagewatch.providers.telling import born, opened
from engagewatch.providers.wire import identifier, instant, word

SYSTEM = "RT_System"
NOBODY = "Nobody"
DELETED = "deleted"

_SAME_ACT = 5
"""Seconds within which what the system did follows from what somebody just wrote."""


@dataclass(frozen=True, slots=True)
class Known:
    """What reading a ticket's transactions needs of the ticket."""

    updated_at: Instant
    created_at: Instant
    requestors: Collection[str] = ()
    rating_field: str | None = None
    """Number of the custom field that holds the client's rating."""
    kept: bool = True
    """Whether the ticket and what happened to it are wanted."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Custom fields with a meaning, by name; empty: there is none."""

    category: str = ""
    rating: str = ""


class Translator:
    """Translates the records of one server."""

    def __init__(
        self,
        engagement: Engagement,
        base_url: str,
        directory: Directory,
        names: FieldNames,
    ) -> None:
        self._keeps_subjects = engagement.privacy.subjects
        self._exclusion = Exclusion(engagement.privacy)
        self._web_address = f"{base_url}/Ticket/Display.html?id="
        self._directory = directory
        self._names = names
        self._queues: dict[str, str] = {}

    def ticket(self, wire: WireTicket, latest: Instant) -> tuple[Ticket, Known]:
        """Return a ticket, and what its transactions will need.

        ``latest`` is the latest instant to believe.

        Raises:
            ValueError: it has no id or no usable creation time.
        """
        key, created_at, updated_at = born(wire.id, wire.created, wire.last_updated, latest)
        requestors = tuple(filter(None, map(_user, _list(wire.requestor))))
        creator = _user(wire.creator)
        status = word(wire.status)
        owner = _user(wire.owner)
        fields = [one for one in _list(wire.custom_fields) if isinstance(one, CustomField)]
        rating = self._custom(fields, self._names.rating)
        ticket = Ticket(
            id=key,
            reference=f"#{key}",
            subject=safe_text(wire.subject or "") if self._keeps_subjects else "",
            status=status,
            priority=_word(wire.priority) or None,
            created_at=created_at,
            updated_at=updated_at,
            requester=requestors[0] if requestors else creator,
            assignee=None if owner == NOBODY else owner,
            group=self._queue(wire.queue),
            category=_value(self._custom(fields, self._names.category)),
            opened_by=self.side(creator, requestors) or Side.CLIENT,
            url=self._web_address + key,
            deleted=status.lower() == DELETED,
            claims=_claims(wire, latest),
        )
        wanted = wire.type in (None, "", "ticket") and not self._exclusion.covers(ticket)
        rating_field = identifier(rating.id) if rating is not None else None
        return ticket, Known(updated_at, created_at, requestors, rating_field, wanted)

    def opening(self, ticket: Ticket, wire: WireTicket) -> Event:
        """Return the opening of ``ticket``, which was read from ``wire``."""
        return opened(ticket, ticket.opened_by, _user(wire.creator) or ticket.requester)

    def side(self, user: str | None, requestors: Collection[str]) -> Side | None:
        """Return the side on which ``user`` acts on a ticket of ``requestors``."""
        return None if user == SYSTEM else self._directory.side_on(user, requestors)

    def events(
        self,
        done: list[Transaction],
        known: Callable[[str], Known | None],
        names: Callable[[str], str],
        latest: Instant,
    ) -> list[Event]:
        """Return what transactions tell, given in the order of their ids.

        ``names`` gives the name of a user by number. What the system does on its own account right
        after somebody's message is put down to that side: a reply reopens, a first answer opens.
        """
        replied: dict[str, tuple[Instant, Side | None]] = {}
        events = []
        for one in done:
            ticket, at = identifier(one.object_id), instant(one.created, latest)
            about = known(ticket) if ticket is not None else None
            if ticket is None or at is None or about is None or not about.kept:
                continue
            actor = _user(one.creator)
            automatic = actor == SYSTEM
            side = self.side(actor, about.requestors)
            if automatic:
                wrote_at, writer = replied.get(ticket, (0, None))
                side = writer if at - wrote_at <= _SAME_ACT else None
            elif one.type == "Correspond":
                replied[ticket] = (at, side)
            told = _meaning(one, ticket, about, names)
            if told is None:
                continue
            kind, value, previous = told
            if kind is EventKind.MERGED:
                key = f"{ticket}:merged:{value}"
            else:
                # Several changes may share a second: ids order them, so their texts must as well.
                key = f"{int(identifier(one.id) or 0):012d}"
            actor_told = None if automatic else actor
            if kind is EventKind.RATED:
                side = Side.CLIENT
            events.append(
                Event(ticket, key, at, kind, side, actor_told, value, previous, automatic)
            )
        return events

    def _queue(self, queue: Reference | str | None) -> str | None:
        """Return the name of a queue, which a single ticket does not tell as a list does."""
        if not isinstance(queue, Reference):
            return None
        number = _word(queue.id)
        if queue.name:
            self._queues[number] = _word(queue.name)
        return self._queues.get(number, number) or None

    @staticmethod
    def _custom(fields: list[CustomField], name: str) -> CustomField | None:
        if not name:
            return None
        wanted = name.casefold()
        return next((one for one in fields if (one.name or "").casefold() == wanted), None)


def people_of(wire: WireTicket) -> set[str]:
    """Return everybody whom a ticket names."""
    named = (wire.owner, wire.creator, *_list(wire.requestor))
    return {user for one in named if (user := _user(one)) is not None}


def person_of(done: Transaction) -> str | None:
    """Return who did something."""
    return _user(done.creator)


def owners_of(done: Transaction) -> tuple[str, ...]:
    """Return the numbers of the users between whom a ticket was handed over, if it was."""
    if done.type != "Set" or done.field != "Owner":
        return ()
    return tuple(filter(None, (_word(done.old_value), _word(done.new_value))))


def _meaning(
    done: Transaction, ticket: str, about: Known, names: Callable[[str], str]
) -> tuple[EventKind, str, str] | None:
    value, previous = _word(done.new_value), _word(done.old_value)
    if done.type == "Correspond":
        return EventKind.REPLIED, "", ""
    if done.type == "Comment":
        return EventKind.NOTED, "", ""
    if done.type == "Status":
        return EventKind.STATUS_CHANGED, value, previous
    if done.type == "Set" and done.field == "Priority":
        return EventKind.PRIORITY_CHANGED, value, previous
    if done.type == "Set" and done.field == "Owner":
        return EventKind.ASSIGNED, names(value), names(previous)
    if done.type == "AddLink" and done.field == "MergedInto":
        # The same row is written on the ticket that remains: nothing is merged into itself.
        target = value.rpartition("/")[2]
        return None if target == ticket else (EventKind.MERGED, target, "")
    if done.type == "CustomField" and about.rating_field is not None:
        number = done.field.get("id") if isinstance(done.field, dict) else done.field
        if value and _word(number) == about.rating_field:
            return EventKind.RATED, value, ""
    return None


def _claims(wire: WireTicket, latest: Instant) -> tuple[Claim, ...]:
    """Return when the server wants the first answer by, while it is owed.

    Later on the same field holds other targets, and which one it does not say.
    """
    if instant(wire.told, latest) is not None or not wire.sla:
        return ()
    due_at = instant(wire.due, 1 << 33)
    if due_at is None:
        return ()
    return (Claim(Obligation.FIRST_RESPONSE, due_at=due_at, source_field="Due"),)


def _user(value: Any) -> str | None:
    return _word(reference(value)) or None


def _list(value: list[Any] | str | None) -> list[Any]:
    return value if isinstance(value, list) else []


def _value(field: CustomField | None) -> str | None:
    values = field.values if field is not None else None
    return _word(values[0]) or None if values else None


def _word(value: Any) -> str:
    """Return a value as text; numbers come as either."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return word(str(value) if is_number else value)
