"""Joins what a calendar tells of meetings with what people entered of them.

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
from itertools import pairwise

from engagewatch.engine.meetings import (
    TYPED_IN,
    Action,
    ActionState,
    Attendee,
    Decision,
    DecisionState,
    Record,
    Told,
)
from engagewatch.model.engagement import Role
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.meeting import Invitee, MeetingSeries
from engagewatch.model.sides import Side

MEETING_ENTRIES = (
    EntryKind.MEETING_HELD,
    EntryKind.MEETING_CALLED_OFF,
    EntryKind.ATTENDED,
    EntryKind.DECISION,
    EntryKind.ACTION,
)
"""The kinds of entries that say something about meetings."""


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
        title = entry.text("title") or title
        at, until = entry.instant("from_at"), entry.instant("until_at")
        if at is None:
            continue
        if begin is not None and at != begin:
            moved, moved_by = moved + 1, _side(entry, "moved_by")
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
            off, by = True, _side(entry, "by")
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
        entry.text("who").casefold(): entry for entry in about if entry.kind is EntryKind.ATTENDED
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
            side = _side(entry, "side")
            if side is None and key in roles:
                side = roles[key].side
            found.append(Attendee(entry.text("who"), side, False, key in roles, (), came))
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
            key = entry.text(name) or entry.id
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
        text = entry.text("text") or text
        with suppress(ValueError):
            state, at = DecisionState(entry.text("state")), entry.at
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
        text = entry.text("text") or text
        owner = entry.text("owner") or owner
        side = _side(entry, "side") or side
        due = entry.day("due")
        if due is not None and (not dues or dues[-1] != due):
            dues.append(due)
        with suppress(ValueError):
            state = ActionState(entry.text("state"))
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


def _side(entry: Entry, name: str) -> Side | None:
    with suppress(ValueError):
        return Side(entry.text(name))
    return None
