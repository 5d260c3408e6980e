"""The state of the on-boarding plan: every task, what it holds up, and how each side keeps dates.

Computed once, for all who show it: the on-boarding screen, what waits on us, participation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from engagewatch.engine import appointed
from engagewatch.engine.appointed import task_clocks
from engagewatch.engine.calendars import Calendar
from engagewatch.engine.history import OpenSpan
from engagewatch.engine.onboarding import (
    TASK_KINDS,
    Promise,
    Stage,
    Standing,
    Told,
    spare_days,
    standings,
    steps_of,
    told_by,
)
from engagewatch.engine.slip import END, Slip, at_least, slips_of
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.engagement import Engagement, NameDisplay
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant, to_datetime, to_instant, zone
from engagewatch.model.plan import FloatRule, Onboarding, Owner, PlannedTask
from engagewatch.model.sides import Side
from engagewatch.store.queries.appointments import StoredTask, planned_tasks
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.ticket_tasks import TicketTask, ticket_tasks
from engagewatch.views.open_time import OpenTime

if TYPE_CHECKING:
    from engagewatch.store.store import Store

OWNERS = {
    Owner.CLIENT: "us",
    Owner.PROVIDER: "provider",
    Owner.OUTGOING: "outgoing provider",
    Owner.THIRD_PARTY: "third party",
    Owner.SHARED: "both",
}
"""Whose task, as the client's liaison says it."""

OURS = (Owner.CLIENT, Owner.SHARED)
"""Tasks that the client has a part in."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What a task holds up: a gate, or the end of the plan."""

    milestone: str
    """Id of the gate's task; empty for the end of the plan."""
    name: str
    """What the gate is called; ``the end`` for the end of the plan."""
    due: date
    days: int
    """Days by which the task alone makes it late, as things stand."""
    spare: int
    """Days the task may still lose before it does."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task as it stands."""

    id: str
    task: PlannedTask
    """As planned; its dates are the first that were given."""
    owner: Owner
    owner_words: str
    """``us``, ``provider``, ``outgoing provider``, ``third party`` or ``both``."""
    person: str
    """The role that has it, with the name where privacy allows; may be empty."""
    stage: Stage
    standing: Standing
    promised: date
    """The day promised now."""
    moves: tuple[Promise, ...]
    """Every new date that was given, in order."""
    late: int
    """Days from the planned date to its finish, done or expected."""
    overdue: int
    """Days past the promised date; 0 unless open and past it."""
    waits_for: tuple[str, ...]
    """Unfinished tasks it depends on."""
    waits_since: Instant | None
    """Since when only its own side can finish it; ``None`` before, and when it is over."""
    stakes: tuple[Stake, ...]
    """What it holds up, the gravest first."""
    clocks: tuple[Clock, ...]
    """Its duty: one clock for each date it was promised for, waiting for others left out."""
    in_time: bool | None
    """Whether it kept every date it was promised for; ``None`` while that is not decided."""

    @property
    def waits_on_client(self) -> bool:
        """Whether the client alone, or together with the provider, can finish it now."""
        return self.waits_since is not None and self.owner in OURS


@dataclass(frozen=True, slots=True)
class OnTime:
    """How one side keeps the dates of its tasks."""

    owner: Owner
    met: int
    judged: int
    """Finished, or past their date; time spent waiting for other tasks does not count."""
    open_late: int
    """Of those missed, how many are still open."""
    pending: int
    """Open and not past their date."""
    moved: int
    """New dates given after the first."""


