"""One thing that waits on the client, and how those in tickets are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from engagewatch.engine.consequence import UNRANKED, Consequence, of_clock
from engagewatch.engine.handling import UNHANDLED, Handling, state_of, subject_of
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.tickets import OpenTicket
from engagewatch.views import wording
from engagewatch.views.credit_at_stake import CreditAtStake
from engagewatch.views.keys import TicketKey
from engagewatch.views.ledger import priority_ranks
from engagewatch.views.open_time import OpenTime
from engagewatch.views.open_work import contract_priority, holder, waiting_since
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.policy import shows_messages
from engagewatch.views.tone import Tone

TASK = "task/"
"""What the subject of a task's item begins with."""

ACTION = "action/"
"""What the subject of an action's item begins with."""

SURVEYS = "surveys"
"""Subject of the one item that stands for all requests to rate the service."""

SURVEYS_LAPSE = 14 * DAY
"""A request to rate the service that is older than this is asked of nobody any more."""


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
    """Identity of the row across refreshes, and the subject of what is entered about it."""
    short: str
    """A few letters to type for it in a command; the same every day."""
    ticket: TicketKey | None
    screen: str
    """Which screen holds the evidence where it is no ticket; empty for none."""
    evidence: str
    """Id of the task, or key of the meeting, that this screen is about."""
    reference: str
    subject: str
    kind: Obligation
    kind_words: str
    """``reply``, ``approval``, ``survey``, ``task``, ``document`` or ``meeting``."""
    status: str
    """The provider's word for it, or how it stands in the plan."""
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
    """Business seconds we allow ourselves; ``None`` where we set no target, or a day."""
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
    """Business seconds left on the provider's clock that is held up."""
    credit_words: str
    """E.g. ``GBP 480.00 of service credit``; empty where none hangs on it."""
    consequence: Consequence
    state: str
    """Text of the facts whose change ends a snooze early."""
    tone: Tone
    nudge: str
    """A polite reminder, ready to paste; the tool never sends it."""
    url: str
    handling: Handling = UNHANDLED
    assigned_words: str = ""
    """E.g. ``assigned Mon 2 Mar``; empty while nobody assigned it."""
    noted_words: str = ""
    """E.g. ``acknowledged Mon 2 Mar 09:12: on it``; empty while nobody acknowledged it."""
    nudged_words: str = ""
    """E.g. ``nudged Mon 2 Mar 09:12``; empty while nobody was reminded."""
    put_off_words: str = ""
    """E.g. ``put off until Mon 9 Mar: on holiday``; empty while it is on the list."""

    @property
    def acknowledged(self) -> bool:
        """Whether somebody said to have seen it as it is now."""
        return self.handling.is_acknowledged(self.state)


_BLOCKING = (Obligation.RESOLUTION, Obligation.NEXT_RESPONSE, Obligation.UPDATE)
"""The provider's duties that our silence holds up, the weightiest first."""


