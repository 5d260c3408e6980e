"""On-boarding: the plan by phase, its gates, what comes next, and whose days it lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engagewatch.engine.onboarding import Stage
from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.engine.slip import Slip
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime
from engagewatch.model.plan import Owner, client_hours
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.onboarding_plan import (
    OWNERS,
    OnTime,
    PlanState,
    TaskState,
    read_plan,
)
from engagewatch.views.onboarding_words import (
    RULES,
    STAGE_TONES,
    about_hours,
    day_words,
    days,
    late_words,
    moves_words,
    owner_name,
    slip_sentence,
    split,
    split_words,
    stage_words,
)
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

COMING = 7
"""Days ahead that the short list covers."""
AHEAD = 30
"""Days ahead for which our hours are told."""
NEXT = "next"
"""Subject of the figure of the hours to come."""
FIRST = 30
"""Days from the start for which the hours are told beforehand."""

NO_PLAN = (
    "There is no on-boarding plan. To follow one, write a plan to start from with: "
    "engagewatch init --onboarding --id ID, and name it under [onboarding] in the engagement file."
)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task on the board."""

    key: str
    """Its id."""
    title: str
    phase: str
    owner: Owner
    owner_words: str
    person: str
    """The role, with the name where privacy allows; may be empty."""
    stage: Stage
    tone: Tone
    words: str
    """Where it stands, e.g. ``late 12 days``, ``waits for B01``."""
    due_words: str
    """The day promised now."""
    late_words: str
    """Against the plan, e.g. ``4 days late``; empty where in time."""
    moves_words: str
    holds_words: str
    """What it holds up, e.g. ``holds up G4 go or no-go by 3 days``; empty once it is over."""
    start: date
    due: date
    """As planned."""
    finish: date
    """Done, or expected."""
    is_open: bool
    gate: str
    note: str
    """What was last noted, moved or done about it, in words; may be empty."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate."""

    key: str
    """Id of its task."""
    name: str
    planned_words: str
    expected_words: str
    words: str
    """E.g. ``12 days late: us 9, outgoing provider 3``, ``as planned``."""
    tone: Tone
    figure: FigureKey


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the plan, in its order."""

    name: str
    words: str
    """E.g. ``9 of 12 done, 2 late``."""
    tone: Tone
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True)
class SlipPart:
    """One side's days of the slip."""

    owner: Owner | None
    words: str
    """E.g. ``us 8``."""
    days: float


@dataclass(frozen=True, slots=True)
class Milestone:
    """The end of the plan, or its next gate."""

    sentence: str
    """When it comes, how much later than planned, and whose days those are."""
    tone: Tone
    parts: tuple[SlipPart, ...]
    figure: FigureKey


@dataclass(frozen=True, slots=True)
class OnboardingView:
    """The whole screen."""

    as_of: Instant
    today: date
    state: PlanState | None
    problems: tuple[str, ...]
    """Why there is no plan to show; all else is empty then."""
    end: Milestone | None
    next_gate: Milestone | None
    """``None`` once all are passed."""
    float_words: str
    """Spare days used up on the way to the end, and by which rule."""
    hours_sentence: str
    not_known: tuple[str, ...]
    """What the plan does not cover."""
    figures: tuple[Figure, ...]
    coming: tuple[TaskRow, ...]
    """Open tasks late, due or starting within seven days, by date."""
    coming_words: str
    gates: tuple[GateRow, ...]
    phases: tuple[Phase, ...]
    first: date
    """The first day of the time line."""
    last: date
    """The last one."""

    def row(self, key: str) -> TaskRow | None:
        """Return the row of a task."""
        return next((row for phase in self.phases for row in phase.rows if row.key == key), None)


