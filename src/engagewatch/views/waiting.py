"""Waiting on us: everything in the client's court, who holds it and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import OpenTicket, open_tickets
from engagewatch.views import wording
from engagewatch.views.keys import TicketKey
from engagewatch.views.ledger import priority_ranks
from engagewatch.views.open_time import OpenTime
from engagewatch.views.open_work import (
    awaited_of_us,
    contract_priority,
    holder,
    waiting_since,
)
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.policy import shows_messages, ticketing_without_messages
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class Asked(StrEnum):
    """Whether a question to us is on record, or only a status says that we are awaited."""

    EVIDENCED = "evidenced"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    """The source shows no messages, so nobody can tell."""


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One thing that waits on the client."""

    key: str
    """Identity of the row across refreshes."""
    ticket: TicketKey
    reference: str
    subject: str
    kind: Obligation
    """``REPLY`` or ``APPROVAL``: what is owed."""
    kind_words: str
    """``reply`` or ``approval``."""
    status: str
    """The provider's word for it."""
    person: str
    """Name or role of the one who holds it, as privacy allows; ``nobody named``."""
    person_known: bool
    since: Instant
    since_words: str
    age: int
    """Calendar seconds it has waited."""
    age_words: str
    working_age: int | None
    """The same in seconds of our own business calendar; ``None`` where it cannot be told."""
    working_age_words: str
    target: int | None
    """Business seconds we allow ourselves; ``None`` where we set no target."""
    due_at: Instant | None
    due_words: str
    """E.g. ``due Tue 3 Mar 11:00``, ``overdue by 3h``, ``no target set``."""
    overdue: bool
    asked: Asked
    asked_words: str
    """E.g. ``a question is on record``, ``status only: no question on record``."""
    priority: str
    blocks: str
    """What it holds up: ``pauses resolution, 1h 20m left``, ``resolution runs on, 2h left``."""
    blocked_obligation: Obligation | None
    blocked_remaining: int | None
    """Business seconds left on the provider's paused clock."""
    consequence: float
    """Sort key: larger is more consequential."""
    tone: Tone
    nudge: str
    """A polite reminder, ready to paste; the tool never sends it."""
    url: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Everything in the client's court, the most consequential first."""

    as_of: Instant
    items: tuple[WaitingItem, ...]
    total: int
    overdue: int
    oldest_since: Instant | None
    summary: str
    """E.g. ``4 items wait on us, oldest 6d; 1 past our own target``."""
    not_known: tuple[str, ...]


