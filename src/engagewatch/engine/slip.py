"""Slip: whose late days moved a milestone, link by link along the chain that drives it.

Days are calendar days. A task may finish no sooner after a task it depends on than its shortest
usual duration, or than the plan itself leaves between the two dates if that is less: a plan that is
kept makes nobody late. What a task is late beyond that is its own; the rest it inherits.

Between two dates a plan leaves spare days, its float. Float belongs to the project: late days use
it up before they reach the next task, by the rule that the engagement file names. What is left when
the milestone is reached is its slip, and every day of it has an owner:

    late days of a task = float used up by the next link + days made up there + days inherited there

Where two chains drive a task by the same day, a day lost to different sides is shared; it is not
halved. (The notions are those of delay analysis in construction: float belongs to the project,
first come, first served; concurrent delay.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from engagewatch.model.plan import FloatRule, Owner, PlannedTask

END = ""
"""The milestone that is the end of the whole plan."""

Days = Mapping[Owner | None, Fraction]
"""Days by side; ``None`` for what the plan's own contradicting dates caused."""

_Lost = list[tuple[Owner | None, Fraction]]
"""Late days in the order they were lost."""


@dataclass(frozen=True, slots=True)
class Step:
    """A task of the plan, and the day it was finished or is expected to be."""

    task: PlannedTask
    finish: date
    depends: tuple[str, ...]
    """The tasks it depends on, those called off left out."""
    courts: tuple[tuple[Owner, int], ...] = ()
    """Time in which each side had it, where that is known: its own late days are split by it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One task of the chain, and what became of the lateness that reached it."""

    task: str
    """Its id; :data:`END` for the end of the plan."""
    due: date
    finish: date
    late: int
    inherited: int
    """Late days that the tasks before it caused."""
    own: int
    after: str | None
    """The task before it on the chain; ``None`` at the beginning."""
    beside: tuple[str, ...]
    """Other tasks that held it up by the same days."""
    at_least: int
    """Days it takes after the task before it, at least."""
    spare: int
    """Float: days that the plan leaves between the two beyond that."""
    float_used: Days
    """By whose late days."""
    made_up: Fraction
    """Late days that it made up by being quicker than usual."""
    next_after: str | None = None
    """The task that would have held it up most, but for those above."""
    next_inherited: int = 0
    """Days that it would then have inherited."""


@dataclass(frozen=True, slots=True)
class Slip:
    """By how many days a milestone is later than planned, and whose days they are."""

    milestone: str
    planned: date
    forecast: date
    days: int
    parts: Days
    """Sums to ``days`` exactly; only sides that have some."""
    chain: tuple[Link, ...]
    """From the first task to the milestone."""

    @property
    def float_used(self) -> dict[Owner | None, Fraction]:
        """Spare days used up along the chain, by whose late days."""
        return _summed(item for link in self.chain for item in link.float_used.items())


def at_least(before: PlannedTask, task: PlannedTask) -> int:
    """Return after how many days ``task`` can be finished once ``before`` is."""
    return max(0, min(task.usual_low or 0, (task.due - before.due).days))


def in_order(depends: Mapping[str, Sequence[str]]) -> list[str]:
    """Return ids so that each comes after those it depends on.

    Raises:
        ValueError: they depend on each other in a circle.
    """
    order: list[str] = []
    state: dict[str, bool] = {}
    for first in depends:
        stack = [(first, iter(depends[first]))] if first not in state else []
        state.setdefault(first, False)
        while stack:
            name, rest = stack[-1]
            below = next(rest, None)
            if below is None:
                stack.pop()
                state[name] = True
                order.append(name)
            elif below not in state:
                state[below] = False
                stack.append((below, iter(depends[below])))
            elif not state[below]:
                raise ValueError(f"{below} depends on itself")
    return order


def slip_of(steps: Mapping[str, Step], milestone: str, rule: FloatRule) -> Slip:
    """Return the slip of a task, or with :data:`END` of the whole plan.

    Raises:
        ValueError: the tasks depend on each other in a circle.
        KeyError: there is no such task.
    """
    return slips_of(steps, (milestone,), rule)[milestone]


def slips_of(
    steps: Mapping[str, Step], milestones: Iterable[str], rule: FloatRule
) -> dict[str, Slip]:
    """Return the slip of several tasks, counted once for all; errors as :func:`slip_of`."""
    lost: dict[str, _Lost] = {}
    links: dict[str, Link] = {}
    for name in in_order({name: step.depends for name, step in steps.items()}):
        step = steps[name]
        befores = [(steps[before], at_least(steps[before].task, step.task))
                   for before in step.depends]  # fmt: skip
        links[name], lost[name] = _link(
            name, step.task.due, step.finish, _shares(step), befores, lost, rule
        )
    due = max(step.task.due for step in steps.values())
    finish = max(step.finish for step in steps.values())
    befores = [(step, 0) for step in steps.values()]
    links[END], lost[END] = _link(END, due, finish, [], befores, lost, rule)
    return {
        milestone: Slip(
            milestone=milestone,
            planned=links[milestone].due,
            forecast=links[milestone].finish,
            days=links[milestone].late,
            parts=_summed(lost[milestone]),
            chain=_chain(links, milestone),
        )
        for milestone in milestones
    }


