"""Metrics measured from a real store: every one by its definition, in its own month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from views_world import HOUR, LONDON, NORTHWIND, NOW, World, answered, at, moved, opened, replied

from engagewatch.engine.metrics import of_rate
from engagewatch.engine.ratings import is_satisfied
from engagewatch.model.credits import Credits, CreditShape, Fee
from engagewatch.model.engagement import Headcount
from engagewatch.model.metric import CATALOGUE, Metric
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.views.measures import Measures, months_until
from engagewatch.views.period import Period, month

FEBRUARY, MARCH = month(2026, 2, LONDON), month(2026, 3, LONDON)


def rated(when: str, value: str) -> Event:
    return Event("", "", at(when), EventKind.RATED, Side.CLIENT, "lee", value)


def measures(world: World) -> Measures:
    return Measures(world.store, world.engagement, FEBRUARY.start, NOW)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return opened(
        tmp_path,
        replace(NORTHWIND, headcount=(Headcount(date(2026, 2, 1), 56),)),
    )


def test_every_metric_of_the_catalogue_can_be_measured(world: World) -> None:
    assert set(CATALOGUE) == set(Metric)
    found = {metric: measures(world).reading(metric, MARCH) for metric in Metric}
    assert found[Metric.BACKLOG].value == 0
    for metric in set(Metric) - {Metric.BACKLOG, Metric.TICKETS_PER_USER}:
        assert found[metric].value is None, f"{metric} of an empty store is not known"


def test_the_median_counts_what_is_still_open_as_at_least_so_long(world: World) -> None:
    for name, hours in (("a", "11:00"), ("b", "12:00")):
        world.ticket(name, "03-09 10:00", moved(f"03-09 {hours}", "solved"))
    world.ticket("c", "03-09 10:00")
    reading = measures(world).reading(Metric.RESOLUTION_MEDIAN, MARCH)
    assert (reading.value, reading.count) == (2 * HOUR, 3)
    assert reading.is_thin, "three durations are a list, not a median"
    of_p1 = measures(world).reading(Metric.RESOLUTION_MEDIAN, MARCH, "P1")
    assert (of_p1.value, of_p1.count) == (None, 0)


def test_an_open_clock_has_counted_up_to_now_in_its_own_calendar(world: World) -> None:
    for name in "abc":
        world.ticket(name, "03-10 16:00", moved("03-11 09:30", "solved"))
    # Opened at 15:00 yesterday: 2 hours then, 1 hour this morning.
    for name in "defg":
        world.ticket(name, "03-10 15:00")
    reading = measures(world).reading(Metric.RESOLUTION_MEDIAN, MARCH)
    assert (reading.value, reading.count) == (None, 7), "over half are still open"
    world.ticket("h", "03-10 16:00", moved("03-11 09:30", "solved"))
    assert measures(world).reading(Metric.RESOLUTION_MEDIAN, MARCH).value == 1.5 * HOUR


def test_attainment_is_the_contracts_count(world: World) -> None:
    world.ticket("met", "03-09 10:00", replied("03-09 10:10"), moved("03-09 11:00", "solved"))
    world.ticket("late", "03-02 10:00", replied("03-02 12:00"))
    reading = measures(world).reading(Metric.FIRST_RESPONSE_ATTAINMENT, MARCH)
    assert (reading.hits, reading.count) == (1, 2)


def test_tickets_per_user_and_month_as_far_as_the_month_has_come(world: World) -> None:
    world.ticket("feb", "02-10 10:00", moved("02-10 11:00", "solved"))
    for name in "ab":
        world.ticket(name, "03-03 10:00")
    whole = measures(world).reading(Metric.TICKETS_PER_USER, FEBRUARY)
    assert (whole.count, whole.exposure) == (1, pytest.approx(56))
    so_far = measures(world).reading(Metric.TICKETS_PER_USER, MARCH)
    assert so_far.exposure == pytest.approx(56 * 11 / 31)
    assert so_far.value == pytest.approx(2 / (56 * 11 / 31))


def test_without_a_headcount_nothing_is_said_per_user(tmp_path: Path) -> None:
    world = opened(tmp_path)
    world.ticket("a", "03-03 10:00")
    assert measures(world).reading(Metric.TICKETS_PER_USER, MARCH).value is None


def test_what_came_back_counts_in_the_month_of_its_resolution(world: World) -> None:
    world.ticket(
        "back",
        "02-03 10:00",
        moved("02-04 10:00", "solved"),
        answered("02-05 10:00"),
        moved("02-05 10:00", "open", "solved"),
        moved("02-06 10:00", "solved"),
    )
    world.ticket("done", "02-03 10:00", moved("02-04 10:00", "solved"))
    world.ticket("young", "03-03 10:00", moved("03-04 10:00", "solved"))
    reading = measures(world).reading(Metric.REOPEN_RATE, FEBRUARY)
    assert (reading.hits, reading.count) == (1, 2)
    assert measures(world).reading(Metric.REOPEN_RATE, MARCH).count == 0, "too young to tell"


def test_a_ticket_closed_and_logged_anew_is_a_repeat_even_in_the_next_month(world: World) -> None:
    world.ticket("first", "02-20 10:00", moved("02-23 10:00", "solved"), category="printer")
    world.ticket("again", "03-02 10:00", category="printer")
    reading = measures(world).reading(Metric.REPEAT_RATE, FEBRUARY)
    assert (reading.hits, reading.count) == (1, 1)


def test_one_answer_and_no_return(world: World) -> None:
    world.ticket("one", "02-03 10:00", replied("02-03 11:00"), moved("02-04 10:00", "solved"))
    world.ticket(
        "two",
        "02-03 10:00",
        replied("02-03 11:00"),
        replied("02-03 12:00"),
        moved("02-04 10:00", "solved"),
    )
    reading = measures(world).reading(Metric.ONE_TOUCH, FEBRUARY)
    assert (reading.hits, reading.count) == (1, 2)


def test_what_the_contract_takes_for_automatic_is_no_answer(world: World) -> None:
    receipt = replace(replied("02-03 10:05"), actor="Robot@desk.example")
    quick = replace(replied("02-03 10:00"), at=at("02-03 10:00") + 20)
    for name, first in (("named", receipt), ("quick", quick)):
        world.ticket(
            name, "02-03 10:00", first, replied("02-03 11:00"), moved("02-04 10:00", "solved")
        )
    assert measures(world).reading(Metric.ONE_TOUCH, FEBRUARY).hits == 0
    rules = replace(
        world.engagement.rules, auto_reply_authors=("robot@desk.example",), auto_reply_within=30
    )
    world.engagement = replace(world.engagement, rules=rules)
    assert measures(world).reading(Metric.ONE_TOUCH, FEBRUARY).hits == 2


def test_the_backlog_at_the_end_of_a_month_and_its_age(world: World) -> None:
    world.ticket("long", "02-03 10:00", moved("03-04 10:00", "solved"))
    world.ticket("open", "02-27 10:00")
    february = measures(world).reading(Metric.BACKLOG, FEBRUARY)
    assert february.value == 2
    assert measures(world).reading(Metric.BACKLOG, MARCH).value == 1
    ages = [FEBRUARY.end - at("02-03 10:00"), FEBRUARY.end - at("02-27 10:00")]
    assert measures(world).reading(Metric.BACKLOG_AGE, FEBRUARY).value == sum(ages) / 2


def test_satisfaction_counts_answers_whose_scale_is_known(world: World) -> None:
    for name, value in zip("abcd", ("good", "bad", "5", "??"), strict=True):
        world.ticket(
            name, "03-03 10:00", moved("03-04 10:00", "solved"), rated("03-05 10:00", value)
        )
    reading = measures(world).reading(Metric.SATISFACTION, MARCH)
    assert (reading.hits, reading.count, reading.is_thin) == (2, 3, True)


@pytest.mark.parametrize(
    ("value", "satisfied"),
    [("Good", True), ("4", True), ("3", False), ("neutral", False), ("101", None), ("", None)],
)
def test_what_a_rating_says(value: str, satisfied: bool | None) -> None:
    assert is_satisfied(value) is satisfied


def test_the_fee_over_the_tickets_of_a_whole_month(tmp_path: Path) -> None:
    clause = Credits("GBP", CreditShape.TIERS, (Fee(date(2026, 1, 1), Decimal(900)),), ())
    world = opened(tmp_path, replace(NORTHWIND, credits=clause))
    for name in "abc":
        world.ticket(name, "02-03 10:00")
    assert measures(world).reading(Metric.COST_PER_TICKET, FEBRUARY).value == 300
    assert measures(world).reading(Metric.COST_PER_TICKET, MARCH).value is None, "not over yet"


def test_the_share_of_time_that_tickets_waited_for_us(world: World) -> None:
    world.ticket(
        "asked",
        "03-09 10:00",
        replied("03-09 11:00", asks=True),
        moved("03-09 11:00", "pending"),
        answered("03-09 14:00"),
        moved("03-09 14:00", "open", "pending"),
        moved("03-09 15:00", "solved"),
    )
    reading = measures(world).reading(Metric.CLIENT_WAIT_SHARE, MARCH)
    assert (reading.value, reading.count) == (pytest.approx(3 / 5), 1)


def test_months_begin_with_the_engagement_and_end_with_the_present_one() -> None:
    keys = [one.key for one in months_until(NORTHWIND, NOW, 12)]
    assert keys == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    assert [one.key for one in months_until(NORTHWIND, NOW, 2)] == ["2026-02", "2026-03"]


def test_a_month_to_come_has_no_reading(world: World) -> None:
    later: Period = MARCH.next()
    assert measures(world).reading(Metric.BACKLOG, later).value is None


def test_the_interval_of_a_rate_is_the_exact_one() -> None:
    # Garwood's table: 3 events, 95 %: 0.6187 to 8.7673.
    reading = of_rate(3, 2.0)
    assert reading.interval is not None
    assert reading.value == 1.5
    assert reading.interval.low == pytest.approx(0.6187 / 2, abs=1e-4)
    assert reading.interval.high == pytest.approx(8.7673 / 2, abs=1e-4)
