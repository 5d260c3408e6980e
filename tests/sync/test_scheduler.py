"""Sources are polled on their own schedules, and none holds up another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.store.store import Store
from engagewatch.sync.poller import Poller
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from tests.sync.conftest import MovableClock, ScriptedAdapter, engagement_of, page, source


class HangingAdapter(ScriptedAdapter):
    """Never answers."""

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        self.requests += 1
        await asyncio.Event().wait()
        yield page(0)


async def test_a_hanging_source_does_not_delay_the_others(
    writer: Writer, clock: MovableClock
) -> None:
    hanging, working = HangingAdapter(), ScriptedAdapter([page(1)], [page(2)], [page(3)])
    adapters = {"stuck": hanging, "desk": working}
    polls: list[SourceHealth] = []
    enough = asyncio.Event()

    def notice(health: SourceHealth) -> None:
        polls.append(health)
        clock.at += 400
        scheduler.request("northwind", "desk")
        if len(polls) == 3:
            enough.set()

    scheduler = Scheduler(
        [engagement_of(source("stuck"), source("desk"))],
        writer,
        clock,
        notice=notice,
        open_adapter=lambda settings, *_: adapters[settings.id],
    )
    watching = asyncio.create_task(scheduler.watch())
    await asyncio.wait_for(enough.wait(), 10)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert [h.source for h in polls] == ["desk"] * 3
    assert hanging.requests == 1
    assert hanging.closed == 1


async def test_polling_once_reports_every_source_good_or_bad(
    writer: Writer, clock: MovableClock
) -> None:
    def open_adapter(
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> ScriptedAdapter:
        if settings.id == "broken":
            raise SourceError(Failure.CONFIGURATION, 'no column "sate" in incidents.csv')
        return ScriptedAdapter([page(1)])

    scheduler = Scheduler(
        [engagement_of(source("broken"), source("desk"))],
        writer,
        clock,
        open_adapter=open_adapter,
    )
    broken, desk = await scheduler.once()
    assert (broken.failure, broken.last_success_at) == (Failure.CONFIGURATION, None)
    assert "sate" in broken.error
    assert (desk.failure, desk.records) == (None, 1)


def test_the_background_poller_stores_and_stops(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "history.db"
    polled = threading.Event()
    poller = Poller(
        lambda: Store.open(path),
        [engagement_of(source())],
        clock,
        notice=lambda _: polled.set(),
        open_adapter=lambda *_: ScriptedAdapter([page(1), page(2)]),
    )
    poller.start()
    assert polled.wait(10)
    assert poller.stop()
    with Store.open(path, read_only=True) as store:
        assert store.connection.execute("SELECT count(*) FROM ticket").fetchone() == (2,)


def test_the_poller_stops_while_a_source_hangs(tmp_path: Path, clock: MovableClock) -> None:
    poller = Poller(
        lambda: Store.open(tmp_path / "history.db"),
        [engagement_of(source())],
        clock,
        open_adapter=lambda *_: HangingAdapter(),
    )
    poller.start()
    assert poller.stop(5)


def test_only_one_poller_polls_and_the_other_takes_over(
    tmp_path: Path, clock: MovableClock
) -> None:
    path = tmp_path / "history.db"
    polled: list[str] = []
    first_polled, second_polled = threading.Event(), threading.Event()

    def poller(name: str, done: threading.Event) -> Poller:
        def notice(_: SourceHealth) -> None:
            polled.append(name)
            done.set()

        return Poller(
            lambda: Store.open(path),
            [engagement_of(source())],
            clock,
            notice=notice,
            open_adapter=lambda *_: ScriptedAdapter([page(1)]),
            election_interval=0.01,
        )

    first, second = poller("first", first_polled), poller("second", second_polled)
    first.start()
    assert first_polled.wait(10)
    second.start()
    clock.at += 400
    assert polled == ["first"]
    assert first.stop()
    assert second_polled.wait(10)
    assert second.stop()
    assert polled[-1] == "second"


def test_a_poll_cut_off_by_a_crash_is_not_shown_as_going_on(
    tmp_path: Path, clock: MovableClock
) -> None:
    path = tmp_path / "history.db"
    with Store.open(path) as store:
        store.register_source("northwind", "removed", "zendesk")
        store.record_health(SourceHealth(engagement="northwind", source="removed", polling=True))
    polled = threading.Event()
    poller = Poller(
        lambda: Store.open(path),
        [engagement_of(source())],
        clock,
        notice=lambda _: polled.set(),
        open_adapter=lambda *_: ScriptedAdapter([page(1)]),
    )
    poller.start()
    assert polled.wait(10)
    assert poller.stop()
    with Store.open(path, read_only=True) as store:
        assert not any(health.polling for health in store.health())
