"""Settings that contracts differ in: exact targets, working days, maintenance, short tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from engine_samples import LONDON, OFFICE, POLICY, Story, level, policy, when

from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.fold import Folder
from engagewatch.engine.working_days import WorkingDays
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import (
    ALWAYS,
    BusinessDay,
    CalendarSpec,
    DateException,
    Duration,
    Policy,
    PriorityChange,
    Rules,
    Window,
)

FIRST = Obligation.FIRST_RESPONSE
RESOLUTION = Obligation.RESOLUTION
REPLY = Obligation.REPLY


class TestExactlyOnTarget:
    strict = policy(exactly_on_target_is_met=False)

    def solved(self, at: str) -> Story:
        return Story("2026-03-02 09:00").becomes(at, "solved")

    def test_it_is_met_unless_the_contract_says_otherwise(self) -> None:
        exact = self.solved("2026-03-02 17:00")
        assert exact.clock(RESOLUTION).state is ClockState.MET
        missed = exact.clock(RESOLUTION, self.strict)
        assert (missed.state, missed.target) == (ClockState.MISSED, 8 * HOUR)
        sooner = self.solved("2026-03-02 16:59:59").clock(RESOLUTION, self.strict)
        assert sooner.state is ClockState.MET

    def test_an_open_clock_is_late_at_that_instant(self) -> None:
        clock = Story("2026-03-02 09:00").clock(RESOLUTION, self.strict)
        assert clock.state_at(when("2026-03-02 16:59:59")) is ClockState.RUNNING
        assert clock.state_at(when("2026-03-02 17:00")) is ClockState.MISSED

    def test_a_downgrade_at_that_instant_comes_too_late(self) -> None:
        story = Story("2026-03-02 09:00", "P1").priority("2026-03-02 13:00", "P1", "P3")
        assert story.clock(RESOLUTION).target == 24 * HOUR
        assert story.clock(RESOLUTION, self.strict).target == 4 * HOUR

    def test_the_sentence(self) -> None:
        story = self.solved("2026-03-02 17:00")
        told = Folder(self.strict).explain(story.ticket, story.events, when("2026-03-03 09:00"))
        assert told.sentence.startswith("Missed exactly on target: 8h allowed, 8h counted")


def in_days(rule: BusinessDay, days: int = 2) -> Policy:
    row = level("P2", resolution=Duration(business_days=days))
    return replace(POLICY, service_levels=(row,), rules=Rules(business_day=rule))


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("rule", "created", "due"),
        [
            (BusinessDay.HOURS, "2026-03-05 10:30", "2026-03-09 10:30"),
            (BusinessDay.SAME_TIME, "2026-03-05 10:30", "2026-03-09 10:30"),
            (BusinessDay.END_OF_DAY, "2026-03-05 10:30", "2026-03-09 17:00"),
            # From a Saturday the days count from Monday's opening.
            (BusinessDay.SAME_TIME, "2026-03-07 10:30", "2026-03-10 17:00"),
            (BusinessDay.END_OF_DAY, "2026-03-07 10:30", "2026-03-11 17:00"),
        ],
    )
    def test_due(self, rule: BusinessDay, created: str, due: str) -> None:
        assert Story(created).clock(RESOLUTION, in_days(rule)).due_at == when(due)

    def test_a_short_day_counts_as_a_day(self) -> None:
        short = DateException(date(2026, 3, 3), (Window(540, 600),))
        half = replace(OFFICE, exceptions=(short, DateException(date(2026, 3, 4))))
        story = Story("2026-03-02 13:00")

        def due(rule: BusinessDay) -> int | None:
            changed = replace(in_days(rule), calendars={"office": half})
            return story.clock(RESOLUTION, changed).due_at

        assert due(BusinessDay.HOURS) == when("2026-03-06 12:00")
        assert due(BusinessDay.SAME_TIME) == when("2026-03-05 13:00")
        assert due(BusinessDay.END_OF_DAY) == when("2026-03-05 17:00")

    def test_pauses_move_it_on(self) -> None:
        story = Story("2026-03-02 10:00").becomes("2026-03-02 11:00", "pending")
        story.becomes("2026-03-02 13:00", "open")
        clock = story.clock(RESOLUTION, in_days(BusinessDay.SAME_TIME))
        assert (clock.due_at, clock.target) == (when("2026-03-04 12:00"), 16 * HOUR)

    def test_around_the_clock_a_day_ends_at_midnight_of_the_engagement(self) -> None:
        row = level("P2", "24x7", resolution=Duration(business_days=1))
        late = replace(in_days(BusinessDay.END_OF_DAY), service_levels=(row,))
        created = Story("2026-03-28 10:00")  # the clocks go forward in the night
        assert created.clock(RESOLUTION, late).due_at == when("2026-03-30 00:00")
        same = replace(in_days(BusinessDay.SAME_TIME), service_levels=(row,))
        clock = created.clock(RESOLUTION, same)
        assert (clock.due_at, clock.target) == (when("2026-03-29 10:00"), 23 * HOUR)

    def test_hours_may_be_added(self) -> None:
        days = WorkingDays(1, 4 * HOUR, True, LONDON)
        allowed = days.allowed(compile_calendar(OFFICE), when("2026-03-02 09:00"))
        assert allowed == 20 * HOUR

    def test_a_new_priority_counts_from_the_change_if_so_agreed(self) -> None:
        rows = (
            level("P1", resolution=Duration(business_days=1)),
            level("P2", resolution=Duration(business_days=5)),
        )
        rules = Rules(
            business_day=BusinessDay.END_OF_DAY, priority_change=PriorityChange.FROM_CHANGE
        )
        story = Story("2026-03-02 10:00").priority("2026-03-04 10:00", "P2", "P1")
        clock = story.clock(RESOLUTION, replace(POLICY, service_levels=rows, rules=rules))
        assert clock.due_at == when("2026-03-05 17:00")


class TestBornPaused:
    born = "2026-03-02 09:00"

    def story(self) -> Story:
        story = Story(self.born, status="pending")
        story.events[0] = replace(story.events[0], value="pending")
        return story

    def test_nothing_counts_unless_the_contract_says_so(self) -> None:
        story = self.story().becomes("2026-03-02 12:00", "open")
        assert story.clock(RESOLUTION).paused == 3 * HOUR
        counting = story.clock(RESOLUTION, policy(born_paused_counts=True))
        assert (counting.paused, counting.due_at) == (0, when("2026-03-02 17:00"))

    def test_after_the_first_response_it_pauses(self) -> None:
        story = self.story().says("2026-03-02 10:00")
        clock = story.clock(RESOLUTION, policy(born_paused_counts=True))
        assert (clock.state, clock.consumed) == (ClockState.PAUSED, HOUR)

    def test_later_pauses_are_as_ever(self) -> None:
        story = Story(self.born).becomes("2026-03-02 10:00", "pending")
        counting = policy(born_paused_counts=True)
        assert story.clock(RESOLUTION, counting) == story.clock(RESOLUTION)


class TestMaintenance:
    work = ((when("2026-03-02 12:00"), when("2026-03-02 14:00")),)
    shown = replace(POLICY, maintenance=work)
    left_out = replace(shown, rules=Rules(maintenance_counts=False))

    def test_it_counts_unless_the_contract_leaves_it_out(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 16:00", "solved")
        assert story.clock(RESOLUTION, self.shown) == story.clock(RESOLUTION)
        clock = story.clock(RESOLUTION, self.left_out)
        assert (clock.consumed, clock.paused) == (5 * HOUR, 0)

    def test_a_due_instant_moves_past_it(self) -> None:
        clock = Story("2026-03-02 11:00").clock(FIRST, self.left_out)
        assert clock.due_at == when("2026-03-02 15:00")
        urgent = Story("2026-03-02 11:55", "P1").clock(FIRST, self.left_out)
        assert (urgent.calendar, urgent.due_at) == ("24x7", when("2026-03-02 14:10"))

    def test_the_clients_own_clocks_run_on(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 11:00")
        assert story.clock(REPLY, self.left_out).due_at == when("2026-03-02 15:00")

    def test_an_explanation_shows_it(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 16:00", "solved")
        for under, does in ((self.shown, "counts"), (self.left_out, "does not count")):
            told = Folder(under).explain(story.ticket, story.events, when("2026-03-02 17:00"))
            assert told.notes == (f"planned maintenance Mon 2 Mar 12:00 to Mon 2 Mar 14:00 {does}",)
        assert any("maintenance" in one.why for one in told.accounts[-1].segments)

    def test_closures_that_overlap_or_lie_outside_the_hours(self) -> None:
        spans = (
            (when("2026-03-02 16:00"), when("2026-03-03 10:00")),
            (when("2026-03-02 15:00"), when("2026-03-02 16:30")),
            (when("2026-03-07 10:00"), when("2026-03-07 12:00")),
            (when("2026-03-04 11:00"), when("2026-03-04 12:00")),
            (when("2026-03-04 13:00"), when("2026-03-04 14:00")),
        )
        desk = compile_calendar(replace(OFFICE, closures=spans))
        openings = list(desk.openings(when("2026-03-02 00:00"), when("2026-03-05 00:00")))
        assert openings == [
            (when("2026-03-02 09:00"), when("2026-03-02 15:00")),
            (when("2026-03-03 10:00"), when("2026-03-03 17:00")),
            (when("2026-03-04 09:00"), when("2026-03-04 11:00")),
            (when("2026-03-04 12:00"), when("2026-03-04 13:00")),
            (when("2026-03-04 14:00"), when("2026-03-04 17:00")),
        ]
        always = compile_calendar(replace(ALWAYS, closures=spans[:1]))
        assert (
            always.seconds_between(when("2026-03-02 12:00"), when("2026-03-03 12:00")) == 6 * HOUR
        )


class TestShortTickets:
    lenient = policy(not_judged_within=2 * MINUTE)

    def test_a_ticket_finished_at_once_is_not_judged(self) -> None:
        story = Story("2026-03-02 09:00").says("2026-03-02 09:01")
        story.becomes("2026-03-02 09:02", "solved")
        assert {(clock.state, clock.reason) for clock in story.fold(self.lenient).clocks} == {
            (ClockState.EXCLUDED, "finished_at_once")
        }
        assert story.clock(RESOLUTION).state is ClockState.MET

    def test_one_that_took_longer_or_came_back_is(self) -> None:
        later = Story("2026-03-02 09:00").becomes("2026-03-02 09:02:01", "solved")
        assert later.clock(RESOLUTION, self.lenient).state is ClockState.MET
        back = Story("2026-03-02 09:00").becomes("2026-03-02 09:01", "solved")
        back.becomes("2026-03-02 10:00", "open").becomes("2026-03-02 11:00", "solved")
        assert back.clock(RESOLUTION, self.lenient).state is ClockState.MET


def test_a_shift_past_midnight_ends_its_working_day_in_the_morning() -> None:
    nights = CalendarSpec("office", LONDON, ((Window(1320, 1800),),) * 5 + ((), ()))
    late = replace(in_days(BusinessDay.END_OF_DAY, 1), calendars={"office": nights})
    assert Story("2026-03-02 23:00").clock(RESOLUTION, late).due_at == when("2026-03-04 06:00")
