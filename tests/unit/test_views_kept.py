"""Time of which tickets were removed is told as such, never as time in which nothing happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from views_world import LONDON, NOW, World, at, moved, opened, replied

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.views import disputes, outlook, participation, sla, trend, why
from engagewatch.views.kept import whole_months
from engagewatch.views.period import month
from engagewatch.views.tone import Tone

JANUARY, FEBRUARY, MARCH = (month(2026, number, LONDON) for number in (1, 2, 3))


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = opened(tmp_path)
    for day in ("01-14", "02-09", "02-23", "03-09"):
        for number in range(3):
            began = f"{day} 10:0{number}"
            world.ticket(f"{day}-{number}", began, replied(began), moved(f"{day} 11:30", "solved"))
    return world


def let_go(world: World, before: Instant) -> None:
    while world.store.remove_finished("northwind", "desk", before):
        pass
    world.store.finish_retention("northwind", "desk", NOW)


def test_nothing_is_said_while_nothing_was_removed(world: World) -> None:
    let_go(world, at("01-01 00:00"))
    view = sla.build(world.store, world.engagement, NOW, JANUARY)
    assert view.not_known == ()
    assert view.provider.total.value == "6 of 6"
    empty = sla.build(world.store, world.engagement, NOW, JANUARY.previous())
    assert empty.not_known == ()
    assert empty.provider.total.value == "none judged yet"


def test_an_emptied_month_says_so_instead_of_counting_nothing(world: World) -> None:
    let_go(world, at("02-16 00:00"))
    view = sla.build(world.store, world.engagement, NOW, JANUARY)
    assert view.provider.total.value == view.client.total.value == "no longer kept"
    words = (
        "Tickets that finished before Mon 16 Feb are no longer kept (retention_days): "
        "January 2026 is counted from what is left, which may be nothing."
    )
    assert view.not_known == (words,)
    rows = (*view.provider.rows, *view.client.rows)
    assert {row.met_words for row in rows} == {"no longer kept"}
    assert view.relief.summary == "What the provider missed then is no longer kept."
    assert view.relief.figure.value == "no longer kept"
    half = sla.build(world.store, world.engagement, NOW, FEBRUARY)
    assert half.provider.total.value == "6 of 6"
    assert half.relief.summary == "The provider missed nothing of what is still kept."
    assert half.not_known[0].endswith("February 2026 is counted in part.")
    assert sla.build(world.store, world.engagement, NOW, MARCH).not_known == ()


def test_the_derivation_of_a_count_says_what_is_missing(world: World) -> None:
    let_go(world, at("02-16 00:00"))
    figure = sla.build(world.store, world.engagement, NOW, FEBRUARY).provider.total.key
    assert figure is not None
    derived = why.build(world.store, world.engagement, NOW, figure)
    assert derived is not None
    assert derived.not_counted[-1].endswith("February 2026 is counted in part.")


def test_disputes_and_participation_say_it_too(world: World) -> None:
    let_go(world, at("02-16 00:00"))
    contested = disputes.build(world.store, world.engagement, NOW, JANUARY)
    assert "no longer kept" in contested.summary
    both = participation.build(world.store, world.engagement, NOW, JANUARY)
    assert "no longer kept" in both.not_known[0]
    now = participation.build(world.store, world.engagement, NOW)
    assert not any("no longer kept" in words for words in now.not_known)


def test_a_month_that_was_not_frozen_is_not_called_kept(world: World) -> None:
    let_go(world, at("02-16 00:00"))
    view = outlook.build(world.store, world.engagement, NOW, FEBRUARY)
    assert view.tone is Tone.UNKNOWN
    assert "no longer kept" in view.summary


def test_a_frozen_month_is_told_as_it_was_frozen(world: World) -> None:
    frozen = {"resolution/P2": "18/25", "first_response/P2": "25/25"}
    when = at("03-01 00:10")
    world.store.enter([Entry("1", "northwind", when, EntryKind.FROZEN, "2026-02", frozen)])
    let_go(world, at("02-16 00:00"))
    view = outlook.build(world.store, world.engagement, NOW, FEBRUARY)
    rows = {row.key: row for row in view.rows}
    assert rows["resolution/P2"].met_words == "18 of 25"
    assert rows["resolution/P2"].frozen_words == ""
    assert view.summary == "February 2026 is over: broken for P2 resolution."
    assert view.frozen_words.startswith("As it stood when it was frozen: Tickets that finished")


def test_series_begin_where_everything_is_kept(world: World) -> None:
    world.ticket("first", "01-02 09:00")
    before = trend.build(world.store, world.engagement, NOW)
    let_go(world, at("02-16 00:00"))
    after = trend.build(world.store, world.engagement, NOW)
    longest = [
        max(len(row.chart.points) for row in view.rows) if view.rows else 0
        for view in (before, after)
    ]
    assert longest[1] < longest[0]


def test_the_month_under_way_is_always_among_the_months() -> None:
    months = [JANUARY, FEBRUARY, MARCH]
    assert whole_months(months, None) == months
    assert whole_months(months, FEBRUARY.start) == [FEBRUARY, MARCH]
    assert whole_months(months, at("02-16 00:00")) == [MARCH]
    assert whole_months(months, NOW) == [MARCH]
    assert whole_months([], NOW) == []
