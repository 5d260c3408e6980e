"""Gathering what the flag rules look at, from the store and the engagement file.

Costs what is open costs: finished tickets are read as counts of the current month alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import situation as engine
from engagewatch.engine.flags import checks_run, raise_flags
from engagewatch.engine.handling import UNHANDLED, state_of
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Flag
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.presence import knows_services
from engagewatch.store.queries.scope import Scope
from engagewatch.store.queries.tickets import OpenTicket, open_tickets
from engagewatch.views.attending import local_day
from engagewatch.views.claimable import claimable_credits
from engagewatch.views.ledger import LevelCount, counts, expected_more, priority_ranks, surveys
from engagewatch.views.open_time import OpenTime
from engagewatch.views.open_work import ASKING, contract_priority, holder
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import shows_messages
from engagewatch.views.waiting_list import WaitingList, waiting_list

if TYPE_CHECKING:
    from engagewatch.engine.situation_participation import LateTask, MissedMeetings
    from engagewatch.model.service import ComponentState
    from engagewatch.store.store import Store
    from engagewatch.views.situation_services import ServicesNow


@dataclass(frozen=True, slots=True)
class Gathered:
    """An engagement's situation at a moment, and what it was made from."""

    situation: engine.Situation
    open_tickets: tuple[OpenTicket, ...]
    counts: tuple[LevelCount, ...]
    """Both ledgers of the current month."""
    period: Period
    healths: tuple[SourceHealth, ...]
    """One per configured source; blank for one that was never polled."""
    component_states: tuple[ComponentState, ...]
    flags: tuple[Flag, ...]
    """The most consequential first."""
    put_off_flags: tuple[Flag, ...]
    """Those that somebody put off: they come back on their day, or when they change."""
    checks: int
    waiting: WaitingList
    """What waits on the client."""

    def state_of(self, flag: Flag) -> str:
        """Return the state of what a flag is about, whose change brings it back."""
        return _state_of(flag, self.waiting)


def _state_of(flag: Flag, waiting: WaitingList) -> str:
    for item in (*waiting.items, *waiting.put_off):
        if item.key == flag.about:
            return item.state
    return state_of(flag.severity, flag.since)


def gather(store: Store, engagement: Engagement, of: Scope, now: Instant) -> Gathered:
    """Return the situation of an engagement at ``now`` with the flags it raises."""
    period = month_of(now, engagement.timezone)
    found = open_tickets(store, of)
    rows = counts(store, engagement, of, period, now)
    healths = health_of_sources(store, engagement)
    services = _services(store, engagement, of, now)
    waiting = waiting_list(store, engagement, of, found, now, quick=True)
    people = PeopleDirectory(engagement, one_by_one(store, of))
    situation = engine.Situation(
        client=engagement.client,
        provider=engagement.provider,
        timezone=engagement.timezone,
        tickets=_tickets(store, engagement, of, found, now),
        components=() if services is None else services.components,
        incidents=() if services is None else services.news,
        planned=() if services is None else services.planned,
        sources=tuple(
            engine.SourceNow(health, engagement.source(health.source).interval)
            for health in healths
        ),
        periods=tuple(
            engine.PeriodCount(
                level=row.priority,
                rank=row.rank,
                obligation=row.obligation,
                period=period.key,
                period_words=period.words,
                attainment=row.attainment,
                expected_more=expected_more(row.attainment, period, now),
            )
            for row in rows
            # What becomes of surveys is told of all together.
            if row.obligation is not Obligation.SURVEY
        ),
        unmapped=_unmapped(found),
        late_tasks=_late_tasks(waiting),
        missed_meetings=_missed_meetings(waiting, engagement, people, now),
        credits=claimable_credits(store, engagement, now),
        surveys=surveys(rows),
    )
    today = local_day(now, engagement.timezone)
    flags: list[Flag] = []
    put_off: list[Flag] = []
    for flag in raise_flags(situation, now):
        handling = waiting.handled.get(flag.subject, UNHANDLED)
        is_put_off = handling.is_put_off(today, _state_of(flag, waiting))
        (put_off if is_put_off else flags).append(flag)
    return Gathered(
        situation=situation,
        open_tickets=tuple(found),
        counts=rows,
        period=period,
        healths=healths,
        component_states=tuple(component.state for component in situation.components),
        flags=tuple(flags),
        put_off_flags=tuple(put_off),
        checks=checks_run(situation),
        waiting=waiting,
    )


