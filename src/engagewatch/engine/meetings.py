"""Meetings of both sides: who had to come and came, what was decided, what was taken on.

A calendar tells who was asked and what they answered; an accepted invitation is not attendance.
Who came, what was to be decided and what was taken on is entered by people. Both are joined in
:mod:`engagewatch.engine.meeting_records`, without a present: how a record stands at a time is asked
of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engagewatch.engine.appointed import Attendance, attendance_clock
from engagewatch.engine.attainment import Attainment
from engagewatch.engine.calendars import Calendar, compile_calendar
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.instants import Instant
from engagewatch.model.meeting import Answer, Invitee, Meeting
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side

TYPED_IN = "own:"
"""What the key of a meeting begins with that no calendar tells of. No source has such an id."""


class DecisionState(StrEnum):
    """How a decision stands."""

    NEEDED = "needed"
    MADE = "made"
    DROPPED = "dropped"


class ActionState(StrEnum):
    """How an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Told:
    """A meeting as a calendar tells of it."""

    key: str
    source: str
    meeting: Meeting
    dates: tuple[Instant, ...]
    """Every beginning that was seen for it, in order."""
    first_seen_at: Instant


@dataclass(frozen=True, slots=True)
class Attendee:
    """A role that has to come, or somebody who was asked."""

    who: str
    """Role, or else the address or name by which the calendar knows them."""
    side: Side | None
    required: bool
    is_role: bool = False
    invited: tuple[Invitee, ...] = ()
    """Those of the calendar whom this stands for; none for a role that was not asked."""
    came: bool | None = None
    """``None`` while nobody recorded it."""
    excused: bool = False

    @property
    def answer(self) -> Answer:
        """The best answer of those invited: one who comes suffices for a role."""
        answers = {one.answer for one in self.invited}
        return next((one for one in _BEST_FIRST if one in answers), Answer.NONE)


_BEST_FIRST = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.NONE, Answer.DECLINED)