@dataclass(frozen=True, slots=True)
class PlanState:
    """The whole plan as it stands."""

    as_of: Instant
    today: date
    start: date
    float_rule: FloatRule
    tasks: tuple[TaskState, ...]
    """In the order of the plan."""
    slips: Mapping[str, Slip]
    """Of every task that is not called off, and of the end of the plan."""
    weekly_client_hours: float | None
    """Hours a week that the client said it can give."""
    on_time: tuple[OnTime, ...]
    """Of every side that has tasks."""
    entries: tuple[Entry, ...]
    """What was entered about tasks, in order."""
    undated: tuple[str, ...] = ()
    """Tickets that would be tasks, but have no date to be held to."""

    @property
    def slip(self) -> Slip:
        """The slip of the end of the plan."""
        return self.slips[END]

    @property
    def gates(self) -> tuple[tuple[TaskState, Slip], ...]:
        """The tasks that are gates, each with its slip, in the order of the plan."""
        return tuple(
            (one, self.slips[one.id])
            for one in self.tasks
            if one.task.gate and one.id in self.slips
        )

    def task(self, name: str) -> TaskState | None:
        """Return the task called ``name``."""
        return next((one for one in self.tasks if one.id == name), None)


def plan_state(
    store: Store, engagement: Engagement, now: Instant, *, quick: bool = False
) -> PlanState | None:
    """Return the plan at ``now``; ``None`` without one, or while its file cannot be used.

    :func:`read_plan` says what is wrong with the file. ``quick`` leaves out the clocks of tasks and
    what they come to: they need public holidays, which a first screen has no time to look up.
    """
    from engagewatch.config.problems import ConfigError

    try:
        return read_plan(store, engagement, now, quick=quick)
    except ConfigError:
        return None


def read_plan(
    store: Store, engagement: Engagement, now: Instant, *, quick: bool = False
) -> PlanState | None:
    """Return the plan at ``now``; ``None`` if the engagement has none. ``quick``: without clocks.

    Raises:
        ConfigError: the plan file cannot be used.
    """
    settings = engagement.onboarding
    if settings is None:
        return None
    with snapshot(store):
        tasks, known, undated = _planned(store, engagement, settings, now)
        entered = [entry for entry in entries(store, engagement.id, TASK_KINDS) if entry.at <= now]
    if not tasks:
        return None
    today = to_datetime(now, zone(engagement.timezone)).date()
    stood = standings(tasks, told_by(entered, known), today)
    state = _Judging(engagement, settings, stood, now, today, quick=quick).state(entered)
    return replace(state, undated=tuple(undated))


def _planned(
    store: Store, engagement: Engagement, settings: Onboarding, now: Instant
) -> tuple[list[PlannedTask], dict[str, Told], list[str]]:
    """Return the tasks, what sources tell of each, and the tickets left out for want of a date."""
    if settings.path is not None:
        from engagewatch.config.plan_file import load_plan

        return list(load_plan(settings).tasks), {}, []
    of = scope(store, engagement.id, [settings.source])
    found = {stored.task.id: stored for stored in planned_tasks(store, of)}
    known = {name: _told(stored, engagement.timezone) for name, stored in found.items()}
    tasks = [_as_planned(stored, found) for stored in found.values()]
    undated: list[str] = []
    if settings.categories:
        for ticket in ticket_tasks(store, of, settings.categories):
            task = _of_ticket(ticket, engagement.timezone)
            if task is None:
                undated.append(ticket.reference)
            elif task.id not in known:
                tasks.append(task)
                known[task.id] = _told_of(ticket, engagement.timezone, now)
    return tasks, known, undated


_COURT_OWNERS = {
    Side.CLIENT: Owner.CLIENT,
    Side.PROVIDER: Owner.PROVIDER,
    Side.THIRD_PARTY: Owner.THIRD_PARTY,
}


def _of_ticket(ticket: TicketTask, timezone: str) -> PlannedTask | None:
    """Return a ticket as a task of the side that has it now; ``None`` if it has no due date."""
    if ticket.due_at is None:
        return None
    over = ticket.finished_at is not None
    owner = Owner.PROVIDER if over else _COURT_OWNERS.get(ticket.court, Owner.PROVIDER)
    here = zone(timezone)
    start = to_datetime(ticket.created_at, here).date()
    due = to_datetime(ticket.due_at, here).date()
    return PlannedTask(ticket.reference, ticket.subject, owner, max(start, due), start=start)