def health_of_sources(store: Store, engagement: Engagement) -> tuple[SourceHealth, ...]:
    """Return the health of every configured source, blank for one never polled."""
    known = {health.source: health for health in store.health(engagement.id)}
    return tuple(
        known.get(settings.id, SourceHealth(engagement=engagement.id, source=settings.id))
        for settings in engagement.sources
    )


def _tickets(
    store: Store, engagement: Engagement, of: Scope, found: Sequence[OpenTicket], now: Instant
) -> tuple[engine.OpenTicket, ...]:
    people = PeopleDirectory(engagement, one_by_one(store, of))
    time = OpenTime(engagement, quick=True)
    ranks = priority_ranks(engagement)
    messages = {settings.id: shows_messages(settings) for settings in engagement.sources}
    tickets = []
    for ticket in found:
        priority = contract_priority(ticket)
        words_seen = messages[ticket.source]
        clocks = []
        for clock in ticket.clocks:
            key = holder(ticket, clock) if clock.ledger is Side.CLIENT else clock.owner
            owner = people.show(ticket.source, key, clock.ledger).words if key else ""
            clocks.append(engine.OpenClock(clock, time.left(clock, now), owner))
        tickets.append(
            engine.OpenTicket(
                source=ticket.source,
                id=ticket.id,
                reference=ticket.reference,
                subject=ticket.subject,
                priority=priority,
                rank=ranks.get(priority.casefold(), len(ranks)),
                court=ticket.standing.court,
                court_since=ticket.standing.court_since,
                clocks=tuple(clocks),
                last_provider_word=ticket.standing.last_provider_word,
                last_client_word=ticket.standing.last_client_word,
                words_seen=words_seen,
                unasked_pause=_unasked(ticket, now) if words_seen else None,
                unrecorded_wait=_unrecorded(ticket, now) if words_seen else None,
            )
        )
    return tuple(tickets)


def _unasked(ticket: OpenTicket, now: Instant) -> int:
    """Return how long the ticket has been in the client's court with nothing asked of it."""
    if ticket.standing.court is not Side.CLIENT:
        return 0
    if any(clock.obligation in ASKING for clock in ticket.clocks):
        return 0
    return max(0, now - ticket.standing.court_since)


def _unrecorded(ticket: OpenTicket, now: Instant) -> int:
    """Return how long a question has stood open while the ticket is in another court."""
    if ticket.standing.court is Side.CLIENT or ticket.standing.finished_at is not None:
        return 0
    asked = [clock.started_at for clock in ticket.clocks if clock.obligation in ASKING]
    return max(0, now - min(asked)) if asked else 0


def _unmapped(found: Sequence[OpenTicket]) -> tuple[engine.UnmappedStatus, ...]:
    """Return the statuses without a meaning that open tickets have met, with how many did."""
    met = Counter(
        (ticket.source, status) for ticket in found for status in ticket.standing.unmapped
    )
    return tuple(
        engine.UnmappedStatus(source, status, tickets)
        for (source, status), tickets in met.most_common()
    )


def _services(store: Store, engagement: Engagement, of: Scope, now: Instant) -> ServicesNow | None:
    if not knows_services(store, of):
        return None
    # Where no service is watched, nobody need wait for what it imports.
    from engagewatch.views.situation_services import services_now

    return services_now(store, engagement, of, now)


def _late_tasks(waiting: WaitingList) -> tuple[LateTask, ...]:
    if waiting.plan is None:
        return ()
    from engagewatch.views.situation_participation import late_tasks

    return late_tasks(waiting.plan)


def _missed_meetings(
    waiting: WaitingList, engagement: Engagement, people: PeopleDirectory, now: Instant
) -> tuple[MissedMeetings, ...]:
    if waiting.meetings is None:
        return ()
    from engagewatch.views.situation_participation import missed_meetings

    return missed_meetings(waiting.meetings, engagement, people, now)
