"""Relief: which of the provider's misses our own time explains, and what that costs us.

The same block stands on both ledgers: for the provider it is what would have been met, for us the
price of our own lag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.engine.fold import Folder
from engagewatch.engine.relief import ButFor, Miss, Standing, notices_of, standing_of
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.policy import Duration, Relief
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import PeriodClock, missed_clocks
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.histories import with_events
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.views import wording
from engagewatch.views.entering import make_entry
from engagewatch.views.figure import Figure
from engagewatch.views.kept import NO_LONGER_KEPT, is_emptied, removed_words
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
    standing: Standing


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
    """How many of ``rows`` there are by obligation and priority, late notices left out."""
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

_NOTICES = {
    Standing.NOTICE_GIVEN: "in time",
    Standing.NOTICE_LATE: "too late",
    Standing.NOTICE_MISSING: "not on record",
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
        notices = notices_of(entries(store, engagement.id, [EntryKind.RELIEF_NOTICE]))
        emptied = kept_since(store, of)
        desk = _Desk(engagement, now, notices)
        rows = [desk.row(one, miss) for one, miss in tested if miss.outcome is ButFor.MET]
        untold = sum(miss.outcome is ButFor.CANNOT_TELL for _, miss in tested)
        excused = Counter(
            (row.obligation, row.priority)
            for row in rows
            if row.standing is not Standing.NOTICE_LATE
        )
        cost = None
        if rows:
            cost = cost_of(store, engagement, now, period, excused, _worst_told(rows))
    value = f"{len(rows)} of {wording.counted(len(missed), 'miss', 'misses')}"
    summary = _summary(len(missed), len(rows), untold)
    if not missed and is_emptied(period, emptied):
        value, summary = NO_LONGER_KEPT, "What the provider missed then is no longer kept."
    elif not missed and removed_words(engagement, period, emptied, now):
        summary = "The provider missed nothing of what is still kept."
    return ReliefBlock(
        period=period,
        misses=len(missed),
        rows=tuple(rows),
        untold=untold,
        excused=excused,
        summary=summary,
        terms=desk.terms(rows) if rows else "",
        cost=cost,
        figure=Figure(
            label=f"Misses that our time explains, {period.words}",
            value=value,
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
        folder = Folder(policy_of(store, engagement, engagement.source(source)))
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


def notice_subject(source: str, ticket: str, obligation: Obligation) -> str:
    """Return what an entry about a notice is about."""
    return f"{source}/{ticket}/{obligation}"


def noticed(engagement: str, now: Instant, row: ReliefRow, on: date | None) -> Entry:
    """Return the entry that the provider gave notice on a day; ``None`` takes it back."""
    subject = notice_subject(*row.ticket, row.obligation)
    day = None if on is None else on.isoformat()
    return make_entry(engagement, now, EntryKind.RELIEF_NOTICE, subject, {"on": day})


def _worst_told(rows: Sequence[ReliefRow]) -> Standing:
    """Return the standing that says how sure the cost is: the least certain one there is."""
    found = {row.standing for row in rows}
    return Standing.NOTICE_MISSING if Standing.NOTICE_MISSING in found else rows[0].standing


class _Desk:
    """Puts what our time explains into words."""

    def __init__(self, engagement: Engagement, now: Instant, notices: Mapping[str, date]) -> None:
        self._engagement = engagement
        self._now = now
        self._notices = notices
        self._calendar = OpenTime(engagement).calendar(engagement.participation.calendar)

    def row(self, one: PeriodClock, miss: Miss) -> ReliefRow:
        clock = miss.clock
        target = wording.working_span(clock.target or 0)
        given = self._notices.get(notice_subject(one.source, one.ticket_id, clock.obligation))
        until = self._notice_until(clock.due_at)
        last_day = None if until is None else self._day(until)
        standing = standing_of(self._engagement.relief, given, last_day)
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
            standing_words=self._standing_words(standing, given, until),
            tone=Tone.PLAIN if standing is Standing.NOTICE_LATE else Tone.NOTICE,
            standing=standing,
        )

    def terms(self, rows: Sequence[ReliefRow]) -> str:
        if self._engagement.relief is not Relief.NOTICE_REQUIRED:
            return _TERMS[standing_of(self._engagement.relief)]
        days = wording.counted(self._engagement.notice_days, "business day")
        terms = f"The contract excuses them if the provider gave notice within {days}; "
        count = Counter(row.standing for row in rows)
        told = [
            f"{count[standing]} {words}" for standing, words in _NOTICES.items() if count[standing]
        ]
        if count[Standing.NOTICE_MISSING] == len(rows):
            return f"{terms}whether it did is not on record."
        return f"{terms}notice: {', '.join(told)}."

    def _standing_words(self, standing: Standing, given: date | None, until: Instant | None) -> str:
        if standing in _STANDING_WORDS:
            return _STANDING_WORDS[standing]
        if given is not None:
            on = f"notice given {wording.date_words(given)}"
            if standing is Standing.NOTICE_GIVEN or until is None:
                return f"excused, {on}, in time"
            day = wording.day(until, self._engagement.timezone, self._now)
            return f"stays a miss: {on}, too late; it was due by {day}"
        if until is None:
            return "candidate, notice missing"
        day = wording.day(until, self._engagement.timezone, self._now)
        when = f"it can be given until {day}" if until > self._now else f"it was due by {day}"
        return f"candidate, notice missing; {when}"

    def _day(self, at: Instant) -> date:
        return to_datetime(at, zone(self._engagement.timezone)).date()

    def _notice_until(self, due_at: Instant | None) -> Instant | None:
        """Return by when notice is due: counted from the miss, of which the provider knows."""
        if due_at is None or self._calendar is None:
            return None
        days = Duration(business_days=self._engagement.notice_days)
        return self._calendar.add(due_at, self._calendar.seconds_of(days, self._day(due_at)))


def _summary(misses: int, candidates: int, untold: int) -> str:
    if not misses:
        return "The provider missed nothing that the contract times."
    of = wording.counted(misses, "miss", "misses")
    words = f"{candidates} of {of} would have been met but for our time."
    if untold:
        words += f" Of {untold} it cannot be told: what was asked is not seen."
    return words
