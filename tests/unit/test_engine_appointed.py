"""Tasks with a date and meetings: the same clocks, for either side."""

from __future__ import annotations

from datetime import date

import pytest
from engine_samples import OFFICE, when
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine import Attendance, Task, attendance_clock, compile_calendar, task_clocks
from engagewatch.engine.reasons import WORDS
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.instants import DAY, HOUR
from engagewatch.model.policy import ALWAYS, Duration

office = compile_calendar(OFFICE)
MONDAY = when("2026-03-02 09:00")


def only(task: Task) -> Clock:
    (clock,) = task_clocks(task, office)
    return clock


class TestTask:
    def test_due_at_the_end_of_a_day(self) -> None:
        task = Task(MONDAY, date(2026, 3, 4), owner="jo")
        clock = only(task)
        assert (clock.state, clock.target) == (ClockState.RUNNING, 24 * HOUR)
        assert (clock.due_at, clock.owner) == (when("2026-03-04 17:00"), "jo")
        assert clock.state_at(when("2026-03-04 17:01")) is ClockState.MISSED

    @pytest.mark.parametrize(
        "due",
        [
            date(2026, 3, 3),
            when("2026-03-03 17:00"),
            Duration(16 * HOUR),
            Duration(business_days=2),
        ],
    )
    def test_a_date_an_instant_and_a_time_are_the_same_promise(self, due: object) -> None:
        def done(at: str) -> ClockState:
            return only(Task(MONDAY, due, when(at))).state  # type: ignore[arg-type]

        assert done("2026-03-03 17:00") is ClockState.MET
        assert done("2026-03-04 08:00") is ClockState.MET  # nobody worked in between
        assert done("2026-03-04 09:00:01") is ClockState.MISSED

    def test_a_date_already_past_when_the_task_is_given_allows_nothing(self) -> None:
        clock = only(Task(MONDAY, date(2026, 2, 27), when("2026-03-02 09:01")))
        assert (clock.state, clock.target) == (ClockState.MISSED, 0)

    def test_without_a_date_it_is_not_judged(self) -> None:
        assert only(Task(MONDAY)).state is ClockState.RUNNING
        clock = only(Task(MONDAY, done_at=MONDAY + DAY))
        assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "no_target")

    def test_waiting_for_another_task_moves_the_date_on(self) -> None:
        waits = ((when("2026-03-02 11:00"), when("2026-03-02 15:00")),)
        clock = only(Task(MONDAY, Duration(8 * HOUR), waits=waits))
        assert (clock.due_at, clock.paused) == (when("2026-03-03 13:00"), 4 * HOUR)
        still = only(Task(MONDAY, Duration(8 * HOUR), waits=((when("2026-03-02 11:00"), None),)))
        assert (still.state, still.consumed, still.due_at) == (ClockState.PAUSED, 2 * HOUR, None)

    def test_waits_that_overlap_count_once(self) -> None:
        waits = ((MONDAY + HOUR, MONDAY + 3 * HOUR), (MONDAY + 2 * HOUR, MONDAY + 4 * HOUR))
        clock = only(Task(MONDAY, Duration(HOUR), MONDAY + 5 * HOUR, waits=waits))
        assert (clock.state, clock.consumed) == (ClockState.MISSED, 2 * HOUR)

    def test_a_new_date_is_a_new_round_and_undoes_no_miss(self) -> None:
        def rounds(at: str) -> list[tuple[int, ClockState, str]]:
            task = Task(
                MONDAY,
                date(2026, 3, 4),
                when("2026-03-09 12:00"),
                promised_anew=((when(at), date(2026, 3, 10)),),
            )
            return [(one.round, one.state, one.reason) for one in task_clocks(task, office)]

        in_time = [(1, ClockState.EXCLUDED, "put_off"), (2, ClockState.MET, "")]
        assert rounds("2026-03-04 12:00") == in_time
        late = [(1, ClockState.MISSED, "put_off"), (2, ClockState.MET, "")]
        assert rounds("2026-03-05 12:00") == late

    def test_called_off_it_is_excluded_with_all_its_rounds(self) -> None:
        task = Task(
            MONDAY,
            date(2026, 3, 2),
            called_off_at=MONDAY + 9 * DAY,
            promised_anew=((MONDAY + 3 * DAY, date(2026, 3, 9)),),
        )
        assert {(one.state, one.reason) for one in task_clocks(task, office)} == {
            (ClockState.EXCLUDED, "called_off")
        }
        assert "called off" in WORDS["called_off"]

    def test_what_cannot_be_is_refused(self) -> None:
        with pytest.raises(ValueError, match="in order"):
            task_clocks(Task(MONDAY, done_at=MONDAY - 1), office)


