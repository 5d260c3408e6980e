"""Meetings of both sides: who had to come and came, what was decided, what was taken on.

A calendar tells who was asked and what they answered; an accepted invitation is not attendance.
Who came, what was to be decided and what was taken on is entered by people. Both are joined here,
without a present: how a record stands at a time is asked of it.

What the entries say, by kind; the subject is the meeting's key:

===================  ===============================================================================
MEETING_HELD         a meeting that was typed in: ``title``, ``from_at``, ``until_at``, ``moved_by``
                     (a side) if it is a new date. Of any meeting: it is on, after all
MEETING_CALLED_OFF   ``by``: a side
ATTENDED             ``who`` (a role, or an address of the calendar), ``side``, ``came`` (true,
                     false, or null to take it back), ``excused``
DECISION             ``decision`` (an id, none for a new one), ``text``, ``state``: ``needed``,
                     ``made`` or ``dropped``
ACTION               ``action`` (an id, none for a new one), ``text``, ``side``, ``owner``, ``due``
                     (a date), ``state``: ``open``, ``done`` or ``dropped``
===================  ===============================================================================

A new decision or action has the id of the entry it came with. Later entries win, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from engagewatch.engine.appointed import Attendance, attendance_clock
from engagewatch.engine.attainment import Attainment
from engagewatch.engine.calendars import Calendar, compile_calendar
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.engagement import Role
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.meeting import Answer, Invitee, Meeting, MeetingSeries
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side

MEETING_ENTRIES = (
    EntryKind.MEETING_HELD,
    EntryKind.MEETING_CALLED_OFF,
    EntryKind.ATTENDED,
    EntryKind.DECISION,
    EntryKind.ACTION,
)
"""The kinds of entries that say something about meetings."""

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


def read_meetings(
    told: Iterable[Told],
    entries: Sequence[Entry],
    series: Sequence[MeetingSeries],
    people: Sequence[Role],
) -> tuple[Record, ...]:
    """Return all meetings with what was entered of them, in order of time.

    ``entries`` are those of :data:`MEETING_ENTRIES`, in the order they were made. What is said of a
    meeting that is not known is left out, save decisions and actions of a typed-in one.
    """
    by_subject: dict[str, list[Entry]] = {}
    for entry in entries:
        by_subject.setdefault(entry.subject, []).append(entry)
    records = [
        record
        for record in (
            *(_told(one, by_subject.get(one.key, ()), series, people) for one in told),
            *(
                _typed_in(key, about, series, people)
                for key, about in by_subject.items()
                if key.startswith(TYPED_IN)
            ),
        )
        if record is not None
    ]
    records.sort(key=lambda record: (record.from_at, record.key))
    return _with_results(records, entries)


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


def _told(
    told: Told, about: Sequence[Entry], series: Sequence[MeetingSeries], people: Sequence[Role]
) -> Record:
    meeting = told.meeting
    row = _series_of(meeting.title, series)
    off, off_by = _called_off(about)
    if meeting.called_off and off is None:
        off, off_by = True, meeting.organised_by
    moves = [later for earlier, later in pairwise(told.dates) if later != earlier]
    return Record(
        key=told.key,
        source=told.source,
        title=meeting.title,
        series="" if row is None else row.name,
        from_at=meeting.from_at,
        until_at=meeting.until_at,
        organised_by=meeting.organised_by,
        called_off=bool(off),
        called_off_by=off_by if off else None,
        moved=len(moves),
        moved_by=meeting.organised_by if moves else None,
        first_seen_at=told.first_seen_at,
        attendees=_attendees(meeting.invitees, row, about, people),
        url=meeting.url,
    )


def _typed_in(
    key: str, about: Sequence[Entry], series: Sequence[MeetingSeries], people: Sequence[Role]
) -> Record | None:
    title, length = "", HOUR
    begin: Instant | None = None
    moved, moved_by = 0, None
    for entry in about:
        if entry.kind is not EntryKind.MEETING_HELD:
            continue
        title = _text(entry.values, "title") or title
        at, until = _instant(entry.values, "from_at"), _instant(entry.values, "until_at")
        if at is None:
            continue
        if begin is not None and at != begin:
            moved, moved_by = moved + 1, _side(entry.values, "moved_by")
        begin = at
        if until is not None and until >= at:
            length = until - at
    if begin is None:
        return None
    row = _series_of(title, series)
    off, off_by = _called_off(about)
    return Record(
        key=key,
        source="",
        title=title,
        series="" if row is None else row.name,
        from_at=begin,
        until_at=begin + length,
        organised_by=None,
        called_off=bool(off),
        called_off_by=off_by if off else None,
        moved=moved,
        moved_by=moved_by,
        first_seen_at=about[0].at,
        attendees=_attendees((), row, about, people),
    )


def _series_of(title: str, series: Sequence[MeetingSeries]) -> MeetingSeries | None:
    return next((one for one in series if one.covers(title)), None)


def _called_off(about: Sequence[Entry]) -> tuple[bool | None, Side | None]:
    """Return what people said last of whether it takes place; ``None`` if nothing."""
    off, by = None, None
    for entry in about:
        if entry.kind is EntryKind.MEETING_CALLED_OFF:
            off, by = True, _side(entry.values, "by")
        elif entry.kind is EntryKind.MEETING_HELD:
            off, by = False, None
    return off, by


def _attendees(
    invitees: Sequence[Invitee],
    row: MeetingSeries | None,
    about: Sequence[Entry],
    people: Sequence[Role],
) -> tuple[Attendee, ...]:
    """Return the roles that have to come first, then whoever else was asked or came."""
    roles = {role.role.casefold(): role for role in people}
    holders = {name.casefold(): role for role in people for name in (*role.matches, role.name)}
    recorded = {
        _text(entry.values, "who").casefold(): entry
        for entry in about
        if entry.kind is EntryKind.ATTENDED
    }
    required = () if row is None else row.required
    by_role: dict[str, list[Invitee]] = {role.casefold(): [] for role in required}
    others: list[tuple[Invitee, Role | None]] = []
    for invitee in invitees:
        held = holders.get(invitee.who.casefold()) or holders.get(invitee.name.casefold())
        if held is not None and held.role.casefold() in by_role:
            by_role[held.role.casefold()].append(invitee)
        else:
            others.append((invitee, held))
    found = []
    for name in required:
        side = roles[name.casefold()].side if name.casefold() in roles else None
        came, excused = _recorded(recorded, (name,), by_role[name.casefold()])
        found.append(
            Attendee(name, side, True, True, tuple(by_role[name.casefold()]), came, excused)
        )
    for invitee, held in others:
        names = (invitee.who,) if held is None else (invitee.who, held.role)
        came, excused = _recorded(recorded, names, (invitee,))
        side = invitee.side if held is None else held.side
        # Where a row says who has to come, nobody else has to.
        must = invitee.required and not required
        found.append(Attendee(invitee.who, side, must, False, (invitee,), came, excused))
    told_of = {name.casefold() for name in required}
    for invitee, held in others:
        told_of |= {invitee.who.casefold(), *(() if held is None else (held.role.casefold(),))}
    told_of |= {one.who.casefold() for group in by_role.values() for one in group}
    for key, entry in recorded.items():
        if key and key not in told_of and (came := _came(entry)) is not None:
            side = _side(entry.values, "side")
            if side is None and key in roles:
                side = roles[key].side
            found.append(Attendee(_text(entry.values, "who"), side, False, key in roles, (), came))
    return tuple(found)


def _recorded(
    recorded: Mapping[str, Entry], names: Sequence[str], invited: Sequence[Invitee]
) -> tuple[bool | None, bool]:
    """Return whether somebody came and whether they were excused.

    What was said under one of ``names`` goes first; else one of those invited suffices.
    """
    for name in names:
        entry = recorded.get(name.casefold())
        came = _came(entry)
        if entry is not None and came is not None:
            return came, not came and entry.values.get("excused") is True
    each, excused = [], False
    for one in invited:
        entry = recorded.get(one.who.casefold())
        told = _came(entry)
        each.append(one.attended if told is None else told)
        excused = excused or (entry is not None and entry.values.get("excused") is True)
    came = True if True in each else None if None in each or not each else False
    return came, excused and came is False


def _came(entry: Entry | None) -> bool | None:
    came = None if entry is None else entry.values.get("came")
    return came if isinstance(came, bool) else None


@dataclass(slots=True)
class _Thread:
    """What entries say of one decision or action, in order."""

    id: str
    entries: list[Entry] = field(default_factory=list)


def _threads(entries: Iterable[Entry], kind: EntryKind, name: str) -> list[_Thread]:
    found: dict[str, _Thread] = {}
    for entry in entries:
        if entry.kind is kind:
            key = _text(entry.values, name) or entry.id
            found.setdefault(key, _Thread(key)).entries.append(entry)
    return list(found.values())


def _with_results(records: list[Record], entries: Sequence[Entry]) -> tuple[Record, ...]:
    decisions: dict[str, list[Decision]] = {}
    for thread in _threads(entries, EntryKind.DECISION, "decision"):
        decision = _decision(thread)
        for key in dict.fromkeys((*decision.needed_in, decision.made_in)):
            if key is not None:
                decisions.setdefault(key, []).append(decision)
    actions: dict[str, list[Action]] = {}
    for thread in _threads(entries, EntryKind.ACTION, "action"):
        action = _action(thread)
        actions.setdefault(action.taken_in, []).append(action)
    return tuple(
        replace(
            record,
            decisions=tuple(decisions.get(record.key, ())),
            actions=tuple(actions.get(record.key, ())),
        )
        for record in records
    )


def _decision(thread: _Thread) -> Decision:
    text, state, at = "", DecisionState.NEEDED, thread.entries[0].at
    needed_in: list[str] = []
    made_in = None
    for entry in thread.entries:
        text = _text(entry.values, "text") or text
        with suppress(ValueError):
            state, at = DecisionState(_text(entry.values, "state")), entry.at
            if state is DecisionState.NEEDED:
                made_in = None
                if entry.subject not in needed_in:
                    needed_in.append(entry.subject)
            elif state is DecisionState.MADE:
                made_in = entry.subject
    return Decision(thread.id, text, state, tuple(needed_in), made_in, at)


def _action(thread: _Thread) -> Action:
    first = thread.entries[0]
    text, owner, side = "", "", None
    state, ended_at = ActionState.OPEN, None
    dues: list[date] = []
    for entry in thread.entries:
        text = _text(entry.values, "text") or text
        owner = _text(entry.values, "owner") or owner
        side = _side(entry.values, "side") or side
        with suppress(ValueError):
            due = date.fromisoformat(_text(entry.values, "due"))
            if not dues or dues[-1] != due:
                dues.append(due)
        with suppress(ValueError):
            state = ActionState(_text(entry.values, "state"))
            ended_at = None if state is ActionState.OPEN else entry.at
    return Action(
        id=thread.id,
        text=text,
        side=side,
        owner=owner,
        taken_in=first.subject,
        taken_at=first.at,
        dues=tuple(dues),
        state=state,
        ended_at=ended_at,
    )


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _instant(values: Mapping[str, object], name: str) -> Instant | None:
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _side(values: Mapping[str, object], name: str) -> Side | None:
    with suppress(ValueError):
        return Side(_text(values, name))
    return None