def _told_of(ticket: TicketTask, timezone: str, now: Instant) -> Told:
    done_at = ticket.finished_at
    since_then = max(0, now - ticket.court_since) if done_at is None else 0
    return Told(
        done_on=None if done_at is None else to_datetime(done_at, zone(timezone)).date(),
        done_at=done_at,
        courts=tuple(
            (_COURT_OWNERS[side], seconds + (since_then if side is ticket.court else 0))
            for side, seconds in ticket.elapsed
        ),
    )


def _as_planned(stored: StoredTask, known: Mapping[str, StoredTask]) -> PlannedTask:
    """Return a source's task with its first date, and only the dependencies the source lists."""
    task = stored.task
    due = stored.dates[0][1] if stored.dates else task.due
    return replace(task, due=due, depends=tuple(name for name in task.depends if name in known))


def _told(stored: StoredTask, timezone: str) -> Told:
    done_at = stored.task.done_at
    return Told(
        promises=tuple(Promise(at, due) for at, due in stored.dates[1:]),
        done_on=None if done_at is None else to_datetime(done_at, zone(timezone)).date(),
        done_at=done_at,
    )


class _Judging:
    """Turns standings into the state that the screens show."""

    def __init__(
        self,
        engagement: Engagement,
        settings: Onboarding,
        stood: Mapping[str, Standing],
        now: Instant,
        today: date,
        *,
        quick: bool,
    ) -> None:
        self._engagement = engagement
        self._quick = quick
        self._settings = settings
        self._stood = stood
        self._now = now
        self._today = today
        self._steps = steps_of(stood)
        self._calendar = _calendar(engagement)

    def state(self, entered: Sequence[Entry]) -> PlanState:
        stakes = self._stakes()
        tasks = tuple(self._task(one, stakes) for one in self._stood.values())
        rule = self._settings.float_rule
        return PlanState(
            as_of=self._now,
            today=self._today,
            start=self._settings.start,
            float_rule=rule,
            tasks=tasks,
            slips=slips_of(self._steps, (*self._steps, END), rule),
            weekly_client_hours=self._settings.weekly_client_hours,
            on_time=() if self._quick else tuple(_kept(tasks)),
            entries=tuple(entered),
        )

    def _task(self, one: Standing, stakes: Mapping[str, list[Stake]]) -> TaskState:
        clocks = () if self._quick else self._clocks(one)
        return TaskState(
            id=one.task.id,
            task=one.task,
            owner=one.task.owner,
            owner_words=OWNERS[one.task.owner],
            person=_person(self._engagement, one.task),
            stage=one.stage,
            standing=one,
            promised=one.promised,
            moves=one.told.promises,
            late=one.late if one.stage is not Stage.CALLED_OFF else 0,
            overdue=max(0, (self._today - one.promised).days) if one.is_open else 0,
            waits_for=one.waits_for,
            waits_since=None if one.free_since is None else self._begin(one.free_since),
            stakes=tuple(stakes.get(one.task.id, ())) if one.is_open else (),
            clocks=clocks,
            in_time=self._in_time(clocks),
        )

    def _stakes(self) -> dict[str, list[Stake]]:
        found: dict[str, list[Stake]] = {}
        gates = [(name, step.task.gate) for name, step in self._steps.items() if step.task.gate]
        for milestone, title in (*gates, (END, "the end")):
            last = max(step.task.due for step in self._steps.values())
            due = self._steps[milestone].task.due if milestone else last
            for name, spare in spare_days(self._steps, milestone).items():
                stake = Stake(milestone, title, due, max(0, -spare), max(0, spare))
                found.setdefault(name, []).append(stake)
        for listed in found.values():
            listed.sort(key=lambda stake: (-stake.days, stake.spare, stake.due))
        return found

    def _clocks(self, one: Standing) -> tuple[Clock, ...]:
        """Return the duty of a task, judged as any other: what waiting took from it is given back.

        Dates are entered by day; a task counts as done at the latest moment of its day.
        """
        told = one.told
        done_at = told.done_at
        if done_at is None and told.done_on is not None:
            done_at = min(self._now, self._begin(told.done_on + timedelta(1)) - 1)
        started = self._begin(one.task.start or one.task.due)
        end = told.called_off_at if told.called_off_at is not None else done_at
        if one.stage is Stage.CALLED_OFF and end is None:
            end = started
        started = started if end is None else min(started, end)
        promised = [
            (max(started, promise.at), promise.due)
            for promise in told.promises
            if end is None or promise.at <= end
        ]
        if not promised and end is None and started > self._now:
            return ()
        return task_clocks(
            appointed.Task(
                started_at=started,
                due=one.task.due,
                done_at=None if one.stage is Stage.CALLED_OFF else done_at,
                called_off_at=end if one.stage is Stage.CALLED_OFF else None,
                waits=self._waits(one),
                promised_anew=tuple(promised),
                owner=one.task.role or None,
            ),
            self._calendar,
        )

    def _waits(self, one: Standing) -> tuple[OpenSpan, ...]:
        """Return the days that tasks before it took from it, beyond what the plan allowed for."""
        if one.stage is Stage.CALLED_OFF:
            return ()
        spans: list[OpenSpan] = []
        for name in one.depends:
            before = self._stood[name]
            needed_by = one.task.due - timedelta(at_least(before.task, one.task))
            since = self._begin(needed_by + timedelta(1))
            until = None if before.is_open else self._begin(before.finish + timedelta(1))
            if since <= self._now and (until is None or until > since):
                spans.append((since, until))
        return tuple(spans)

    def _in_time(self, clocks: Sequence[Clock]) -> bool | None:
        states = [self._settled(clock) for clock in clocks]
        if ClockState.MISSED in states:
            return False
        return True if states and states[-1] is ClockState.MET else None

    def _settled(self, clock: Clock) -> ClockState:
        if clock.state is ClockState.RUNNING and clock.target is not None:
            since = clock.running_since or self._now
            used = clock.consumed + max(0, self._calendar.seconds_between(since, self._now))
            return ClockState.MISSED if used > clock.target else ClockState.RUNNING
        return clock.state

    def _begin(self, day: date) -> Instant:
        local = datetime.combine(day, time(), tzinfo=zone(self._engagement.timezone))
        return to_instant(local)


