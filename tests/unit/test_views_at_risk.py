from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from views_world import HOUR, NOW, World, answered, at, moved, opened, replied

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.sides import Side
from engagewatch.views import at_risk, why
from engagewatch.views.keys import FigureKey, FigureKind


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def test_missed_comes_first_then_the_nearest_then_what_stands_still(world: World) -> None:
    world.ticket("new", "03-11 09:50", replied("03-11 09:55"))
    world.ticket(
        "paused", "03-10 09:00", replied("03-10 09:05", asks=True), moved("03-10 10:00", "pending")
    )
    world.ticket("near", "03-10 10:30", replied("03-10 10:35"))
    world.ticket("late", "03-09 09:00", replied("03-09 09:05"))
    view = at_risk.build(world.store, world.engagement, NOW)
    assert [row.reference for row in view.rows] == ["#late", "#near", "#new", "#paused"]
    assert [row.remaining_words for row in view.rows] == [
        # Eight hours on Monday, eight on Tuesday and one today, of eight.
        "over by 9h",
        "30m left",
        "7h 50m left",
        "paused with 7h left",
    ]
    assert [row.state for row in view.rows] == [
        ClockState.MISSED,
        ClockState.RUNNING,
        ClockState.RUNNING,
        ClockState.PAUSED,
    ]
    assert (view.missed, view.due_soon, view.running, view.paused) == (1, 1, 2, 1)
    assert view.summary == "4 open clocks: 1 missed, 1 due soon."


def test_a_row_tells_due_instant_share_and_court(world: World) -> None:
    world.ticket("1", "03-10 15:00", replied("03-10 15:05"))
    (row,) = at_risk.build(world.store, world.engagement, NOW).rows
    assert row.obligation is Obligation.RESOLUTION
    assert row.due_at == at("03-11 15:00")
    assert row.due_words == "Wed 11 Mar 15:00"
    assert (row.consumed, row.target, row.remaining) == (3 * HOUR, 8 * HOUR, 5 * HOUR)
    assert row.share == pytest.approx(3 / 8)
    assert (row.court, row.court_words) == (Side.PROVIDER, "provider")
    assert (row.calendar_open, row.calendar_words) == (True, "counting")
    assert row.owner == "Zoe Hall"


def test_at_night_nothing_is_counted_and_the_row_says_until_when(world: World) -> None:
    world.ticket("1", "03-10 15:00", replied("03-10 15:05"))
    night = at("03-10 20:00")
    (row,) = at_risk.build(world.store, world.engagement, night).rows
    assert row.calendar_open is False
    assert row.calendar_words == "closed until Wed 11 Mar 09:00"
    assert row.consumed == 2 * HOUR


def test_a_first_response_and_a_resolution_are_rows_of_their_own(world: World) -> None:
    world.ticket("1", "03-11 09:45")
    view = at_risk.build(world.store, world.engagement, NOW)
    assert [row.obligation for row in view.rows] == [
        Obligation.FIRST_RESPONSE,
        Obligation.RESOLUTION,
    ]
    assert view.rows[0].remaining_words == "15m left"
    assert view.rows[0].due_soon


def test_a_priority_without_a_promise_is_shown_and_counted_apart(world: World) -> None:
    world.ticket("1", "03-11 09:00", priority="low")
    view = at_risk.build(world.store, world.engagement, NOW)
    assert view.untargeted == len(view.rows) == 2
    assert {row.due_words for row in view.rows} == {"no target"}
    assert view.missed == view.due_soon == 0
    assert view.not_known == (
        "Whether 2 open clocks will be in time: the contract sets no target.",
    )


def test_a_ticket_is_silent_by_the_side_that_holds_it(world: World) -> None:
    world.ticket("theirs", "03-05 09:00", replied("03-05 09:05"), answered("03-10 09:00"))
    world.ticket(
        "ours", "03-04 09:00", replied("03-06 09:05", asks=True), moved("03-06 09:05", "pending")
    )
    world.ticket("lively", "03-05 09:00", replied("03-10 09:05"))
    silent = at_risk.build(world.store, world.engagement, NOW).silent
    # Our own word of Tuesday does not end the provider's silence.
    assert [(row.reference, row.awaited) for row in silent] == [
        ("#theirs", Side.PROVIDER),
        ("#ours", Side.CLIENT),
    ]
    assert silent[0].silence_words == "no word for 6d"


def test_a_clock_paused_when_it_was_overspent_is_missed_all_the_same(world: World) -> None:
    world.ticket(
        "1",
        "03-09 09:00",
        replied("03-09 09:05"),
        replied("03-10 10:00", asks=True),
        moved("03-10 10:00", "pending"),
    )
    view = at_risk.build(world.store, world.engagement, NOW)
    (row,) = view.rows
    assert (row.state, row.remaining_words) == (ClockState.MISSED, "over by 1h")
    assert row.calendar_words == "stands still"
    assert view.summary == "1 open clock: 1 missed."


def test_with_nothing_open_it_says_so(world: World) -> None:
    world.ticket("1", "03-09 09:00", replied("03-09 09:05"), moved("03-09 12:00", "solved"))
    view = at_risk.build(world.store, world.engagement, NOW)
    assert view.rows == ()
    assert view.summary == "No open clock of the provider's."


def test_the_silent_list_tells_how_it_is_counted(world: World) -> None:
    world.ticket("theirs", "03-05 09:00", replied("03-05 09:05"), answered("03-10 09:00"))
    world.ticket("lively", "03-05 09:00", replied("03-10 09:05"))
    told = why.build(world.store, world.engagement, NOW, FigureKey(FigureKind.SILENT))
    assert (told.value, told.total) == ("1 ticket", 1)
    assert "for 3d or more" in told.formula
    assert told.tickets[0].ticket == ("desk", "theirs")
    assert told.tickets[0].words == "no word for 6d from provider, since Thu 5 Mar 09:05"
