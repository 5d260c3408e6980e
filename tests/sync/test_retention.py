"""``retention_days`` is kept to: after freezing, once a day, by the rules in force."""

from __future__ import annotations

from dataclasses import replace

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, Privacy
from engagewatch.model.entry import EntryKind
from engagewatch.model.instants import DAY, HOUR, month_bounds
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Person
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.sync.retention import keep_to_retention
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from tests.sync.conftest import START, MovableClock, ScriptedAdapter, engagement_of, page, source
from tests.sync.test_freezing import PROMISED, solved

MARCH_ENDS = month_bounds(2026, 3, "UTC")[1]


def keeping(days: int, engagement: Engagement = PROMISED) -> Engagement:
    return replace(engagement, privacy=Privacy(retention_days=days))


def named_in(store: Store, table: str = "ticket") -> list[str]:
    rows = store.connection.execute(f"SELECT id FROM {table} ORDER BY id")
    return [row[0] for row in rows]


async def polled(
    writer: Writer, engagement: Engagement, clock: MovableClock, adapter: ScriptedAdapter
) -> None:
    await Scheduler([engagement], writer, clock, open_adapter=lambda *_: adapter).once()


async def test_what_finished_longer_ago_goes_after_a_poll(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([solved("1", after=600), page(2), solved("3", after=2 * DAY)])
    clock.at = START + 31 * DAY
    await polled(writer, keeping(30), clock, adapter)
    assert named_in(store) == ["2", "3"], "the open one stays whatever its age"
    adapter.polls = [[solved("1", after=600), solved("3", after=2 * DAY)]]
    clock.at += 5 * 300
    await polled(writer, keeping(30), clock, adapter)
    assert named_in(store) == ["2", "3"], "read again by an overlap, it stays away"


async def test_it_is_looked_once_a_day(store: Store, writer: Writer, clock: MovableClock) -> None:
    adapter = ScriptedAdapter([solved("1", after=600), solved("2", after=HOUR)])
    clock.at = START + 600 + 30 * DAY + 1
    await polled(writer, keeping(30), clock, adapter)
    assert named_in(store) == ["2"]
    clock.at += DAY - 1
    await keep_to_retention(writer, keeping(30), clock.at)
    assert named_in(store) == ["2"]
    clock.at += 1
    await keep_to_retention(writer, keeping(30), clock.at)
    assert named_in(store) == []


async def test_what_is_counted_by_rules_that_changed_since_waits(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([solved("1", after=600)])
    await polled(writer, keeping(30), clock, adapter)
    settings = source(meanings={"solved": StatusMeaning.CLIENT})
    mended = keeping(30, replace(PROMISED, sources=(settings,)))
    clock.at = START + 60 * DAY
    assert await keep_to_retention(writer, mended, clock.at) == set()
    assert named_in(store) == ["1"]
    await polled(writer, mended, clock, adapter)
    assert named_in(store) == ["1"], "under the mended rules it is open"


async def test_a_month_is_frozen_before_its_tickets_go_and_stays(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([solved("1", after=600), solved("2", after=7200)])
    clock.at = MARCH_ENDS + HOUR
    await polled(writer, keeping(20), clock, adapter)
    assert named_in(store) == []
    kept = {one.subject: one.values for one in entries(store, "northwind", [EntryKind.FROZEN])}
    assert kept == {"2026-03": {"resolution/normal": "1/2"}}


async def test_a_month_that_is_no_longer_whole_is_not_frozen(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    adapter = ScriptedAdapter([solved("1", after=600), solved("2", after=20 * DAY)])
    clock.at = START + 22 * DAY
    await polled(writer, keeping(14), clock, adapter)
    assert named_in(store) == ["2"]
    clock.at = MARCH_ENDS + HOUR
    await polled(writer, keeping(14), clock, adapter)
    assert entries(store, "northwind", [EntryKind.FROZEN]) == []


async def test_an_adapter_forgets_people_who_were_removed(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    met: list[set[str]] = []

    def opening(_settings, _engagement, _secret, known):
        met.append(set(known))
        return adapter

    person = Person("17", "Alex Kim", Side.CLIENT)
    told = solved("1", after=600)
    told = replace(told, people=(person,), tickets=(replace(told.tickets[0], requester="17"),))
    adapter = ScriptedAdapter([told], [Batch("tickets", None)], [Batch("tickets", None)])
    scheduler = Scheduler([keeping(30)], writer, clock, open_adapter=opening)
    desk = scheduler._sources[0]
    await desk.poll()
    await desk.poll()
    assert met == [set()]
    clock.at = START + 60 * DAY
    await scheduler._retain()
    assert named_in(store, "person") == []
    await desk.poll()
    assert met == [set(), set()]
    assert adapter.closed == 1
    assert engagement_of().privacy.retention_days == 760