class TicketDesk:
    """Makes the items that stand in tickets.

    ``quick`` leaves out what needs public holidays, which take a tenth of a second to look up: the
    working age of an item.
    """

    def __init__(
        self,
        engagement: Engagement,
        people: PeopleDirectory,
        now: Instant,
        at_stake: CreditAtStake,
        *,
        quick: bool = False,
    ) -> None:
        """Make items of ``engagement`` as of ``now``; ``at_stake`` tells what credit is."""
        self._engagement = engagement
        self._people = people
        self._now = now
        self._quick = quick
        self._time = OpenTime(engagement, quick=quick)
        self._ranks = priority_ranks(engagement)
        self._messages = {source.id: shows_messages(source) for source in engagement.sources}
        self._at_stake = at_stake

    def item(self, ticket: OpenTicket, clock: Clock | None) -> WaitingItem:
        """Return what a ticket awaits of us; without a clock only its status says so."""
        now, timezone = self._now, self._engagement.timezone
        kind = Obligation.REPLY if clock is None else clock.obligation
        since = waiting_since(ticket, clock)
        person = self._people.show(ticket.source, holder(ticket, clock), Side.CLIENT)
        asked = self._asked(ticket, clock)
        left = None if clock is None else self._time.left(clock, now)
        overdue = left is not None and left < 0
        working = self._working_age(clock, since)
        blocked, blocked_left = self._blocked(ticket)
        credit = Decimal(0) if blocked is None else self._at_stake.of(blocked)
        priority = contract_priority(ticket)
        rank = self._ranks.get(priority.casefold(), UNRANKED)
        due_at = None if clock is None else clock.due_at
        key = subject_of(ticket.source, ticket.id, kind, 0 if clock is None else clock.round)
        return WaitingItem(
            key=key,
            short="",
            ticket=TicketKey(ticket.source, ticket.id),
            screen="",
            evidence="",
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
            blocks=_blocks_words(blocked, blocked_left),
            blocked_obligation=None if blocked is None else blocked.obligation,
            blocked_remaining=blocked_left,
            credit_words=self._credit_words(credit),
            consequence=Consequence(
                holds=of_clock(
                    rank=rank,
                    has_target=blocked is not None,
                    credit=credit,
                    ours=clock is not None and clock.target is not None,
                ),
                credit=credit,
                rank=rank,
                overdue=overdue,
            ),
            state=state_of(due_at, ticket.standing.last_provider_word),
            tone=Tone.BAD if overdue else Tone.NOTICE,
            nudge=self._nudge(ticket, kind, since, asked, blocked, blocked_left),
            url=ticket.url,
        )

    def surveys(self, asked: Sequence[tuple[OpenTicket, Clock]]) -> WaitingItem | None:
        """Return the requests to rate the service as one item; ``None`` if none is fresh."""
        now, timezone = self._now, self._engagement.timezone
        fresh = [
            (ticket, clock)
            for ticket, clock in asked
            if now - clock.started_at < SURVEYS_LAPSE
            and (clock.due_at is None or clock.due_at >= now)
        ]
        if not fresh:
            return None
        fresh.sort(key=lambda pair: pair[1].started_at)
        ticket, clock = fresh[0]
        soonest = min((one.due_at for _, one in fresh if one.due_at is not None), default=None)
        item = self.item(ticket, clock)
        if len(fresh) == 1:
            person, known = item.person, item.person_known
            subject = f"Rate how {ticket.reference} went"
        else:
            people = {(one.source, one.requester) for one, _ in fresh}
            person, known = wording.counted(len(people), "person", "people"), True
            subject = f"Rate how {wording.counted(len(fresh), 'ticket')} went"
        return replace(
            item,
            key=SURVEYS,
            ticket=TicketKey(ticket.source, ticket.id),
            reference="survey" if len(fresh) == 1 else "surveys",
            subject=subject,
            status="asked for",
            person=person,
            person_known=known,
            due_at=soonest,
            due_words="no target set"
            if soonest is None
            else f"due {wording.moment(soonest, timezone, now)}",
            asked=Asked.EVIDENCED,
            asked_words="asked for by the provider's tool",
            priority="",
            blocks="what is known of how it felt",
            blocked_obligation=None,
            blocked_remaining=None,
            credit_words="",
            consequence=Consequence(
                of_clock(
                    rank=UNRANKED,
                    has_target=False,
                    credit=Decimal(0),
                    ours=soonest is not None,
                )
            ),
            state=state_of(max(one.started_at for _, one in fresh)),
            nudge=f"{subject}? It takes a minute, and it is the only way in which "
            f"{self._engagement.provider} and we learn how it felt.",
            url="",
        )

    def _credit_words(self, credit: Decimal) -> str:
        clause = self._engagement.credits
        if not credit or clause is None:
            return ""
        return f"{clause.currency} {credit:,.2f} of service credit"

    def _asked(self, ticket: OpenTicket, clock: Clock | None) -> Asked:
        if not self._messages[ticket.source]:
            return Asked.UNKNOWN
        return Asked.CLAIMED if clock is None else Asked.EVIDENCED

    def _working_age(self, clock: Clock | None, since: Instant) -> int | None:
        if self._quick:
            return None
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


def _blocks_words(clock: Clock | None, left: int | None) -> str:
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
