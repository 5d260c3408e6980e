"""The meetings screen: what is coming and what was held, and one meeting in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import meetings as engine
from engagewatch.engine.attainment import Attainment
from engagewatch.engine.meetings import (
    TYPED_IN,
    Action,
    ActionState,
    Attendee,
    Decision,
    DecisionState,
    Record,
)
from engagewatch.engine.silence import GROUP_NEEDS
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant, to_datetime, zone
from engagewatch.model.sides import Side
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope
from engagewatch.views import meeting_words, wording
from engagewatch.views.keys import handle_of
from engagewatch.views.ledger import met_words
from engagewatch.views.meetings import AttendeeNames, MeetingsState, meetings_state
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

COUNTED = 365 * DAY
"""Attendance, decisions and moves are counted over the year before."""


@dataclass(frozen=True, slots=True)
class AttendeeRow:
    """Somebody who has to come, or was asked."""

    key: str
    who: str
    """As entries name them: a role, or an address."""
    name: str
    """As privacy allows."""
    side: Side | None
    side_words: str
    required: bool
    came: bool | None
    excused: bool
    words: str
    """E.g. ``came``, ``did not come``, ``not recorded (accepted)``."""
    streak_words: str
    """E.g. ``missed the last 2``, at a meeting to come; empty under two."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Something to be decided."""

    key: str
    id: str
    handle: str
    text: str
    state: DecisionState
    words: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ActionRow:
    """Something that somebody took on."""

    key: str
    id: str
    handle: str
    text: str
    side_words: str
    owner: str
    state: ActionState
    due: str
    """The day that holds, as ``2026-03-09``; empty without one."""
    carried: int
    promised_anew: int
    words: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting."""

    key: str
    handle: str
    """Short name, to type on a command line."""
    title: str
    series: str
    from_at: Instant
    until_at: Instant
    when_words: str
    length_words: str
    state_words: str
    """``coming``, ``going on``, ``held``, ``called off by us``."""
    is_over: bool
    is_later: bool
    """To come after another one of its series, and nothing is to be said of it yet."""
    called_off: bool
    typed_in: bool
    ours: str
    """E.g. ``1 of 2 came``, ``1 of 2 yes`` before; empty where nobody of us has to come."""
    ours_tone: Tone
    theirs: str
    theirs_tone: Tone
    decided: str
    """E.g. ``1 of 2 made``; empty if nothing was to be decided."""
    to_do: str
    """E.g. ``1 open, 2 done``; empty for no actions."""
    moved_words: str
    attendees: tuple[AttendeeRow, ...]
    decisions: tuple[DecisionRow, ...]
    actions: tuple[ActionRow, ...]
    carried: tuple[ActionRow, ...]
    """Actions of earlier meetings of its series that were open when it began."""
    url: str


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """All meetings, and what they come to."""

    as_of: Instant
    rows: tuple[MeetingRow, ...]
    """Those to come first, the next one at the top; then those held, the latest first."""
    coming: int
    ours: Attainment
    """Attendances required of us over the year before, at meetings that were held."""
    ours_words: str
    theirs: Attainment
    theirs_words: str
    yield_words: str
    moved_words: str
    by_role: tuple[tuple[str, str], ...]
    """Role, and how often it came; told only where enough is recorded."""
    facts: tuple[str, ...]
    """What needs a person, in words: ``Finance approver missed the last 2 of Steering``."""
    summary: str

    def row(self, key: str) -> MeetingRow | None:
        """Return one meeting."""
        return next((row for row in self.rows if row.key == key), None)


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> MeetingsView:
    """Return all meetings as known at ``now``; ``roles_only`` hides names (for exports)."""
    state = meetings_state(store, engagement, now, roles_only=roles_only)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    people = PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
    rows = _Rows(engagement, state, AttendeeNames(people))
    coming = [record for record in state.records if record.until_at > now]
    held = [record for record in reversed(state.records) if record.until_at <= now]
    year = state.between(now - COUNTED, now + 1)
    ours, theirs = (
        state.attendance(side, now - COUNTED, now + 1) for side in (Side.CLIENT, Side.PROVIDER)
    )
    facts = tuple(_facts(year, now))
    return MeetingsView(
        as_of=now,
        rows=tuple(rows.row(record) for record in (*coming, *held)),
        coming=sum(not record.called_off for record in coming),
        ours=ours,
        ours_words=_attendance_words(ours),
        theirs=theirs,
        theirs_words=_attendance_words(theirs),
        yield_words=meeting_words.yield_words(engine.decision_yield(year, now)),
        moved_words=_moves(year),
        by_role=tuple(_by_role(state, year, now)),
        facts=facts,
        summary=_summary(state, coming, facts, engagement, now),
    )


class _Rows:
    """Puts records into words."""

    def __init__(self, engagement: Engagement, state: MeetingsState, names: AttendeeNames) -> None:
        self._timezone = engagement.timezone
        self._state = state
        self._now = state.as_of
        self._names = names
        self._with_actions = [record for record in state.records if record.actions]
        self._streaks: dict[tuple[str, str], int] = {}
        self._seen: frozenset[str] = frozenset()
        self._today = to_datetime(state.as_of, zone(engagement.timezone)).date()

    def row(self, record: Record) -> MeetingRow:
        now = self._now
        ours, ours_tone = meeting_words.side_words(record, Side.CLIENT, now)
        theirs, theirs_tone = meeting_words.side_words(record, Side.PROVIDER, now)
        return MeetingRow(
            key=record.key,
            handle=handle_of(record.key),
            title=record.title,
            series=record.series,
            from_at=record.from_at,
            until_at=record.until_at,
            when_words=wording.moment(record.from_at, self._timezone, now),
            length_words=wording.span(record.until_at - record.from_at),
            state_words=meeting_words.state_words(record, now),
            is_over=record.until_at <= now,
            is_later=self._is_later(record),
            called_off=record.called_off,
            typed_in=record.key.startswith(TYPED_IN),
            ours=ours,
            ours_tone=ours_tone,
            theirs=theirs,
            theirs_tone=theirs_tone,
            decided=self._decided(record),
            to_do=meeting_words.open_actions_words(record.actions),
            moved_words=meeting_words.moved_words(record),
            attendees=tuple(self._attendee(record, one) for one in record.attendees),
            decisions=tuple(self._decision(record, one) for one in record.decisions),
            actions=tuple(self._action(one) for one in record.actions),
            carried=tuple(self._action(one) for one in self._brought_along(record)),
            url=record.url,
        )

    def _is_later(self, record: Record) -> bool:
        if record.until_at <= self._now or record.called_off:
            return False
        before, self._seen = record.group in self._seen, self._seen | {record.group}
        return before and not (record.decisions or record.actions or record.moved)

    def _decided(self, record: Record) -> str:
        if record.is_over(self._now):
            return meeting_words.yield_words(engine.decision_yield((record,), self._now))
        needed = sum(one.state is DecisionState.NEEDED for one in record.decisions)
        return f"{needed} to decide" if needed else ""

    def _attendee(self, record: Record, one: Attendee) -> AttendeeRow:
        words, tone = meeting_words.attendee_words(record, one, self._now)
        streak = self._streak(record.group, one.who) if one.required else 0
        is_next = record.until_at > self._now and not record.called_off
        return AttendeeRow(
            key=f"who/{one.who}",
            who=one.who,
            name=self._names.show(record, one),
            side=one.side,
            side_words=_whose(one.side),
            required=one.required,
            came=one.came,
            excused=one.excused,
            words=words,
            streak_words=f"missed the last {streak}" if streak > 1 and is_next else "",
            tone=tone,
        )

    def _streak(self, group: str, who: str) -> int:
        if (group, who) not in self._streaks:
            self._streaks[group, who] = engine.missed_running(
                self._state.records, group, who, self._now
            )
        return self._streaks[group, who]

    def _decision(self, record: Record, one: Decision) -> DecisionRow:
        words, tone = meeting_words.decision_words(record, one)
        key = f"decision/{one.id}"
        return DecisionRow(key, one.id, handle_of(one.id), one.text, one.state, words, tone)

    def _action(self, one: Action) -> ActionRow:
        carried = self._state.carried_over(one)
        words, tone = meeting_words.action_words(one, carried, self._today)
        return ActionRow(
            key=f"action/{one.id}",
            id=one.id,
            handle=handle_of(one.id),
            text=one.text,
            side_words="" if one.side is None else meeting_words.WHOSE.get(one.side, ""),
            owner=one.owner,
            state=one.state,
            due=one.dues[-1].isoformat() if one.dues else "",
            carried=carried,
            promised_anew=one.promised_anew,
            words=words,
            tone=tone,
        )

    def _brought_along(self, record: Record) -> list[Action]:
        return [
            action
            for other in self._with_actions
            if other.group == record.group and other.from_at < record.from_at
            for action in other.actions
            if action.state is not ActionState.DROPPED
            and (action.ended_at is None or action.ended_at > record.from_at)
        ]


def _whose(side: Side | None) -> str:
    return "side not known" if side is None else meeting_words.WHOSE.get(side, "nobody's side")


def _attendance_words(counted: Attainment) -> str:
    """Return ``5 of 7 came``, with what nobody recorded beside it."""
    words = f"{met_words(counted)} came" if counted.judged else "nothing recorded yet"
    left = [f"{counted.unknown} not recorded"] if counted.unknown else []
    left += [f"{counted.excluded} called off or excused"] if counted.excluded else []
    return ", ".join((words, *left))


def _by_role(state: MeetingsState, year: tuple[Record, ...], now: Instant) -> list[tuple[str, str]]:
    roles = dict.fromkeys(one.who for record in year for one in record.required() if one.is_role)
    found = []
    for role in roles:
        side = next(one.side for record in year for one in record.required() if one.who == role)
        if side is None:
            continue
        counted = state.attendance(side, now - COUNTED, now + 1, role)
        words = _attendance_words(counted)
        if counted.judged < GROUP_NEEDS:
            words = f"too few recorded to tell ({counted.judged})"
        found.append((role, words))
    return found


def _facts(year: tuple[Record, ...], now: Instant) -> list[str]:
    """Return which roles missed a series again and again; a fact of record, not a rate."""
    pairs = dict.fromkeys(
        (record.group, one.who)
        for record in year
        for one in record.required()
        if one.is_role and record.is_over(now)
    )
    found = []
    for group, who in pairs:
        count = engine.missed_running(year, group, who, now)
        if count > 1:
            found.append((count, f"{who} missed the last {count} of {group}"))
    return [words for _, words in sorted(found, reverse=True)]


def _moves(year: tuple[Record, ...]) -> str:
    moved = [record for record in year if record.moved]
    if not moved:
        return ""
    by = []
    for side, words in meeting_words.WHOSE.items():
        count = sum(record.moved for record in moved if record.moved_by is side)
        by += [f"{count} by {words}"] if count else []
    total = sum(record.moved for record in moved)
    told = f" ({', '.join(by)})" if by else ""
    return f"{wording.counted(total, 'date')} moved{told}"


def _summary(
    state: MeetingsState,
    coming: list[Record],
    facts: tuple[str, ...],
    engagement: Engagement,
    now: Instant,
) -> str:
    following = next((record for record in coming if not record.called_off), None)
    if not state.records:
        return "No meeting is known."
    if following is None:
        told = "No meeting is planned"
    else:
        when = wording.moment(following.from_at, engagement.timezone, now)
        told = f"Next: {following.title}, {when}"
    if state.to_confirm:
        told += f"; {wording.counted(len(state.to_confirm), 'invitation')} without our answer"
    return f"{facts[0]}. {told}." if facts else f"{told}."
