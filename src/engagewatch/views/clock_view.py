"""The clock view: one ticket's time, by court, by duty, and under three readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import explain
from engagewatch.engine.fold import Folder, policy_version
from engagewatch.engine.readings import claimed_verdict
from engagewatch.engine.walk import in_order
from engagewatch.model.clock import Clock, ClockState, Obligation, Standing
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Ticket
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import StoredTicket, find_ticket
from engagewatch.views import wording
from engagewatch.views.claims import claim_words
from engagewatch.views.clock_words import TONES
from engagewatch.views.keys import TicketKey
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.policy import policy_of
from engagewatch.views.ticket_waits import TicketWaits, ticket_waits
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class TicketNotFoundError(LookupError):
    """No such ticket in the store."""


@dataclass(frozen=True, slots=True)
class CourtSegment:
    """A stretch of the ticket's life in one side's court."""

    side: Side
    from_at: Instant
    until_at: Instant
    """The end, or ``now`` for the last one of an open ticket."""
    seconds: int
    is_open: bool
    words: str
    """E.g. ``us: Mon 2 Mar 09:12 to Tue 3 Mar 10:00 (1d)``."""


@dataclass(frozen=True, slots=True)
class CourtTotal:
    """All the time in one side's court."""

    side: Side
    words: str
    """``provider``, ``us``, ``third party``, ``nobody``."""
    seconds: int
    """Calendar seconds."""
    span_words: str
    share: float
    """Of the elapsed time, 0 to 1; the four sum to 1."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in words."""

    key: str
    at: Instant
    at_words: str
    kind: EventKind
    side: Side | None
    who: str
    """Name or role as privacy allows; empty where the source does not tell."""
    words: str
    """E.g. ``provider replied and asked something``, ``status: Open to Pending``."""
    is_internal: bool


@dataclass(frozen=True, slots=True)
class TimeSegment:
    """A stretch of an obligation's span, counted or not, and why."""

    from_at: Instant
    until_at: Instant
    counted: bool
    seconds: int
    """Business seconds counted in it, or that a pause took out of it."""
    why: str
    """E.g. ``counted``, ``paused: waits on us``, ``calendar closed``."""
    words: str


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """One clock of the ticket."""

    key: str
    obligation: Obligation
    round: int
    title: str
    """E.g. ``first response``, ``reply 2``."""
    ledger: Side
    state: ClockState
    """At ``now``."""
    state_words: str
    tone: Tone
    consumed: int
    """Business seconds up to ``now``."""
    target: int | None
    share: float | None
    """``consumed / target``."""
    consumed_words: str
    """E.g. ``2h 10m of 4h``, ``2h 10m, no target``."""
    due_at: Instant | None
    due_words: str
    paused: int
    paused_words: str
    calendar: str
    segments: tuple[TimeSegment, ...]
    sentence: str
    """Why it stands as it does."""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One obligation under the three readings, side by side."""

    obligation: Obligation
    words: str
    claimed: str
    """What the provider's tool says, e.g. ``met``; ``says nothing``."""
    claimed_field: str
    """Where that was read."""
    contract: str
    """Our count under the contract, e.g. ``missed: 5h 10m of 4h``."""
    felt: str
    """Calendar time without pauses, e.g. ``1d 3h``."""
    agrees: bool | None
    """Whether claim and contract agree; ``None`` where nothing is claimed or judged."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """Everything about one ticket's clocks."""

    ticket: TicketKey
    reference: str
    subject: str
    status: str
    priority: str
    court: Side
    court_words: str
    """E.g. ``in our court since Mon 2 Mar 09:12``."""
    created_at: Instant
    created_words: str
    finished_at: Instant | None
    is_open: bool
    requester: str
    owner: str
    category: str
    url: str
    as_of: Instant
    bar: tuple[CourtSegment, ...]
    """In time order, from creation to finish or ``now``, without holes."""
    totals: tuple[CourtTotal, ...]
    """Always four, provider first."""
    elapsed: int
    elapsed_words: str
    events: tuple[EventLine, ...]
    """In time order."""
    obligations: tuple[ObligationLine, ...]
    readings: tuple[ReadingRow, ...]
    explanation: str
    """The sentence of the clock that matters most now: an open one that is missed, whoever owes it;
    else the one due soonest; else the last resolution."""
    rule_version: str
    not_known: tuple[str, ...]
    """E.g. statuses without a meaning, messages the source does not show."""
    explained: str = ""
    """Key of the clock whose sentence :attr:`explanation` is."""
    waits: TicketWaits | None = None
    """How long it waited for us, claimed and evidenced; ``None`` if it never did."""


