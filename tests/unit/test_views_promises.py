"""The register of promises: verdicts from a real store, seals, amendments, and their charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import HOUR, NORTHWIND, NOW, World, at, moved, opened

from engagewatch.engine.promises import PromiseState, terms_of
from engagewatch.model.baseline import Grade
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.model.metric import Metric
from engagewatch.model.promise import PathShape, Promise, PromiseBaseline
from engagewatch.views import promises, why
from engagewatch.views.chart import LineKind

FIXES = Promise(
    "fixes",
    "Half the wait",
    "proposal p.12",
    starts=date(2025, 11, 3),
    by=date(2026, 11, 3),
    metric=Metric.RESOLUTION_MEDIAN,
    target=1.0 * HOUR,
    baseline=PromiseBaseline(6.0 * HOUR, Grade.DOCUMENTS, "invoices"),
)
BACKLOG = Promise(
    "backlog",
    "",
    "contract 4",
    starts=date(2025, 11, 3),
    metric=Metric.BACKLOG,
    target=2.0,
    shape=PathShape.AT_ONCE,
)
JOY = Promise("joy", "You will not notice us", "sales call", starts=date(2025, 11, 3))


def seal(promise: Promise, when: Instant) -> Entry:
    return Entry(
        f"{when}-{promise.id}",
        "northwind",
        when,
        EntryKind.SEALED,
        promise.id,
        terms_of(promise),
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = opened(tmp_path, replace(NORTHWIND, promises=(FIXES, BACKLOG, JOY)))
    # Twelve tickets of February that took an hour each, and one long open.
    for number in range(12):
        day = f"02-{number + 2:02d}"
        world.ticket(f"q{number}", f"{day} 10:00", moved(f"{day} 11:00", "solved"))
    world.ticket("long", "02-03 10:00")
    return world


def register(world: World) -> dict[str, promises.PromiseRow]:
    view = promises.build(world.store, world.engagement, NOW)
    return {row.key: row for row in view.rows}


def test_each_promise_is_judged_by_the_last_whole_month(world: World) -> None:
    rows = register(world)
    fixes = rows["fixes"]
    assert (fixes.state, fixes.period_words) == (PromiseState.AHEAD, "February 2026")
    assert (fixes.now_words, fixes.count_words) == ("1h", "n = 13")
    assert fixes.baseline_words == "6h, grade B: invoices"
    assert rows["backlog"].state is PromiseState.AHEAD
    assert rows["joy"].state is PromiseState.UNMEASURABLE
    view = promises.build(world.store, world.engagement, NOW)
    assert view.summary == "3 promises: 2 ahead, 1 unmeasurable"


def test_too_few_cases_are_told_as_their_count_and_not_as_a_verdict(tmp_path: Path) -> None:
    world = opened(tmp_path, replace(NORTHWIND, promises=(FIXES,)))
    world.ticket("one", "02-03 10:00", moved("02-03 11:00", "solved"))
    row = register(world)["fixes"]
    assert row.state is PromiseState.CANNOT_TELL
    assert row.now_words == "n = 1"
    assert row.interval_words == ""


def test_what_is_behind_comes_first(tmp_path: Path) -> None:
    world = opened(tmp_path, replace(NORTHWIND, promises=(JOY, replace(BACKLOG, target=0.0))))
    world.ticket("open", "02-03 10:00")
    view = promises.build(world.store, world.engagement, NOW)
    assert [row.state for row in view.rows] == [PromiseState.BEHIND, PromiseState.UNMEASURABLE]


def test_a_promise_written_down_when_data_were_there_is_marked(world: World) -> None:
    world.store.enter([seal(FIXES, at("03-01 09:00")), seal(BACKLOG, at("11-03 09:00", 2025))])
    rows = register(world)
    assert rows["fixes"].sealed_late
    assert "118 days after it began and with data on record" in rows["fixes"].sealed_words
    assert not rows["backlog"].sealed_late
    assert rows["backlog"].sealed_words == "sealed Mon 3 Nov 2025"
    assert rows["joy"].sealed_words == "not sealed yet: the next sync seals it"


def test_moved_goalposts_are_listed_with_their_day(world: World) -> None:
    easier = replace(FIXES, target=2.0 * HOUR)
    world.store.enter([seal(FIXES, at("11-03 09:00", 2025)), seal(easier, at("02-10 09:00"))])
    row = register(world)["fixes"]
    assert row.amendments == ("Tue 10 Feb 2026: target 1h became 2h",)
    assert "the file says otherwise now" in row.sealed_words


def test_a_promise_that_was_taken_out_of_the_file_is_still_told(world: World) -> None:
    world.store.enter([seal(replace(JOY, id="gone"), at("11-03 09:00", 2025))])
    view = promises.build(world.store, world.engagement, NOW)
    assert view.not_known == ('"gone" was sealed and is no longer in the engagement file',)


def test_the_chart_holds_every_month_and_the_path(world: World) -> None:
    chart = register(world)["fixes"].chart
    assert chart is not None
    assert [point.label for point in chart.points] == ["Nov", "Dec", "Jan", "Feb", "Mar"]
    assert [point.value for point in chart.points] == [None, None, None, 3600, None]
    path, before = chart.lines
    assert (path.kind, before.kind) == (LineKind.PATH, LineKind.BEFORE)
    asked = [value for value in path.values if value is not None]
    assert asked == sorted(asked, reverse=True)
    assert chart.points[-1].open, "the month is not over"


def test_why_lists_the_clocks_behind_a_median(world: World) -> None:
    figure = register(world)["fixes"].figure
    assert figure is not None
    derivation = why.build(world.store, world.engagement, NOW, figure)
    assert derivation.title == "Median time to resolve, February 2026"
    assert derivation.value.startswith("1h (n = 13)")
    assert derivation.total == 13
    assert derivation.tickets[0].reference == "#long", "what is open first"
    assert derivation.tickets[0].words == "still open"
    backlog = register(world)["backlog"].figure
    assert backlog is not None
    assert [
        row.reference for row in why.build(world.store, world.engagement, NOW, backlog).tickets
    ] == ["#long"]


def test_without_promises_the_register_says_how_to_begin(tmp_path: Path) -> None:
    world = opened(tmp_path)
    view = promises.build(world.store, world.engagement, NOW)
    assert view.rows == ()
    assert "[[promises]]" in view.summary
