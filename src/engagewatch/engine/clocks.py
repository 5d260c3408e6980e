"""Clocks: how much of a duty's time counted, whether that was in time, and when it ran out.

Judged by what was consumed against the target (exactly on target is met), never by comparing
instants: a due instant at the end of a day and one at the next opening are the same promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from engagewatch.engine.calendars import Calendar, NeverOpenError
from engagewatch.engine.compiled import Terms
from engagewatch.engine.doubts import least, most, reason_for
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.obligations import Duty, DutyRow
from engagewatch.engine.reasons import BREACHED_BEFORE_CHANGE, NO_TARGET
from engagewatch.engine.working_days import WorkingDays
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import PriorityChange, Rules
from engagewatch.model.sides import Side
from engagewatch.model.unsealed import UnsealedClock

_MET = ClockState.MET
_MISSED = ClockState.MISSED
_RUNNING = ClockState.RUNNING
_PAUSED = ClockState.PAUSED
_EXCLUDED = ClockState.EXCLUDED
_UNKNOWN = ClockState.UNKNOWN
_REPLY = Obligation.REPLY
_APPROVAL = Obligation.APPROVAL
_SURVEY = Obligation.SURVEY
_CLIENT = Side.CLIENT


Count: TypeAlias = tuple[int, int, Instant | None, Instant | None]
"""What a clock shows: seconds consumed, seconds paused, running since, due at."""


def clock_of(row: DutyRow, history: History, rules: Rules) -> Clock:
    """Time a duty under the terms of its ticket's priority."""
    obligation, number, start, stop, ending, pauses, gaps, excluded, doubts = row
    if len(history.priorities) == 1:
        terms, since, reason = history.priorities[0][1], start, ""
    else:
        terms, since, reason = terms_for(Duty._make(row), history, rules)
    calendar, target, days = terms.promises[obligation]
    if days is not None and target is not None:
        target = _allowed(days, calendar, since, target)
    limit = target
    if target and not rules.exactly_on_target_is_met:
        limit = target - 1
    counts = history.counts(calendar)
    doubtful = False
    if doubts:
        count, doubtful = _doubted_count(Duty._make(row), since, calendar, counts, limit)
        consumed, paused, running_since, due_at = count
    elif pauses or gaps:
        duty = Duty._make(row)
        consumed, paused, running_since, due_at = count_of(duty, since, calendar, counts, limit)
    else:
        # What count_of comes to for a clock that never stood still.
        begun = counts[since]
        consumed, paused, running_since = 0, 0, since
        if stop is not None:
            consumed, running_since = counts[stop] - begun, None
        due_at = None if limit is None else _due(calendar, since, begun, limit)
    if excluded:
        state, reason = _EXCLUDED, excluded
    elif stop is None:
        state = _PAUSED if running_since is None else _RUNNING
    elif limit is None:
        state, reason = _EXCLUDED, NO_TARGET
    elif doubtful:
        state, reason = _UNKNOWN, reason_for(history)
    elif consumed > limit:
        state, reason = _MISSED, reason or ending
    elif ending:
        state, reason = _EXCLUDED, ending
    else:
        state = _MET
    if obligation is _REPLY or obligation is _SURVEY:
        owner = history.ticket.requester
    elif obligation is _APPROVAL:
        owner = history.approvers[number - 1]
    else:
        owner = history.ticket.assignee
    client_wait = 0
    spans = history.client_spans
    if spans and (stop is None or stop > spans[0][0]):
        client_wait = _client_wait(counts, spans, start, stop)
    clock = UnsealedClock(
        obligation,
        number,
        state,
        start,
        stop,
        consumed,
        running_since,
        target,
        due_at,
        calendar.name,
        terms.name,
        None if stop is None else stop - start,
        paused,
        client_wait,
        owner,
        reason,
    )
    clock.__class__ = Clock
    return clock


def _doubted_count(
    duty: Duty,
    since: Instant,
    calendar: Calendar,
    counts: Mapping[Instant, int],
    target: int | None,
) -> tuple[Count, bool]:
    """Count a duty that was not seen all the time; also return whether that leaves it untold."""
    fewest, greatest = bounds_of(duty, since, calendar, counts, target)
    if duty.stop is None:
        return fewest, False  # an open clock is called late only when that is certain
    doubtful = target is not None and fewest[0] <= target < greatest[0]
    return count_of(duty, since, calendar, counts, target), doubtful


def stretches(since: Instant, duty: Duty) -> Sequence[OpenSpan]:
    """Return when the clock of ``duty`` ran from ``since`` on: disjoint, in order.

    The last stretch is open if the clock runs still; a clock that is paused has none open.
    """
    stop, holes = duty.stop, duty.pauses
    if duty.gaps:
        holes = sorted((*holes, *duty.gaps), key=lambda hole: hole[0])
    elif not holes:
        return ((since, stop),)
    running: list[OpenSpan] = []
    at = since
    for hole_start, hole_end in holes:
        if stop is not None and hole_start >= stop:
            break
        if hole_end is not None and hole_end <= at:
            continue
        if hole_start > at:
            running.append((at, hole_start))
        if hole_end is None:
            return running
        at = hole_end
        if stop is not None and at >= stop:
            return running
    running.append((at, stop))
    return running