def build(
    store: Store,
    engagement: Engagement,
    now: Instant,
    source: str,
    ticket_id: str,
    *,
    roles_only: bool = False,
) -> ClockView:
    """Return the clock view of one ticket; ``ticket_id`` may be its id or its reference.

    Raises:
        TicketNotFoundError: the store holds no such ticket.
    """
    of = scope(store, engagement.id, (settings.id for settings in engagement.sources))
    with snapshot(store):
        found = find_ticket(store, of, source, ticket_id)
        if found is None:
            raise TicketNotFoundError(f"{ticket_id} is not known from source {source}")
        people = PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
        writer = _Writer(engagement, people, found, now)
        events = tuple(writer.event(event) for event in in_order(found.events))
        requester = people.show(source, found.ticket.requester, Side.CLIENT).words
        owner = people.show(source, found.ticket.assignee, Side.PROVIDER).words
    policy = policy_of(store, engagement, engagement.source(source))
    folder = Folder(policy)
    explanation = folder.explain(found.ticket, found.events, now)
    ticket, standing = found.ticket, explanation.standing
    bar = tuple(writer.segment(court) for court in explanation.courts)
    elapsed = sum(segment.seconds for segment in bar)
    obligations = tuple(writer.obligation(account) for account in explanation.accounts)
    explained = _matters_most(explanation.accounts)
    return ClockView(
        ticket=TicketKey(source, ticket.id),
        reference=ticket.reference,
        subject=ticket.subject,
        status=ticket.status,
        priority=_priority(explanation, ticket),
        court=standing.court,
        court_words=writer.court(standing),
        created_at=ticket.created_at,
        created_words=writer.moment(ticket.created_at),
        finished_at=standing.finished_at,
        is_open=standing.finished_at is None,
        requester=requester,
        owner=owner,
        category=ticket.category or "",
        url=ticket.url,
        as_of=now,
        bar=bar,
        totals=_totals(bar, elapsed),
        elapsed=elapsed,
        elapsed_words=wording.span(elapsed),
        events=events,
        obligations=obligations,
        readings=tuple(_reading(account) for account in explanation.accounts),
        explanation=obligations[explained].sentence,
        rule_version=policy_version(policy)[:12],
        not_known=explanation.notes,
        explained=obligations[explained].key,
        waits=ticket_waits(folder, found, engagement.timezone, now),
    )


class _Writer:
    """Puts what happened to one ticket into words."""

    def __init__(
        self, engagement: Engagement, people: PeopleDirectory, found: StoredTicket, now: Instant
    ) -> None:
        self._timezone = engagement.timezone
        self._people = people
        self._source = found.source
        self._now = now

    def moment(self, at: Instant) -> str:
        return wording.moment(at, self._timezone, self._now)

    def court(self, standing: Standing) -> str:
        if standing.finished_at is not None:
            return f"finished {self.moment(standing.finished_at)}"
        return f"{wording.IN_COURT[standing.court]} since {self.moment(standing.court_since)}"

    def segment(self, court: explain.CourtSegment) -> CourtSegment:
        seconds = court.until_at - court.from_at
        until = "now" if court.lasts else self.moment(court.until_at)
        return CourtSegment(
            side=court.side,
            from_at=court.from_at,
            until_at=court.until_at,
            seconds=seconds,
            is_open=court.lasts,
            words=f"{wording.COURTS[court.side]}: {self.moment(court.from_at)} to {until} "
            f"({wording.span(seconds)}), {court.why}",
        )

    def event(self, event: Event) -> EventLine:
        side = event.side or Side.NOBODY
        who = self._people.show(self._source, event.actor, side).words if event.actor else ""
        return EventLine(
            key=event.id,
            at=event.at,
            at_words=self.moment(event.at),
            kind=event.kind,
            side=event.side,
            who=who,
            words=self._happened(event),
            is_internal=event.kind is EventKind.NOTED,
        )

    def _happened(self, event: Event) -> str:
        actor = _ACTORS.get(event.side, "somebody")
        if event.kind is EventKind.REPLIED:
            if event.automatic:
                return f"automatic message from {actor}"
            return f"{actor} wrote{' and asked something' if event.asks else ''}"
        if event.kind is EventKind.NOTED:
            return f"{actor} wrote an internal note"
        if event.kind is EventKind.STATUS_CHANGED:
            return _turned("status", event, "unknown")
        if event.kind is EventKind.PRIORITY_CHANGED:
            return _turned("priority", event, "none")
        if event.kind is EventKind.ASSIGNED:
            if not event.value:
                return "assigned to nobody"
            named = self._people.show(self._source, event.value, Side.PROVIDER).words
            return f"assigned to {named}"
        if event.kind is EventKind.APPROVAL_REQUESTED:
            if not event.value:
                return "approval requested"
            named = self._people.show(self._source, event.value, Side.CLIENT).words
            return f"approval requested of {named}"
        if event.kind is EventKind.OPENED:
            return f"opened, status {event.value}" if event.value else "opened"
        if event.kind is EventKind.OBSERVED:
            return f"seen with status {event.value or 'unknown'}"
        words = _KINDS[event.kind]
        return f"{words}: {event.value}" if event.value else words

    def obligation(self, account: explain.Account) -> ObligationLine:
        clock, state = account.clock, account.state
        return ObligationLine(
            key=f"{clock.obligation}/{clock.round}",
            obligation=clock.obligation,
            round=clock.round,
            title=_title(clock),
            ledger=clock.ledger,
            state=state,
            state_words=wording.CLOCK_STATES[state],
            tone=TONES[state],
            consumed=account.consumed,
            target=clock.target,
            share=account.consumed / clock.target if clock.target else None,
            consumed_words=_consumed_words(account),
            due_at=clock.due_at,
            due_words=self._due(account),
            paused=account.paused,
            paused_words=wording.working_span(account.paused) if account.paused else "no pauses",
            calendar=clock.calendar,
            segments=tuple(self._time(segment) for segment in account.segments),
            sentence=account.sentence,
        )

    def _time(self, segment: explain.TimeSegment) -> TimeSegment:
        spent = f" ({wording.working_span(segment.seconds)})" if segment.seconds else ""
        return TimeSegment(
            from_at=segment.from_at,
            until_at=segment.until_at,
            counted=segment.counted,
            seconds=segment.seconds,
            why=segment.why,
            words=f"{self.moment(segment.from_at)} to {self.moment(segment.until_at)}: "
            f"{segment.why}{spent}",
        )

    def _due(self, account: explain.Account) -> str:
        clock = account.clock
        if clock.target is None:
            return "no target"
        if clock.due_at is None:
            return "paused" if account.state is ClockState.PAUSED else wording.UNKNOWN
        ended = not clock.is_open or account.state is ClockState.MISSED
        return f"{'was due' if ended else 'due'} {self.moment(clock.due_at)}"


