"""``engagewatch onboarding``: how the plan stands, and what became of its tasks."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, only_one, open_to_enter
from engagewatch.config.problems import ConfigError
from engagewatch.config.suggestions import did_you_mean
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant, isoformat
from engagewatch.store.store import Store
from engagewatch.views import onboarding, onboarding_entering, onboarding_task
from engagewatch.views.onboarding import OnboardingView, TaskRow
from engagewatch.views.onboarding_plan import PlanState, TaskState, read_plan
from engagewatch.views.onboarding_task import TaskView


def run(options: Namespace) -> int:
    """Print the plan, or enter what became of one of its tasks."""
    at = now()
    engagement = _engagement(options)
    with open_to_enter(options) as store:
        if options.action in (None, "show"):
            return _show(options, store, engagement, at)
        state = _plan(store, engagement, at)
        entry = _entry(options, engagement, _task(options, state), state, at)
        store.enter([entry])
        state = _plan(store, engagement, at)
    one = None if state is None else state.task(entry.subject)
    if one is not None and state is not None:
        row = onboarding.row_of(one, state)
        print(", ".join(filter(None, (f"{row.key}: {row.words}", row.late_words, row.holds_words))))
    return 0


def _engagement(options: Namespace) -> Engagement:
    found = [one for one in load(options).engagements if one.onboarding is not None]
    if not found:
        raise CommandError(onboarding.NO_PLAN, 1)
    return only_one(found, "whose plan")


def _plan(store: Store, engagement: Engagement, at: Instant) -> PlanState | None:
    try:
        return read_plan(store, engagement, at)
    except ConfigError as error:
        listed = "\n".join(str(problem) for problem in error.problems)
        raise CommandError(f"the plan file cannot be used:\n{listed}", 1) from None


def _show(options: Namespace, store: Store, engagement: Engagement, at: Instant) -> int:
    paper = _Paper(engagement)
    if options.action == "show":
        one = _task(options, _plan(store, engagement, at))
        view = onboarding_task.build(store, engagement, at, one.id)
        print(written(at, **_task_json(view)) if options.json else "\n".join(paper.task(view)))
        return 0
    plan = onboarding.build(store, engagement, at)
    if plan.state is None:
        raise CommandError("\n".join(plan.problems), 1)
    if options.json:
        print(written(at, **_json(engagement, plan, plan.state)))
    else:
        print("\n".join(paper.page(plan)))
    return 0


def _task(options: Namespace, state: PlanState | None) -> TaskState:
    if state is None:
        raise CommandError("there is no task in the plan yet", 1)
    if not options.task:
        raise CommandError(f"name the task: engagewatch onboarding {options.action} ID")
    by_name = {one.id.casefold(): one for one in state.tasks}
    one = by_name.get(options.task.casefold())
    if one is None:
        close = did_you_mean(options.task, [one.id for one in state.tasks])
        hint = f"; {close}" if close else ""
        raise CommandError(f'there is no task "{options.task}" in the plan{hint}')
    return one


def _entry(
    options: Namespace, engagement: Engagement, one: TaskState, state: PlanState | None, at: Instant
) -> Entry:
    today = date.min if state is None else state.today
    said = options.note or options.why or ""
    try:
        if options.action == "done":
            on = onboarding_entering.parse_past_day(options.on or "today", today)
            return onboarding_entering.done(engagement.id, at, one, on, said)
        if options.action == "move":
            due = _due(options.value)
            return onboarding_entering.moved(engagement.id, at, one, due, said)
        if options.action == "note":
            return onboarding_entering.noted(engagement.id, at, one, options.value or said)
        if options.action == "reopen":
            return onboarding_entering.reopened(engagement.id, at, one, said)
        return onboarding_entering.called_off(engagement.id, at, one, said)
    except ValueError as error:
        raise CommandError(f"{error}{_how(options.action)}") from None


def _due(text: str | None) -> date:
    if not text:
        raise ValueError("give the new date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a date') from None


def _how(action: str) -> str:
    ways = {
        "move": "; for example: engagewatch onboarding move B10 2026-04-20 --why REASON",
        "note": "; for example: engagewatch onboarding note B10 TEXT",
        "call-off": "; for example: engagewatch onboarding call-off B10 --why REASON",
    }
    return ways.get(action, "")


class _Paper:
    """Lays the plan out as lines."""

    def __init__(self, engagement: Engagement) -> None:
        self._engagement = engagement
        self._colour = wants_colour()
        self._width = width()

    def page(self, view: OnboardingView) -> Iterator[str]:
        yield from self._title(self._engagement.name)
        for milestone in (view.end, view.next_gate):
            if milestone is not None:
                for line in wrapped(milestone.sentence, self._width):
                    yield coloured(line, milestone.tone, enabled=self._colour)
        for words in (view.float_words, view.hours_sentence, *view.not_known):
            if words:
                yield from wrapped(words, self._width)
        yield from self._heading(f"Next 7 days: {view.coming_words}")
        yield from self._rows(view.coming)
        yield from self._heading("Gates")
        yield from table(
            [(gate.name, gate.planned_words, gate.expected_words, gate.words)
             for gate in view.gates],
            indent="  ", limit=self._width,
        )  # fmt: skip
        yield from self._heading("Both sides")
        yield from table(
            [(figure.label, figure.value, figure.note) for figure in view.figures],
            indent="  ",
            limit=self._width,
        )
        for phase in view.phases:
            yield from self._heading(f"{phase.name[:1].upper()}{phase.name[1:]}: {phase.words}")
            yield from self._rows(phase.rows)

    def task(self, view: TaskView) -> Iterator[str]:
        yield from self._title(f"{view.row.key} {view.row.title}")
        yield from table(view.about, limit=self._width)
        sections = (
            (f"Its days ({view.rule_words})", view.arithmetic),
            ("Who held it", view.held),
            ("Holds up", view.stakes),
            ("What was entered", [f"{when}  {words}" for when, words in view.history]),
        )
        for title, sentences in sections:
            if sentences:
                yield from self._heading(title)
            for words in sentences:
                yield from wrapped(words, self._width, first="  ", rest="    ")
        for title, rows in (("Depends on", view.before), ("Depend on it", view.after)):
            if rows:
                yield from self._heading(title)
                yield from self._rows(rows)

    def _title(self, text: str) -> Iterator[str]:
        for line in wrapped(text, self._width):
            yield bold(line, enabled=self._colour)

    def _heading(self, text: str) -> Iterator[str]:
        yield ""
        yield bold(text, enabled=self._colour)

    def _rows(self, rows: tuple[TaskRow, ...]) -> Iterator[str]:
        for row in rows:
            where = ", ".join(filter(None, (row.words, row.late_words, row.moves_words)))
            words = f"{row.key}  {row.title} ({row.owner_words}): {where}"
            yield from wrapped(words, self._width, first="  ", rest="       ")


def _json(engagement: Engagement, view: OnboardingView, state: PlanState) -> dict[str, Any]:
    return {
        "engagement": engagement.id,
        "float_rule": state.float_rule.value,
        "end": _slip_json(state, ""),
        "gates": [{"task": gate.key, "name": gate.name, **_slip_json(state, gate.key)}
                  for gate in view.gates],
        "on_time": {
            side.owner.value: {"met": side.met, "judged": side.judged, "moved": side.moved}
            for side in state.on_time
        },
        "tasks": [_row_json(one) for one in state.tasks],
    }  # fmt: skip


def _slip_json(state: PlanState, milestone: str) -> dict[str, Any]:
    slip = state.slips[milestone]
    return {
        "planned": slip.planned.isoformat(),
        "expected": slip.forecast.isoformat(),
        "slip_days": slip.days,
        "parts": _parts_json(slip.parts),
        "float_used": _parts_json(slip.float_used),
        "chain": [link.task for link in slip.chain if link.task],
    }


def _parts_json(parts: Any) -> dict[str, float]:
    return {
        "unattributed" if owner is None else owner.value: float(days)
        for owner, days in parts.items()
    }


def _row_json(one: TaskState) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.task.title,
        "phase": one.task.phase,
        "owner": one.owner.value,
        "role": one.task.role,
        "stage": one.stage.value,
        "planned": one.task.due.isoformat(),
        "promised": one.promised.isoformat(),
        "expected": one.standing.finish.isoformat(),
        "moves": len(one.moves),
        "late_days": one.late,
        "waits_for": list(one.waits_for),
        "waits_on_client_since": isoformat(one.waits_since)
        if one.waits_on_client and one.waits_since is not None
        else None,
        "holds_up": [
            {"milestone": stake.name, "days": stake.days, "spare_days": stake.spare}
            for stake in one.stakes
        ],
        "in_time": one.in_time,
    }


def _task_json(view: TaskView) -> dict[str, Any]:
    return {
        **_row_json(view.state),
        "arithmetic": list(view.arithmetic),
        "held": [
            {"task": hold.task, "owner": hold.owner.value, "days": hold.days}
            for hold in view.state.standing.held
        ],
        "entered": [{"at": when, "words": words} for when, words in view.history],
    }
