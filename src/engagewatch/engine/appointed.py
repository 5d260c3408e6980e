"""Duties that no ticket tells of: tasks with a date, and meetings to attend.

Either side may owe them; which one is for the caller to remember. They give the same clocks as
tickets do, counted in the calendar of whoever owes them and judged by the same rule: what was
consumed against what was allowed, exactly on target is met. So a task due on a Saturday and done on
Sunday is in time if nobody works at weekends.

========  =====================================================================================
starts    a task when it is given; attendance when the meeting begins
pauses    while a task waits for another one or for the other side; while a meeting has no date
stops     a task when it is done; attendance when the person joins, or with the meeting's end
resets    a new date is a new round. The round before is missed if it was overdue by then; else it
          was put off in time and is not judged, but stays on the list: rounds are counted
excludes  what was called off, and whom the other side excused
========  =====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engagewatch.engine.calendars import Calendar
from engagewatch.engine.clocks import count_of
from engagewatch.engine.courts import union
from engagewatch.engine.history import OpenSpan
from engagewatch.engine.obligations import Duty
from engagewatch.engine.reasons import (
    ATTENDANCE_UNSEEN,
    CALLED_OFF,
    EXCUSED,
    NO_TARGET,
    PUT_OFF,
)
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.policy import Duration

Due = date | Instant | Duration | None
"""By when: the end of a local day, an instant, a time from the start, or not agreed."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something one side has to do, such as a step of the on-boarding."""

    started_at: Instant
    due: Due = None
    done_at: Instant | None = None
    called_off_at: Instant | None = None
    waits: tuple[OpenSpan, ...] = ()
    """When it could not go on: another task was not done, or the other side put it off.

    Working time that was lost so moves the date on.
    """
    promised_anew: tuple[tuple[Instant, Due], ...] = ()
    """New dates given, each with the instant of giving it, in order."""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """That somebody of one side has to attend a meeting."""

    from_at: Instant
    until_at: Instant
    attended: bool | None = None
    """``None`` while nobody recorded it."""
    joined_at: Instant | None = None
    excused: bool = False
    called_off: bool = False
    without_date: bool = False
    """Put off by the other side, which has not named a new date."""
    put_off: int = 0
    """How many earlier dates it had that the one who owes attendance gave up."""
    owner: str | None = None


def task_clocks(task: Task, calendar: Calendar) -> tuple[Clock, ...]:
    """Return the clocks of ``task`` in ``calendar``: one for each date it was promised for.

    Raises:
        ValueError: the new dates are not in order, or ``task`` ends before it starts.
    """
    end = task.done_at if task.called_off_at is None else task.called_off_at
    starts = [task.started_at, *(at for at, _ in task.promised_anew)]
    ends: list[Instant | None] = [*starts[1:], end]
    if any(until is not None and until < since for since, until in zip(starts, ends, strict=True)):
        raise ValueError("a task's new dates are given in order, from its start to its end")
    dues = [task.due, *(due for _, due in task.promised_anew)]
    waits = union(task.waits)
    excluded = CALLED_OFF if task.called_off_at is not None else ""
    clocks = []
    for place, (since, until, due) in enumerate(zip(starts, ends, dues, strict=True)):
        ending = PUT_OFF if place + 1 < len(starts) else ""
        held = [wait for wait in waits if wait[1] is None or wait[1] > since]
        duty = Duty(Obligation.TASK, place + 1, since, until, ending, held, (), excluded)
        clocks.append(_clock(duty, calendar, _seconds_until(due, since, calendar), task.owner))
    return tuple(clocks)


def attendance_clock(owed: Attendance, calendar: Calendar, seen_at: Instant) -> Clock:
    """Return the clock of attending a meeting, as its record was at ``seen_at``.

    The target is the length of the meeting: one may join until its end. Who did not come used up
    all of it. Before the end, and until somebody recorded who came, there is no due instant: only
    the record can tell a miss.

    Raises:
        ValueError: the meeting ends before it begins.
    """
    start, end = owed.from_at, owed.until_at
    if end < start:
        raise ValueError("a meeting ends after it begins")
    target = calendar.seconds_between(start, end)
    stop: Instant | None = None
    state, reason, consumed = ClockState.RUNNING, "", 0
    if owed.called_off or owed.excused:
        state, stop = ClockState.EXCLUDED, start
        reason = CALLED_OFF if owed.called_off else EXCUSED
    elif owed.without_date:
        state = ClockState.PAUSED
    elif owed.attended:
        joined = start if owed.joined_at is None else owed.joined_at
        state, stop = ClockState.MET, min(max(joined, start), end)
        consumed = calendar.seconds_between(start, stop)
    elif owed.attended is False:
        state, stop, consumed = ClockState.MISSED, end, target
    elif seen_at >= end:
        state, stop, reason = ClockState.UNKNOWN, end, ATTENDANCE_UNSEEN
    return Clock(
        obligation=Obligation.ATTENDANCE,
        round=owed.put_off + 1,
        state=state,
        started_at=start,
        stopped_at=stop,
        consumed=consumed,
        running_since=start if state is ClockState.RUNNING else None,
        target=target,
        due_at=None if stop is None else end,
        calendar=calendar.name,
        priority="",
        felt=None if stop is None else stop - start,
        owner=owed.owner,
        reason=reason,
    )


def _clock(duty: Duty, calendar: Calendar, target: int | None, owner: str | None) -> Clock:
    edges = [duty.start, *(edge for span in duty.pauses for edge in span if edge is not None)]
    if duty.stop is not None:
        edges.append(duty.stop)
    counts = calendar.counts_at(edges)
    consumed, paused, running_since, due_at = count_of(duty, duty.start, calendar, counts, target)
    state, reason = ClockState.MET, duty.ending
    if duty.excluded:
        state, reason = ClockState.EXCLUDED, duty.excluded
    elif duty.stop is None:
        state = ClockState.PAUSED if running_since is None else ClockState.RUNNING
    elif target is None:
        state, reason = ClockState.EXCLUDED, duty.ending or NO_TARGET
    elif consumed > target:
        state = ClockState.MISSED
    elif duty.ending:
        state = ClockState.EXCLUDED
    return Clock(
        obligation=duty.obligation,
        round=duty.round,
        state=state,
        started_at=duty.start,
        stopped_at=duty.stop,
        consumed=consumed,
        running_since=running_since,
        target=target,
        due_at=due_at,
        calendar=calendar.name,
        priority="",
        felt=None if duty.stop is None else duty.stop - duty.start,
        paused=paused,
        owner=owner,
        reason=reason,
    )


def _seconds_until(due: Due, since: Instant, calendar: Calendar) -> int | None:
    """Return the open seconds that ``due`` allows from ``since`` on; none if it is past."""
    if due is None:
        return None
    timezone = zone(calendar.spec.timezone)
    if isinstance(due, Duration):
        return calendar.seconds_of(due, datetime.fromtimestamp(since, timezone).date())
    if isinstance(due, date):
        after = due + timedelta(days=1)
        due = to_instant(datetime(after.year, after.month, after.day, tzinfo=timezone))
    return max(0, calendar.seconds_between(since, due))
