"""One row per ticket into tickets and events: the instants in columns are all that is known.

Between them nobody saw the ticket, so the status of an open one is stated as an observation, not
as a change: whose court the ticket was in before is unknown. A resolution that a later closing
hides from the status column is called ``resolved``.
"""

from __future__ import annotations

from typing import NamedTuple

from engagewatch.model.batch import Refused
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.providers.eventlog.fields import FieldReader
from engagewatch.providers.eventlog.mapping import FIELDS, LogMapping
from engagewatch.providers.eventlog.people import PeopleSeen
from engagewatch.providers.eventlog.reader import refusal

RESOLVED = "resolved"
"""Status of a ticket between its resolution and its closing; has a default meaning."""
CLOSED = "closed"
"""Status of a closed ticket whose row tells no status; has a default meaning."""


_LATER = ("at", "first_response_at", "resolved_at", "closed_at")
_APPROVAL = ("approval_requested_at", "approval_decided_at")
_SURVEY = ("survey_sent_at", "survey_answered_at")
_AT = {field: place for place, field in enumerate(FIELDS)}


class _Instants(NamedTuple):
    """The instants of one ticket."""

    created: Instant
    seen: Instant | None
    responded: Instant | None
    resolved: Instant | None
    closed: Instant | None

    @property
    def latest(self) -> Instant:
        """The last of them."""
        return max(at for at in self if at is not None)


class TicketTranslator:
    """Turns rows that are whole tickets into tickets and events, batch by batch."""

    def __init__(self, mapping: LogMapping, fields: FieldReader, people: PeopleSeen) -> None:
        self._claimed = any(field.startswith("claimed_") for field in mapping.columns)
        self._fields = fields
        self._people = people
        self._tickets: dict[str, Ticket] = {}
        self._events: list[Event] = []
        self._refused: list[Refused] = []

    def add(self, line: int, values: tuple[str, ...]) -> None:
        """Read one row into the batch; what cannot be used of it is refused."""
        key = self._fields.word(values[0])
        if key is None:
            self._refused.append(refusal(line, "it names no ticket"))
            return
        try:
            created = self._fields.instant(values[4], "created_at")
        except ValueError as error:
            self._refused.append(refusal(line, str(error)))
            return
        if created is None:
            self._refused.append(refusal(line, "it has no created_at"))
            return
        instants = _Instants(
            created, *(self._later(line, values, field, created) for field in _LATER)
        )
        claims: tuple[Claim, ...] = ()
        if self._claimed:
            try:
                claims = self._fields.claims(values)
            except ValueError as error:
                self._refused.append(refusal(line, f"read without this: {error}"))
        self._tickets[key] = self._translate(line, key, values, instants, claims)

    def take(self) -> tuple[list[Ticket], list[Event], list[Refused]]:
        """Return what the rows added since the last call amount to."""
        taken = list(self._tickets.values()), self._events, self._refused
        self._tickets, self._events, self._refused = {}, [], []
        return taken

    def _later(
        self, line: int, values: tuple[str, ...], field: str, created: Instant
    ) -> Instant | None:
        """Read an instant after the creation; one that cannot be is left out and reported."""
        try:
            at = self._fields.instant(values[FIELDS.index(field)], field)
            if at is not None and at < created:
                raise ValueError(f"{field} lies before created_at")
        except ValueError as error:
            self._refused.append(refusal(line, f"read without this: {error}"))
            return None
        return at

    def _decide(self, line: int, key: str, values: tuple[str, ...]) -> None:
        """State what the client was asked to decide, and what it decided."""
        asked, decided = (self._told(line, values, field) for field in _APPROVAL)
        approver = self._fields.word(values[_AT["approver"]])
        if approver is not None:
            self._people.asked(approver)
        identity = f"{key}:{asked}:{EventKind.APPROVAL_REQUESTED}"
        if asked is not None:
            self._events.append(
                Event(key, identity, asked, EventKind.APPROVAL_REQUESTED, Side.PROVIDER,
                      value=approver or "")
            )  # fmt: skip
        if decided is not None and asked is not None and decided >= asked:
            decision = self._fields.word(values[_AT["decision"]]) or ""
            self._events.append(
                Event(key, f"{identity}:{decided}", decided, EventKind.APPROVAL_DECIDED,
                      self._people.side_of(approver) or Side.CLIENT, approver, decision, identity)
            )  # fmt: skip
        elif decided is not None:
            why = (
                "it was decided before it was asked" if asked else "nothing says when it was asked"
            )
            self._refused.append(refusal(line, f"read without this: approval_decided_at: {why}"))

    def _survey(self, line: int, key: str, values: tuple[str, ...], instants: _Instants) -> None:
        """State that the client was asked to rate the service, and how it did."""
        sent, answered = (self._told(line, values, field) for field in _SURVEY)
        if sent is not None:
            self._event(key, sent, EventKind.SURVEYED, Side.PROVIDER)
        if answered is not None and answered >= instants.created:
            score = self._fields.word(values[_AT["score"]]) or ""
            self._event(key, answered, EventKind.RATED, Side.CLIENT, value=score)

    def _told(self, line: int, values: tuple[str, ...], field: str) -> Instant | None:
        try:
            return self._fields.instant(values[_AT[field]], field)
        except ValueError as error:
            self._refused.append(refusal(line, f"read without this: {error}"))
            return None

    def _translate(
        self,
        line: int,
        key: str,
        values: tuple[str, ...],
        instants: _Instants,
        claims: tuple[Claim, ...],
    ) -> Ticket:
        word = self._fields.word
        status, requester, assignee = word(values[2]), word(values[9]), word(values[7])
        if requester is not None:
            self._people.asked(requester)
        if assignee is not None:
            self._people.assigned(assignee)
        opener = self._people.side_of(requester) or Side.CLIENT
        self._event(key, instants.created, EventKind.OPENED, opener, actor=requester)
        priority = word(values[5])
        if priority is not None:
            self._event(key, instants.created, EventKind.PRIORITY_CHANGED, value=priority)
        if instants.responded is not None:
            self._event(key, instants.responded, EventKind.REPLIED, Side.PROVIDER)
        self._decide(line, key, values)
        self._survey(line, key, values, instants)
        status = self._finish(key, instants, status)
        return Ticket(
            id=key,
            reference=key,
            subject=self._fields.text(values[6]) or "",
            status=status,
            priority=priority,
            created_at=instants.created,
            updated_at=instants.latest,
            requester=requester,
            assignee=assignee,
            group=word(values[8]),
            category=word(values[10]),
            claims=claims,
        )

    def _finish(self, key: str, instants: _Instants, status: str | None) -> str:
        """State how the ticket ended, or how it was last seen; return its status."""
        changed = EventKind.STATUS_CHANGED
        if instants.closed is not None:
            if instants.resolved is not None:
                self._event(key, instants.resolved, changed, value=RESOLVED)
            status = status or CLOSED
            self._event(key, instants.closed, changed, value=status)
        elif instants.resolved is not None:
            status = status or RESOLVED
            self._event(key, instants.resolved, changed, value=status)
        elif status is not None:
            self._event(key, instants.latest, EventKind.OBSERVED, value=status)
        return status or ""

    def _event(
        self,
        key: str,
        at: Instant,
        kind: EventKind,
        side: Side | None = None,
        *,
        actor: str | None = None,
        value: str = "",
    ) -> None:
        # A later export may correct an instant or show a new status: both are new facts.
        identity = f"{key}:{at}:{kind}:{value[:60]}"
        self._events.append(Event(key, identity, at, kind, side, actor, value))