@dataclass(frozen=True, slots=True)
class Decision:
    """Something to be decided, or that was."""

    id: str
    text: str
    state: DecisionState
    needed_in: tuple[str, ...]
    """Keys of the meetings that were to decide it; none where it came up unplanned."""
    made_in: str | None
    at: Instant
    """When its state was entered."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that somebody took on in a meeting."""

    id: str
    text: str
    side: Side | None
    owner: str
    taken_in: str
    """Key of the meeting it was taken on in."""
    taken_at: Instant
    dues: tuple[date, ...]
    """Every day it was promised for, in order; the last one holds."""
    state: ActionState
    ended_at: Instant | None

    @property
    def promised_anew(self) -> int:
        """How often its date was moved."""
        return max(0, len(self.dues) - 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One meeting with all that is known of it."""

    key: str
    source: str
    """Id of the calendar; empty for a meeting that was typed in."""
    title: str
    series: str
    """Name of its ``[[meetings]]`` row, or empty."""
    from_at: Instant
    until_at: Instant
    organised_by: Side | None
    called_off: bool
    called_off_by: Side | None
    moved: int
    """How many earlier dates it had."""
    moved_by: Side | None
    """The side that moved it last: only who organises a meeting can."""
    first_seen_at: Instant
    attendees: tuple[Attendee, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """Needed or made in it."""
    actions: tuple[Action, ...] = ()
    """Taken on in it."""
    url: str = ""

    @property
    def group(self) -> str:
        """What it is counted together with: its series, or the meetings of the same title."""
        return self.series or self.title

    def is_over(self, at: Instant) -> bool:
        """Return whether it has taken place by ``at``."""
        return not self.called_off and self.until_at <= at

    def required(self) -> tuple[Attendee, ...]:
        """Return those who have to come and whose side is known."""
        return tuple(one for one in self.attendees if one.required and one.side is not None)

    def clock(self, attendee: Attendee, calendar: Calendar, at: Instant) -> Clock:
        """Return the clock of somebody's attendance, as the record stands at ``at``."""
        owed = Attendance(
            self.from_at,
            max(self.from_at, self.until_at),
            attended=attendee.came,
            excused=attendee.excused,
            called_off=self.called_off,
            put_off=self.moved,
            owner=attendee.who,
        )
        return attendance_clock(owed, calendar, at)


def attainment(
    records: Iterable[Record],
    side: Side,
    at: Instant,
    *,
    target: float | None = None,
    who: str | None = None,
) -> Attainment:
    """Return how many of the required attendances of a side were kept, as recorded by ``at``.

    One that nobody recorded is unknown, one that is still to come is pending; neither is judged.
    ``who`` counts one role alone.
    """
    always = compile_calendar(ALWAYS)  # whether somebody came is the same in every calendar
    states = [
        record.clock(attendee, always, at).state
        for record in records
        for attendee in record.required()
        if attendee.side is side and who in (None, attendee.who)
    ]
    met, missed = states.count(ClockState.MET), states.count(ClockState.MISSED)
    return Attainment(
        met=met,
        judged=met + missed,
        target=target,
        excluded=states.count(ClockState.EXCLUDED),
        unknown=states.count(ClockState.UNKNOWN),
        pending=states.count(ClockState.RUNNING) + states.count(ClockState.PAUSED),
    )


def missed_running(records: Iterable[Record], group: str, who: str, at: Instant) -> int:
    """Return how many of the latest meetings of a group somebody missed in a row.

    The first one that was attended, or of which nobody recorded it, ends the count.
    """
    count = 0
    for record in sorted(records, key=lambda one: -one.from_at):
        if record.group != group or not record.is_over(at):
            continue
        attendee = next((one for one in record.required() if one.who == who), None)
        if attendee is None or attendee.excused:
            continue
        if attendee.came is not False:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Yield:
    """What meetings decided of what they were to decide."""

    needed: int
    made: int
    """Of those needed, made in the meeting that was to make them."""
    later: int
    """Of those needed, made since."""
    unplanned: int
    """Made without having been announced."""


def decision_yield(records: Iterable[Record], at: Instant) -> Yield:
    """Return the decision yield of the meetings that have taken place by ``at``.

    A decision that was dropped before it was made was not needed after all.
    """
    needed = made = later = unplanned = 0
    for record in records:
        if not record.is_over(at):
            continue
        for one in record.decisions:
            if record.key in one.needed_in and one.state is not DecisionState.DROPPED:
                needed += 1
                made += one.made_in == record.key
                later += one.made_in not in (record.key, None)
            unplanned += not one.needed_in and one.made_in == record.key
    return Yield(needed, made, later, unplanned)


def carried_over(action: Action, records: Iterable[Record], at: Instant) -> int:
    """Return over how many later meetings of its series, held by ``at``, an action stayed open."""
    known = list(records)
    home = next((record for record in known if record.key == action.taken_in), None)
    if home is None:
        return 0
    until = at if action.ended_at is None else min(at, action.ended_at)
    return sum(
        record.group == home.group and record.from_at > home.from_at and record.is_over(until)
        for record in known
    )


def to_confirm(records: Iterable[Record], side: Side, at: Instant) -> list[tuple[Record, int]]:
    """Return the coming meetings that somebody required of ``side`` was asked to and left open.

    Of a series only the next one, with how many more of it are open.
    """
    found: dict[str, tuple[Record, int]] = {}
    for record in records:
        if record.called_off or record.from_at <= at or not unanswered(record, side):
            continue
        first, more = found.get(record.group, (record, -1))
        found[record.group] = (first, more + 1)
    return list(found.values())


def unanswered(record: Record, side: Side) -> tuple[Attendee, ...]:
    """Return those required of ``side`` who were asked to come and have not answered."""
    return tuple(
        one
        for one in record.required()
        if one.side is side
        and one.invited
        and all(who.answer is Answer.NONE for who in one.invited)
    )