def count_of(
    duty: Duty,
    since: Instant,
    calendar: Calendar,
    counts: Mapping[Instant, int],
    target: int | None,
) -> Count:
    """Count ``duty`` from ``since`` on in ``calendar`` and find when ``target`` is consumed."""
    consumed = 0
    until = since
    running_since: Instant | None = None
    used_up: Instant | None = None
    for start, end in stretches(since, duty):
        if end is None:
            running_since = until = start
            break
        before = consumed
        consumed += counts[end] - counts[start]
        until = end
        if used_up is None and target is not None and consumed >= target:
            used_up = _due(calendar, start, counts[start], target - before)
    stop = duty.stop
    due: Instant | None = None
    if target is None:
        pass
    elif stop is not None:
        due = (
            used_up
            if used_up is not None
            else _due(calendar, stop, counts[stop], target - consumed)
        )
    elif consumed > target:
        due = used_up
    elif running_since is not None:
        due = _due(calendar, running_since, counts[running_since], target - consumed)
    paused = 0
    if duty.pauses:
        end = until if stop is None else stop
        paused = counts[end] - counts[since] - consumed
        for gap_start, gap_end in duty.gaps:
            if gap_end is not None and since <= gap_start < end:
                paused -= counts[gap_end] - counts[gap_start]
    return consumed, paused, running_since, due


def bounds_of(
    duty: Duty,
    since: Instant,
    calendar: Calendar,
    counts: Mapping[Instant, int],
    target: int | None,
) -> tuple[Count, Count]:
    """Count the least and the most that ``duty`` may have consumed in spite of its doubts."""
    longest = most(duty)
    earliest = longest.start if since == duty.start else since
    return (
        count_of(least(duty), since, calendar, counts, target),
        count_of(longest, earliest, calendar, counts, target),
    )


def terms_for(duty: Duty, history: History, rules: Rules) -> tuple[Terms, Instant, str]:
    """Return the terms that judge ``duty``, from when its time counts, and why if not the last.

    A breach of earlier terms stands when the priority changes afterwards, if the rules say so: the
    clock is then judged by the terms it broke.
    """
    priorities = history.priorities
    rule = rules.priority_change
    if rule is PriorityChange.AT_CREATION:
        return priorities[0][1], duty.start, ""
    obligation = duty.obligation
    held = _held(obligation, priorities, duty.stop)
    if rule is PriorityChange.WORST:
        _, worst = min(held, key=lambda row: _strictness(row[1], obligation))
        return worst, duty.start, ""
    restarts = rule is PriorityChange.FROM_CHANGE
    if rules.breach_survives_downgrade:
        for (at, terms), (changed_at, _) in pairwise(held):
            if changed_at <= duty.start:
                continue
            since = max(duty.start, at) if restarts else duty.start
            if _is_breached(duty, history, terms, since, changed_at, rules):
                return terms, since, BREACHED_BEFORE_CHANGE
    at, terms = held[-1]
    return terms, max(duty.start, at) if restarts else duty.start, ""


def _held(
    obligation: Obligation, priorities: Sequence[tuple[Instant, Terms]], stop: Instant | None
) -> list[tuple[Instant, Terms]]:
    """Return the terms that held until ``stop``, with those alike for ``obligation`` as one."""
    held = [priorities[0]]
    for at, terms in priorities[1:]:
        if stop is not None and at > stop:
            break
        since, before = held[-1]
        if before.promises[obligation] == terms.promises[obligation]:
            held[-1] = (since, terms)
        else:
            held.append((at, terms))
    return held


def _is_breached(
    duty: Duty, history: History, terms: Terms, since: Instant, until: Instant, rules: Rules
) -> bool:
    calendar, target, days = terms.promises[duty.obligation]
    if target is None:
        return False
    if days is not None:
        target = _allowed(days, calendar, since, target)
    upto = duty._replace(stop=until)
    consumed, _, _, _ = count_of(upto, since, calendar, history.counts(calendar), target)
    return consumed > target or (consumed == target and not rules.exactly_on_target_is_met)


def _allowed(days: WorkingDays, calendar: Calendar, since: Instant, usual: int) -> int:
    """Return what ``days`` allow from ``since`` on; ``usual`` beyond the calendar's years."""
    try:
        return days.allowed(calendar, since)
    except NeverOpenError:
        return usual


def _strictness(terms: Terms, obligation: Obligation) -> tuple[bool, int]:
    target = terms.promises[obligation].target
    return (target is None, target or 0)


def _client_wait(
    counts: Mapping[Instant, int],
    client_spans: Sequence[OpenSpan],
    start: Instant,
    stop: Instant | None,
) -> int:
    waited = 0
    for since, until in client_spans:
        if stop is not None and since >= stop:
            break
        end = until if until is not None and (stop is None or until < stop) else stop
        if end is not None and end > start:
            waited += counts[end] - counts[since if since > start else start]
    return waited


def _due(calendar: Calendar, at: Instant, count: int, rest: int) -> Instant | None:
    """Return when ``rest`` more is counted after ``at``; ``None`` beyond the calendar's years."""
    if rest == 0:
        return at
    try:
        return calendar.instant_of(count + rest)
    except NeverOpenError:
        return None