_BLOCKING = (Obligation.RESOLUTION, Obligation.NEXT_RESPONSE, Obligation.UPDATE)
"""The provider's duties that our silence holds up, the weightiest first."""


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> WaitingView:
    """Return what waits on the client at ``now``; ``roles_only`` hides names (for exports)."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        tickets = open_tickets(store, of)
        people = PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
        desk = _Desk(engagement, people, now)
        items = [desk.item(ticket, clock) for ticket in tickets for clock in awaited_of_us(ticket)]
    items.sort(key=lambda item: (-item.consequence, item.since, item.key))
    overdue = sum(item.overdue for item in items)
    oldest = min((item.since for item in items), default=None)
    return WaitingView(
        as_of=now,
        items=tuple(items),
        total=len(items),
        overdue=overdue,
        oldest_since=oldest,
        summary=_summary(len(items), oldest, overdue, now),
        not_known=tuple(
            f"Whether {source} really asked: it shows statuses, but no messages."
            for source in ticketing_without_messages(engagement)
        ),
    )


class _Desk:
    """Turns what is open into items of one view."""

    def __init__(self, engagement: Engagement, people: PeopleDirectory, now: Instant) -> None:
        self._engagement = engagement
        self._people = people
        self._now = now
        self._time = OpenTime(engagement)
        self._ranks = priority_ranks(engagement)
        self._messages = {source.id: shows_messages(source) for source in engagement.sources}

    def item(self, ticket: OpenTicket, clock: Clock | None) -> WaitingItem:
        now, timezone = self._now, self._engagement.timezone
        kind = Obligation.REPLY if clock is None else clock.obligation
        since = waiting_since(ticket, clock)
        person = self._people.show(ticket.source, holder(ticket, clock), Side.CLIENT)
        asked = self._asked(ticket, clock)
        left = None if clock is None else self._time.left(clock, now)
        overdue = left is not None and left < 0
        working = self._working_age(clock, since)
        blocked, blocked_left = self._blocked(ticket)
        blocks = self._blocks_words(blocked, blocked_left)
        priority = contract_priority(ticket)
        due_at = None if clock is None else clock.due_at
        return WaitingItem(
            key=f"{ticket.source}/{ticket.id}/{kind}/{0 if clock is None else clock.round}",
            ticket=TicketKey(ticket.source, ticket.id),
            reference=ticket.reference,
            subject=ticket.subject,
            kind=kind,
            kind_words=wording.duty(kind),
            status=ticket.status,
            person=person.words,
            person_known=person.is_known,
            since=since,
            since_words=wording.moment(since, timezone, now),
            age=now - since,
            age_words=wording.span(now - since),
            working_age=working,
            working_age_words=wording.UNKNOWN if working is None else wording.working_span(working),
            target=None if clock is None else clock.target,
            due_at=due_at,
            due_words=self._due_words(clock, left),
            overdue=overdue,
            asked=asked,
            asked_words=_ASKED_WORDS[asked],
            priority=priority,
            blocks=blocks,
            blocked_obligation=None if blocked is None else blocked.obligation,
            blocked_remaining=blocked_left,
            consequence=self._consequence(priority, clock, left, now - since),
            tone=Tone.BAD if overdue else Tone.NOTICE,
            nudge=self._nudge(ticket, kind, since, asked, blocked, blocked_left),
            url=ticket.url,
        )

    def _asked(self, ticket: OpenTicket, clock: Clock | None) -> Asked:
        if not self._messages[ticket.source]:
            return Asked.UNKNOWN
        return Asked.CLAIMED if clock is None else Asked.EVIDENCED

    def _working_age(self, clock: Clock | None, since: Instant) -> int | None:
        name = self._engagement.participation.calendar if clock is None else clock.calendar
        calendar = self._time.calendar(name)
        return None if calendar is None else max(0, calendar.seconds_between(since, self._now))

    def _due_words(self, clock: Clock | None, left: int | None) -> str:
        if clock is None or clock.target is None:
            return "no target set"
        if left is not None and left < 0:
            return f"overdue by {wording.working_span(left)}"
        if clock.due_at is None:
            return wording.UNKNOWN
        return f"due {wording.moment(clock.due_at, self._engagement.timezone, self._now)}"

    def _blocked(self, ticket: OpenTicket) -> tuple[Clock | None, int | None]:
        """Return the provider's clock that the wait bears on: a paused one before a running one."""
        own = [
            clock
            for obligation in _BLOCKING
            for clock in ticket.clocks
            if clock.obligation is obligation and clock.target is not None
        ]
        own.sort(key=lambda clock: clock.state is not ClockState.PAUSED)
        if not own:
            return None, None
        return own[0], self._time.left(own[0], self._now)

    def _blocks_words(self, clock: Clock | None, left: int | None) -> str:
        if clock is None:
            return "no clock of the provider"
        duty = wording.duty(clock.obligation)
        if left is None:
            remaining = ""
        elif left < 0:
            remaining = f", over by {wording.working_span(left)}"
        else:
            remaining = f", {wording.working_span(left)} left"
        if clock.state is ClockState.PAUSED:
            return f"pauses {duty}{remaining}"
        return f"{duty} runs on{remaining}"

    def _consequence(self, priority: str, clock: Clock | None, left: int | None, age: int) -> float:
        """Order by the contract's priority first, then by how far past our own target, then age."""
        rank = self._ranks.get(priority.casefold(), len(self._ranks))
        late = 0.0
        if clock is not None and left is not None and left < 0:
            late = 100 * min(1.0, -left / max(1, clock.target or 1))
        approval = 50.0 if clock is not None and clock.obligation is Obligation.APPROVAL else 0.0
        return 1000 / (1 + rank) + late + approval + min(50.0, age / DAY)

    def _nudge(
        self,
        ticket: OpenTicket,
        kind: Obligation,
        since: Instant,
        asked: Asked,
        blocked: Clock | None,
        left: int | None,
    ) -> str:
        """Return a reminder that names nobody: who sends it knows whom to address."""
        name = f"{ticket.reference} ({ticket.subject})" if ticket.subject else ticket.reference
        when = wording.moment(since, self._engagement.timezone, self._now)
        if kind is Obligation.APPROVAL:
            opening = f"{name} has waited for a decision from us since {when}."
            request = "Could you approve it, refuse it, or name who decides?"
        elif asked is Asked.CLAIMED:
            opening = (
                f"{name} has been marked as waiting for us since {when}, "
                "though we see no open question."
            )
            request = "Do you know what is needed? If not, we will ask them to take it back."
        else:
            opening = f"{name} has waited for an answer from us since {when}."
            request = "Could you answer it, or name who can?"
        cost = ""
        if blocked is not None and blocked.state is ClockState.PAUSED:
            spare = f" with {wording.working_span(left)} to spare" if left and left > 0 else ""
            cost = (
                f" Until then work on its {wording.duty(blocked.obligation)} stands still{spare}."
            )
        return f"{opening}{cost} {request}"


_ASKED_WORDS = {
    Asked.EVIDENCED: "a question is on record",
    Asked.CLAIMED: "status only: no question on record",
    Asked.UNKNOWN: "the source shows no messages",
}


def _summary(total: int, oldest: Instant | None, overdue: int, now: Instant) -> str:
    if oldest is None:
        return "Nothing waits on us."
    verb = "waits" if total == 1 else "wait"
    past = f"; {overdue} past our own target" if overdue else ""
    return (
        f"{wording.counted(total, 'item')} {verb} on us, oldest {wording.span(now - oldest)}{past}."
    )
