"""What one poll stores, and what is kept when it goes wrong."""

from __future__ import annotations

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.freshness import Failure, FreshnessState
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.store.orphans import LONGEST_WAIT
from engagewatch.store.store import Store
from engagewatch.sync.outcomes import next_delay
from engagewatch.sync.polled_source import PolledSource
from engagewatch.sync.runner import health_of
from engagewatch.sync.writer import Writer
from tests.sync.conftest import (
    START,
    MovableClock,
    ScriptedAdapter,
    engagement_of,
    page,
    source,
)


def polled(adapter: ScriptedAdapter, writer: Writer, clock: MovableClock) -> PolledSource:
    settings = source()
    return PolledSource(engagement_of(settings), settings, writer, clock, lambda *_: adapter)


def tickets_in(store: Store) -> int:
    return store.connection.execute("SELECT count(*) FROM ticket").fetchone()[0]


async def test_a_poll_stores_every_page_and_the_next_one_goes_on_from_its_cursor(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([page(1), page(2), page(3)], [page(4)])
    desk = polled(adapter, writer, clock)

    health = await desk.poll()
    assert (health.records, health.requests, tickets_in(store)) == (3, 3, 3)
    assert health.last_success_at == clock.at
    assert health.next_attempt_at == clock.at + 300

    health = await desk.poll()
    assert adapter.cursors == [None, "after-3"]
    assert (health.records, health.requests, health.requests_last_poll) == (4, 4, 1)
    assert tickets_in(store) == 4


async def test_pages_before_a_failure_are_kept_with_their_age(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    gone = SourceError(Failure.TRANSIENT, "no answer from desk.example; trying again by itself")
    adapter = ScriptedAdapter([page(1)], [page(2), gone], [page(3)])
    desk = polled(adapter, writer, clock)
    await desk.poll()
    first_success = clock.at

    clock.at += 300
    health = await desk.poll()
    assert tickets_in(store) == 2
    assert health.last_success_at == first_success
    assert health.failing_since == clock.at
    assert "no answer" in health.error
    assert health.state_at(clock.at, 300) is FreshnessState.FAILING

    clock.at += 300
    health = await desk.poll()
    assert adapter.cursors[-1] == "after-2"
    assert (health.error, health.failures, health.failing_since) == ("", 0, None)


async def test_a_bug_in_an_adapter_becomes_its_sources_failure(
    writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([ZeroDivisionError("\x1b[2Jdivision")])
    health = await polled(adapter, writer, clock).poll()
    assert health.failure is Failure.CONTRACT
    assert "ZeroDivisionError" in health.error
    assert "\x1b" not in health.error


async def test_a_refused_credential_is_read_anew_and_seldom_tried(
    writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([SourceError(Failure.AUTHENTICATION, "token refused")])
    health = await polled(adapter, writer, clock).poll()
    assert adapter.closed == 1
    assert health.next_attempt_at == clock.at + 900


async def test_a_restart_does_not_hammer_a_failing_source(
    writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([SourceError(Failure.RATE_LIMITED, "slow down", retry_after=77)])
    await polled(adapter, writer, clock).poll()
    again = polled(ScriptedAdapter(), writer, clock)
    health = await health_of(again.engagement, again.settings, writer)
    assert again.first_attempt_at(health) == clock.at + 77


async def test_a_missing_secret_is_looked_for_again_on_the_next_start(
    writer: Writer, clock: MovableClock
) -> None:
    missing = SourceError(Failure.CONFIGURATION, "the variable DESK_TOKEN is not set")
    await polled(ScriptedAdapter([missing]), writer, clock).poll()
    again = polled(ScriptedAdapter(), writer, clock)
    health = await health_of(again.engagement, again.settings, writer)
    assert again.first_attempt_at(health) == 0


async def test_an_edited_rule_recounts_stored_tickets_on_the_next_start(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    await polled(ScriptedAdapter([page(1), page(2)]), writer, clock).poll()
    before = store.policy_version("northwind", "desk")

    settings = source(meanings={"open": StatusMeaning.THIRD_PARTY})
    edited = PolledSource(
        engagement_of(settings), settings, writer, clock, lambda *_: ScriptedAdapter([])
    )
    await edited.poll()
    assert store.policy_version("northwind", "desk") != before
    courts = store.connection.execute("SELECT DISTINCT court FROM standing").fetchall()
    assert courts == [("third_party",)]


@pytest.mark.parametrize(
    ("failure", "failures", "retry_after", "seconds"),
    [
        (Failure.TRANSIENT, 1, None, 300),
        (Failure.TRANSIENT, 2, None, 600),
        (Failure.TRANSIENT, 9, None, 900),
        (Failure.RATE_LIMITED, 3, 17, 17),
        (Failure.RATE_LIMITED, 1, None, 60),
        (Failure.AUTHENTICATION, 1, None, 900),
        (Failure.CONTRACT, 1, None, 3600),
    ],
)
def test_how_long_to_wait(
    failure: Failure, failures: int, retry_after: int | None, seconds: int
) -> None:
    assert next_delay(failure, failures, 300, retry_after) == seconds


async def test_events_whose_ticket_is_overdue_go_once_the_source_was_read_to_its_end(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    stray = Event("77", "77-1", START, EventKind.REPLIED, Side.CLIENT)
    batch = Batch("tickets", "one", events=(stray,), records=1)
    broken = SourceError(Failure.TRANSIENT, "the connection broke")
    adapter = ScriptedAdapter([batch, broken], [])
    poll = polled(adapter, writer, clock).poll
    clock.at = START + LONGEST_WAIT + 1

    def parked() -> int:
        return store.connection.execute("SELECT count(*) FROM orphan_event").get

    await poll()
    assert parked() == 1
    await poll()
    assert parked() == 0