class TestAttendance:
    meeting = Attendance(when("2026-03-02 10:00"), when("2026-03-02 11:00"))

    def clock(self, seen: str = "2026-03-03 09:00", **more: object) -> Clock:
        meeting = Attendance(self.meeting.from_at, self.meeting.until_at, **more)  # type: ignore[arg-type]
        return attendance_clock(meeting, office, when(seen))

    def test_whoever_came_met_it_and_whoever_did_not_missed_it(self) -> None:
        came = self.clock(attended=True, joined_at=when("2026-03-02 10:20"))
        assert (came.state, came.consumed, came.target) == (ClockState.MET, HOUR // 3, HOUR)
        assert self.clock(attended=True).consumed == 0
        absent = self.clock(attended=False)
        assert (absent.state, absent.consumed) == (ClockState.MISSED, HOUR)

    def test_a_meeting_to_come_stands_and_is_never_missed_unseen(self) -> None:
        clock = self.clock(seen="2026-03-01 09:00")
        assert (clock.state, clock.is_open) == (ClockState.RUNNING, True)
        assert clock.state_at(when("2026-03-02 12:00")) is ClockState.RUNNING

    def test_a_meeting_nobody_recorded_cannot_be_told(self) -> None:
        clock = self.clock()
        assert (clock.state, clock.reason) == (ClockState.UNKNOWN, "attendance_unseen")

    @pytest.mark.parametrize(
        ("more", "state", "reason"),
        [
            ({"attended": False, "excused": True}, ClockState.EXCLUDED, "excused"),
            ({"called_off": True}, ClockState.EXCLUDED, "called_off"),
            ({"without_date": True}, ClockState.PAUSED, ""),
        ],
    )
    def test_excused_called_off_and_put_off(
        self, more: dict[str, object], state: ClockState, reason: str
    ) -> None:
        clock = self.clock(**more)
        assert (clock.state, clock.reason) == (state, reason)

    def test_earlier_dates_given_up_are_counted(self) -> None:
        assert self.clock(attended=True, put_off=2).round == 3

    def test_a_meeting_that_ends_first_is_refused(self) -> None:
        with pytest.raises(ValueError, match="ends after"):
            attendance_clock(Attendance(MONDAY, MONDAY - 1), office, MONDAY)


STEPS = st.lists(st.integers(0, 12 * DAY), min_size=6, max_size=6)


@given(STEPS, st.integers(0, 9 * DAY), st.booleans())
def test_time_is_consumed_or_waited_and_judged_by_what_was_consumed(
    steps: list[int], target: int, around_the_clock: bool
) -> None:
    calendar = compile_calendar(ALWAYS) if around_the_clock else office
    a, b, c, d, e, f = (MONDAY + sum(steps[: place + 1]) for place in range(6))
    task = Task(
        a, Duration(target), f, waits=((b, d), (c, e)), promised_anew=((c, Duration(target)),)
    )
    first, second = task_clocks(task, calendar)
    for clock, waited in ((first, (b, c)), (second, (c, e))):
        assert clock.stopped_at is not None
        whole = calendar.seconds_between(clock.started_at, clock.stopped_at)
        assert clock.paused == calendar.seconds_between(*waited)
        assert clock.consumed + clock.paused == whole
        assert (clock.state is ClockState.MISSED) == (clock.consumed > target)
    assert second.state is not ClockState.EXCLUDED
    assert first.state is not ClockState.MET