def _kept(tasks: Iterable[TaskState]) -> Iterable[OnTime]:
    by_owner: dict[Owner, list[TaskState]] = {}
    for one in tasks:
        if one.stage is not Stage.CALLED_OFF:
            by_owner.setdefault(one.owner, []).append(one)
    for owner in Owner:
        own = by_owner.get(owner, [])
        if not own:
            continue
        judged = [one for one in own if one.in_time is not None]
        yield OnTime(
            owner=owner,
            met=sum(one.in_time is True for one in judged),
            judged=len(judged),
            open_late=sum(one.in_time is False and one.standing.is_open for one in judged),
            pending=sum(one.in_time is None and one.standing.is_open for one in own),
            moved=sum(len(one.moves) for one in own),
        )


def _calendar(engagement: Engagement) -> Calendar:
    """Return the calendar that tasks of all sides are judged by, one for all."""
    times = OpenTime(engagement)
    calendar = times.calendar(engagement.participation.calendar)
    always = times.calendar("24x7")
    assert always is not None
    return calendar or always


def _person(engagement: Engagement, task: PlannedTask) -> str:
    """Return a task's role as people are shown here, with the name where privacy allows."""
    named = engagement.privacy.names is NameDisplay.NAMES
    for role in engagement.people if named and task.role else ():
        if role.role.casefold() == task.role.casefold() and role.name:
            return f"{role.name} ({role.role})"
    return task.role
