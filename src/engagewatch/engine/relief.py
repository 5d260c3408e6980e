"""Relief: a provider's misses that would have been met but for the client's own time.

The test counts the contract's clock once more with the time taken off for which a question or a
request for approval stood open with the client. It is asked only of the duties that the contract
can pause at all: where a first response may not pause, our silence does not excuse it either.
Whether the contract grants relief for what passes the test is a matter of its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engagewatch.engine.calendars import Calendar
from engagewatch.engine.clocks import clock_of, stretches, terms_for
from engagewatch.engine.compiled import CompiledPolicy
from engagewatch.engine.courts import evidence, union
from engagewatch.engine.doubts import least
from engagewatch.engine.history import History
from engagewatch.engine.obligations import Duty, duties_of
from engagewatch.engine.walk import read_history
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.model.policy import Relief
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, Ticket


class ButFor(StrEnum):
    """What would have become of a miss without the client's time."""

    MET = "met"
    """It would have been met, or would not be due yet."""
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"
    """The source does not show what was asked, or when the status changed."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One clock of the provider's that is missed, and what it would be but for our time."""

    clock: Clock
    consumed: int
    """Business seconds that the contract counts, up to the stop or to now."""
    without_us: int | None
    """The same without the time a question stood open; ``None`` where that was not seen."""
    outcome: ButFor


class Standing(StrEnum):
    """How a miss that our time explains stands under the contract."""

    GRANTED = "granted"
    """Not counted as a miss: the contract pauses by itself."""
    NOTICE_MISSING = "notice_missing"
    """Excused if the provider gives notice, and none is on record."""
    NOTICE_GIVEN = "notice_given"
    """Excused: the provider gave notice in time."""
    NOTICE_LATE = "notice_late"
    """The provider gave notice too late: it stays a miss."""
    NOT_GRANTED = "not_granted"
    """The contract grants no relief: it stays a miss."""


_STANDINGS = {
    Relief.NONE: Standing.NOT_GRANTED,
    Relief.AUTOMATIC_PAUSE: Standing.GRANTED,
    Relief.NOTICE_REQUIRED: Standing.NOTICE_MISSING,
}


def standing_of(
    relief: Relief, noticed: date | None = None, last_day: date | None = None
) -> Standing:
    """Return how a miss that passes the test stands.

    ``noticed`` is the day on which the provider gave notice, ``None`` if none is on record, and
    ``last_day`` the last one on which it could; ``None`` where that cannot be told, which is
    taken in the provider's favour.
    """
    if relief is not Relief.NOTICE_REQUIRED or noticed is None:
        return _STANDINGS[relief]
    late = last_day is not None and noticed > last_day
    return Standing.NOTICE_LATE if late else Standing.NOTICE_GIVEN


def notices_of(entries: Iterable[Entry]) -> dict[str, date]:
    """Return the days of the notices on record, by subject (source, ticket and duty).

    Of several entries about one subject the last counts; one without a day (field ``on``) takes
    back what was entered before.
    """
    found: dict[str, date] = {}
    for entry in entries:
        day = entry.values.get("on")
        try:
            found[entry.subject] = date.fromisoformat(str(day))
        except ValueError:
            found.pop(entry.subject, None)
    return found


def misses_of(
    ticket: Ticket, events: Sequence[Event], compiled: CompiledPolicy, now: Instant
) -> Iterator[Miss]:
    """Yield every clock of the provider's that is missed at ``now``, put to the test."""
    history = read_history(ticket, events, compiled, History)
    now = max(now, *history.instants)
    rules = compiled.rules
    asked = evidence(history) if compiled.has_messages else None
    for row in duties_of(history, compiled):
        duty = Duty._make(row)
        clock = clock_of(row, history, rules)
        if clock.ledger is not Side.PROVIDER or clock.state_at(now) is not ClockState.MISSED:
            continue
        terms, since, _ = terms_for(duty, history, rules)
        calendar = terms.promises[duty.obligation].calendar
        consumed = _consumed(duty, since, calendar, now)
        if duty.obligation is Obligation.FIRST_RESPONSE and not rules.first_response_pauses:
            yield Miss(clock, consumed, consumed, ButFor.MISSED)
            continue
        if asked is None:
            yield Miss(clock, consumed, None, ButFor.CANNOT_TELL)
            continue
        spared = duty._replace(pauses=union((*duty.pauses, *asked)))
        state = clock_of(spared, history, rules).state_at(now)
        outcome = _OUTCOMES.get(state, ButFor.MET)
        yield Miss(clock, consumed, _consumed(spared, since, calendar, now), outcome)


_OUTCOMES = {ClockState.MISSED: ButFor.MISSED, ClockState.UNKNOWN: ButFor.CANNOT_TELL}


def _consumed(duty: Duty, since: Instant, calendar: Calendar, now: Instant) -> int:
    # An open clock is counted with its doubts taken off, as everywhere.
    shown = least(duty) if duty.doubts and duty.stop is None else duty
    return sum(
        calendar.seconds_between(start, now if until is None else until)
        for start, until in stretches(since, shown)
    )
