"""What the people of the simulated client wrote into engagewatch over the year.

They sealed the promises at the start (one of them late, and one was softened since), froze months
as they ended, claimed a credit, raised disputes, and reminded those on whom something waits. All of
it is entered with the date it would bear, so that the first look finds a record and not a blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from engagewatch.demo.profile import NORTHWIND, OFFICE
from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.handling import subject_of
from engagewatch.engine.promises import terms_of
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, to_instant, zone
from engagewatch.model.promise import Promise
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import Span, missed_clocks
from engagewatch.store.queries.scope import scope
from engagewatch.sync.freezing import frozen_counts
from engagewatch.views import attending, disputes
from engagewatch.views import credits as credit_views
from engagewatch.views.attendable import Attendable, attendables
from engagewatch.views.disputes import DisputeRow, DisputeState
from engagewatch.views.keys import handle_of
from engagewatch.views.period import Period, month_of

if TYPE_CHECKING:
    from engagewatch.store.store import Store

SEALED_LATE = ("fewer-tickets", 231)
"""The promise that was written down when its data were on record, and how many days late."""
AMENDED = ("backlog", 15.0, 190)
"""The promise that was softened, what it was before, and on which day it was changed."""

_FROZEN_MONTHS = 3
_CLAIMED_MONTHS = 6
_PROMISED = 0.95
"""Share in time under which a credit is due."""
_REMEMBERED = 60 * DAY
"""How far back reminders go."""


def before_reading(store: Store, engagements: Iterable[Engagement]) -> None:
    """Write down what was sealed before anything is read; doing so again changes nothing."""
    for engagement in engagements:
        if engagement.id == NORTHWIND.key:
            store.enter(list(_sealed(engagement)))


def after_reading(store: Store, engagements: Iterable[Engagement], anchor: Instant) -> None:
    """Write down what was said of things that had been read; doing so again changes nothing."""
    for engagement in engagements:
        if engagement.id == NORTHWIND.key:
            store.enter(list(_frozen(store, engagement, anchor)))
            store.enter(
                [
                    *_claimed(store, engagement, anchor),
                    *_disputed(store, engagement, anchor),
                    *_reminded(store, engagement, anchor),
                    *_attended(store, engagement, anchor),
                ]
            )


# -- promises -----------------------------------------------------------------------------------


def _sealed(engagement: Engagement) -> Iterator[Entry]:
    for promise in engagement.promises:
        late = SEALED_LATE[1] if promise.id == SEALED_LATE[0] else 0
        terms = terms_of(promise)
        if promise.id == AMENDED[0]:
            yield _seal(engagement, promise, 0, {**terms, "target": AMENDED[1]})
            late = AMENDED[2]
        yield _seal(engagement, promise, late, terms)


def _seal(engagement: Engagement, promise: Promise, days: int, terms: dict[str, Value]) -> Entry:
    """Return the seal of a promise, some days after the engagement began."""
    day = engagement.started + timedelta(days=days)
    local = datetime.combine(day, time(7, 30), tzinfo=zone(engagement.timezone))
    return _entry(to_instant(local), EntryKind.SEALED, promise.id, terms)


# -- months, credits and disputes ----------------------------------------------------------------


def _frozen(store: Store, engagement: Engagement, anchor: Instant) -> Iterator[Entry]:
    """Yield how the last months stood at their ends; of the latest, more is known since."""
    month = month_of(anchor, engagement.timezone)
    for back in range(_FROZEN_MONTHS):
        month = month.previous()
        counts = _counts(store, engagement, month, anchor)
        if back == 0:
            counts |= _as_it_looked_then(counts)
        if counts:
            told: dict[str, Value] = {key: f"{met}/{of}" for key, (met, of) in counts.items()}
            yield _entry(month.end + 6 * HOUR, EntryKind.FROZEN, month.key, told)


def _counts(
    store: Store, engagement: Engagement, month: Period, anchor: Instant
) -> dict[str, tuple[int, int]]:
    """Return what was met and judged in a month, by obligation and priority."""
    span = Span(month.start, month.end, anchor, engagement.rules)
    found = {}
    for key, told in frozen_counts(store, engagement, span).items():
        met, judged = str(told).split("/")
        found[key] = int(met), int(judged)
    return found


def _as_it_looked_then(counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the counts before two tickets came back and three more were resolved."""
    then = {}
    for key, came_back, resolved_since in (("resolution/P3", 2, 0), ("resolution/P4", 0, 3)):
        met, judged = counts.get(key, (0, 0))
        if judged >= 10:
            met += min(came_back, judged - met)
            then[key] = (met - resolved_since, judged - resolved_since)
    return then


