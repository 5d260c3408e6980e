"""Why a figure of the on-boarding is what it is: the tasks in it, and how they count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from engagewatch.engine.onboarding import Stage
from engagewatch.engine.slip import END
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.plan import Owner
from engagewatch.views import wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.onboarding import (
    AHEAD,
    NEXT,
    hours_ahead_figure,
    hours_so_far,
    on_time_figure,
)
from engagewatch.views.onboarding_plan import OWNERS, PlanState, TaskState, plan_state
from engagewatch.views.onboarding_words import (
    RULES,
    STAGE_TONES,
    day_words,
    days,
    late_words,
    split_words,
    stage_words,
)
from engagewatch.views.tone import Tone
from engagewatch.views.why import WhyTicket, WhyView

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    """Return the derivation of a figure of the plan as known at ``now``."""
    state = plan_state(store, engagement, now)
    if state is None:
        return _view(engagement, now, "Plan", wording.UNKNOWN, "There is no plan.", ())
    if figure.kind is FigureKind.PLAN_SLIP:
        return _slip(state, engagement, figure)
    if figure.kind is FigureKind.PLAN_DATES:
        return _dates(state, engagement, figure)
    if figure.kind is FigureKind.PLAN_HOURS:
        return _hours(state, engagement, figure)
    return _done(state, engagement)


def _slip(state: PlanState, engagement: Engagement, figure: FigureKey) -> WhyView:
    slip = state.slips.get(figure.subject)
    if slip is None:
        title, value = figure.subject, "called off"
        return _view(engagement, state.as_of, title, value, "Called off: no slip.", ())
    of = state.task(slip.milestone)
    title = "Slip of the end of the plan" if of is None else f"Slip of {of.task.gate or of.id}"
    value = f"{days(slip.days)}: {split_words(slip.parts)}" if slip.days else "none"
    left_out = []
    if slip.float_used:
        left_out.append(f"spare days used up on the way: {split_words(slip.float_used)}")
    made_up = sum(link.made_up for link in slip.chain)
    if made_up:
        left_out.append(f"{days(made_up)} made up on the way")
    return _view(
        engagement,
        state.as_of,
        title,
        value,
        "The chain of tasks that drives it, each counted against its first planned date. Days that "
        "the task before caused are inherited, the rest are the task's own. Days that the plan has "
        f"to spare between two tasks are used up first: {RULES[state.float_rule]}. What is left "
        "sums to the slip exactly.",
        tuple(
            WhyTicket(
                key=f"task/{link.task}" if link.task else "end",
                ticket=None,
                reference=link.task or "end",
                subject=one.task.title if one is not None else "the end of the plan",
                words=_link_words(link.late, link.inherited, link.own, one),
                tone=Tone.BAD if link.own else Tone.PLAIN,
            )
            for link in slip.chain
            for one in (state.task(link.task) if link.task != END else None,)
        ),
        tuple(left_out),
    )


def _link_words(late: int, inherited: int, own: int, one: TaskState | None) -> str:
    if not late:
        return "in time"
    parts = [f"{days(inherited)} inherited"] if inherited else []
    if own and one is not None:
        parts.append(f"{days(own)} own ({OWNERS[one.owner]})")
    return f"{days(late)} late: {', '.join(parts)}"


def _dates(state: PlanState, engagement: Engagement, figure: FigureKey) -> WhyView:
    owner = Owner(figure.subject)
    side = next((one for one in state.on_time if one.owner is owner), None)
    own = [one for one in state.tasks if one.owner is owner]
    judged = [one for one in own if one.in_time is not None]
    judged.sort(key=lambda one: one.in_time is True)
    off = sum(one.stage is Stage.CALLED_OFF for one in own)
    left_out = [f"{off} called off"] if off else []
    if side is not None and side.pending:
        left_out.append(f"{side.pending} not past their date")
    shown = None if side is None else on_time_figure(side)
    return _view(
        engagement,
        state.as_of,
        f"Tasks in time: {OWNERS[owner]}",
        wording.UNKNOWN if shown is None else shown.value,
        "Tasks that kept every date they were promised for, of those finished or past their date. "
        "Working time in which a task could not be finished because another one was late is given "
        "back. A date that is moved before it has passed is not missed, but counted as a new date. "
        f'Counted in the calendar "{engagement.participation.calendar}" for both sides.',
        tuple(_task_line(one, _kept_words(one), state) for one in judged),
        tuple(left_out),
        met=None if side is None else side.met,
        judged=None if side is None else side.judged,
    )


def _kept_words(one: TaskState) -> str:
    if one.in_time:
        return "in time"
    return "missed" + (f", {late_words(one)}" if late_words(one) else "")


def _hours(state: PlanState, engagement: Engagement, figure: FigureKey) -> WhyView:
    if figure.subject == NEXT:
        return _hours_ahead(state, engagement)
    asked, given = hours_so_far(state)
    due = [
        one
        for one in state.tasks
        if one.task.client_hours and one.task.due <= state.today
        and one.stage is not Stage.CALLED_OFF
    ]  # fmt: skip
    due.sort(key=lambda one: (one.stage is Stage.DONE, -one.task.client_hours))
    return _view(
        engagement,
        state.as_of,
        "Our hours in the plan",
        f"{given:g} of {asked:g}",
        "The plan's estimate of our hours in every task planned for today or before, and how many "
        "of them are in tasks that are done. Nobody measured the hours really spent.",
        tuple(
            _task_line(one, f"{one.task.client_hours:g}h, {stage_words(one, state.today)}", state)
            for one in due
        ),
        (),
    )


def _hours_ahead(state: PlanState, engagement: Engagement) -> WhyView:
    until = state.today + timedelta(AHEAD)
    ahead = [
        one
        for one in state.tasks
        if one.standing.is_open
        and one.task.client_hours
        and (one.task.start or one.task.due) < until
    ]
    shown = hours_ahead_figure(state)
    return _view(
        engagement,
        state.as_of,
        f"Our hours in the next {AHEAD} days",
        shown.value,
        "What every open task is planned to ask of us, spread evenly from its start, or today, to "
        "the day promised; what is overdue is asked for today. Shown as nobody would plan it more "
        f"exactly; {shown.note}.",
        tuple(
            _task_line(one, f"{one.task.client_hours:g}h, {stage_words(one, state.today)}", state)
            for one in ahead
        ),
    )


def _done(state: PlanState, engagement: Engagement) -> WhyView:
    kept = [one for one in state.tasks if one.stage is not Stage.CALLED_OFF]
    done = sum(one.stage is Stage.DONE for one in kept)
    off = len(state.tasks) - len(kept)
    kept.sort(key=lambda one: one.stage is Stage.DONE)
    return _view(
        engagement,
        state.as_of,
        "Tasks of the plan that are done",
        wording.k_of_n(done, len(kept)),
        "Done is what somebody entered as done, or what its source calls finished.",
        tuple(_task_line(one, stage_words(one, state.today), state) for one in kept),
        (f"{off} called off",) if off else (),
        met=done,
        judged=len(kept),
    )


def _task_line(one: TaskState, words: str, state: PlanState) -> WhyTicket:
    planned = f"planned {day_words(one.task.due, state.today)}"
    return WhyTicket(
        key=f"task/{one.id}",
        ticket=None,
        reference=one.id,
        subject=one.task.title,
        words=f"{words}; {planned}",
        tone=STAGE_TONES[one.stage],
    )


def _view(
    engagement: Engagement,
    now: Instant,
    title: str,
    value: str,
    formula: str,
    lines: Iterable[WhyTicket],
    left_out: tuple[str, ...] = (),
    *,
    met: int | None = None,
    judged: int | None = None,
) -> WhyView:
    listed = tuple(lines)
    return WhyView(
        title=title,
        value=value,
        formula=formula,
        met=met,
        judged=judged,
        not_counted=left_out,
        rule_version="",
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=listed,
        total=len(listed),
    )
