"""Felt vs was from a real store: what is kept, what is shown, and in which order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from views_world import HOUR, NORTHWIND, NOW, World, at, opened

from engagewatch.engine.felt import Felt, Guess
from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.instants import DAY, Instant
from engagewatch.views import then_now_felt
from engagewatch.views.then_now_felt import (
    BEFORE,
    SINCE,
    FeltView,
    asked,
    guessed,
    parse_last,
    uncovered,
)

MONTH = 365.25 * DAY / 12
TODAY = date(2026, 3, 11)
FELT = Felt(Guess(3, 5), Guess(2 * MONTH, 2 * MONTH), Guess(8 * HOUR, 8 * HOUR), date(2025, 10, 31))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Outages of two hours on the first of each month, October 2024 to October 2025."""
    world = opened(tmp_path)
    months = [(2024, month) for month in (10, 11, 12)] + [(2025, month) for month in range(1, 11)]
    starts = [at(f"{month:02d}-01 09:00", year) for year, month in months]
    keep(world, [BaselineRow(n + 2, when, when + 2 * HOUR) for n, when in enumerate(starts)])
    return world


def keep(world: World, rows: list[BaselineRow], grade: Grade = Grade.EXPORT) -> None:
    file = BaselineFile("out", BaselineContent.OUTAGES, grade, "log", "0" * 64, NOW)
    world.store.import_baseline("northwind", file, rows)


def built(world: World, now: Instant = NOW) -> FeltView:
    return then_now_felt.build(world.store, NORTHWIND, now)


def guess(world: World, felt: Felt = FELT, months: int = 6, now: Instant = NOW) -> FeltView:
    about = asked(built(world, now).record, BEFORE, months)
    world.store.enter([guessed("northwind", now, about, felt)])
    return built(world, now)


def test_nothing_of_the_record_is_told_before_the_first_guess(world: World) -> None:
    view = built(world)
    assert (view.lines, view.listed, view.bounded, view.about) == ((), (), (), "")
    assert view.longest == {BEFORE: 13}


def test_only_what_is_on_record_can_be_asked_about(world: World) -> None:
    about = asked(built(world).record, BEFORE, 600)
    assert about.recorded.count == 13
    assert about.words.startswith("outages of the 13 months to the start, Tue 1 Oct 2024")
    with pytest.raises(ValueError, match="since the start"):
        asked(built(world).record, SINCE, 6)


def test_a_guess_is_held_against_the_record_of_that_time(world: World) -> None:
    view = guess(world)
    found = {line.question: line for line in view.lines}
    assert (found["How many"].felt, found["How many"].was) == ("3 to 5", "5")
    assert found["How many"].ratio == "felt 0.60 to 1.0 times"
    assert found["Over how long"].ratio == "was 2.0 times"
    assert found["The worst lasted"].ratio == "felt 4.0 times"
    assert found["The last was on"].ratio == "30 days too recent"
    assert len(view.listed) == 5
    assert not view.had_looked


def test_under_three_on_record_no_ratio_is_told(world: World) -> None:
    view = guess(world, months=2)
    assert {line.ratio for line in view.lines} == {""}
    assert "No ratio is told of fewer than 3 recorded outages." in view.holes


def test_no_idea_is_kept_as_such(world: World) -> None:
    view = guess(world, Felt(None, None, None, None))
    assert {line.felt for line in view.lines} == {"no idea"}
    assert {line.ratio for line in view.lines} == {""}


def test_the_second_time_begins_with_what_was_on_record_at_the_first(world: World) -> None:
    first = guess(world)
    assert first.bounded[0].startswith("at the last asking, Wed 11 Mar, 5 outages were on record")
    assert first.bounded[1:] == ("the longest took 2h", "the last was on Wed 1 Oct 2025")
    # What is imported later does not change what was said then.
    keep(world, [BaselineRow(2, at("10-15 09:00", 2025), at("10-16 09:00", 2025))])
    later = built(world, NOW + DAY)
    assert later.bounded == first.bounded
    again = guess(world, now=NOW + DAY)
    assert again.had_looked
    assert "1 outage was on record" in again.bounded[0]
    assert len(again.history) == 1
    assert "count felt 0.60 to 1.0 times" in again.history[0]


def test_a_guess_after_looking_is_marked(world: World) -> None:
    world.store.enter([uncovered("northwind", NOW - DAY)])
    assert guess(world).had_looked


@pytest.mark.parametrize("grade", [Grade.NOTES, Grade.MEMORY])
def test_a_poor_record_says_that_it_may_miss_events(world: World, grade: Grade) -> None:
    keep(world, [BaselineRow(n + 2, at(f"0{n}-01 09:00", 2025)) for n in range(5, 10)], grade)
    view = guess(world)
    assert f"The record may miss events: it is of grade {grade}." in view.holes
    assert "4 of 4 have no end on record." in view.holes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-14", date(2026, 2, 14)),
        ("2026-02", date(2026, 2, 15)),
        ("2026-03", date(2026, 3, 11)),
        ("3 weeks ago", date(2026, 2, 18)),
        ("no idea", None),
        ("", None),
    ],
)
def test_the_last_day_may_be_told_in_many_ways(text: str, day: date | None) -> None:
    assert parse_last(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["soon", "2026-04-01", "2026-13", "ago", "2027-01", "99999 years ago x"]
)
def test_a_day_that_cannot_be_meant_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a day|not come yet"):
        parse_last(text, TODAY)
