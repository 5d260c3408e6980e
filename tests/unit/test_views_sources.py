from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from views_world import NOW, World, at, moved, opened, replied

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.freshness import Failure, FreshnessState, SourceHealth
from engagewatch.model.ticket import Event, EventKind
from engagewatch.views import sources


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def test_a_source_never_polled_says_never(world: World) -> None:
    desk, status = sources.build(world.store, world.engagement, NOW).rows
    assert (desk.source, status.source) == ("desk", "status")
    assert desk.freshness.state is FreshnessState.NEVER
    assert (desk.last_success_words, desk.next_words) == ("never", "when polling runs")
    assert desk.clock_skew_words == "cannot tell yet"


def test_what_was_read_refused_and_not_understood_is_told(world: World) -> None:
    world.ticket("1", "03-11 09:00", moved("03-11 09:10", "limbo"))
    world.ticket("2", "03-11 09:00", moved("03-11 09:10", "limbo"), moved("03-11 09:20", "void"))
    world.ticket("3", "03-11 09:00", replied("03-11 09:10"))
    stray = Event("unseen", "e1", NOW, EventKind.REPLIED)
    world.store_batch(
        "desk",
        Batch("events", None, events=(stray,), refused=(Refused("ticket 77", "no created_at"),)),
    )
    world.read("desk", at("03-11 09:56"), requests=12, next_attempt_at=NOW + 60, clock_skew=-90)
    desk, _ = sources.build(world.store, world.engagement, NOW).rows
    assert desk.tickets == 3
    assert [(one.record, one.reason) for one in desk.refused] == [("ticket 77", "no created_at")]
    assert desk.refused_count == 1
    assert [(one.status, one.tickets) for one in desk.unmapped] == [("limbo", 2), ("void", 1)]
    assert desk.waiting_events == 1
    assert (desk.last_success_words, desk.next_words) == ("4m ago", "in 1m")
    world.read("desk", at("03-11 09:56"), requests=12, next_attempt_at=NOW + 5)
    assert sources.build(world.store, world.engagement, NOW).rows[0].next_words == "due now"
    assert desk.clock_skew_words == "1m behind ours"
    assert desk.requests == 12
    assert desk.where == "https://desk.example.net"


def test_the_worst_source_speaks_for_all(world: World) -> None:
    world.read("desk")
    world.store.record_health(
        SourceHealth(
            "northwind",
            "status",
            failing_since=at("03-11 09:00"),
            failure=Failure.TRANSIENT,
            error="no answer within 10 s",
            failures=3,
        )
    )
    view = sources.build(world.store, world.engagement, NOW)
    assert view.summary == (
        "status: failing since Wed 11 Mar 09:00: it does not answer; no data yet"
    )
    assert view.rows[1].error == "no answer within 10 s"
