"""How an on-boarding stands: its plan, and what people and sources told of its tasks since.

The plan's dates are never overwritten. A new date is a promise beside the first one: it moves the
forecast, and it is counted.

=============  ==================================================================================
called off     somebody called it off; whoever depended on it depends on what it depended on
done           finished, on the day that was told
late           the day promised for it has passed
waiting        its start has come, and tasks it depends on are not finished
due            the day promised is today or one of the next two
can start      its start has come, and nothing is in its way
not started    its start has not come
=============  ==================================================================================

Expected to be finished is a task on the day promised, or today if that has passed, or as soon after
those it depends on as :func:`engagewatch.engine.slip.at_least` says, whichever is latest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from engagewatch.engine.slip import Step, at_least, in_order
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.model.plan import Owner, PlannedTask, is_plausible

DUE_SOON = 2
"""Days before its date from which a task is due."""

TASK_KINDS = (
    EntryKind.TASK_DONE,
    EntryKind.TASK_REOPENED,
    EntryKind.TASK_MOVED,
    EntryKind.TASK_CALLED_OFF,
    EntryKind.TASK_NOTED,
)
"""The kinds of entries that are about tasks. ``TASK_DONE`` has ``on`` (an ISO date) and perhaps
``note``; ``TASK_MOVED`` has ``due`` (an ISO date) and ``why``; the others have ``note``."""


class Stage(StrEnum):
    """Where a task stands."""

    NOT_STARTED = "not_started"
    CAN_START = "can_start"
    WAITING = "waiting"
    DUE = "due"
    LATE = "late"
    DONE = "done"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Promise:
    """A new date for a task."""

    at: Instant
    """When it was given."""
    due: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of one task since the plan was made."""

    promises: tuple[Promise, ...] = ()
    done_on: date | None = None
    done_at: Instant | None = None
    """When a source says it was done, or when somebody entered it on the very day."""
    called_off_at: Instant | None = None
    reopened: int = 0
    courts: tuple[tuple[Owner, int], ...] = ()
    """Time in which each side had it, of a task that is a ticket."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Days that a task was held: by itself, or by another one that it waited for."""

    task: str
    owner: Owner
    since: date
    until: date
    """The first day after them."""

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Standing:
    """One task as it stands on a day."""

    task: PlannedTask
    stage: Stage
    told: Told
    promised: date
    """The day promised now; the planned one unless it was moved."""
    finish: date
    """The day it was finished, or is expected to be."""
    depends: tuple[str, ...]
    """What it depends on, tasks called off left out."""
    waits_for: tuple[str, ...]
    """Those of them that are not finished."""
    free_since: date | None
    """Since when only its own side can finish it; ``None`` before, and when it is over."""
    held: tuple[Hold, ...] = field(default=())
    """Who held it from its start to its finish, or until today."""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.stage not in (Stage.DONE, Stage.CALLED_OFF)

    @property
    def late(self) -> int:
        """Days from the plan's date to its finish, done or expected; 0 if in time."""
        return max(0, (self.finish - self.task.due).days)


def told_by(entries: Iterable[Entry], known: Mapping[str, Told]) -> dict[str, Told]:
    """Return what is told of each task: what sources ``known`` to tell, then ``entries`` in order.

    An entry whose date cannot be read says nothing.
    """
    told = dict(known)
    for entry in entries:
        before = told.get(entry.subject, Told())
        after = _after(before, entry)
        if after is not None:
            told[entry.subject] = after
    return told


def _after(told: Told, entry: Entry) -> Told | None:
    if entry.kind is EntryKind.TASK_DONE:
        on = _meant(entry.day("on"))
        return None if on is None else replace(told, done_on=on, done_at=None)
    if entry.kind is EntryKind.TASK_REOPENED:
        return replace(
            told, done_on=None, done_at=None, called_off_at=None, reopened=told.reopened + 1
        )
    if entry.kind is EntryKind.TASK_CALLED_OFF:
        return replace(told, called_off_at=entry.at)
    if entry.kind is EntryKind.TASK_MOVED:
        due = _meant(entry.day("due"))
        if due is None:
            return None
        promise = Promise(entry.at, due, entry.text("why"))
        return replace(told, promises=(*told.promises, promise))
    return None


def _meant(day: date | None) -> date | None:
    return day if day is not None and is_plausible(day) else None


def standings(
    tasks: Sequence[PlannedTask], told: Mapping[str, Told], today: date
) -> dict[str, Standing]:
    """Return how every task stands on ``today``, in the order of the plan.

    Raises:
        ValueError: tasks depend on each other in a circle.
        KeyError: one depends on a task that is not there.
    """
    planned = {task.id: task for task in tasks}
    off = {name for name in planned if _is_off(planned[name], told.get(name, Told()))}
    depends = {name: _bridged(name, planned, off) for name in planned}
    done: dict[str, Standing] = {}
    for name in in_order({name: planned[name].depends for name in planned}):
        done[name] = _standing(
            planned[name], told.get(name, Told()), depends[name], done, today, is_off=name in off
        )
    return {task.id: done[task.id] for task in tasks}


