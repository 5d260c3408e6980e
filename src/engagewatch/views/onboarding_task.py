"""One task of the on-boarding plan: its dates, what it waited for, who held it, what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engagewatch.engine.onboarding import Stage
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.views import wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.onboarding import TaskRow, row_of
from engagewatch.views.onboarding_plan import OWNERS, PlanState, TaskState, plan_state
from engagewatch.views.onboarding_words import (
    RULES,
    chain_words,
    day_words,
    days,
    split_words,
    stage_words,
)

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class TaskNotFoundError(LookupError):
    """The plan has no such task, or there is no plan."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with its evidence."""

    as_of: Instant
    today: date
    row: TaskRow
    state: TaskState
    about: tuple[tuple[str, str], ...]
    """Label and words: planned, promised, owner, evidence wanted, ..."""
    before: tuple[TaskRow, ...]
    """What it depends on."""
    after: tuple[TaskRow, ...]
    """What depends on it."""
    held: tuple[str, ...]
    """Who held it how long, in order."""
    arithmetic: tuple[str, ...]
    """How its late days come about, sentence by sentence."""
    rule_words: str
    stakes: tuple[str, ...]
    """What it holds up, the gravest first; empty once it is over."""
    history: tuple[tuple[str, str], ...]
    """When and what was entered about it."""
    figure: FigureKey


def build(store: Store, engagement: Engagement, now: Instant, name: str) -> TaskView:
    """Return the task called ``name``.

    Raises:
        TaskNotFoundError: there is none.
    """
    state = plan_state(store, engagement, now)
    one = None if state is None else state.task(name)
    if state is None or one is None:
        raise TaskNotFoundError(f"there is no task {name} in the plan")
    rows = {other.id: row_of(other, state) for other in state.tasks}
    return TaskView(
        as_of=now,
        today=state.today,
        row=rows[one.id],
        state=one,
        about=tuple(_about(one, state)),
        before=tuple(rows[before] for before in one.standing.depends),
        after=tuple(rows[other.id] for other in state.tasks if one.id in other.standing.depends),
        held=tuple(_held(one, state)),
        arithmetic=tuple(_arithmetic(one, state)),
        rule_words=RULES[state.float_rule],
        stakes=tuple(_stakes(one, state)),
        history=tuple(_history(one, state, engagement.timezone)),
        figure=FigureKey(FigureKind.PLAN_SLIP, subject=one.id),
    )


def _about(one: TaskState, state: PlanState) -> Iterable[tuple[str, str]]:
    today = state.today
    yield "Where", stage_words(one, today)
    who = OWNERS[one.owner]
    yield "Owner", f"{who}, {one.person}" if one.person else who
    start = one.task.start
    planned = day_words(one.task.due, today)
    yield "Planned", f"{day_words(start, today)} to {planned}" if start else planned
    for number, promise in enumerate(one.moves, 1):
        why = f": {promise.why}" if promise.why else ""
        yield f"New date {number}", f"{day_words(promise.due, today)}{why}"
    if one.stage is Stage.DONE:
        yield "Finished", day_words(one.standing.finish, today)
    elif one.standing.is_open:
        yield "Expected", day_words(one.standing.finish, today)
    if one.task.usual_low is not None and one.task.usual_high is not None:
        low, high = one.task.usual_low, one.task.usual_high
        yield "Usually", days(low) if low == high else f"{low} to {days(high)}"
    if one.task.client_hours:
        yield "Our hours", wording.counted(round(one.task.client_hours), "hour")
    if one.task.evidence:
        yield "Evidence", one.task.evidence
    if one.task.gate:
        yield "Gate", one.task.gate
    if one.in_time is not None:
        yield "Kept dates", "yes" if one.in_time else "no"


def _held(one: TaskState, state: PlanState) -> Iterable[str]:
    for hold in one.standing.held:
        since = day_words(hold.since, state.today)
        until = day_words(hold.until - timedelta(1), state.today)
        length = days(hold.days)
        if hold.task == one.id:
            end = f" to {until}" if one.stage is Stage.DONE else ""
            yield f"{length} with {_with(one)}, from {since}{end}"
        else:
            end = f" to {until}" if hold.until <= state.today else ""
            yield f"{length} waiting for {hold.task} ({OWNERS[hold.owner]}), from {since}{end}"


def _with(one: TaskState) -> str:
    return OWNERS[one.owner] if one.owner.value != "provider" else "the provider"


def _arithmetic(one: TaskState, state: PlanState) -> Iterable[str]:
    slip = state.slips.get(one.id)
    if slip is None:
        return
    yield from chain_words(slip.chain[-1], state)
    if slip.days:
        yield f"In all, down the chain that drives it: {split_words(slip.parts)}."


def _stakes(one: TaskState, state: PlanState) -> Iterable[str]:
    for stake in one.stakes:
        when = f"{stake.name}, planned for {day_words(stake.due, state.today)}"
        if stake.days:
            yield f"{when}: {days(stake.days)} late through this task alone"
        else:
            yield f"{when}: {days(stake.spare)} to spare"


def _history(one: TaskState, state: PlanState, timezone: str) -> Iterable[tuple[str, str]]:
    for entry in state.entries:
        if entry.subject == one.id:
            yield wording.moment(entry.at, timezone, state.as_of), _entry_words(entry)


def _entry_words(entry: Entry) -> str:
    said = entry.text("note") or entry.text("why")
    tail = f": {said}" if said else ""
    if entry.kind is EntryKind.TASK_DONE:
        return f"done on {entry.text('on')}{tail}"
    if entry.kind is EntryKind.TASK_MOVED:
        return f"promised for {entry.text('due')}{tail}"
    if entry.kind is EntryKind.TASK_REOPENED:
        return f"opened again{tail}"
    if entry.kind is EntryKind.TASK_CALLED_OFF:
        return f"called off{tail}"
    return f"noted{tail}"