_ACTORS: dict[Side | None, str] = {
    Side.PROVIDER: "the provider",
    Side.CLIENT: "the client",
    Side.THIRD_PARTY: "the third party",
}

_KINDS = {
    EventKind.APPROVAL_DECIDED: "approval decided",
    EventKind.MERGED: "merged into another ticket",
    EventKind.RATED: "rated",
    EventKind.SURVEYED: "asked to rate the service",
}


def _matters_most(accounts: Sequence[explain.Account]) -> int:
    """Return the position of the clock whose sentence tells what the ticket needs now."""
    positions = range(len(accounts))
    open_ones = [at for at in positions if accounts[at].clock.is_open]
    deciding = {accounts[at].clock.obligation for at in open_ones}
    due = [
        (accounts[at].state is not ClockState.MISSED, accounts[at].clock.due_at or 0, at)
        for at in open_ones
        if accounts[at].state is ClockState.MISSED
        or (accounts[at].state is ClockState.RUNNING and accounts[at].clock.due_at is not None)
    ]
    # The question that came with a request for approval is answered by the decision.
    if Obligation.APPROVAL in deciding:
        due = [one for one in due if accounts[one[2]].clock.obligation is not Obligation.REPLY]
    if due:
        return min(due)[2]
    return max(at for at in positions if accounts[at].clock.obligation is Obligation.RESOLUTION)


def _priority(explanation: explain.Explanation, ticket: Ticket) -> str:
    named = (account.clock.priority for account in reversed(explanation.accounts))
    return next((name for name in named if name), ticket.priority or "none")


def _turned(what: str, event: Event, nothing: str) -> str:
    """Return what something became; a first value came from nowhere."""
    if not event.previous:
        return f"{what}: {event.value or nothing}"
    return f"{what}: {event.previous} to {event.value or nothing}"


def _title(clock: Clock) -> str:
    duty = wording.duty(clock.obligation)
    return f"{duty} {clock.round}" if clock.round > 1 else duty


def _consumed_words(account: explain.Account) -> str:
    target = account.clock.target
    consumed = wording.working_span(account.consumed)
    if account.at_least != account.at_most:
        least, most = map(wording.working_span, (account.at_least, account.at_most))
        consumed = f"between {least} and {most}"
    if target is None:
        return f"{consumed}, no target"
    return f"{consumed} of {wording.working_span(target)}"


def _totals(bar: Sequence[CourtSegment], elapsed: int) -> tuple[CourtTotal, ...]:
    totals = []
    for side in (Side.PROVIDER, Side.CLIENT, Side.THIRD_PARTY, Side.NOBODY):
        seconds = sum(segment.seconds for segment in bar if segment.side is side)
        totals.append(
            CourtTotal(
                side=side,
                words=wording.COURTS[side],
                seconds=seconds,
                span_words=wording.span(seconds),
                share=seconds / elapsed if elapsed else 0.0,
            )
        )
    return tuple(totals)


def _reading(account: explain.Account) -> ReadingRow:
    clock, state, claim = account.clock, account.state, account.claim
    verdict = claimed_verdict(claim, clock)
    agrees = None
    if verdict is not None and state in (ClockState.MET, ClockState.MISSED):
        agrees = verdict is (state is ClockState.MET)
    return ReadingRow(
        obligation=clock.obligation,
        words=_title(clock),
        claimed=claim_words(claim, clock),
        claimed_field="" if claim is None else claim.source_field,
        contract=f"{wording.CLOCK_STATES[state]}: {_consumed_words(account)}",
        felt=wording.span(account.felt),
        agrees=agrees,
    )
