"""Rows of a history into tickets and events: what changed from one row of a ticket to the next.

A row says how a ticket stood *after* an update (``rows = "states"``) or what was done to it
(``rows = "activities"``). Only what differs from the row before becomes an event. The rows of one
ticket may lie anywhere in the file: between batches just the last known state of each ticket is
held, so memory grows with tickets, not with rows.

A log that shows every state is evidence of when each began, so columns that repeat an instant on
every row (``resolved_at``, ``closed_at``, ``first_response_at``) are not read here; they speak
where there is one row per ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engagewatch.model.batch import Refused
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.providers.eventlog.fields import FieldReader
from engagewatch.providers.eventlog.mapping import (
    APPROVAL_DECIDED,
    APPROVAL_REQUESTED,
    CLIENT_REPLIED,
    FIELDS,
    IGNORED,
    RATED,
    RESPONDED,
    SURVEYED,
    LogMapping,
    Rows,
)
from engagewatch.providers.eventlog.people import PeopleSeen
from engagewatch.providers.eventlog.reader import refusal

_FACTS = {
    APPROVAL_REQUESTED: EventKind.APPROVAL_REQUESTED,
    APPROVAL_DECIDED: EventKind.APPROVAL_DECIDED,
    SURVEYED: EventKind.SURVEYED,
    RATED: EventKind.RATED,
}
_VALUES = {
    EventKind.APPROVAL_REQUESTED: FIELDS.index("approver"),
    EventKind.APPROVAL_DECIDED: FIELDS.index("decision"),
    EventKind.SURVEYED: FIELDS.index("score"),
    EventKind.RATED: FIELDS.index("score"),
}
_CLIENTS_OWN = frozenset({EventKind.APPROVAL_DECIDED, EventKind.RATED})

_REPLIES = {RESPONDED: Side.PROVIDER, CLIENT_REPLIED: Side.CLIENT}


class _Update(NamedTuple):
    """One row, read."""

    at: Instant
    created_at: Instant | None
    status: str | None
    reply: Side | None
    priority: str | None
    subject: str | None
    assignee: str | None
    group: str | None
    requester: str | None
    category: str | None
    actor: str | None
    claims: tuple[Claim, ...]
    fact: EventKind | None = None
    """What else happened: an approval or a survey."""
    value: str = ""
    """Whom it waits on, what was decided, or the score."""


class _State:
    """How a ticket stood after the latest row seen."""

    __slots__ = (
        "assignee",
        "at",
        "category",
        "claims",
        "created_at",
        "group",
        "nth",
        "priority",
        "requester",
        "requests",
        "status",
        "subject",
    )

    def __init__(self, at: Instant, created_at: Instant) -> None:
        self.at = at
        self.nth = -1
        """Which of the ticket's rows at this same instant the latest one is, from 0."""
        self.created_at = created_at
        self.status = ""
        self.priority: str | None = None
        self.subject = ""
        self.assignee: str | None = None
        self.group: str | None = None
        self.requester: str | None = None
        self.category: str | None = None
        self.claims: tuple[Claim, ...] = ()
        self.requests: dict[str, str] | None = None
        """Open requests for approval: whom they wait on, and their events."""

    @property
    def holder(self) -> str:
        """Who has the ticket: the person, or else the group."""
        return self.assignee or self.group or ""