def build(store: Store, engagement: Engagement, now: Instant) -> OnboardingView:
    """Return the on-boarding at ``now``; what is wrong with its plan, where it cannot be shown."""
    from engagewatch.config.problems import ConfigError

    try:
        state = read_plan(store, engagement, now)
    except ConfigError as error:
        found = tuple(str(problem) for problem in error.problems)
        return _nothing(now, ("The plan file cannot be used before this is put right:", *found))
    if state is None:
        settings = engagement.onboarding
        if settings is None:
            return _nothing(now, (NO_PLAN,))
        how = "" if settings.categories else '; categories = ["..."] takes its tickets as tasks'
        return _nothing(now, (f"{settings.source} tells of no task yet{how}.",))
    return _view(state)


def row_of(one: TaskState, state: PlanState) -> TaskRow:
    """Return a task as the board shows it."""
    today = state.today
    return TaskRow(
        key=one.id,
        title=one.task.title,
        phase=one.task.phase,
        owner=one.owner,
        owner_words=one.owner_words,
        person=one.person,
        stage=one.stage,
        tone=STAGE_TONES[one.stage],
        words=stage_words(one, today),
        due_words=day_words(one.promised, today),
        late_words=late_words(one),
        moves_words=moves_words(one),
        holds_words=holds_words(one),
        start=min(one.task.start or one.task.due, one.task.due),
        due=one.task.due,
        finish=one.standing.finish,
        is_open=one.standing.is_open,
        gate=one.task.gate,
        note=_last_note(one.id, state),
    )


def holds_words(one: TaskState) -> str:
    """Return what a task holds up, or how long it may still take before it does."""
    if not one.stakes:
        return ""
    worst = one.stakes[0]
    if worst.days:
        return f"makes {worst.name} {days(worst.days)} late"
    spare = days(worst.spare) if worst.spare else "nothing"
    return f"{spare} to spare before {worst.name}"


def _nothing(now: Instant, problems: tuple[str, ...]) -> OnboardingView:
    day = to_datetime(now).date()
    return OnboardingView(
        as_of=now, today=day, state=None, problems=problems, end=None, next_gate=None,
        float_words="", hours_sentence="", not_known=(), figures=(), coming=(),
        coming_words="", gates=(), phases=(), first=day, last=day,
    )  # fmt: skip


def _view(state: PlanState) -> OnboardingView:
    slip, today = state.slip, state.today
    rows = {one.id: row_of(one, state) for one in state.tasks}
    kept = [one for one in state.tasks if one.stage is not Stage.CALLED_OFF]
    is_over = not any(one.standing.is_open for one in kept)
    coming = _coming(state, rows)
    ends = [one.due for one in rows.values()] + [one.finish for one in rows.values()]
    return OnboardingView(
        as_of=state.as_of,
        today=today,
        state=state,
        problems=(),
        end=_milestone(slip, "The end of the plan", today, is_over=is_over),
        next_gate=_next_gate(state),
        float_words=_float_words(state),
        hours_sentence=_hours_sentence(state),
        not_known=_not_known(state),
        figures=tuple(_figures(state, kept)),
        coming=coming,
        coming_words=_coming_words(coming),
        gates=tuple(_gate_rows(state)),
        phases=tuple(_phases(rows.values())),
        first=min(state.start, *(one.start for one in rows.values())),
        last=max([*ends, today]),
    )


def _milestone(slip: Slip, name: str, today: date, *, is_over: bool) -> Milestone:
    return Milestone(
        sentence=slip_sentence(slip, name, today, is_over=is_over),
        tone=Tone.BAD if slip.days else Tone.GOOD,
        parts=tuple(
            SlipPart(owner, f"{owner_name(owner)} {number}", float(number))
            for owner, number in split(slip.parts)
        ),
        figure=FigureKey(FigureKind.PLAN_SLIP, subject=slip.milestone),
    )


def _next_gate(state: PlanState) -> Milestone | None:
    for one, slip in sorted(state.gates, key=lambda gate: gate[1].forecast):
        if one.standing.is_open:
            name = f"The next gate, {one.task.gate},"
            return _milestone(slip, name, state.today, is_over=False)
    return None


def _float_words(state: PlanState) -> str:
    used = state.slip.float_used
    if not used:
        return f"No spare days used up on the way to it; {RULES[state.float_rule]}."
    return f"Spare days used up on the way: {split_words(used)}; {RULES[state.float_rule]}."


