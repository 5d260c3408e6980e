"""Relief: which of the provider's misses our own time explains, and what that costs us.

The same block stands on both ledgers: for the provider it is what would have been met, for us the
price of our own lag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.fold import Folder
from engagewatch.engine.relief import ButFor, Miss, Standing, standing_of
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.policy import Duration
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import PeriodClock, missed_clocks
from engagewatch.store.queries.histories import with_events
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.ledger import span_of
from engagewatch.views.open_time import OpenTime
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import policy_of
from engagewatch.views.relief_cost import ReliefCost, cost_of
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """One miss of the provider's that would have been met but for our time."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    priority: str
    obligation: Obligation
    obligation_words: str
    counted_words: str
    """E.g. ``11h of 8h``: what the contract counts."""
    without_words: str
    """What it counts but for our time, e.g. ``5h``."""
    standing_words: str
    """E.g. ``candidate, notice missing; it can be given until Mon 16 Mar``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class ReliefBlock:
    """The provider's misses of a month, put to the test."""

    period: Period
    misses: int
    rows: tuple[ReliefRow, ...]
    """Those that would have been met but for our time."""
    untold: int
    """Misses of tickets whose messages or history nobody saw."""
    excused: Mapping[tuple[Obligation, str], int]
    """How many of ``rows`` there are by obligation and priority."""
    summary: str
    """E.g. ``2 of 5 misses would have been met but for our time``."""
    terms: str
    """What the contract makes of them; empty where there are none."""
    cost: ReliefCost | None
    """``None`` where there are none, or the contract has no credit clause."""
    figure: Figure


_STANDING_WORDS = {
    Standing.GRANTED: "excused: the contract takes our time off",
    Standing.NOT_GRANTED: "stays a miss: the contract grants no relief",
}

_TERMS = {
    Standing.GRANTED: "The contract takes such time off by itself: these are no misses under it.",
    Standing.NOT_GRANTED: "The contract grants no relief for our time: they stay misses.",
}


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> ReliefBlock:
    """Return the misses of ``period``, the current month unless given, that our time explains."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        missed = _missed(store, engagement, of, period, now)
        tested = _tested(store, engagement, of, missed, now)
        desk = _Desk(engagement, now)
        rows = [desk.row(one, miss) for one, miss in tested if miss.outcome is ButFor.MET]
        untold = sum(miss.outcome is ButFor.CANNOT_TELL for _, miss in tested)
        excused = Counter((row.obligation, row.priority) for row in rows)
        cost = None
        if rows:
            cost = cost_of(store, engagement, now, period, excused, desk.standing)
    return ReliefBlock(
        period=period,
        misses=len(missed),
        rows=tuple(rows),
        untold=untold,
        excused=excused,
        summary=_summary(len(missed), len(rows), untold),
        terms=desk.terms() if rows else "",
        cost=cost,
        figure=Figure(
            label=f"Misses that our time explains, {period.words}",
            value=f"{len(rows)} of {wording.counted(len(missed), 'miss', 'misses')}",
            note=f"{untold} cannot be told" if untold else "",
            tone=Tone.NOTICE if rows else Tone.PLAIN,
            key=FigureKey(FigureKind.RELIEF, period=period.key),
            count=len(rows),
        ),
    )


def _missed(
    store: Store, engagement: Engagement, of: Scope, period: Period, now: Instant
) -> list[PeriodClock]:
    span = span_of(engagement, period, now)
    return [
        one
        for obligation in Obligation
        if obligation.ledger is Side.PROVIDER
        for one in missed_clocks(store, of, span, obligation)
    ]


def _tested(
    store: Store, engagement: Engagement, of: Scope, missed: Sequence[PeriodClock], now: Instant
) -> list[tuple[PeriodClock, Miss]]:
    """Return the missed clocks with what they would be but for our time, the latest due first."""
    found: dict[tuple[str, str, Obligation, int], Miss] = {}
    for source in {one.source for one in missed}:
        folder = Folder(policy_of(engagement, engagement.source(source)))
        ids = {one.ticket_id for one in missed if one.source == source}
        for stored in with_events(store, of, source, ids):
            for miss in folder.misses(stored.ticket, stored.events, now):
                clock = miss.clock
                found[source, stored.ticket.id, clock.obligation, clock.round] = miss
    pairs = [
        (one, found[key])
        for one in missed
        if (key := (one.source, one.ticket_id, one.clock.obligation, one.clock.round)) in found
    ]
    return sorted(pairs, key=lambda pair: (-(pair[1].clock.due_at or 0), pair[0].ticket_id))


class _Desk:
    """Puts what our time explains into words."""

    def __init__(self, engagement: Engagement, now: Instant) -> None:
        self._engagement = engagement
        self._now = now
        self.standing = standing_of(engagement.relief)
        self._calendar = OpenTime(engagement).calendar(engagement.participation.calendar)

    def row(self, one: PeriodClock, miss: Miss) -> ReliefRow:
        clock = miss.clock
        target = wording.working_span(clock.target or 0)
        return ReliefRow(
            key=f"{one.source}/{one.ticket_id}/{clock.obligation}/{clock.round}",
            ticket=TicketKey(one.source, one.ticket_id),
            reference=one.reference,
            subject=one.subject,
            # As the tallies of the month have it, also while an edited policy is being taken in.
            priority=one.clock.priority,
            obligation=clock.obligation,
            obligation_words=wording.duty(clock.obligation),
            counted_words=f"{wording.working_span(miss.consumed)} of {target}",
            without_words=wording.working_span(miss.without_us or 0),
            standing_words=self._standing_words(clock.due_at),
            tone=Tone.NOTICE,
        )

    def terms(self) -> str:
        if self.standing is not Standing.NOTICE_MISSING:
            return _TERMS[self.standing]
        days = wording.counted(self._engagement.notice_days, "business day")
        return (
            f"The contract excuses them if the provider gave notice within {days}; "
            "whether it did is not on record."
        )

    def _standing_words(self, due_at: Instant | None) -> str:
        if self.standing is not Standing.NOTICE_MISSING:
            return _STANDING_WORDS[self.standing]
        until = self._notice_until(due_at)
        if until is None:
            return "candidate, notice missing"
        day = wording.day(until, self._engagement.timezone, self._now)
        when = f"it can be given until {day}" if until > self._now else f"it was due by {day}"
        return f"candidate, notice missing; {when}"

    def _notice_until(self, due_at: Instant | None) -> Instant | None:
        """Return by when notice is due: counted from the miss, of which the provider knows."""
        if due_at is None or self._calendar is None:
            return None
        days = Duration(business_days=self._engagement.notice_days)
        day = to_datetime(due_at, zone(self._engagement.timezone)).date()
        return self._calendar.add(due_at, self._calendar.seconds_of(days, day))


def _summary(misses: int, candidates: int, untold: int) -> str:
    if not misses:
        return "The provider missed nothing that the contract times."
    of = wording.counted(misses, "miss", "misses")
    words = f"{candidates} of {of} would have been met but for our time."
    if untold:
        words += f" Of {untold} it cannot be told: what was asked is not seen."
    return words
