"""What is promised is sealed before the first poll; what is changed later is an amendment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from engagewatch.engine.promises import seal_of
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.entry import EntryKind
from engagewatch.model.metric import Metric
from engagewatch.model.promise import PathShape, Promise
from engagewatch.model.ticket import Person
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.sealing import seal_promises
from engagewatch.sync.writer import Writer
from tests.sync.conftest import MovableClock, ScriptedAdapter, engagement_of, page, source

FEWER = Promise(
    "fewer-tickets",
    "",
    "proposal p.3",
    starts=date(2026, 3, 2),
    metric=Metric.BACKLOG,
    target=20.0,
    shape=PathShape.AT_ONCE,
)


def promising(*promises: Promise) -> Engagement:
    return replace(engagement_of(source()), promises=promises)


async def test_a_promise_is_sealed_before_anything_is_read(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    sealed_at_open: list[int] = []

    def open_adapter(
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> ScriptedAdapter:
        sealed_at_open.append(len(entries(store, "northwind", [EntryKind.SEALED])))
        return ScriptedAdapter([page(1)])

    scheduler = Scheduler([promising(FEWER)], writer, clock, open_adapter=open_adapter)
    await scheduler.once()
    assert sealed_at_open == [1]


def test_the_same_terms_are_sealed_once_and_changed_ones_again(store: Store) -> None:
    assert seal_promises(store, [promising(FEWER)], 100) == 1
    assert seal_promises(store, [promising(FEWER)], 200) == 0
    easier = replace(FEWER, target=30.0)
    assert seal_promises(store, [promising(easier)], 300) == 1
    assert seal_promises(store, [promising(FEWER)], 400) == 1, "back to the first terms"
    seal = seal_of(entries(store, "northwind", [EntryKind.SEALED], FEWER.id))
    assert seal is not None
    assert seal.at == 100
    assert [one.changes for one in seal.amendments] == [
        (("target", 20.0, 30.0),),
        (("target", 30.0, 20.0),),
    ]


def test_two_processes_that_seal_at_once_make_one_seal(store: Store) -> None:
    seal_promises(store, [promising(FEWER)], 100)
    (first,) = entries(store, "northwind")
    store.enter([first])
    assert entries(store, "northwind") == [first]