class HistoryTranslator:
    """Turns rows of a history into tickets and events, batch by batch."""

    def __init__(self, mapping: LogMapping, fields: FieldReader, people: PeopleSeen) -> None:
        self._activities = mapping.activities if mapping.rows is Rows.ACTIVITIES else None
        self._fields = fields
        self._word, self._time = fields.word, fields.time
        self._people = people
        self._claimed = any(field.startswith("claimed_") for field in mapping.columns)
        self._states: dict[str, _State] = {}
        self._rows: dict[str, list[_Update]] = {}
        self._events: list[Event] = []
        self._refused: list[Refused] = []

    def add(self, line: int, values: tuple[str, ...]) -> None:
        """Read one row into the batch; what cannot be used of it is refused."""
        word = self._word
        ticket = word(values[0])
        try:
            at = self._time(values[1])
        except ValueError as error:
            self._refused.append(refusal(line, f"at: {error}"))
            return
        if ticket is None or at is None:
            self._refused.append(
                refusal(line, "it names no ticket" if ticket is None else "it has no time")
            )
            return
        created_at: Instant | None = None
        claims: tuple[Claim, ...] = ()
        try:
            created_at = self._fields.instant(values[4], "created_at")
            if self._claimed:
                claims = self._fields.claims(values)
        except ValueError as error:
            # The row still tells where the ticket stood.
            self._refused.append(refusal(line, f"read without this: {error}"))
        status, reply = word(values[2]), None
        fact, value = None, ""
        if self._activities is not None:
            activity = word(values[3])
            fact = _FACTS.get(self._activities.get(activity or "", activity or ""))
            if fact is None:
                status, reply = self._of_activity(activity, self._activities)
            else:
                status, value = None, word(values[_VALUES[fact]]) or ""
        update = _Update(
            at,
            created_at,
            status,
            reply,
            word(values[5]),
            self._fields.text(values[6]),
            word(values[7]),
            word(values[8]),
            word(values[9]),
            word(values[10]),
            word(values[11]),
            claims,
            fact,
            value,
        )
        rows = self._rows.get(ticket)
        if rows is None:
            self._rows[ticket] = [update]
        else:
            rows.append(update)

    def take(self) -> tuple[list[Ticket], list[Event], list[Refused]]:
        """Return what the rows added since the last call amount to."""
        tickets = [self._ticket(key, rows) for key, rows in self._rows.items()]
        events, refused = self._events, self._refused
        self._rows, self._events, self._refused = {}, [], []
        return tickets, events, refused

    def _of_activity(
        self, activity: str | None, told: Mapping[str, str]
    ) -> tuple[str | None, Side | None]:
        """Return the status an activity puts a ticket in, and who answered by it."""
        if activity is None:
            return None, None
        status = told.get(activity, activity)
        if status == IGNORED:
            return None, None
        reply = _REPLIES.get(status)
        return (status if reply is None else activity), reply

    def _ticket(self, key: str, rows: list[_Update]) -> Ticket:
        if len(rows) > 1:
            # Exports are not always in order; the sort keeps rows of one instant as they came.
            rows.sort(key=_instant_of)
        state = self._states.get(key)
        if state is None:
            state = self._open(key, rows)
        for row in rows:
            if row.at < state.at:
                self._insert_late(key, state, row)
            else:
                self._advance(key, state, row)
        return Ticket(
            id=key,
            reference=key,
            subject=state.subject,
            status=state.status,
            priority=state.priority,
            created_at=state.created_at,
            updated_at=state.at,
            requester=state.requester,
            assignee=state.assignee,
            group=state.group,
            category=state.category,
            claims=state.claims,
        )

    def _open(self, key: str, rows: list[_Update]) -> _State:
        first = rows[0]
        told = [row.created_at for row in rows if row.created_at is not None]
        # A row from before the creation shows that the ticket existed by then.
        created_at = min([first.at, *told])
        state = self._states[key] = _State(first.at, created_at)
        # What the status was before the first row is not told, unless that row is the creation.
        status = first.status or "" if first.at == created_at else ""
        side = self._people.side_of(first.requester) or Side.CLIENT
        self._events.append(
            Event(key, f"{key}:opened", created_at, EventKind.OPENED, side, first.requester, status)
        )
        state.status = status
        if first.priority is not None:
            state.priority = first.priority
            self._events.append(
                Event(
                    key,
                    f"{key}:priority",
                    created_at,
                    EventKind.PRIORITY_CHANGED,
                    value=first.priority,
                )
            )
        return state

    def _advance(self, key: str, state: _State, row: _Update) -> None:
        at = row.at
        state.nth = state.nth + 1 if at == state.at else 0
        state.at = at
        stem = f"{key}:{at}:{state.nth:03d}"
        side = self._people.side_of(row.actor)
        append = self._events.append
        if row.reply is not None:
            append(Event(key, stem + "r", at, EventKind.REPLIED, row.reply, row.actor))
        if row.fact is not None:
            append(self._fact(key, state, row, stem + "f"))
        if row.status is not None and row.status != state.status:
            append(
                Event(
                    key,
                    stem + "s",
                    at,
                    EventKind.STATUS_CHANGED,
                    side,
                    row.actor,
                    row.status,
                    state.status,
                )
            )
            state.status = row.status
        if row.priority is not None and row.priority != state.priority:
            append(
                Event(
                    key,
                    stem + "p",
                    at,
                    EventKind.PRIORITY_CHANGED,
                    side,
                    row.actor,
                    row.priority,
                    state.priority or "",
                )
            )
            state.priority = row.priority
        self._assign(key, state, row, stem, side)
        if row.requester is not None and row.requester != state.requester:
            state.requester = row.requester
            self._people.asked(row.requester)
        if row.category is not None:
            state.category = row.category
        if row.subject is not None:
            state.subject = row.subject
        if self._claimed:
            state.claims = row.claims

    def _assign(self, key: str, state: _State, row: _Update, stem: str, side: Side | None) -> None:
        """Note a new assignee or group; a row that names none leaves the last one known."""
        assignee = row.assignee if row.assignee is not None else state.assignee
        group = row.group if row.group is not None else state.group
        if assignee == state.assignee and group == state.group:
            return
        before = state.holder
        if assignee is not None and assignee != state.assignee:
            self._people.assigned(assignee)
        state.assignee, state.group = assignee, group
        self._events.append(
            Event(
                key,
                stem + "a",
                row.at,
                EventKind.ASSIGNED,
                side,
                row.actor,
                state.holder,
                before,
                # Where a new ticket lands first is decided by a rule.
                row.at == state.created_at,
            )
        )

    def _fact(self, key: str, state: _State, row: _Update, identity: str) -> Event:
        """Return what happened beside the ticket's status.

        A decision belongs to the request that waits on whoever decided, else to the latest one.
        """
        kind, previous = row.fact or EventKind.NOTED, ""
        usual = Side.CLIENT if kind in _CLIENTS_OWN else Side.PROVIDER
        if kind is EventKind.APPROVAL_REQUESTED:
            state.requests = {**(state.requests or {}), row.value: identity}
            if row.value:
                self._people.asked(row.value)
        elif kind is EventKind.APPROVAL_DECIDED and state.requests:
            of = row.actor if row.actor in state.requests else list(state.requests)[-1]
            previous = state.requests.pop(of or "")
        value = "" if kind is EventKind.SURVEYED else row.value
        side = self._people.side_of(row.actor) or usual
        return Event(key, identity, row.at, kind, side, row.actor, value, previous)

    def _insert_late(self, key: str, state: _State, row: _Update) -> None:
        """Note a row older than what an earlier batch told of its ticket.

        Where it differs from the latest state, both are stated at their own instants, so that they
        read right in order whatever lies between.
        """
        late, last = f"{key}:{row.at}:late", f"{key}:{state.at}:{state.nth:03d}"
        append = self._events.append
        if row.reply is not None:
            append(Event(key, late + "r", row.at, EventKind.REPLIED, row.reply, row.actor))
        if row.fact is not None:
            append(self._fact(key, state, row, late + "f"))
        for kind, letter, value, latest in (
            (EventKind.STATUS_CHANGED, "s", row.status, state.status),
            (EventKind.PRIORITY_CHANGED, "p", row.priority, state.priority),
        ):
            if value is not None and value != latest:
                append(Event(key, late + letter, row.at, kind, actor=row.actor, value=value))
                append(Event(key, last + letter, state.at, kind, value=latest or ""))


def _instant_of(row: _Update) -> Instant:
    return row.at