def _hours_sentence(state: PlanState) -> str:
    """Return what the plan asks of us: beforehand as a whole, later for the coming days."""
    tasks = [one.task for one in state.tasks if one.stage is not Stage.CALLED_OFF]
    if not any(task.client_hours for task in tasks):
        return ""
    started = any(one.stage is Stage.DONE for one in state.tasks)
    if state.today <= state.start or not started:
        hours = client_hours(tasks, state.start, state.start + timedelta(FIRST))
        return f"This plan needs {about_hours(hours)} from us in the first {FIRST} days."
    hours = hours_ahead(state, state.today, state.today + timedelta(COMING))
    if not hours:
        return ""
    overdue = round(sum(one.task.client_hours for one in state.tasks if one.overdue))
    late = f", {overdue} of them overdue" if overdue else ""
    limit = state.weekly_client_hours
    given = f"; we said {limit:g} a week" if limit is not None else ""
    return f"The next {COMING} days need {about_hours(hours)} from us{late}{given}."


def hours_ahead(state: PlanState, since: date, until: date) -> float:
    """Return the client's hours that open tasks ask for from ``since`` to before ``until``.

    What is left of a task is spread evenly from its start, or today, to the day promised; what is
    overdue is asked for today.
    """
    ahead = []
    for one in state.tasks:
        if one.standing.is_open and one.task.client_hours:
            first = max(one.task.start or one.task.due, state.today)
            last = max(first, one.promised)
            ahead.append(replace(one.task, start=first, due=last))
    return client_hours(ahead, since, until)


def _not_known(state: PlanState) -> tuple[str, ...]:
    if not state.undated:
        return ()
    count = wording.counted(len(state.undated), "ticket")
    return (f"{count} without a due date not in the plan: {wording.listed(state.undated)}.",)


def _figures(state: PlanState, kept: Sequence[TaskState]) -> Iterable[Figure]:
    done = [one for one in kept if one.stage is Stage.DONE]
    late = sum(one.stage is Stage.LATE for one in kept)
    yield Figure(
        label="Done",
        value=wording.k_of_n(len(done), len(kept)),
        note=f"{late} late" if late else "none late",
        tone=Tone.WARNING if late else Tone.PLAIN,
        key=FigureKey(FigureKind.PLAN),
        met=len(done),
        judged=len(kept),
    )
    for side in state.on_time:
        yield on_time_figure(side)
    yield hours_figure(state)
    if any(one.standing.is_open for one in kept):
        yield hours_ahead_figure(state)


def on_time_figure(side: OnTime) -> Figure:
    """Return how one side keeps its dates: a count, and a percentage where enough is judged."""
    percent = 100 * side.met / side.judged if side.judged >= PERCENT_NEEDS else None
    shown = "" if percent is None else f" ({percent:.0f}%)"
    notes = []
    if side.open_late:
        notes.append(f"{side.open_late} open past {'its' if side.open_late == 1 else 'their'} date")
    if side.moved:
        notes.append(f"{wording.counted(side.moved, 'new date')} given")
    return Figure(
        label=f"{OWNERS[side.owner][:1].upper()}{OWNERS[side.owner][1:]} in time",
        value=wording.k_of_n(side.met, side.judged) + shown,
        note=", ".join(notes),
        tone=Tone.PLAIN if side.judged else Tone.UNKNOWN,
        key=FigureKey(FigureKind.PLAN_DATES, subject=side.owner.value),
        met=side.met,
        judged=side.judged,
        percent=percent,
    )


def hours_figure(state: PlanState) -> Figure:
    """Return the hours asked of us so far, and those of the tasks that are done."""
    asked, given = hours_so_far(state)
    return Figure(
        label="Our hours",
        value=f"{given:g} of {asked:g}" if asked else "none asked yet",
        note="of the work due by now is done",
        tone=Tone.WARNING if given < asked else Tone.PLAIN,
        key=FigureKey(FigureKind.PLAN_HOURS),
    )


