"""One part of taking part: who is behind its count, by role, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.participation import Group, breakdown
from engagewatch.engine.silence import GROUP_NEEDS
from engagewatch.model.clock import ClockState
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import PeriodClock
from engagewatch.store.queries.scope import snapshot
from engagewatch.views import wording
from engagewatch.views.clock_words import TONES, how_it_counts, state_of
from engagewatch.views.keys import TicketKey
from engagewatch.views.meetings import AttendeeNames
from engagewatch.views.participation import SIDES, Desk, PartRow
from engagewatch.views.participation_counts import PartCounts, answered, holder, judged
from engagewatch.views.period import Period, month_of
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class RoleLine:
    """How one role did: in the order of names, never of results."""

    name: str
    people: int
    met: int
    judged: int
    words: str
    """E.g. ``4 of 9``."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One thing that was owed."""

    key: str
    ticket: TicketKey | None
    """``None`` for a task or a meeting."""
    reference: str
    subject: str
    words: str
    """How it counts, e.g. ``missed: approval took 31h of 16h``."""
    tone: Tone
    task: str = ""
    """Id of the task of the plan that it is, if it is one."""
    meeting: str = ""
    """Key of the meeting that it is about, if it is about one."""


@dataclass(frozen=True, slots=True)
class PartSide:
    """One side of a part."""

    side: Side
    name: str
    roles: tuple[RoleLine, ...]
    roles_words: str
    """Why there is no breakdown; empty where there is one."""
    cases: tuple[CaseLine, ...]
    """Those that count against it first."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One part in a month."""

    as_of: Instant
    period: Period
    period_words: str
    is_complete: bool
    row: PartRow
    us: PartSide
    them: PartSide

    @property
    def sides(self) -> tuple[PartSide, PartSide]:
        """Ours first."""
        return (self.us, self.them)


def build(
    store: Store,
    engagement: Engagement,
    now: Instant,
    part: Part,
    period: Period | None = None,
    *,
    roles_only: bool = False,
) -> PartView:
    """Return what is behind one part in ``period``, the current month unless given."""
    period = period or month_of(now, engagement.timezone)
    with snapshot(store):
        desk = Desk(store, engagement, period, now, roles_only=roles_only)
        row = desk.row(part)
        us, them = (_side(desk.counts, engagement, part, side, period, now) for side in SIDES)
    return PartView(
        as_of=now,
        period=period,
        period_words=period.words,
        is_complete=now >= period.end,
        row=row,
        us=us,
        them=them,
    )


def cases(
    counts: PartCounts, engagement: Engagement, part: Part, side: Side, period: Period, now: Instant
) -> list[CaseLine]:
    """Return everything that a part of one side is counted from in a month, misses first."""
    if part is Part.TASKS:
        return _tasks(counts, engagement, side, period, now)
    if part is Part.ATTENDANCE:
        return _attendances(counts, engagement, side, period, now)
    return [_clock_line(one, engagement, now) for one in counts.clocks(part, side, period)]


def _side(
    counts: PartCounts, engagement: Engagement, part: Part, side: Side, period: Period, now: Instant
) -> PartSide:
    groups = breakdown(_people(counts, part, side, period, now))
    return PartSide(
        side=side,
        name=engagement.client if side is Side.CLIENT else engagement.provider,
        roles=tuple(_role_line(group) for group in groups or ()),
        roles_words=""
        if groups is not None
        else f"not broken down: fewer than {GROUP_NEEDS} people, or fewer than {GROUP_NEEDS} cases",
        cases=tuple(cases(counts, engagement, part, side, period, now)),
    )


def _people(
    counts: PartCounts, part: Part, side: Side, period: Period, now: Instant
) -> list[tuple[str, str, bool]]:
    """Return (role, person, met) of every case that is judged."""
    if part is Part.TASKS:
        return [
            (task.task.role, task.task.role, state is ClockState.MET)
            for task, clock in counts.tasks(side, period)
            if (state := state_of(clock, now)) in (ClockState.MET, ClockState.MISSED)
        ]
    if part is Part.ATTENDANCE:
        return [
            (one.who if one.is_role else "", one.who, one.came)
            for record in counts.meetings.between(period.start, period.end)
            if record.is_over(now)
            for one in record.required()
            if one.side is side and one.came is not None and not one.excused
        ]
    found = []
    for one, met in judged(counts.clocks(part, side, period), now):
        person = holder(one, side)
        role = counts.people.show(one.source, person, side).role
        found.append((role, f"{one.source}/{person}", met))
    return found


def _role_line(group: Group) -> RoleLine:
    name = group.name or f"others ({wording.counted(group.people, 'person', 'people')})"
    words = wording.k_of_n(group.met, group.judged)
    return RoleLine(name, group.people, group.met, group.judged, words)


def _clock_line(one: PeriodClock, engagement: Engagement, now: Instant) -> CaseLine:
    clock = one.clock
    if clock.target is None and (met := answered(clock)) is not None:
        words, tone = ("answered", Tone.GOOD) if met else ("not answered", Tone.NOTICE)
    else:
        words = how_it_counts(clock, engagement.timezone, now)
        tone = TONES[state_of(clock, now)]
    return CaseLine(
        key=f"{one.source}/{one.ticket_id}/{clock.obligation}/{clock.round}",
        ticket=TicketKey(one.source, one.ticket_id),
        reference=one.reference,
        subject=one.subject,
        words=words,
        tone=tone,
    )


def _tasks(
    counts: PartCounts, engagement: Engagement, side: Side, period: Period, now: Instant
) -> list[CaseLine]:
    lines = [
        (
            state_of(clock, now),
            CaseLine(
                key=f"{task.id}/{clock.round}",
                ticket=None,
                reference=task.id,
                subject=task.task.title,
                words=how_it_counts(clock, engagement.timezone, now),
                tone=TONES[state_of(clock, now)],
                task=task.id,
            ),
        )
        for task, clock in counts.tasks(side, period)
    ]
    return _misses_first(lines)


def _attendances(
    counts: PartCounts, engagement: Engagement, side: Side, period: Period, now: Instant
) -> list[CaseLine]:
    names = AttendeeNames(counts.people)
    lines = []
    for record in counts.meetings.between(period.start, period.end):
        when = wording.moment(record.from_at, engagement.timezone, now)
        for one in record.required():
            if one.side is not side:
                continue
            state = counts.attendance_state(record, one)
            who = names.show(record, one)
            lines.append(
                (
                    state,
                    CaseLine(
                        key=f"{record.key}/{one.who}",
                        ticket=None,
                        reference=when,
                        subject=record.title,
                        words=f"{_CAME.get(state, wording.UNKNOWN)}: {who}",
                        tone=TONES[state],
                        meeting=record.key,
                    ),
                )
            )
    return _misses_first(lines)


_CAME = {
    ClockState.MET: "came",
    ClockState.MISSED: "did not come",
    ClockState.RUNNING: "to come",
    ClockState.EXCLUDED: "excused or called off",
    ClockState.UNKNOWN: "nobody recorded who came",
}


def _misses_first(lines: Iterable[tuple[ClockState, CaseLine]]) -> list[CaseLine]:
    ordered: Sequence[tuple[ClockState, CaseLine]] = sorted(
        lines, key=lambda pair: pair[0] is not ClockState.MISSED
    )
    return [line for _, line in ordered]