def _claimed(store: Store, engagement: Engagement, anchor: Instant) -> Iterator[Entry]:
    """Yield the claims for earlier months; that for the last one is for today."""
    month = month_of(anchor, engagement.timezone).previous()
    for _ in range(_CLAIMED_MONTHS):
        month = month.previous()
        counts = _counts(store, engagement, month, anchor)
        if any(_fell_short(counts, duty) for duty in ("resolution/", "first_response/")):
            at = compile_calendar(OFFICE).next_opening(month.end + 11 * DAY)
            note = "by letter to the account manager"
            made = credit_views.claimed(engagement.id, at + 2 * HOUR, month.key, note)
            yield _dated(made)


def _fell_short(counts: Mapping[str, tuple[int, int]], duty: str) -> bool:
    found = [count for key, count in counts.items() if key.startswith(duty)]
    return sum(met for met, _ in found) < _PROMISED * sum(judged for _, judged in found)


def _disputed(store: Store, engagement: Engagement, anchor: Instant) -> Iterator[Entry]:
    """Yield what was said of three claims that favour the provider: one is still to be answered."""
    rows = _in_their_favour(store, engagement, anchor)
    said = (
        (DisputeState.ACCEPTED, 9, "they will correct the monthly report"),
        (DisputeState.RAISED, 6, "sent with the clock, minute by minute"),
        (DisputeState.REJECTED, 12, "they hold the receipt for a response"),
    )
    hours = compile_calendar(OFFICE)
    for row, (state, back, note) in zip(rows, said, strict=False):
        at = hours.subtract(anchor, back * HOUR)
        yield _dated(disputes.disputed(engagement.id, at, row.key, state, note))


def _in_their_favour(store: Store, engagement: Engagement, anchor: Instant) -> list[DisputeRow]:
    month: Period = month_of(anchor, engagement.timezone)
    views = (disputes.build(store, engagement, anchor, one) for one in (month, month.previous()))
    found = [
        [row for row in view.rows if row.in_favour_of is Side.PROVIDER][::-1] for view in views
    ]
    # Two of this month, so that they are seen at once; the one that was rejected is older.
    current, last = found
    return [*current[:2], *last][:3]


# -- reminders and notes --------------------------------------------------------------------------


def _reminded(store: Store, engagement: Engagement, anchor: Instant) -> Iterator[Entry]:
    """Yield reminders that were followed by an answer: some hours before it came."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    span = Span(anchor - _REMEMBERED, anchor, anchor, engagement.rules)
    hours = compile_calendar(OFFICE)
    for obligation, kind, back in (
        (Obligation.APPROVAL, "approval", 5 * HOUR),
        (Obligation.REPLY, "reply", 3 * HOUR),
    ):
        found = [
            (subject_of(one.source, one.ticket_id, obligation, one.clock.round), one.reference, at)
            for one in missed_clocks(store, of, span, obligation)
            if one.clock.stopped_at is not None
            and one.clock.due_at is not None
            and (at := hours.subtract(one.clock.stopped_at, back)) > one.clock.due_at
        ]
        for subject, about, at in found[:2]:
            yield _dated(attending.nudged(engagement.id, at, subject, about, kind))


def _attended(store: Store, engagement: Engagement, anchor: Instant) -> Iterator[Entry]:
    """Yield what was said of things that wait now."""
    things = attendables(store, engagement, anchor)
    hours = compile_calendar(OFFICE)
    name = engagement.id

    def at(back: int) -> Instant:
        return hours.subtract(anchor, back)

    for words, back in (("12 scanners for the Bristol", 58 * HOUR), ("Decide whether", 7 * HOUR)):
        for one in _called(things, words):
            kind = one.item.kind_words if one.item is not None else ""
            yield _dated(attending.nudged(name, at(back), one.subject, one.about, kind))
    for words, back, note in (
        ("Test of the new scanner", 12 * HOUR, "the night shift tests on Thursday"),
        ("Old label printer", 8 * HOUR, "the new one is ordered"),
    ):
        for one in _called(things, words):
            yield _dated(
                attending.acknowledged(name, at(back), one.subject, one.about, one.state, note)
            )
    for one in _called(things, "New starter Monday"):
        yield _dated(attending.assigned(name, at(5 * HOUR), one.subject, one.about, "IT liaison"))
    until = to_datetime(anchor, zone(engagement.timezone)).date() + timedelta(days=3)
    for one in _called(things, "List of users for the MFA"):
        why = "the list changes this week"
        said = at(10 * MINUTE)
        yield _dated(attending.put_off(name, said, one.subject, one.about, one.state, until, why))


def _called(things: Sequence[Attendable], words: str) -> list[Attendable]:
    return [one for one in things if words in one.words][:1]


# -- entries --------------------------------------------------------------------------------------


def _entry(at: Instant, kind: EntryKind, subject: str, values: dict[str, Value]) -> Entry:
    return _dated(Entry("", NORTHWIND.key, at, kind, subject, values))


def _dated(entry: Entry) -> Entry:
    """Return ``entry`` under an id that is the same whenever it is made."""
    return replace(entry, id=f"{entry.at:012d}-demo-{entry.kind}-{handle_of(entry.subject)}")
