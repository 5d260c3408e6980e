"""Prometheus with the blackbox exporter as Debian packages them. See ``make live``."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.service import ComponentState, StateSpan
from engagewatch.providers.base import Adapter
from engagewatch.providers.registry import open_adapter
from tests.live.prometheus.server import watched_site

pytestmark = [
    pytest.mark.skipif("ENGAGEWATCH_LIVE" not in os.environ, reason="run by make live"),
    pytest.mark.timeout(600),
]
UP, DOWN, UNKNOWN = ComponentState.UP, ComponentState.DOWN, ComponentState.UNKNOWN
SOME = 8
"""Seconds that each state lasts; a probe comes every second."""
NEAR = 2
"""Seconds that the edge of a span may be off: an interval, and the second it was rounded to."""


@asynccontextmanager
async def reading(address: str, selector: str) -> AsyncIterator[Adapter]:
    options = {"selector": selector, "backfill": 600}
    settings = SourceSettings(
        "probes",
        "prometheus",
        url=f"http://{address}",
        requests_per_minute=6000,
        options=options,
    )
    engagement = Engagement("live", "live", "c", "p", date(2026, 1, 1), "UTC", {}, (settings,))
    adapter = open_adapter(settings, engagement, None)
    try:
        yield adapter
    finally:
        await adapter.aclose()


async def read(adapter: Adapter, cursor: str | None = None) -> list[Batch]:
    (stream,) = adapter.streams
    return [batch async for batch in adapter.pull(stream, cursor, int(time.time()))]


def spans_in(batches: list[Batch], state: ComponentState) -> list[StateSpan]:
    return [span for batch in batches for span in batch.spans if span.state is state]


def near(found: int, expected: int) -> bool:
    return abs(found - expected) <= NEAR


async def test_an_outage_is_read_back_and_a_gap_is_none(tmp_path: Path) -> None:
    with watched_site(tmp_path) as watched:
        await asyncio.sleep(SOME)
        down_at = watched.stop("site")
        await asyncio.sleep(SOME)
        watched.start_site()
        up_at = int(time.time())
        await asyncio.sleep(SOME)
        blind_at = watched.stop("exporter")
        await asyncio.sleep(SOME)
        watched.start_exporter()
        seeing_at = int(time.time())
        await asyncio.sleep(SOME)
        address = watched.address("prometheus")
        async with reading(address, "probe_success") as adapter:
            lines = await adapter.check()
            assert [line.what for line in lines if line.ok] == ["targets", "coverage"], lines
            batches = await read(adapter)
            again = await read(adapter, batches[-1].cursor)
            assert adapter.requests < 12
        async with reading(address, "up") as adapter:
            by_exporter = await read(adapter)
        async with reading(address, "nobody_counts_this") as adapter:
            assert not (await adapter.check())[0].ok
            assert not (await read(adapter))[-1].components
    (component,) = batches[-1].components
    assert (component.name, component.state) == (watched.address("site"), UP)
    (outage,) = spans_in(batches, DOWN)
    assert near(outage.from_at, down_at)
    assert near(outage.until_at, up_at)
    # While nobody probed, nothing is known: no outage, and no time up.
    assert any(
        near(gap.from_at, blind_at) and near(gap.until_at, seeing_at)
        for gap in spans_in(batches, UNKNOWN)
    )
    assert not any(
        span.from_at < seeing_at - NEAR and span.until_at > blind_at + NEAR
        for span in spans_in(batches, UP)
    )
    # The metric of the scrape itself calls that time down: it is the exporter's.
    (blind,) = spans_in(by_exporter, DOWN)
    assert near(blind.from_at, blind_at)
    assert near(blind.until_at, seeing_at)
    # The next poll goes over the last minutes again, and finds the same.
    assert spans_in(again, DOWN) == [outage]
    ordered = [span for batch in batches for span in batch.spans]
    assert all(one.until_at <= two.from_at for one, two in pairwise(ordered))