def _link(
    name: str,
    due: date,
    finish: date,
    shares: _Lost,
    befores: Sequence[tuple[Step, int]],
    lost: Mapping[str, _Lost],
    rule: FloatRule,
) -> tuple[Link, _Lost]:
    late = max(0, (finish - due).days)
    earliest = [(step.finish + timedelta(gap), step, gap) for step, gap in befores]
    latest = max((day for day, _, _ in earliest), default=due)
    drivers = [(step, gap) for day, step, gap in earliest if day == latest]
    others = [(day, step.task.id) for day, step, _ in earliest if day != latest]
    runner_up = max(others, default=None)
    inherited = max(0, min(late, (latest - due).days))
    spare, gap, used, made_up = 0, 0, _summed(()), Fraction(0)
    passed: list[_Lost] = []
    for place, (before, between) in enumerate(drivers):
        room = (due - before.task.due).days - between
        kept, taken = _passed_on(lost[before.task.id], inherited, rule)
        passed.append(kept)
        if place == 0:
            spare, gap = room, between
            into_float = min(sum(taken.values(), Fraction(0)), Fraction(max(0, room)))
            made_up = sum(taken.values(), Fraction(0)) - into_float
            used = _scaled(taken, into_float)
    days = _together(passed) if inherited else []
    own = late - inherited
    days += [(owner, own * share) for owner, share in shares if own]
    link = Link(
        task=name,
        due=due,
        finish=finish,
        late=late,
        inherited=inherited,
        own=own,
        after=drivers[0][0].task.id if drivers else None,
        beside=tuple(step.task.id for step, _ in drivers[1:]),
        at_least=gap,
        spare=spare,
        float_used=used,
        made_up=made_up,
        next_after=None if runner_up is None else runner_up[1],
        next_inherited=0 if runner_up is None else max(0, min(late, (runner_up[0] - due).days)),
    )
    return link, days


def _shares(step: Step) -> _Lost:
    """Return which share of its own late days each side has; they sum to one."""
    total = sum(time for _, time in step.courts)
    if not total:
        return [(step.task.owner, Fraction(1))]
    return [(owner, Fraction(time, total)) for owner, time in step.courts if time]


def _passed_on(
    pool: _Lost, inherited: int, rule: FloatRule
) -> tuple[_Lost, dict[Owner | None, Fraction]]:
    """Return which of the late days of a task reach the next one, and whose did not."""
    total = sum((days for _, days in pool), Fraction(0))
    if total < inherited:
        return [(None, inherited - total), *pool], {}
    if not total:
        return [], {}
    absorbed = total - inherited
    kept: _Lost = []
    taken: _Lost = []
    left = absorbed
    for owner, days in pool:
        gone = days * absorbed / total if rule is FloatRule.PROPORTIONAL else min(days, left)
        left -= gone
        taken.append((owner, gone))
        kept.append((owner, days - gone))
    return [item for item in kept if item[1]], _summed(taken)


def _together(passed: Sequence[_Lost]) -> _Lost:
    """Return days that several chains lost at once: shared where they were not one side's."""
    if len(passed) == 1:
        return list(passed[0])
    edges = sorted({edge for lost in passed for edge in _edges(lost)})
    merged: _Lost = []
    since = Fraction(0)
    for until in edges:
        owners = {_owner_at(lost, since) for lost in passed}
        owner = owners.pop() if len(owners) == 1 else Owner.SHARED
        if merged and merged[-1][0] is owner:
            merged[-1] = (owner, merged[-1][1] + until - since)
        else:
            merged.append((owner, until - since))
        since = until
    return merged


def _edges(lost: _Lost) -> Iterable[Fraction]:
    at = Fraction(0)
    for _, days in lost:
        at += days
        yield at


def _owner_at(lost: _Lost, at: Fraction) -> Owner | None:
    for (owner, _), until in zip(lost, _edges(lost), strict=True):
        if at < until:
            return owner
    return lost[-1][0]


def _scaled(
    taken: Mapping[Owner | None, Fraction], total: Fraction
) -> dict[Owner | None, Fraction]:
    whole = sum(taken.values(), Fraction(0))
    if not whole:
        return {}
    return _summed((owner, days * total / whole) for owner, days in taken.items())


def _summed(items: Iterable[tuple[Owner | None, Fraction]]) -> dict[Owner | None, Fraction]:
    sums: dict[Owner | None, Fraction] = {}
    for owner, days in items:
        if days:
            sums[owner] = sums.get(owner, Fraction(0)) + days
    return sums


def _chain(links: Mapping[str, Link], milestone: str) -> tuple[Link, ...]:
    chain = []
    name: str | None = milestone
    while name is not None:
        chain.append(links[name])
        name = links[name].after
    return tuple(reversed(chain))
