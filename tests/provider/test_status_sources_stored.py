"""Status sources from their answers to the store: what is kept, and that it is kept once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engagewatch.engine.services import component_time, record
from engagewatch.model.clock import Fold
from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.service import ComponentState
from engagewatch.model.ticket import Event, Ticket
from engagewatch.providers.base import Adapter
from engagewatch.store.queries.scope import scope
from engagewatch.store.queries.services import state_spans
from engagewatch.store.store import Store
from tests.provider import (
    test_better_stack,
    test_cachet,
    test_gatus,
    test_prometheus,
    test_statuspage_flavours,
    test_uptime_kuma,
)
from tests.provider.loopback import Handler, loopback
from tests.provider.samples import NOW
from tests.provider.status_samples import adapter_of, site

LONG_PROBED = test_prometheus.Server(mail=test_prometheus.every_minute(300))
SOURCES: dict[str, tuple[Handler, dict[str, Any]]] = {
    "uptime_kuma": (site(test_uptime_kuma.documents()), {"page": "office"}),
    "prometheus": (LONG_PROBED, {"backfill": 2 * HOUR}),
    "gatus": (
        site(test_gatus.documents(test_gatus.endpoint(test_gatus.every_minute(True, False, True)))),
        {},
    ),
    "cachet": (
        site(
            test_cachet.version_2(
                [test_cachet.component(1, 1)], [test_cachet.incident(1, 1)], {1: []}
            )
        ),
        {},
    ),
    "better_stack": (
        site(
            test_better_stack.documents(
                test_better_stack.monitor(1, "up"),
                **{
                    "/api/v3/incidents": test_better_stack.listed(
                        test_better_stack.outage(1, -600, -300)
                    )
                },
            )
        ),
        {"secret": "s3cret"},
    ),
    "statuspage": (site(test_statuspage_flavours.INSTATUS), {}),
}


def fold(ticket: Ticket, events: Sequence[Event]) -> Fold:
    raise AssertionError("a status source has no tickets")


async def poll(store: Store, adapter: Adapter, kind: str, now: Instant = NOW) -> None:
    for stream in adapter.streams:
        cursor = store.cursor("northwind", kind, stream)
        async for batch in adapter.pull(stream, cursor, now):
            store.ingest("northwind", kind, batch, fold, now)


def contents(store: Store) -> list[Any]:
    tables = ("component", "state_span", "incident", "incident_update", "maintenance")
    return [store.connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables]


@pytest.mark.parametrize("kind", SOURCES)
async def test_a_second_poll_of_the_same_answers_changes_nothing(kind: str, tmp_path: Path) -> None:
    handler, options = SOURCES[kind]
    with Store.open(tmp_path / "status.db") as store:
        store.register_source("northwind", kind, kind)
        async with loopback(handler) as server:
            adapter = adapter_of(kind, server, **options)
            await poll(store, adapter, kind)
            before, seq = contents(store), store.change_seq()
            assert before[0]
            assert before[1]
            await poll(store, adapter, kind)
            await adapter.aclose()
            fresh = adapter_of(kind, server, **options)
            await poll(store, fresh, kind)
            await fresh.aclose()
        assert contents(store) == before
        # Components are written anew at each poll, all else is not.
        assert store.change_seq() - seq <= 2 * len(adapter.streams)


async def test_an_outage_between_two_distant_polls_ends_up_in_the_uptime(tmp_path: Path) -> None:
    samples = {
        **test_prometheus.every_minute(300),
        **test_prometheus.every_minute(30, 0, until=-2 * HOUR),
    }
    server_of = test_prometheus.Server(mail=samples)
    with Store.open(tmp_path / "status.db") as store:
        store.register_source("northwind", "prometheus", "prometheus")
        async with loopback(server_of) as server:
            adapter = adapter_of("prometheus", server, backfill=4 * HOUR)
            await poll(store, adapter, "prometheus")
            await adapter.aclose()
        (spans,) = state_spans(
            store, scope(store, "northwind", ["prometheus"]), NOW - 5 * HOUR, NOW + 1
        ).values()
    known = record(test_prometheus.MAIL, spans, (), (), None)
    time = component_time(known, NOW - 4 * HOUR, NOW)
    assert time.coverage == pytest.approx(1, abs=0.02)
    assert time.observed.down == pytest.approx(30 * 60, abs=150)
    assert ComponentState.UNKNOWN not in {span.state for span in spans}
