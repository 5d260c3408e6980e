"""What a simulated ticketing tool knows: audits of tickets, past and still to come.

Everything that will happen is written down at once; :class:`Desk` tells what is visible at a given
instant. A ticket's state is never stored: it is its audits, replayed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from engagewatch.demo.people import Member
from engagewatch.model.instants import Instant

SYSTEM: Final = -1
"""The author of what the tool does by itself."""

AUDIT_STEP: Final = 32
"""Distance between audit ids, which leaves room for the ids of their child events."""

NEVER: Final[Instant] = 1 << 40


class Via(Enum):
    """How an update came in: the word of the bulk export, and the channel of the audits."""

    EMAIL = ("Mail", "email")
    FORM = ("Web form", "web")
    API = ("Web service", "api")
    PHONE = ("Phone call (inbound)", "voice")
    RULE = ("Rule", "rule")
    MERGE = ("Merge", "merge")

    @property
    def word(self) -> str:
        """The bulk export's word for it."""
        return self.value[0]

    @property
    def channel(self) -> str:
        """The audits' name for it."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Comment:
    """One message on a ticket."""

    body: str
    public: bool = True


@dataclass(slots=True)
class Audit:
    """One update of one ticket: who did what, all at one instant."""

    at: Instant
    author: int
    via: Via
    changes: dict[str, Any] = field(default_factory=dict)
    comment: Comment | None = None
    merged: tuple[int, ...] = ()
    """Tickets merged into this one by the update."""
    id: int = 0
    ticket_id: int = 0
    previous: dict[str, Any] = field(default_factory=dict)
    """What the changed fields held before."""
    next_at: Instant = NEVER
    """When the ticket is updated next."""


@dataclass(slots=True)
class Record:
    """One ticket with its audits, oldest first."""

    id: int
    requester: int
    via: Via
    subject: str
    description: str
    category: str
    audits: list[Audit] = field(default_factory=list)
    deleted_at: Instant | None = None
    problem_id: int | None = None
    story: str = ""
    """What the ticket shows, for those that were written to show something."""

    @property
    def created_at(self) -> Instant:
        """When the ticket came in."""
        return self.audits[0].at

    def until(self, now: Instant) -> Sequence[Audit]:
        """Return the audits up to ``now`` (included)."""
        audits = self.audits
        if audits[-1].at <= now:
            return audits
        return audits[: bisect_right(audits, now, key=_when)]

    def state(self, now: Instant) -> dict[str, Any]:
        """Return the fields as they stand at ``now``."""
        state: dict[str, Any] = {}
        for audit in self.until(now):
            state.update(audit.changes)
        return state


def _when(audit: Audit) -> Instant:
    return audit.at


def _order(audit: Audit) -> tuple[Instant, int]:
    return audit.at, audit.id


class Desk:
    """All tickets of one provider's tool, with the order in which they changed."""

    def __init__(
        self,
        members: Sequence[Member],
        records: Sequence[Record],
        *,
        first_audit_id: int,
        organization_id: int,
    ) -> None:
        """Put the audits of ``records`` in order and number them."""
        self.members = sorted(members, key=lambda member: (member.updated_at, member.id))
        self.member_by_id = {member.id: member for member in members}
        self.records = {record.id: record for record in records}
        self.organization_id = organization_id
        self.timeline = _chain(records, first_audit_id)

    def tickets_after(
        self, position: tuple[Instant, int], now: Instant
    ) -> Iterator[tuple[Record, Audit]]:
        """Yield tickets with the audit that changed them last, as of ``now``, in that order.

        ``position`` is the (instant, audit id) of the last one already taken.
        """
        for audit in self._between(bisect_right(self.timeline, position, key=_order), now):
            if audit.next_at > now:
                yield self.records[audit.ticket_id], audit

    def audits_from(self, start: Instant, now: Instant) -> Iterator[Audit]:
        """Yield the audits of tickets that still exist from ``start`` to ``now``, both included."""
        for audit in self._between(bisect_left(self.timeline, start, key=_when), now):
            deleted_at = self.records[audit.ticket_id].deleted_at
            if deleted_at is None or deleted_at > now:
                yield audit

    def members_after(self, position: tuple[Instant, int], now: Instant) -> Iterator[Member]:
        """Yield people changed after ``position``, an (instant, id), in that order."""
        for member in self.members:
            if (member.updated_at, member.id) > position and member.updated_at <= now:
                yield member

    def record(self, ticket_id: int, now: Instant) -> Record | None:
        """Return the ticket, or ``None`` when it is unknown or does not exist yet at ``now``."""
        record = self.records.get(ticket_id)
        return record if record is not None and record.created_at <= now else None

    def _between(self, first: int, now: Instant) -> Iterator[Audit]:
        for index in range(first, bisect_right(self.timeline, now, key=_when)):
            yield self.timeline[index]


def _chain(records: Sequence[Record], first_id: int) -> list[Audit]:
    """Sort all audits, give them ids in order of time, and fill in what links them."""
    timeline: list[Audit] = []
    for record in records:
        _settle(record)
        timeline.extend(record.audits)
    timeline.sort(key=lambda audit: (audit.at, audit.ticket_id))
    for index, audit in enumerate(timeline):
        audit.id = first_id + index * AUDIT_STEP
    return timeline


def _settle(record: Record) -> None:
    """Put a ticket's audits in order, a second apart at least, with what each replaced."""
    audits = record.audits
    audits.sort(key=_when)
    state: dict[str, Any] = {}
    last: Audit | None = None
    for audit in audits:
        if last is not None:
            audit.at = max(audit.at, last.at + 1)
            last.next_at = audit.at
        audit.ticket_id = record.id
        audit.previous = {key: state.get(key) for key in audit.changes}
        state.update(audit.changes)
        last = audit