def hours_ahead_figure(state: PlanState) -> Figure:
    """Return the hours that the coming thirty days ask of us, week by week."""
    week = timedelta(7)
    starts = [state.today + week * number for number in range(AHEAD // 7)]
    weeks = [hours_ahead(state, start, start + week) for start in starts]
    limit = state.weekly_client_hours
    over = limit is not None and any(hours > limit for hours in weeks)
    said = "" if limit is None else f"; we said {limit:g}"
    return Figure(
        label=f"Our next {AHEAD} days",
        value=about_hours(hours_ahead(state, state.today, state.today + timedelta(AHEAD))),
        note=f"by week {', '.join(f'{hours:.0f}' for hours in weeks)}{said}",
        tone=Tone.WARNING if over else Tone.PLAIN,
        key=FigureKey(FigureKind.PLAN_HOURS, subject=NEXT),
    )


def hours_so_far(state: PlanState) -> tuple[float, float]:
    """Return the client's hours in tasks planned to be done by today, and in those of them done."""
    due = [
        one
        for one in state.tasks
        if one.task.due <= state.today and one.stage is not Stage.CALLED_OFF
    ]
    asked = sum(one.task.client_hours for one in due)
    given = sum(one.task.client_hours for one in due if one.stage is Stage.DONE)
    return asked, given


def _coming(state: PlanState, rows: dict[str, TaskRow]) -> tuple[TaskRow, ...]:
    until = state.today + timedelta(COMING)
    found = []
    for one in state.tasks:
        if not one.standing.is_open:
            continue
        start = one.task.start or one.task.due
        starts_soon = state.today <= start < until
        if one.promised < until or starts_soon:
            day = one.promised if one.promised < until else start
            found.append((day, one.owner is not Owner.CLIENT, one.id))
    return tuple(rows[name] for _, _, name in sorted(found))


def _coming_words(coming: Sequence[TaskRow]) -> str:
    ours = sum(row.owner in (Owner.CLIENT, Owner.SHARED) for row in coming)
    late = sum(row.stage is Stage.LATE for row in coming)
    return (
        f"{wording.counted(len(coming), 'task')}, {ours} ours, {late} late" if coming else "nothing"
    )


def _gate_rows(state: PlanState) -> Iterable[GateRow]:
    for one, slip in state.gates:
        over = not one.standing.is_open
        if slip.days:
            words = f"{days(slip.days)} late: {split_words(slip.parts)}"
        else:
            words = "in time" if over else "as planned"
        if slip.days:
            tone = Tone.WARNING if over else Tone.BAD
        else:
            tone = Tone.GOOD if over else Tone.PLAIN
        verb = "passed" if over else "expected"
        yield GateRow(
            key=one.id,
            name=one.task.gate,
            planned_words=day_words(slip.planned, state.today),
            expected_words=f"{verb} {day_words(slip.forecast, state.today)}",
            words=words,
            tone=tone,
            figure=FigureKey(FigureKind.PLAN_SLIP, subject=one.id),
        )


def _phases(rows: Iterable[TaskRow]) -> Iterable[Phase]:
    by_name: dict[str, list[TaskRow]] = {}
    for row in rows:
        by_name.setdefault(row.phase, []).append(row)
    for name, own in by_name.items():
        kept = [row for row in own if row.stage is not Stage.CALLED_OFF]
        done = sum(row.stage is Stage.DONE for row in kept)
        late = sum(row.stage is Stage.LATE for row in kept)
        words = f"{done} of {len(kept)} done" + (f", {late} late" if late else "")
        tone = Tone.BAD if late else (Tone.GOOD if done == len(kept) else Tone.PLAIN)
        yield Phase(name or "tasks", words, tone, tuple(own))


def _last_note(name: str, state: PlanState) -> str:
    for entry in reversed(state.entries):
        words = entry.text("note") or entry.text("why")
        if entry.subject == name and words:
            return words
    return ""
