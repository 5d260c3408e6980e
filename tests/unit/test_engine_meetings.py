"""Who had to come and came, what was decided, what was carried over."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as some

from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.meeting_records import MEETING_ENTRIES, read_meetings
from engagewatch.engine.meetings import (
    ActionState,
    Record,
    Told,
    attainment,
    carried_over,
    decision_yield,
    missed_running,
    to_confirm,
)
from engagewatch.model.clock import ClockState
from engagewatch.model.engagement import Role
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import DAY, HOUR, Instant
from engagewatch.model.meeting import Answer, Invitee, Meeting, MeetingSeries
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side

MONDAY: Instant = 1_772_442_000  # 2026-03-02 09:00 UTC
WEEK = 7 * DAY

PEOPLE = (
    Role("Finance approver", "R. Okafor", Side.CLIENT, ("r.okafor@northwind.example",)),
    Role("IT liaison", "", Side.CLIENT, ("liaison@northwind.example",)),
    Role("Service manager", "", Side.PROVIDER, ("dana@contoso.example", "dana2@contoso.example")),
)
STEERING = MeetingSeries(
    "Steering", "*steering*", ("Finance approver", "IT liaison", "Service manager")
)
_numbers = count(1)


def entry(kind: EntryKind, subject: str, at: Instant = MONDAY, **values: Value) -> Entry:
    assert kind in MEETING_ENTRIES
    return Entry(f"e{next(_numbers):04d}", "northwind", at, kind, subject, values)


def came(subject: str, who: str, here: bool | None = True, **more: Value) -> Entry:
    return entry(EntryKind.ATTENDED, subject, who=who, came=here, **more)


def told(number: int, *invitees: Invitee, title: str = "Monthly steering", **more: object) -> Told:
    begin = MONDAY + number * WEEK
    dates = more.pop("dates", (begin,))
    meeting = Meeting(
        f"s@{number}",
        title,
        begin,
        begin + HOUR,
        organised_by=Side.PROVIDER,
        invitees=invitees,
        **more,  # type: ignore[arg-type]
    )
    return Told(f"cal/s@{number}", "cal", meeting, dates, MONDAY - WEEK)  # type: ignore[arg-type]


def okafor(answer: Answer = Answer.ACCEPTED) -> Invitee:
    return Invitee("r.okafor@northwind.example", "R. Okafor", Side.CLIENT, True, answer)


def read(*found: Told, entries: tuple[Entry, ...] = ()) -> tuple[Record, ...]:
    return read_meetings(found, entries, (STEERING,), PEOPLE)


def test_an_accepted_invitation_is_not_attendance() -> None:
    records = read(told(0, okafor()))
    counted = attainment(records, Side.CLIENT, MONDAY + DAY)
    assert (counted.met, counted.judged, counted.unknown) == (0, 0, 2)


def test_required_roles_are_counted_by_side_whoever_holds_them() -> None:
    deputies = (
        Invitee("dana@contoso.example", "Dana", Side.PROVIDER),
        Invitee("dana2@contoso.example", "Dana the second", Side.PROVIDER),
    )
    entries = (
        came("cal/s@0", "r.okafor@northwind.example", False),
        came("cal/s@0", "IT liaison"),
        came("cal/s@0", "dana@contoso.example", False),
        came("cal/s@0", "dana2@contoso.example"),
    )
    records = read(told(0, okafor(), *deputies), entries=entries)
    client = attainment(records, Side.CLIENT, MONDAY + DAY, target=0.9)
    assert (client.met, client.judged, client.target) == (1, 2, 0.9)
    provider = attainment(records, Side.PROVIDER, MONDAY + DAY)
    assert (provider.met, provider.judged) == (1, 1)
    assert attainment(records, Side.CLIENT, MONDAY + DAY, who="Finance approver").judged == 1


def test_attendance_before_the_end_is_pending_and_what_was_called_off_is_not_judged() -> None:
    records = read(told(0, okafor()), told(1, okafor(), called_off=True))
    counted = attainment(records, Side.CLIENT, MONDAY + HOUR - 1)
    assert (counted.judged, counted.pending, counted.excluded) == (0, 2, 2)


def test_a_role_that_was_excused_is_not_judged_unless_it_came() -> None:
    excused = came("cal/s@0", "Finance approver", False, excused=True)
    (record,) = read(told(0, okafor()), entries=(excused,))
    (approver, *_) = record.required()
    assert approver.excused
    assert attainment((record,), Side.CLIENT, MONDAY + DAY).excluded == 1
    later = came("cal/s@0", "Finance approver", True, excused=True)
    (record,) = read(told(0, okafor()), entries=(excused, later))
    assert attainment((record,), Side.CLIENT, MONDAY + DAY).met == 1


def test_what_was_recorded_by_mistake_can_be_taken_back() -> None:
    entries = (came("cal/s@0", "Finance approver"), came("cal/s@0", "Finance approver", None))
    (record,) = read(told(0, okafor()), entries=entries)
    assert record.required()[0].came is None


def test_without_a_series_the_calendar_says_who_is_required() -> None:
    guest = Invitee("guest@elsewhere.example", "Guest", None, True)
    optional = Invitee("x@northwind.example", "X", Side.CLIENT, False)
    (record,) = read(told(0, okafor(), guest, optional, title="Network review"))
    assert [one.who for one in record.required()] == ["r.okafor@northwind.example"]
    entries = (came("cal/s@0", "finance approver"),)
    (record,) = read(told(0, okafor(), title="Network review"), entries=entries)
    assert [one.came for one in record.attendees] == [True]


def test_misses_in_a_row_end_at_a_meeting_nobody_recorded() -> None:
    found = [told(number, okafor()) for number in range(4)]
    missed = tuple(came(f"cal/s@{number}", "Finance approver", False) for number in (0, 2, 3))
    now = MONDAY + 4 * WEEK
    records = read(*found, entries=missed)
    assert missed_running(records, "Steering", "Finance approver", now) == 2
    records = read(*found, entries=(*missed, came("cal/s@1", "Finance approver", False)))
    assert missed_running(records, "Steering", "Finance approver", now) == 4
    assert missed_running(records, "Steering", "Finance approver", MONDAY + 3 * WEEK) == 3
    assert missed_running(records, "Steering", "IT liaison", now) == 0


def test_moves_are_counted_with_the_side_that_organises() -> None:
    moved = told(1, dates=(MONDAY, MONDAY + DAY, MONDAY + WEEK))
    (record,) = read(moved)
    assert (record.moved, record.moved_by) == (2, Side.PROVIDER)
    clock = record.clock(record.required()[0], compile_calendar(ALWAYS), MONDAY)
    assert (clock.round, clock.state) == (3, ClockState.RUNNING)


def test_only_decisions_made_in_their_meeting_are_its_yield() -> None:
    a, b = "cal/s@0", "cal/s@1"
    first = entry(EntryKind.DECISION, a, text="Spend", state="needed")
    second = entry(EntryKind.DECISION, a, text="Vendor", state="needed")
    dropped = entry(EntryKind.DECISION, a, text="Logo", state="needed")
    entries = (
        first,
        second,
        dropped,
        entry(EntryKind.DECISION, a, decision=first.id, state="made"),
        entry(EntryKind.DECISION, b, decision=second.id, state="made"),
        entry(EntryKind.DECISION, b, decision=dropped.id, state="dropped"),
        entry(EntryKind.DECISION, b, text="Holiday", state="made"),
        entry(EntryKind.DECISION, "cal/s@2", text="Next", state="needed"),
    )
    records = read(told(0), told(1), told(2), entries=entries)
    found = decision_yield(records, MONDAY + WEEK + DAY)
    assert (found.needed, found.made, found.later, found.unplanned) == (2, 1, 1, 1)


def test_an_action_is_carried_over_each_later_meeting_it_stays_open_at() -> None:
    taken = entry(
        EntryKind.ACTION, "cal/s@0", text="Send list", side="client", owner="IT liaison",
        due="2026-03-05",
    )  # fmt: skip
    moved = entry(EntryKind.ACTION, "cal/s@0", action=taken.id, due="2026-03-20")
    done_at = MONDAY + 2 * WEEK + DAY
    done = entry(EntryKind.ACTION, "cal/s@0", done_at, action=taken.id, state="done")
    found = [told(number) for number in range(4)]
    now = MONDAY + 4 * WEEK
    (action,) = read(*found, entries=(taken, moved))[0].actions
    assert (action.state, action.side, action.promised_anew) == (ActionState.OPEN, Side.CLIENT, 1)
    assert carried_over(action, read(*found), now) == 3
    (action,) = read(*found, entries=(taken, moved, done))[0].actions
    assert (action.state, action.ended_at) == (ActionState.DONE, done_at)
    assert carried_over(action, read(*found), now) == 2


def test_the_next_unanswered_meeting_of_a_series_is_to_be_confirmed() -> None:
    found = [told(number, okafor(Answer.NONE)) for number in range(3)]
    other = told(1, okafor(Answer.NONE), title="Network review")
    other = Told("cal/other", "cal", other.meeting, other.dates, 0)
    answered = told(5, okafor(Answer.DECLINED))
    waiting = to_confirm(read(*found, other, answered), Side.CLIENT, MONDAY + DAY)
    assert [(record.key, more) for record, more in waiting] == [("cal/other", 0), ("cal/s@1", 1)]
    assert not to_confirm(read(*found), Side.PROVIDER, MONDAY)


def test_a_meeting_is_typed_in_moved_and_called_off_by_entries_alone() -> None:
    held = entry(
        EntryKind.MEETING_HELD, "own:1", title="Steering, ad hoc", from_at=MONDAY,
        until_at=MONDAY + HOUR,
    )  # fmt: skip
    moved = entry(EntryKind.MEETING_HELD, "own:1", from_at=MONDAY + DAY, moved_by="client")
    (record,) = read(entries=(held, moved, came("own:1", "Finance approver")))
    assert (record.title, record.series, record.from_at) == (
        "Steering, ad hoc", "Steering", MONDAY + DAY,
    )  # fmt: skip
    assert (record.until_at, record.moved, record.moved_by) == (
        MONDAY + DAY + HOUR, 1, Side.CLIENT,
    )  # fmt: skip
    off = entry(EntryKind.MEETING_CALLED_OFF, "own:1", by="provider")
    (record,) = read(entries=(held, off))
    assert (record.called_off, record.called_off_by) == (True, Side.PROVIDER)
    assert read(entries=(came("own:2", "Finance approver"),)) == ()


def test_a_decision_that_is_needed_again_counts_against_both_meetings() -> None:
    first = entry(EntryKind.DECISION, "cal/s@0", text="Budget", state="needed")
    again = entry(EntryKind.DECISION, "cal/s@1", decision=first.id, state="needed")
    records = read(told(0), told(1), entries=(first, again))
    assert [[one.text for one in record.decisions] for record in records] == [["Budget"]] * 2
    assert decision_yield(records, MONDAY + 2 * WEEK).needed == 2
    made = entry(EntryKind.DECISION, "cal/s@1", decision=first.id, state="made")
    found = decision_yield(read(told(0), told(1), entries=(first, again, made)), MONDAY + 2 * WEEK)
    assert (found.needed, found.made, found.later) == (2, 1, 1)


@given(
    some.lists(
        some.tuples(
            some.integers(-5, 5), some.sampled_from([None, True, False]), some.booleans(),
            some.booleans(),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_every_required_attendance_is_counted_exactly_once(
    meetings: list[tuple[int, bool | None, bool, bool]],
) -> None:
    found, said = [], []
    for place, (week, here, excused, off) in enumerate(meetings):
        one = told(week, okafor(), called_off=off)
        one = Told(f"cal/{place}", "cal", one.meeting, one.dates, 0)
        found.append(one)
        said.append(came(one.key, "Finance approver", here, excused=excused))
    records = read(*found, entries=tuple(said))
    who = "Finance approver"
    counted = attainment(records, Side.CLIENT, MONDAY, who=who)
    kinds = (counted.judged, counted.excluded, counted.unknown, counted.pending)
    assert sum(kinds) == len(meetings)
    assert missed_running(records, "Steering", who, MONDAY) <= counted.missed
