"""Calendars and contracts that change on a date: earlier tickets are left as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from engine_samples import LONDON, OFFICE, POLICY, Story, hours, level, when

from engagewatch.engine.calendars import NeverOpenError, compile_calendar
from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import DAY, HOUR, MINUTE
from engagewatch.model.policy import (
    ALWAYS,
    Amendment,
    CalendarSpec,
    CalendarVersion,
    DateException,
    Duration,
    Policy,
    Rules,
    levels_on,
)

LONGER = (hours("08:00-18:00"),) * 6 + ((),)
CHANGE = date(2026, 3, 30)  # the Monday after the clocks went forward
AMENDED = replace(OFFICE, versions=(CalendarVersion(CHANGE, LONGER),))
desk = compile_calendar(AMENDED)


def test_hours_change_at_the_first_day_of_a_version() -> None:
    assert not desk.is_open(when("2026-03-28 12:00"))  # still a closed Saturday
    assert desk.next_opening(when("2026-03-27 17:00")) == when("2026-03-30 08:00")
    assert desk.is_open(when("2026-04-04 17:59"))  # a Saturday that opens
    assert desk.seconds_between(when("2026-03-27 16:00"), when("2026-03-30 10:00")) == 3 * HOUR
    assert desk.add(when("2026-03-27 16:00"), 3 * HOUR) == when("2026-03-30 10:00")
    assert desk.subtract(when("2026-03-30 10:00"), 3 * HOUR) == when("2026-03-27 16:00")


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_calendar_that_switches_on_the_day_clocks_change(day: str, length: int) -> None:
    switch = CalendarVersion(date.fromisoformat(day), ((*hours("00:00-23:59"),),) * 7)
    around = CalendarSpec("day", LONDON, (hours("00:00-24:00"),) * 7, versions=(switch,))
    calendar = compile_calendar(around)
    midnight = when(f"{day} 00:00")
    assert calendar.seconds_between(midnight - DAY, midnight) == DAY
    assert calendar.seconds_between(midnight, midnight + length * HOUR) == length * HOUR - MINUTE


def test_a_night_shift_that_began_before_the_switch_ends_as_it_was() -> None:
    nights = CalendarSpec(
        "nights",
        LONDON,
        (hours("22:00-06:00"),) * 7,
        versions=(CalendarVersion(CHANGE, (hours("09:00-10:00"),) * 7),),
    )
    calendar = compile_calendar(nights)
    span = calendar.seconds_between(when("2026-03-29 12:00"), when("2026-03-30 12:00"))
    assert span == 8 * HOUR + HOUR


def test_each_version_has_its_own_public_holidays_and_own_dates_are_kept() -> None:
    spec = replace(
        OFFICE,
        region="GB-ENG",
        exceptions=(DateException(date(2026, 4, 7)),),
        versions=(CalendarVersion(date(2026, 4, 6), OFFICE.weekly),),
    )
    calendar = compile_calendar(spec)
    assert not calendar.is_open(when("2026-04-03 12:00"))  # Good Friday
    assert calendar.is_open(when("2026-04-06 12:00"))  # Easter Monday, no longer kept
    assert not calendar.is_open(when("2026-04-07 12:00"))


def test_around_the_clock_is_not_always_open_if_that_changes() -> None:
    spec = replace(ALWAYS, versions=(CalendarVersion(date(2026, 7, 1), OFFICE.weekly),))
    calendar = compile_calendar(spec)
    assert calendar.seconds_between(when("2026-06-28 01:00"), when("2026-06-29 01:00")) == DAY
    assert not calendar.is_open(when("2026-07-04 12:00"))


def test_every_version_must_open_some_time() -> None:
    with pytest.raises(NeverOpenError, match="no opening hours"):
        compile_calendar(replace(OFFICE, versions=(CalendarVersion(CHANGE, ((),) * 7),)))


def test_a_business_day_is_what_it_was_when_the_ticket_was_created() -> None:
    policy = replace(
        POLICY,
        calendars={"office": AMENDED},
        service_levels=(level("P2", resolution=Duration(business_days=2)),),
    )
    before = Story("2026-03-29 23:59").clock(Obligation.RESOLUTION, policy)
    assert (before.target, before.due_at) == (16 * HOUR, when("2026-03-31 14:00"))
    after = Story("2026-03-30 00:00").clock(Obligation.RESOLUTION, policy)
    assert (after.target, after.due_at) == (20 * HOUR, when("2026-03-31 18:00"))


STRICTER = replace(
    POLICY,
    service_levels=(
        level("P2", resolution=Duration(8 * HOUR)),
        replace(level("P2", resolution=Duration(4 * HOUR)), since=CHANGE),
        replace(level("P4", resolution=Duration(HOUR)), until=date(2026, 3, 29)),
    ),
)


class TestContract:
    def test_a_ticket_keeps_the_contract_of_the_day_it_was_created(self) -> None:
        old = Story("2026-03-29 23:59:59").becomes("2026-04-10 12:00", "solved")
        new = Story("2026-03-30 00:00:00").becomes("2026-04-10 12:00", "solved")
        targets = [story.clock(Obligation.RESOLUTION, STRICTER).target for story in (old, new)]
        assert targets == [8 * HOUR, 4 * HOUR]

    def test_days_are_those_of_the_engagement(self) -> None:
        policy = replace(STRICTER, timezone="America/New_York")
        clock = Story("2026-03-30 04:59").clock(Obligation.RESOLUTION, policy)
        assert clock.target == 8 * HOUR
        assert Story("2026-03-30 05:00").clock(Obligation.RESOLUTION, policy).target == 4 * HOUR

    def test_a_row_that_ended_promises_nothing_any_more(self) -> None:
        last = Story("2026-03-29 12:00", "P4").clock(Obligation.RESOLUTION, STRICTER)
        assert last.target == HOUR
        story = Story("2026-03-30 12:00", "P4").becomes("2026-03-30 13:00", "solved")
        clock = story.clock(Obligation.RESOLUTION, STRICTER)
        assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "no_target")

    def test_a_changed_priority_is_judged_by_the_same_contract(self) -> None:
        story = Story("2026-03-27 12:00", "P4").priority("2026-03-31 12:00", "P4", "P2")
        assert story.clock(Obligation.RESOLUTION, STRICTER).target == HOUR  # broken before
        later = Story("2026-03-30 12:00", "P4").priority("2026-03-31 12:00", "P4", "P2")
        assert later.clock(Obligation.RESOLUTION, STRICTER).target == 4 * HOUR

    def test_the_later_row_takes_over_another_rows_raw_priority(self) -> None:
        rows = (
            replace(level("P2", resolution=Duration(8 * HOUR)), matches=("urgent",)),
            replace(level("Top", resolution=Duration(HOUR)), matches=("urgent",), since=CHANGE),
        )
        policy = replace(POLICY, service_levels=rows)
        assert Story("2026-03-29 12:00", "Urgent").clock(
            Obligation.RESOLUTION, policy
        ).priority == ("P2")
        clock = Story("2026-03-30 12:00", "Urgent").clock(Obligation.RESOLUTION, policy)
        assert (clock.priority, clock.target) == ("Top", HOUR)

    def test_the_rows_of_a_day_are_one_per_priority(self) -> None:
        rows = STRICTER.service_levels
        assert levels_on(rows, date(2026, 3, 29)) == (rows[0], rows[2])
        assert levels_on(rows, CHANGE) == (rows[1],)

    def test_an_explanation_goes_by_the_same_contract(self) -> None:
        story = Story("2026-03-30 12:00")
        told = Folder(STRICTER).explain(story.ticket, story.events, when("2026-03-30 14:00"))
        assert "of 4h counted" in told.sentence


def test_hours_that_never_close_again() -> None:
    always = CalendarVersion(CHANGE, ALWAYS.weekly)
    calendar = compile_calendar(replace(OFFICE, versions=(always,)))
    assert calendar.next_closing(when("2026-03-27 16:00")) == when("2026-03-27 17:00")
    assert calendar.next_closing(when("2026-04-10 03:00")) is None
    start, end = when("2026-03-29 12:00"), when("2026-04-10 00:00")
    assert list(calendar.openings(start, end)) == [(when("2026-03-30 00:00"), end)]


class TestAmendmentOfOpenTickets:
    """The change of contract is on Monday 30 March; 8 h become 4 h."""

    mid_flight = replace(STRICTER, rules=Rules(amendment=Amendment.AT_NEXT_UPDATE))

    def target(self, story: Story, under: Policy = mid_flight) -> int | None:
        return story.clock(Obligation.RESOLUTION, under).target

    def test_nothing_changes_before_the_next_event(self) -> None:
        story = Story("2026-03-27 16:00")
        assert self.target(story) == 8 * HOUR
        story.says("2026-03-30 09:30")
        assert self.target(story) == 4 * HOUR
        assert self.target(story, STRICTER) == 8 * HOUR

    def test_what_ended_before_is_judged_as_it_was(self) -> None:
        story = Story("2026-03-27 09:00").becomes("2026-03-27 16:00", "solved")
        assert self.target(story.client("2026-03-31 09:00")) == 8 * HOUR

    def test_a_miss_under_the_old_contract_stands(self) -> None:
        rows = (
            level("P2", resolution=Duration(HOUR)),
            replace(level("P2", resolution=Duration(40 * HOUR)), since=CHANGE),
        )
        lenient = replace(self.mid_flight, service_levels=rows)
        story = Story("2026-03-27 09:00").becomes("2026-03-30 12:00", "solved")
        clock = story.clock(Obligation.RESOLUTION, lenient)
        assert (clock.state, clock.target) == (ClockState.MISSED, HOUR)
        assert clock.reason == "breached_before_change"
        told = Folder(lenient).explain(story.ticket, story.events, when("2026-03-30 13:00"))
        assert told.sentence.endswith("what P2 allowed was missed before that changed.")

    def test_a_priority_that_changes_afterwards_goes_by_the_new_contract(self) -> None:
        rows = (
            *STRICTER.service_levels,
            replace(level("P4", resolution=Duration(DAY)), since=CHANGE),
        )
        policy = replace(
            self.mid_flight,
            service_levels=rows,
            rules=replace(self.mid_flight.rules, breach_survives_downgrade=False),
        )
        story = Story("2026-03-27 16:30").priority("2026-03-31 10:00", "P2", "P4")
        assert self.target(story, policy) == DAY
