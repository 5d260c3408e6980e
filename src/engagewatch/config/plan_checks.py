"""What a readable plan leaves open or may not mean: worth a note each, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from engagewatch.config.plan_file import Plan
from engagewatch.config.problems import Problem
from engagewatch.model.plan import Onboarding, Owner, PlannedTask, client_hours

_WEEK = timedelta(7)


def plan_notes(plan: Plan, settings: Onboarding, polled_on: date | None) -> list[Problem]:
    """Return notes on a plan, in the order of its file.

    ``polled_on`` is a day on which sources had been read already; ``None`` before that.
    """
    notes = [
        *_gates(plan),
        *_phases(plan),
        *_outgoing(plan, settings),
        *_before_first_poll(plan, settings, polled_on),
        *_lengths(plan),
        *_hours(plan, settings),
    ]
    return sorted(notes, key=lambda note: (note.line, note.column))


def _note(plan: Plan, task: PlannedTask, key: str, message: str, fix: str) -> Problem:
    return Problem(plan.path, *plan.places[task.id], f"{task.id}.{key}", message, fix)


def _gates(plan: Plan) -> Iterator[Problem]:
    for task in plan.tasks:
        if task.gate and not task.evidence:
            message = f"nothing says what shows that {task.gate} is passed"
            yield _note(plan, task, "evidence", message, "write what is to be seen")


def _phases(plan: Plan) -> Iterator[Problem]:
    phases: dict[str, list[PlannedTask]] = {}
    for task in plan.tasks:
        phases.setdefault(task.phase, []).append(task)
    for phase, tasks in phases.items():
        if all(task.owner is not Owner.CLIENT for task in tasks):
            message = f'the phase "{phase or "without a name"}" has no task of the client'
            fix = "an on-boarding without us in it stalls; say what we contribute"
            yield _note(plan, tasks[0], "phase", message, fix)


def _outgoing(plan: Plan, settings: Onboarding) -> Iterator[Problem]:
    theirs = [task for task in plan.tasks if task.owner is Owner.OUTGOING]
    if settings.has_outgoing and not theirs:
        message = "nobody hands anything over: no task belongs to the outgoing side"
        fix = 'add what they owe, or write outgoing = "none" under [onboarding]'
        yield _note(plan, plan.tasks[0], "owner", message, fix)
    if theirs and not settings.has_outgoing:
        message = 'this belongs to the outgoing side, but the engagement says outgoing = "none"'
        yield _note(plan, theirs[0], "owner", message, "keep one of the two")


def _before_first_poll(
    plan: Plan, settings: Onboarding, polled_on: date | None
) -> Iterator[Problem]:
    known = {task.id: task for task in plan.tasks}
    for name in settings.before_first_poll:
        task = known.get(name)
        if task is None:
            message = f'before_first_poll names "{name[:40]}", and there is no such task'
            yield Problem(plan.path, 0, 0, "", message, "write the id of a task of this plan")
        elif polled_on is not None and task.due >= polled_on:
            message = f"this is due on {task.due}, but sources were read by {polled_on}"
            fix = "what is promised or kept after the first figures are seen proves less"
            yield _note(plan, task, "due", message, fix)


def _lengths(plan: Plan) -> Iterator[Problem]:
    for task in plan.tasks:
        if task.usual_low is None or task.start is None:
            continue
        planned = (task.due - task.start).days
        if task.usual_low > planned:
            message = (
                f"{planned} days are planned, fewer than the {task.usual_low} it usually takes"
            )
            yield _note(plan, task, "due", message, "plan a later day, or begin sooner")


def _hours(plan: Plan, settings: Onboarding) -> Iterator[Problem]:
    """Tell the weeks that ask for more of the client's hours than it said it can give."""
    limit = settings.weekly_client_hours
    if limit is None:
        return
    first = min(task.start or task.due for task in plan.tasks)
    week = first - timedelta(first.weekday())
    over = []
    while week <= max(task.due for task in plan.tasks):
        hours = client_hours(plan.tasks, week, week + _WEEK)
        if hours > limit:
            over.append(f"{hours:.0f} in the week of {week}")
        week += _WEEK
    if over:
        message = f"we said {limit:g} hours a week, and the plan asks for {', '.join(over)}"
        yield Problem(plan.path, 0, 0, "", message, "give more, or plan those weeks longer")
