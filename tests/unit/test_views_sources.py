from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from views_world import NOW, World, at, moved, opened, replied

from engagewatch.engine.fold import Folder
from engagewatch.model.batch import Absence, Batch, Refused
from engagewatch.model.freshness import Failure, FreshnessState, SourceHealth
from engagewatch.model.ticket import Event, EventKind
from engagewatch.views import source_lists, sources
from engagewatch.views.policy import policy_of


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


def test_what_was_changed_unsaid_or_lost_is_counted_and_listed(world: World) -> None:
    world.ticket("1", "03-11 09:00", replied("03-11 09:10"))
    world.ticket("2", "03-11 09:00", status="deleted", deleted=True)
    world.ticket("3", "03-11 09:05")
    # Read again: the ticket now claims to have been made half an hour later.
    world.ticket("1", "03-11 09:30", replied("03-11 09:40"), priority="urgent")
    world.store.record_absences(
        "northwind",
        "desk",
        [Absence("3", gone=False, reason="HTTP 403")],
        3,
        Folder(policy_of(world.store, world.engagement, world.engagement.sources[0])).fold,
        NOW,
    )
    view = source_lists.build(world.store, world.engagement, NOW, "desk")
    row = view.row
    assert (row.tickets, row.deleted, row.hidden) == (2, 1, 1)
    assert row.silent_edits == len(view.silent_edits)
    told = {(one.reference, one.what, one.was, one.became) for one in view.silent_edits}
    assert ("#1", "time of creation", "Wed 11 Mar 09:00", "Wed 11 Mar 09:30") in told
    assert ("#1", "priority", "high", "urgent") in told
    assert ("#1", "time of the opening", "Wed 11 Mar 09:00", "Wed 11 Mar 09:30") in told
    assert {(one.reference, one.what, one.reason) for one in view.missing} == {
        ("#2", "deleted at the source", ""),
        ("#3", "hidden from us", "HTTP 403"),
    }
    assert sources.build(world.store, world.engagement, NOW).rows[0] == row


def test_what_polling_costs_is_said_beside_what_it_may_cost(world: World) -> None:
    desk, _ = sources.build(world.store, world.engagement, NOW).rows
    assert desk.cost_words == "requests: at most 5 a minute with all who share its credential"
    world.read(
        "desk", requests=40, requests_last_poll=3, received=9_000_000, received_last_poll=14_336
    )
    desk, _ = sources.build(world.store, world.engagement, NOW).rows
    assert (desk.received, desk.received_last_poll) == (9_000_000, 14_336)
    assert desk.cost_words == (
        "3 requests and 14 KiB in the last poll: about 36 requests an hour, "
        "at most 5 a minute with all who share its credential"
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (1024, "1.0 KiB"), (5 << 20, "5.0 MiB"), (3 << 30, "3.0 GiB")],
)
def test_sizes_read_in_the_nearest_unit(size: int, words: str) -> None:
    assert sources.size_words(size) == words


def test_every_state_but_the_good_ones_says_what_to_do(world: World) -> None:
    assert sources.build(world.store, world.engagement, NOW).rows[0].what_to_do == (
        "Run: engagewatch sync --once"
    )
    world.read("desk", at("03-11 08:00"))
    stale = sources.build(world.store, world.engagement, NOW).rows[0]
    assert stale.freshness.state is FreshnessState.STALE
    assert "sync --watch" in stale.what_to_do
    world.read("desk", at("03-11 09:59"), notice="9 of 12 tickets vanished at once")
    live = sources.build(world.store, world.engagement, NOW).rows[0]
    assert (live.what_to_do, live.notice) == ("", "9 of 12 tickets vanished at once")
    for failure in Failure:
        world.read("desk", failing_since=NOW - 60, failure=failure, error="no")
        assert sources.build(world.store, world.engagement, NOW).rows[0].what_to_do
