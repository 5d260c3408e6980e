"""A source that hangs, lies or crashes changes nothing for the others: hours, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, Instant
from engagewatch.net.errors import SourceError
from engagewatch.store.errors import StoreFull
from engagewatch.store.store import Store
from engagewatch.sync.scheduler import Scheduler
from tests.fault.virtual_time import InlineWriter, run
from tests.sync.conftest import START, ScriptedAdapter, engagement_of, page, source

INTERVAL = 60


class Healthy(ScriptedAdapter):
    """Has one new ticket at every poll."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        self.number += 1
        await asyncio.sleep(0.5)
        yield page(self.number)


class Hanging(ScriptedAdapter):
    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        await asyncio.Event().wait()
        yield page(0)


class Unstoppable(ScriptedAdapter):
    """Clings to life when it is cancelled, once."""

    lives = 1

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if not self.lives:
                    raise
                self.lives -= 1
        yield page(0)


class Crashing(ScriptedAdapter):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        raise self.error
        yield page(0)

    async def aclose(self) -> None:
        raise RuntimeError("cannot even be closed")


class Circling(ScriptedAdapter):
    """Sends the same two pages over and over."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        while True:
            self.sent += 1
            await asyncio.sleep(0.1)
            yield page(9000 + self.sent % 2)


class Endless(ScriptedAdapter):
    """Has always another page, with nothing in it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        while True:
            self.sent += 1
            await asyncio.sleep(0.1)
            yield Batch("tickets", f"cursor {self.sent}")


NEIGHBOURS: Mapping[str, ScriptedAdapter] = {
    "hanging": Hanging(),
    "unstoppable": Unstoppable(),
    "buggy": Crashing(ZeroDivisionError("oops")),
    "quitting": Crashing(SystemExit(3)),
    "deep": Crashing(RecursionError()),
    "full": Crashing(StoreFull("no space left")),
    "limited": Crashing(SourceError(Failure.RATE_LIMITED, "slow down", retry_after=5)),
    "refused": Crashing(SourceError(Failure.AUTHENTICATION, "no", status=401)),
    "circling": Circling(),
    "endless": Endless(),
}


def watch(store: Store, names: Sequence[str], hours: float) -> dict[str, list[SourceHealth]]:
    """Poll sources by these names for some hours; return the healths told, by source."""
    told: dict[str, list[SourceHealth]] = {name: [] for name in names}
    random.seed(7)

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def now() -> Instant:
            return START + int(loop.time())

        def open_adapter(settings: SourceSettings, *_: object) -> ScriptedAdapter:
            return Healthy() if settings.id == "desk" else NEIGHBOURS[settings.id]

        scheduler = Scheduler(
            [engagement_of(*(source(name, interval=INTERVAL) for name in names))],
            InlineWriter(store),  # type: ignore[arg-type]
            now,
            notice=lambda health: told[health.source].append(health),
            open_adapter=open_adapter,
        )
        watching = asyncio.create_task(scheduler.watch())
        await asyncio.sleep(hours * HOUR)
        assert not watching.done()
        watching.cancel()
        await asyncio.wait([watching], timeout=3 * HOUR)

    run(main())
    return told


def test_no_neighbour_changes_the_pace_of_a_healthy_source(store: Store) -> None:
    alone = len(watch(store, ["desk"], 3)["desk"])
    told = watch(store, ["desk", *NEIGHBOURS], 3)
    assert alone > 150
    assert abs(len(told["desk"]) - alone) <= 0.02 * alone
    gaps = [
        (later.last_success_at or 0) - (earlier.last_success_at or 0)
        for earlier, later in zip(told["desk"], told["desk"][1:], strict=False)
    ]
    assert max(gaps) <= INTERVAL * 1.1 + 2
    assert all(health.failure is None for health in told["desk"])
    for name in NEIGHBOURS.keys() - {"unstoppable"}:
        assert told[name], name
        assert all(health.failure is not None for health in told[name]), name
        assert all(health.error for health in told[name]), name
    tried = {name: len(healths) for name, healths in told.items()}
    # Three hours: hourly, every quarter of an hour, and as asked.
    assert tried["buggy"] <= 4
    assert tried["refused"] <= 13
    assert tried["full"] <= 16
    assert 100 < tried["limited"] < 3 * HOUR / 5


def test_circles_are_left_and_empty_pages_counted(store: Store) -> None:
    NEIGHBOURS["circling"].sent = NEIGHBOURS["endless"].sent = 0  # type: ignore[attr-defined]
    told = watch(store, ["circling", "endless"], 0.5)
    (circling,), (endless,) = told["circling"], told["endless"]
    assert "leads back to pages already read" in circling.error
    assert "empty pages in a row" in endless.error
    assert NEIGHBOURS["circling"].sent < 10  # type: ignore[attr-defined]
    assert NEIGHBOURS["endless"].sent < 60  # type: ignore[attr-defined]
    assert store.connection.execute("SELECT count(*) FROM ticket").get == 2


@pytest.mark.parametrize("jump", [8 * HOUR, -8 * HOUR])
def test_a_clock_that_jumps_neither_stops_nor_multiplies_polling(store: Store, jump: int) -> None:
    told: list[int] = []
    adapters: list[Healthy] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        offset = 0

        def now() -> Instant:
            return START + int(loop.time()) + offset

        def open_adapter(*_: object) -> Healthy:
            adapters.append(Healthy())
            return adapters[-1]

        scheduler = Scheduler(
            [engagement_of(source(interval=INTERVAL))],
            InlineWriter(store),  # type: ignore[arg-type]
            now,
            notice=lambda _: told.append(int(loop.time())),
            open_adapter=open_adapter,
        )
        watching = asyncio.create_task(scheduler.watch())
        await asyncio.sleep(630)
        offset = jump
        await asyncio.sleep(600)
        watching.cancel()
        await asyncio.wait([watching])

    run(main())
    before, after = [t for t in told if t <= 630], [t for t in told if t > 630]
    assert 9 <= len(before) <= 11
    assert 8 <= len(after) <= 11
    # After a nap, connections of before are not used again.
    assert len(adapters) == (2 if jump > 0 else 1)


def test_a_full_disk_is_waited_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True
    record = Store.record_health

    def record_health(self: Store, health: SourceHealth) -> None:
        if full:
            raise StoreFull("no space left for the history; free some")
        record(self, health)

    monkeypatch.setattr(Store, "record_health", record_health)
    told = watch(store, ["desk"], 0.5)["desk"]
    assert {health.failure for health in told} == {Failure.TRANSIENT}
    assert "free some" in told[-1].error
    full = False
    assert watch(store, ["desk"], 0.1)["desk"][-1].failure is None


def test_a_wait_demanded_before_a_restart_holds_for_all_who_share_the_host(store: Store) -> None:
    at = START
    limited = SourceHealth(
        "northwind",
        "limited",
        last_attempt_at=at - 10,
        failing_since=at - 10,
        failure=Failure.RATE_LIMITED,
        error="slow down",
        failures=1,
        next_attempt_at=at + 600,
    )
    for name in ("limited", "desk"):
        store.register_source("northwind", name, "zendesk")
    store.record_health(limited)
    assert watch(store, ["desk", "limited"], 590 / HOUR) == {"desk": [], "limited": []}
    assert watch(store, ["desk", "limited"], 700 / HOUR)["desk"]
