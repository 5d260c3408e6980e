"""Clocks: how much of a duty's time counted, whether that was in time, and when it ran out.

Judged by what was consumed against the target (exactly on target is met), never by comparing
instants: a due instant at the end of a day and one at the next opening are the same promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from engagewatch.engine.calendars import Calendar, NeverOpenError
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.obligations import Duty
from engagewatch.engine.reasons import BREACHED_BEFORE_CHANGE, NO_TARGET
from engagewatch.engine.terms import Terms
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import PriorityChange, Rules
from engagewatch.model.sides import Side

_MET = ClockState.MET
_MISSED = ClockState.MISSED
_RUNNING = ClockState.RUNNING
_PAUSED = ClockState.PAUSED
_EXCLUDED = ClockState.EXCLUDED
_REPLY = Obligation.REPLY
_APPROVAL = Obligation.APPROVAL
_CLIENT = Side.CLIENT


class Count(NamedTuple):
    """What a clock shows after its duty's stretches were counted."""

    consumed: int
    paused: int
    running_since: Instant | None
    due_at: Instant | None


def clock_of(duty: Duty, history: History, rules: Rules) -> Clock:
    """Time ``duty`` under the terms of its ticket's priority."""
    terms, since, reason = terms_for(duty, history, rules)
    obligation = duty.obligation
    calendar = terms.calendar_of(obligation)
    target = terms.targets.get(obligation)
    start, stop = duty.start, duty.stop
    count = count_of(calendar, stretches(since, stop, duty), duty, since, target)
    if duty.excluded:
        state, reason = _EXCLUDED, duty.excluded
    elif stop is None:
        state = _RUNNING if count.running_since is not None else _PAUSED
    elif target is None:
        state, reason = _EXCLUDED, NO_TARGET
    elif count.consumed > target:
        state, reason = _MISSED, reason or duty.ending
    elif duty.ending:
        state, reason = _EXCLUDED, duty.ending
    else:
        state = _MET
    owner = history.ticket.assignee
    if obligation is _REPLY or obligation is _APPROVAL:
        owner = history.ticket.requester if obligation is _REPLY else None
    return Clock(
        obligation=obligation,
        round=duty.round,
        state=state,
        started_at=start,
        stopped_at=stop,
        consumed=count.consumed,
        running_since=count.running_since,
        target=target,
        due_at=count.due_at,
        calendar=calendar.name,
        priority=terms.name,
        felt=None if stop is None else stop - start,
        paused=count.paused,
        client_wait=_client_wait(calendar, history, start, stop),
        owner=owner,
        reason=reason,
    )


def stretches(since: Instant, stop: Instant | None, duty: Duty) -> list[OpenSpan]:
    """Return when the clock of ``duty`` ran from ``since`` on: disjoint, in order.

    The last stretch is open if the clock runs still; a clock that is paused has none open.
    """
    holes = duty.pauses
    if duty.gaps:
        holes = sorted((*holes, *duty.gaps), key=lambda hole: hole[0])
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
    calendar: Calendar,
    running: Sequence[OpenSpan],
    duty: Duty,
    since: Instant,
    target: int | None,
) -> Count:
    """Count the stretches ``running`` in ``calendar`` and find when ``target`` is consumed."""
    counted = calendar.counted
    stop = duty.stop
    consumed = 0
    until = since
    running_since: Instant | None = None
    used_up: Instant | None = None
    for start, end in running:
        if end is None:
            running_since = until = start
            break
        before = consumed
        consumed += counted(end) - counted(start)
        until = end
        if used_up is None and target is not None and consumed >= target:
            used_up = _add(calendar, start, target - before)
    due: Instant | None = None
    if target is not None:
        if stop is not None:
            due = used_up if used_up is not None else _add(calendar, stop, target - consumed)
        elif consumed > target:
            due = used_up
        elif running_since is not None:
            due = _add(calendar, running_since, target - consumed)
    paused = 0
    if duty.pauses:
        end = until if stop is None else stop
        paused = counted(end) - counted(since) - consumed
        for gap_start, gap_end in duty.gaps:
            if gap_end is not None and since <= gap_start < end:
                paused -= counted(gap_end) - counted(gap_start)
    return Count(consumed, paused, running_since, due)


def terms_for(duty: Duty, history: History, rules: Rules) -> tuple[Terms, Instant, str]:
    """Return the terms that judge ``duty``, from when its time counts, and why if not the last.

    A breach of earlier terms stands when the priority changes afterwards, if the rules say so: the
    clock is then judged by the terms it broke.
    """
    priorities = history.priorities
    if len(priorities) == 1:
        return priorities[0][1], duty.start, ""
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
            if _is_breached(duty, terms, since, changed_at):
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
        if before.targets.get(obligation) == terms.targets.get(obligation) and (
            before.calendar_of(obligation) is terms.calendar_of(obligation)
        ):
            held[-1] = (since, terms)
        else:
            held.append((at, terms))
    return held


def _is_breached(duty: Duty, terms: Terms, since: Instant, until: Instant) -> bool:
    target = terms.targets.get(duty.obligation)
    if target is None:
        return False
    upto = duty._replace(stop=until)
    calendar = terms.calendar_of(duty.obligation)
    running = stretches(since, until, upto)
    return count_of(calendar, running, upto, since, target).consumed > target


def _strictness(terms: Terms, obligation: Obligation) -> tuple[bool, int]:
    target = terms.targets.get(obligation)
    return (target is None, target or 0)


def _client_wait(calendar: Calendar, history: History, start: Instant, stop: Instant | None) -> int:
    waited = 0
    for since, until, court in history.spans:
        if court is not _CLIENT or until <= start:
            continue
        if stop is not None and since >= stop:
            break
        end = until if stop is None else min(until, stop)
        waited += calendar.counted(end) - calendar.counted(max(since, start))
    if history.court is _CLIENT and stop is not None and stop > history.court_since:
        waited += calendar.counted(stop) - calendar.counted(max(start, history.court_since))
    return waited


def _add(calendar: Calendar, at: Instant, seconds: int) -> Instant | None:
    """Return when the rest of a target is consumed; ``None`` beyond the calendar's years."""
    try:
        return calendar.add(at, seconds)
    except NeverOpenError:
        return None
