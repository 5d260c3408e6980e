"""Trend: routine or signal from a real store, the watermelon line, and the ages of what is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from views_world import LONDON, NORTHWIND, World, at, moved, opened, replied

from engagewatch.engine.signals import Finding, read_series
from engagewatch.model.sides import Side
from engagewatch.views import trend
from engagewatch.views.period import week
from engagewatch.views.tone import Tone
from engagewatch.views.trend import SeriesRow, TrendView

FIRST_MONDAY = date(2026, 2, 9)
"""The first whole week after the change-over."""
NOW = at("05-20 12:00")
"""A Wednesday, after fourteen whole weeks."""
ROUTINE = [6, 8, 7, 6, 9, 7, 8, 6, 7, 8, 9, 7, 6, 8]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return opened(tmp_path, replace(NORTHWIND, started=date(2026, 1, 5)))


def weekly(world: World, counts: list[int], *, solved: bool = True) -> None:
    """Let so many tickets be opened in each week, answered at once and solved after an hour."""
    for number, count in enumerate(counts):
        for place in range(count):
            day = FIRST_MONDAY + timedelta(weeks=number, days=place % 5)
            minute = f"{place // 5:02d}"
            events = [replied(f"{day:%m-%d} 10:{minute}")]
            if solved:
                events.append(moved(f"{day:%m-%d} 11:{minute}", "solved"))
            world.ticket(f"{number}-{place}", f"{day:%m-%d} 10:{minute}", *events)


def built(world: World) -> TrendView:
    return trend.build(world.store, world.engagement, NOW)


def series(world: World, key: str) -> SeriesRow:
    return next(row for row in built(world).rows if row.key == key)


def test_what_varies_as_it_always_did_is_routine(world: World) -> None:
    weekly(world, ROUTINE)
    row = series(world, "opened")
    assert row.finding is Finding.ROUTINE
    assert row.verdict_words == "routine variation: asking why will not help"
    assert row.latest_words == "8"
    assert row.usual_words == "4 to 11"


def test_a_week_beyond_the_limits_is_a_signal_with_its_week(world: World) -> None:
    weekly(world, [*ROUTINE[:13], 20])
    row = series(world, "opened")
    assert row.finding is Finding.SIGNAL
    assert row.verdict_words == "signal: 20 is above what is usual, week of Mon 11 May"
    assert row.tone is Tone.NOTICE, "more tickets may be more trouble, or more that is logged"
    assert not row.worse
    marked = [point.label for point in row.chart.points if point.marked]
    assert marked == ["11/5"]


def test_limits_stay_when_a_series_is_longer_than_what_is_measured(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly(world, [20, *ROUTINE[1:]])
    before = series(world, "opened").usual_words
    monkeypatch.setattr(trend, "MOST", 13)
    assert series(world, "opened").usual_words == before


def test_a_growing_backlog_is_a_signal_for_the_worse_and_comes_first(world: World) -> None:
    weekly(world, ROUTINE, solved=True)
    for place in range(12):
        world.ticket(f"stuck{place}", f"05-12 12:{place:02d}")
    assert built(world).rows[0].worse
    backlog = series(world, "backlog")
    assert (backlog.finding, backlog.worse, backlog.latest_words) == (Finding.SIGNAL, True, "12")


def test_the_week_under_way_is_no_verdict(world: World) -> None:
    weekly(world, [*ROUTINE, 2])
    row = series(world, "opened")
    assert row.finding is Finding.ROUTINE
    assert row.values[-1] == 2
    assert row.chart.points[-1].open


def test_too_few_periods_are_counted_and_not_judged(world: World) -> None:
    weekly(world, ROUTINE)
    row = series(world, "reopen_rate")
    assert row.finding is Finding.CANNOT_TELL
    assert row.usual_words.endswith("of 8 periods needed")


def test_few_tickets_are_shown_by_month(world: World) -> None:
    weekly(world, [1] * 14)
    view = built(world)
    assert not view.by_weeks
    assert [point.label for point in series(world, "opened").chart.points] == ["Mar", "Apr", "May"]


def test_nothing_is_judged_from_the_time_of_the_change_over(world: World) -> None:
    world.ticket("early", "01-10 10:00", moved("01-10 11:00", "solved"))
    weekly(world, ROUTINE)
    assert len(series(world, "opened").values) == 15


def test_green_outside_and_red_inside(world: World) -> None:
    weekly(world, ROUTINE)
    assert built(world).watermelon.startswith("SLA of April 2026 kept, and nothing disagrees")
    for place in range(12):
        world.ticket(f"stuck{place}", f"05-12 12:{place:02d}", priority=None)
    view = built(world)
    assert "kept, while these get worse" in view.watermelon
    assert "open tickets" in view.watermelon
    assert view.watermelon_tone is Tone.WARNING


def test_a_broken_sla_is_no_watermelon(world: World) -> None:
    weekly(world, ROUTINE)
    for place in range(5):
        world.ticket(f"late{place}", f"04-13 10:{place:02d}", moved("04-17 10:00", "solved"))
    assert "broken" in built(world).watermelon


def test_open_tickets_by_age_and_court(world: World) -> None:
    world.ticket("new", "05-20 10:00")
    world.ticket(
        "ours", "05-10 10:00", replied("05-10 11:00", asks=True), moved("05-10 11:00", "pending")
    )
    view = built(world)
    assert (view.open_total, view.oldest_words) == (2, "10d 2h")
    (p2, everything) = view.ages
    assert (p2.priority, p2.total, everything.priority) == ("P2", 2, "all")
    by_age = dict(zip(view.age_labels, p2.cells, strict=True))
    assert (by_age["0-1"].count, by_age["0-1"].court) == (1, Side.PROVIDER)
    assert (by_age["8-14"].count, by_age["8-14"].court) == (1, Side.CLIENT)
    assert by_age["61+"].court is None
    assert view.courts == (Side.PROVIDER, Side.CLIENT)


def test_the_longest_wait_is_as_it_was_in_the_week(world: World) -> None:
    weekly(world, ROUTINE)
    world.ticket("mute", "05-05 10:00", replied("05-14 10:00"))
    row = series(world, "silence")
    assert row.latest_words == "9d"


def test_an_engagement_without_data_says_so(world: World) -> None:
    view = built(world)
    assert view.rows == ()
    assert "Nothing can be told yet" in view.summary


def test_weeks_begin_on_monday_and_follow_each_other() -> None:
    one = week(date(2026, 3, 29), LONDON)
    assert (one.key, one.words) == ("2026-03-23", "week of Mon 23 Mar")
    assert one.end - one.start == 7 * 86400 - 3600, "the clocks went forward that Sunday"
    assert one.next().start == one.end
    assert one.next().previous() == one


@given(st.lists(st.floats(0, 1000), min_size=0, max_size=40))
def test_later_periods_never_move_the_limits(values: list[float]) -> None:
    reading = read_series(values)
    if len(values) < 8:
        assert reading.finding is Finding.CANNOT_TELL
        return
    longer = read_series([*values, *([500.0] * 3)]) if len(values) >= 12 else reading
    assert longer.limits == reading.limits
    if reading.finding is Finding.SIGNAL:
        assert reading.latest in reading.signals
