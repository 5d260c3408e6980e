"""Business calendars: golden values, odd windows, holidays and the days that clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from engine_samples import OFFICE, hours, weekdays, when

from engagewatch.engine.calendars import (
    Calendar,
    NeverOpenError,
    compile_calendar,
    public_holidays,
)
from engagewatch.model.instants import DAY, HOUR, MINUTE
from engagewatch.model.policy import ALWAYS, CalendarSpec, DateException, Duration

office = compile_calendar(OFFICE)
ANY_DAY = date(2026, 3, 2)


def every_day(*windows: str, zone: str = "Europe/London", **more: object) -> Calendar:
    spec = CalendarSpec("odd", zone, (hours(*windows),) * 7, **more)  # type: ignore[arg-type]
    return compile_calendar(spec)


@pytest.mark.parametrize("windows", ["08:00-16:00", "09:00-17:00"])
def test_friday_afternoon_to_monday_afternoon_is_one_working_day(windows: str) -> None:
    desk = compile_calendar(weekdays(windows))
    assert desk.seconds_between(when("2026-03-06 16:00"), when("2026-03-09 16:00")) == 8 * HOUR


def test_two_hours_from_an_hour_before_closing_are_due_an_hour_after_the_next_opening() -> None:
    assert office.add(when("2026-03-06 16:00"), 2 * HOUR) == when("2026-03-09 10:00")


def test_a_target_used_up_at_closing_time_is_due_at_the_closing_instant() -> None:
    assert office.add(when("2026-03-02 13:00"), 4 * HOUR) == when("2026-03-02 17:00")


def test_subtract_lands_on_the_opening_instant() -> None:
    assert office.subtract(when("2026-03-03 10:00"), HOUR) == when("2026-03-03 09:00")
    assert office.subtract(when("2026-03-03 10:00"), 2 * HOUR) == when("2026-03-02 16:00")


def test_adding_a_negative_span_subtracts() -> None:
    assert office.add(when("2026-03-03 10:00"), -2 * HOUR) == when("2026-03-02 16:00")
    assert office.subtract(when("2026-03-02 16:00"), -2 * HOUR) == when("2026-03-03 10:00")


def test_nothing_moves_by_nothing() -> None:
    night = when("2026-03-02 03:00")
    assert office.add(night, 0) == night
    assert office.subtract(night, 0) == night


def test_earlier_end_gives_a_negative_span() -> None:
    assert office.seconds_between(when("2026-03-02 12:00"), when("2026-03-02 11:00")) == -HOUR


def test_opening_and_closing() -> None:
    assert office.is_open(when("2026-03-02 09:00"))
    assert not office.is_open(when("2026-03-02 17:00"))
    assert not office.is_open(when("2026-03-07 12:00"))
    assert office.next_opening(when("2026-03-06 17:00")) == when("2026-03-09 09:00")
    assert office.next_opening(when("2026-03-06 16:59")) == when("2026-03-06 16:59")
    assert office.next_closing(when("2026-03-06 12:00")) == when("2026-03-06 17:00")
    assert office.next_closing(when("2026-03-06 18:00")) == when("2026-03-09 17:00")


def test_openings_are_clipped_to_what_was_asked() -> None:
    found = list(office.openings(when("2026-03-06 16:00"), when("2026-03-09 10:00")))
    assert found == [
        (when("2026-03-06 16:00"), when("2026-03-06 17:00")),
        (when("2026-03-09 09:00"), when("2026-03-09 10:00")),
    ]


def test_lunch_break() -> None:
    desk = compile_calendar(weekdays("08:00-12:00", "13:00-17:00"))
    assert desk.seconds_between(when("2026-03-02 11:30"), when("2026-03-02 13:30")) == HOUR
    assert desk.add(when("2026-03-02 11:30"), 45 * MINUTE) == when("2026-03-02 13:15")
    assert desk.usual_day(ANY_DAY) == 8 * HOUR


def test_a_night_shift_runs_past_midnight_into_the_weekend() -> None:
    desk = compile_calendar(weekdays("22:00-06:00"))
    assert desk.is_open(when("2026-03-07 05:59"))  # Saturday morning, Friday's shift
    assert not desk.is_open(when("2026-03-08 23:00"))  # Sunday has none
    assert desk.seconds_between(when("2026-03-06 00:00"), when("2026-03-09 00:00")) == 14 * HOUR


def test_windows_that_overlap_count_once() -> None:
    desk = compile_calendar(weekdays("09:00-13:00", "12:00-17:00"))
    assert desk.seconds_between(when("2026-03-02 00:00"), when("2026-03-03 00:00")) == 8 * HOUR
    assert desk.usual_day(ANY_DAY) == 8 * HOUR


def test_a_day_and_night_calendar_with_a_holiday_closes_for_that_day_only() -> None:
    spec = CalendarSpec(
        "all but new year",
        "Europe/London",
        (hours("00:00-24:00"),) * 7,
        exceptions=(DateException(date(2026, 1, 1)),),
    )
    desk = compile_calendar(spec)
    assert not spec.is_always_open
    start, end = when("2025-12-31 00:00"), when("2026-01-03 00:00")
    assert desk.seconds_between(start, end) == 2 * DAY
    assert desk.next_closing(when("2025-12-30 10:00")) == when("2026-01-01 00:00")


def test_always_open() -> None:
    desk = compile_calendar(ALWAYS)
    assert desk.seconds_between(5, 12) == 7
    assert desk.add(5, 7) == 12
    assert desk.subtract(12, 7) == 5
    assert desk.is_open(5)
    assert desk.next_opening(5) == 5
    assert desk.next_closing(5) is None
    assert desk.seconds_of(Duration(business_days=2), ANY_DAY) == 2 * DAY
    assert list(desk.openings(5, 12)) == [(5, 12)]


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(NeverOpenError, match="'empty' has no opening hours"):
        compile_calendar(CalendarSpec("empty", "UTC", ((),) * 7))


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        compile_calendar(weekdays("09:00-17:00", zone="Europe/Atlantis"))


def test_a_business_day_is_the_usual_day() -> None:
    short_friday = CalendarSpec(
        "short friday",
        "Europe/London",
        (hours("08:00-17:00"),) * 4 + (hours("08:00-14:00"), hours("10:00-12:00"), ()),
    )
    assert compile_calendar(short_friday).seconds_of(Duration(business_days=1), ANY_DAY) == 9 * HOUR
    assert office.seconds_of(Duration(HOUR, business_days=2), ANY_DAY) == 17 * HOUR


class TestSpecialDays:
    def test_public_holidays_are_closed(self) -> None:
        spec = CalendarSpec("gb", "Europe/London", OFFICE.weekly, region="GB-ENG")
        desk = compile_calendar(spec)
        # 3 April 2026 is Good Friday, 6 April Easter Monday.
        assert desk.add(when("2026-04-02 16:00"), 2 * HOUR) == when("2026-04-07 10:00")

    def test_a_subdivision_has_its_own_holidays(self) -> None:
        assert date(2026, 4, 6) in public_holidays("GB-ENG", 2026)
        assert date(2026, 4, 6) not in public_holidays("GB-SCT", 2026)

    def test_an_unknown_region_is_named(self) -> None:
        with pytest.raises(ValueError, match="'XX-YY'"):
            public_holidays("XX-YY", 2026)

    def test_a_half_day_replaces_the_usual_hours(self) -> None:
        eve = DateException(date(2026, 12, 24), hours("09:00-12:00"), "Christmas Eve")
        desk = compile_calendar(
            CalendarSpec("half", "Europe/London", OFFICE.weekly, exceptions=(eve,))
        )
        assert desk.seconds_between(when("2026-12-24 00:00"), when("2026-12-25 00:00")) == 3 * HOUR

    def test_an_extra_opening_beats_a_public_holiday_and_a_weekend(self) -> None:
        extra = (
            DateException(date(2026, 4, 3), hours("10:00-11:00")),
            DateException(date(2026, 4, 4), hours("10:00-12:00")),
        )
        spec = CalendarSpec("extra", "Europe/London", OFFICE.weekly, "GB-ENG", extra)
        desk = compile_calendar(spec)
        assert desk.seconds_between(when("2026-04-03 00:00"), when("2026-04-07 00:00")) == 3 * HOUR

    def test_a_holiday_leaves_the_tail_of_the_evening_before(self) -> None:
        spec = CalendarSpec(
            "night",
            "Europe/London",
            (hours("22:00-06:00"),) * 7,
            exceptions=(DateException(date(2026, 3, 4)),),
        )
        desk = compile_calendar(spec)
        assert desk.is_open(when("2026-03-04 05:00"))
        assert not desk.is_open(when("2026-03-04 23:00"))
        assert not desk.is_open(when("2026-03-05 05:00"))


class TestDaylightSaving:
    def test_a_whole_day_is_23_or_25_hours(self) -> None:
        desk = every_day("00:00-24:00", exceptions=(DateException(date(2020, 1, 1)),))
        assert desk.seconds_between(when("2026-03-29 00:00"), when("2026-03-30 00:00")) == 23 * HOUR
        assert desk.seconds_between(when("2026-10-25 00:00"), when("2026-10-26 00:00")) == 25 * HOUR

    def test_around_the_clock_counts_elapsed_seconds(self) -> None:
        start, end = when("2026-10-24 12:00"), when("2026-10-25 12:00")
        assert compile_calendar(ALWAYS).seconds_between(start, end) == 25 * HOUR
        assert compile_calendar(ALWAYS).add(start, DAY) == when("2026-10-25 11:00")

    def test_office_hours_keep_their_length_in_a_week_that_changes(self) -> None:
        start, end = when("2026-03-23 00:00"), when("2026-04-06 00:00")
        assert office.seconds_between(start, end) == 80 * HOUR

    def test_a_window_in_the_skipped_hour_loses_what_was_skipped(self) -> None:
        # Berlin skips 02:00-03:00 on 29 March 2026.
        desk = every_day("02:30-03:15", zone="Europe/Berlin")
        start, end = (when(f"2026-03-{day} 00:00", "Europe/Berlin") for day in (29, 30))
        assert desk.seconds_between(start, end) == 15 * MINUTE
        assert list(desk.openings(start, end)) == [
            (when("2026-03-29 03:00", "Europe/Berlin"), when("2026-03-29 03:15", "Europe/Berlin"))
        ]

    def test_a_window_in_the_repeated_hour_is_open_both_times(self) -> None:
        # Berlin reads 02:00-03:00 twice on 25 October 2026.
        desk = every_day("02:15-02:45", zone="Europe/Berlin")
        start, end = (when(f"2026-10-{day} 00:00", "Europe/Berlin") for day in (25, 26))
        first = datetime(2026, 10, 25, 0, 15, tzinfo=UTC).timestamp()
        assert list(desk.openings(start, end)) == [
            (first, first + 30 * MINUTE),
            (first + HOUR, first + 90 * MINUTE),
        ]

    def test_a_zone_that_changes_at_midnight(self) -> None:
        # Santiago goes from 24:00 back to 23:00 on 4 April 2026: Saturday has 25 hours.
        desk = every_day("22:00-24:00", zone="America/Santiago")
        day = when("2026-04-04 12:00", "America/Santiago")
        assert desk.seconds_between(day, day + DAY) == 3 * HOUR

    def test_a_day_that_never_was(self) -> None:
        # Samoa crossed the date line and had no 30 December 2011.
        desk = every_day("09:00-17:00", zone="Pacific/Apia")
        start = when("2011-12-29 00:00", "Pacific/Apia")
        end = when("2012-01-01 00:00", "Pacific/Apia")
        assert desk.seconds_between(start, end) == 2 * 8 * HOUR


class TestRange:
    def test_answers_do_not_depend_on_the_order_of_questions(self) -> None:
        points = [when(f"{year}-06-15 12:00") for year in (2026, 1999, 2050, 2010, 2027)]
        fresh = Calendar(OFFICE)
        grown = [fresh.counted(point) - fresh.counted(points[0]) for point in points]
        direct = [Calendar(OFFICE).seconds_between(points[0], point) for point in points]
        assert grown == direct

    def test_decades(self) -> None:
        desk = Calendar(OFFICE)
        due = desk.add(when("2026-03-02 09:00"), 30 * 250 * 8 * HOUR)
        assert desk.seconds_between(when("2026-03-02 09:00"), due) == 30 * 250 * 8 * HOUR
        assert desk.subtract(due, 60 * 250 * 8 * HOUR) < when("2000-01-01 00:00")

    def test_outside_the_known_years_nothing_is_open(self) -> None:
        desk = Calendar(OFFICE)
        far, farther = when("2250-01-01 00:00"), when("2300-01-01 00:00")
        assert desk.seconds_between(far, farther) == 0
        assert not desk.is_open(far)
        assert desk.counted(-5) == desk.counted(-500_000_000_000)
        assert not desk.is_open(-5)
        with pytest.raises(NeverOpenError):
            desk.add(far, 1)
        with pytest.raises(NeverOpenError):
            desk.subtract(-5, 1)

    def test_an_opening_over_the_turn_of_the_year_is_one(self) -> None:
        desk = Calendar(CalendarSpec("night", "UTC", (hours("20:00-04:00"),) * 7))
        eve = when("2026-12-31 21:00", "UTC")
        assert desk.next_closing(eve) == when("2027-01-01 04:00", "UTC")
        assert desk.next_closing(when("2027-12-31 21:00", "UTC")) == when("2028-01-01 04:00", "UTC")

    def test_the_same_spec_is_compiled_once(self) -> None:
        assert compile_calendar(weekdays("09:00-17:00")) is compile_calendar(OFFICE)


class TestDatetimes:
    def test_aware_datetimes_in_any_zone(self) -> None:
        start = datetime(2026, 3, 6, 17, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        end = datetime(2026, 3, 9, 16, 0, tzinfo=ZoneInfo("Europe/London"))
        assert office.between(start, end) == 8 * HOUR
        due = office.due(start, 2 * HOUR)
        assert due == datetime(2026, 3, 9, 10, tzinfo=UTC)
        assert due.tzinfo is start.tzinfo

    def test_naive_datetimes_are_refused(self) -> None:
        naive = datetime(2026, 3, 6, 17, 0)
        with pytest.raises(ValueError, match="time zone"):
            office.between(naive, naive)
        with pytest.raises(ValueError, match="time zone"):
            office.due(naive, 60)
