"""At risk: open provider clocks by the time left, and tickets that have gone silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.calendars import NeverOpenError
from engagewatch.engine.flag_rules_tickets import SILENT_AFTER, SOON_SECONDS, SOON_SHARE
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import OpenTicket, open_tickets
from engagewatch.views import wording
from engagewatch.views.keys import TicketKey
from engagewatch.views.open_time import OpenTime
from engagewatch.views.open_work import contract_priority
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.policy import shows_messages
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One open clock of the provider's ledger."""

    key: str
    """Identity of the row across refreshes."""
    ticket: TicketKey
    reference: str
    subject: str
    obligation: Obligation
    obligation_words: str
    round: int
    priority: str
    state: ClockState
    """At ``now``: running, paused or missed."""
    state_words: str
    due_at: Instant | None
    """``None`` while paused, or where the contract sets no target."""
    due_words: str
    """E.g. ``Tue 3 Mar 11:00``; ``paused`` or ``no target`` where there is none."""
    remaining: int | None
    """Business seconds left; negative when overspent; ``None`` without a target."""
    remaining_words: str
    """E.g. ``1h 20m left``, ``over by 3h``, ``paused with 1h 20m left``."""
    consumed: int
    """Business seconds counted up to ``now``."""
    target: int | None
    share: float | None
    """``consumed / target``; above 1 when overspent."""
    calendar_open: bool | None
    """Whether the clock's calendar is open at ``now``, that is whether time is being counted."""
    calendar_words: str
    """E.g. ``counting``, ``closed until Mon 2 Mar 09:00``."""
    court: Side
    court_words: str
    owner: str
    """Name or role at the provider, as privacy allows; ``nobody named``."""
    tone: Tone
    url: str
    due_soon: bool = False


@dataclass(frozen=True, slots=True)
class SilentRow:
    """An open ticket on which one side has said nothing for long."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    priority: str
    awaited: Side
    """Whose word is missing: the side in whose court it is."""
    awaited_words: str
    since: Instant
    since_words: str
    silence: int
    """Calendar seconds since the side that holds it last said anything, or since it got it."""
    silence_words: str
    owner: str
    tone: Tone
    url: str


@dataclass(frozen=True, slots=True)
class AtRiskView:
    """What can still be acted on, the nearest first; missed clocks that stand open come first."""

    as_of: Instant
    rows: tuple[RiskRow, ...]
    silent: tuple[SilentRow, ...]
    """Longest silence first."""
    missed: int
    due_soon: int
    """Running with at most a quarter of the target, or an hour of the day, left."""
    paused: int
    running: int
    untargeted: int
    """Open clocks that the contract sets no target for; they are in ``rows`` last."""
    summary: str
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> AtRiskView:
    """Return the open provider clocks at ``now``; ``roles_only`` hides names (for exports)."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        tickets = open_tickets(store, of)
        people = PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
        watch = _Watch(engagement, people, now)
        rows = [
            watch.row(ticket, clock)
            for ticket in tickets
            for clock in ticket.clocks
            if clock.ledger is Side.PROVIDER
        ]
        silent = [row for row in map(watch.silent, tickets) if row is not None]
    rows.sort(key=_urgency)
    silent.sort(key=lambda row: (-row.silence, row.key))
    missed = sum(row.state is ClockState.MISSED for row in rows)
    soon = sum(row.due_soon for row in rows)
    untargeted = sum(row.target is None for row in rows)
    open_ended = (
        f"Whether {wording.counted(untargeted, 'open clock')} will be in time: the contract sets "
        "no target."
    )
    return AtRiskView(
        as_of=now,
        rows=tuple(rows),
        silent=tuple(silent),
        missed=missed,
        due_soon=soon,
        paused=sum(row.state is ClockState.PAUSED for row in rows),
        running=sum(row.state is ClockState.RUNNING for row in rows),
        untargeted=untargeted,
        summary=_summary(len(rows), missed, soon, len(silent)),
        not_known=(open_ended,) if untargeted else (),
    )


def _urgency(row: RiskRow) -> tuple[int, int, str]:
    """Order by what can still be done: missed, then by due instant, then what stands still."""
    if row.state is ClockState.MISSED:
        return 0, row.due_at or 0, row.key
    if row.due_at is not None:
        return 1, row.due_at, row.key
    if row.remaining is not None:
        return 2, row.remaining, row.key
    return 3, -row.consumed, row.key


def _summary(total: int, missed: int, soon: int, silent: int) -> str:
    if not total and not silent:
        return "No open clock of the provider's."
    parts = [
        f"{count} {words}" for count, words in ((missed, "missed"), (soon, "due soon")) if count
    ]
    if silent:
        parts.append(f"{wording.counted(silent, 'ticket')} silent")
    return (
        f"{wording.counted(total, 'open clock')}: {', '.join(parts) or 'none missed or due soon'}."
    )