def steps_of(stood: Mapping[str, Standing]) -> dict[str, Step]:
    """Return the tasks that are not called off, as :mod:`engagewatch.engine.slip` takes them."""
    return {
        name: Step(one.task, one.finish, one.depends, one.told.courts)
        for name, one in stood.items()
        if one.stage is not Stage.CALLED_OFF
    }


def spare_days(steps: Mapping[str, Step], milestone: str) -> dict[str, int]:
    """Return for each task before a milestone how many days it has until that is late.

    Fewer than none are days by which it makes the milestone late, if nothing else does.
    """
    order = in_order({name: step.depends for name, step in steps.items()})
    if milestone:
        after: dict[str, int] = {milestone: 0}
    else:
        after = dict.fromkeys(order, 0)
    for name in reversed(order):
        if name not in after:
            continue
        for before in steps[name].depends:
            gap = at_least(steps[before].task, steps[name].task) + after[name]
            after[before] = max(after.get(before, 0), gap)
    due = steps[milestone].task.due if milestone else max(s.task.due for s in steps.values())
    return {
        name: (due - timedelta(tail) - steps[name].finish).days
        for name, tail in after.items()
        if name != milestone
    }


def _is_off(task: PlannedTask, told: Told) -> bool:
    if told.called_off_at is not None:
        return True
    return task.called_off and told.done_on is None and not told.reopened


def _bridged(name: str, planned: Mapping[str, PlannedTask], off: set[str]) -> tuple[str, ...]:
    """Return what a task depends on; in the place of what is called off, what that depended on."""
    found: dict[str, None] = {}
    waiting = list(reversed(planned[name].depends))
    seen: set[str] = set()
    while waiting:
        before = waiting.pop()
        if before in seen:
            continue
        seen.add(before)
        if before in off:
            waiting.extend(reversed(planned[before].depends))
        else:
            found[before] = None
    return tuple(found)


def _standing(
    task: PlannedTask,
    told: Told,
    depends: tuple[str, ...],
    others: Mapping[str, Standing],
    today: date,
    *,
    is_off: bool,
) -> Standing:
    promised = told.promises[-1].due if told.promises else task.due
    waits_for = tuple(name for name in depends if others[name].is_open)
    over = is_off or told.done_on is not None
    start = task.start or task.due
    finish = told.done_on or promised
    free_since = None
    if not over:
        bounds = [
            others[name].finish + timedelta(at_least(others[name].task, task)) for name in depends
        ]
        finish = max([promised, today, *bounds])
        if not waits_for:
            # A task that could be finished late may be begun at its start all the same.
            ready = max([start, *(others[name].finish for name in depends)])
            free_since = ready if ready <= today else None
    return Standing(
        task=task,
        stage=_stage(promised, start, waits_for, told, today, is_off=is_off),
        told=told,
        promised=promised,
        finish=finish,
        depends=depends,
        waits_for=() if over else waits_for,
        free_since=free_since,
        held=() if is_off else _held(task, told, depends, others, today),
    )


def _stage(
    promised: date,
    start: date,
    waits_for: tuple[str, ...],
    told: Told,
    today: date,
    *,
    is_off: bool,
) -> Stage:
    if is_off:
        return Stage.CALLED_OFF
    if told.done_on is not None:
        return Stage.DONE
    if today > promised:
        return Stage.LATE
    if today < start:
        return Stage.NOT_STARTED
    if waits_for:
        return Stage.WAITING
    return Stage.DUE if (promised - today).days <= DUE_SOON else Stage.CAN_START


def _held(
    task: PlannedTask,
    told: Told,
    depends: tuple[str, ...],
    others: Mapping[str, Standing],
    today: date,
) -> tuple[Hold, ...]:
    """Return who held a task, day by day: the task it waited for longest, then its own side."""
    first = task.start or task.due
    last = (told.done_on or today) + timedelta(1)
    if told.done_on is not None:
        first = min(first, told.done_on)
    waits: list[tuple[date, str]] = []
    for name in depends:
        other = others[name]
        waits.append((today + timedelta(1) if other.is_open else other.finish, name))
    held: list[Hold] = []
    if waits:
        until, name = max(waits, key=lambda wait: wait[0])
        until = min(until, last)
        if until > first:
            held.append(Hold(name, others[name].task.owner, first, until))
            first = until
    if last > first:
        held.append(Hold(task.id, task.owner, first, last))
    return tuple(held)