class _Watch:
    """Turns what is open into rows of one view."""

    def __init__(self, engagement: Engagement, people: PeopleDirectory, now: Instant) -> None:
        self._engagement = engagement
        self._people = people
        self._now = now
        self._time = OpenTime(engagement)
        self._messages = {source.id: shows_messages(source) for source in engagement.sources}

    def row(self, ticket: OpenTicket, clock: Clock) -> RiskRow:
        now = self._now
        left = self._time.left(clock, now)
        consumed = self._time.consumed(clock, now)
        state = ClockState.MISSED if left is not None and left < 0 else clock.state_at(now)
        running = clock.state is ClockState.RUNNING
        is_open, calendar_words = self._calendar(clock)
        soon = is_due_soon(clock, left, now)
        return RiskRow(
            key=f"{ticket.source}/{ticket.id}/{clock.obligation}/{clock.round}",
            ticket=TicketKey(ticket.source, ticket.id),
            reference=ticket.reference,
            subject=ticket.subject,
            obligation=clock.obligation,
            obligation_words=wording.duty(clock.obligation),
            round=clock.round,
            priority=clock.priority,
            state=state,
            state_words=wording.CLOCK_STATES[state],
            due_at=clock.due_at,
            due_words=self._due_words(clock),
            remaining=left,
            remaining_words=_remaining_words(clock, left, consumed),
            consumed=consumed,
            target=clock.target,
            share=consumed / clock.target if clock.target else None,
            calendar_open=is_open if running else None,
            calendar_words=calendar_words if running else "stands still",
            court=ticket.standing.court,
            court_words=wording.COURTS[ticket.standing.court],
            owner=self._people.show(ticket.source, clock.owner, Side.PROVIDER).words,
            tone=_tone(state, soon=soon),
            url=ticket.url,
            due_soon=soon,
        )

    def silent(self, ticket: OpenTicket) -> SilentRow | None:
        """Return the ticket as silent if the side that holds it has said nothing for long."""
        standing = ticket.standing
        court = standing.court
        if court not in (Side.PROVIDER, Side.CLIENT) or standing.finished_at is not None:
            return None
        word = standing.last_provider_word if court is Side.PROVIDER else standing.last_client_word
        since = max(standing.court_since, word or 0)
        silence = self._now - since
        if silence < SILENT_AFTER:
            return None
        key = ticket.assignee if court is Side.PROVIDER else ticket.requester
        seen = self._messages[ticket.source]
        return SilentRow(
            key=f"{ticket.source}/{ticket.id}",
            ticket=TicketKey(ticket.source, ticket.id),
            reference=ticket.reference,
            subject=ticket.subject,
            priority=contract_priority(ticket),
            awaited=court,
            awaited_words=wording.COURTS[court],
            since=since,
            since_words=wording.moment(since, self._engagement.timezone, self._now),
            silence=silence,
            silence_words=f"{'no word' if seen else 'no movement'} for {wording.span(silence)}",
            owner=self._people.show(ticket.source, key, court).words,
            tone=Tone.WARNING,
            url=ticket.url,
        )

    def _due_words(self, clock: Clock) -> str:
        if clock.target is None:
            return "no target"
        if clock.due_at is None:
            return "paused" if clock.state is ClockState.PAUSED else wording.UNKNOWN
        return wording.moment(clock.due_at, self._engagement.timezone, self._now)

    def _calendar(self, clock: Clock) -> tuple[bool | None, str]:
        calendar = self._time.calendar(clock.calendar)
        if calendar is None:
            return None, wording.UNKNOWN
        if calendar.is_open(self._now):
            return True, "counting"
        try:
            opening = calendar.next_opening(self._now)
        except NeverOpenError:
            return False, "closed"
        return (
            False,
            f"closed until {wording.moment(opening, self._engagement.timezone, self._now)}",
        )


def is_due_soon(clock: Clock, left: int | None, now: Instant) -> bool:
    """Return whether a running clock is near its target, by the thresholds of the flag rules."""
    if clock.state is not ClockState.RUNNING or left is None or left < 0 or not clock.target:
        return False
    near = clock.due_at is not None and clock.due_at - now <= SOON_SECONDS
    return near or left <= SOON_SHARE * clock.target


def _remaining_words(clock: Clock, left: int | None, consumed: int) -> str:
    if left is None:
        return f"{wording.working_span(consumed)} so far"
    if left < 0:
        return f"over by {wording.working_span(left)}"
    if clock.state is ClockState.PAUSED:
        return f"paused with {wording.working_span(left)} left"
    return f"{wording.working_span(left)} left"


def _tone(state: ClockState, *, soon: bool) -> Tone:
    if state is ClockState.MISSED:
        return Tone.BAD
    if soon:
        return Tone.WARNING
    return Tone.NOTICE if state is ClockState.PAUSED else Tone.PLAIN
