"""Services on screen: what our signs show, a service month by month, an outage by the minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, Headcount, RunBy, SourceSettings
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import DAY, HOUR, MINUTE
from engagewatch.model.policy import ALWAYS
from engagewatch.model.service import Component, ComponentState, Incident, StateSpan
from engagewatch.store.store import Store
from engagewatch.tui.application import EngagewatchApp
from tests.tui.stored import app_on
from tests.tui.stub import press_until, text_of

SIZES = [(80, 24), (120, 36), (200, 55)]
NOW = int(datetime(2026, 7, 8, 10, tzinfo=UTC).timestamp())
ACME = Engagement(
    id="acme",
    name="Acme / Contoso",
    client="Acme",
    provider="Contoso",
    started=date(2026, 3, 1),
    timezone="UTC",
    calendars={ALWAYS.name: ALWAYS},
    sources=(
        SourceSettings("status", "statuspage", url="https://status.example.net"),
        SourceSettings("probes", "prometheus", run_by=RunBy.CLIENT),
    ),
    headcount=(Headcount(date(2026, 3, 1), 90),),
)
LATE = NOW - 2 * DAY
NEVER = NOW - 5 * DAY


def no_fold(*_: object) -> object:
    raise AssertionError("there are no tickets")


@dataclass
class World:
    """A page that told of one outage late and of another not at all, and probes that saw both."""

    store: Store

    def app(self, *, ascii_signs: bool = False) -> EngagewatchApp:
        return app_on(self.store, ACME, NOW, ascii_signs=ascii_signs)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "history.db") as store:
        for source in ACME.sources:
            store.register_source("acme", source.id, source.adapter)
            store.record_health(
                SourceHealth("acme", source.id, last_attempt_at=NOW, last_success_at=NOW)
            )
        mail = Component("mail", "Mail", ComponentState.UP)
        told = (
            Incident(
                "i1", "Mail delivery fails", "resolved", "major",
                LATE, LATE + 40 * MINUTE, LATE + 2 * HOUR, ("mail",),
            ),
            Incident(
                "i0", "Mail slow", "resolved", "minor",
                NOW - 60 * DAY, NOW - 60 * DAY, NOW - 60 * DAY + HOUR, ("mail",),
            ),
        )  # fmt: skip
        up, down = ComponentState.UP, ComponentState.DOWN
        spans = (
            StateSpan("m", up, NOW - 40 * DAY, NEVER),
            StateSpan("m", down, NEVER, NEVER + HOUR),
            StateSpan("m", up, NEVER + HOUR, LATE),
            StateSpan("m", down, LATE, LATE + 2 * HOUR),
            StateSpan("m", up, LATE + 2 * HOUR, NOW),
        )
        page = Batch("s", None, components=(mail,), incidents=told, server_time=NOW, observed=True)
        seen = Batch(
            "t",
            None,
            components=(Component("m", "Mail", up),),
            spans=spans,
            server_time=NOW,
            observed=True,
        )
        store.ingest("acme", "status", page, no_fold, NOW)  # type: ignore[arg-type]
        store.ingest("acme", "probes", seen, no_fold, NOW)  # type: ignore[arg-type]
        yield World(store)


@pytest.mark.parametrize("size", SIZES)
async def test_late_and_never_admitted_outages_and_contradictions_are_on_the_screen(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "4", "Mail ours")
        await press_until(pilot, "end", "Accounts differ")
        shown = text_of(app)
        assert "status up; probes (ours) down" in shown
        assert "our probes failed for 1h" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_a_service_opens_on_its_months_and_a_month_explains_itself(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "4", "Mail ours")
        await press_until(pilot, "enter", "Up by status")
        await press_until(pilot, "end", "40m after probes")
        await press_until(pilot, "home", "Outages: 3 on Mail in")
        keys = "down down i" if size[0] >= 150 else "down down down i"
        await press_until(pilot, keys, "Uptime of Mail by status, July 2026")


@pytest.mark.parametrize("size", SIZES)
async def test_an_outage_opens_on_its_minutes_with_its_base_rate(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "4", "Mail ours")
        await press_until(pilot, "down down down", "told 40m after our probes failed")
        await press_until(pilot, "enter", "first sign: our probes failed")
        shown = text_of(app)
        assert "3 on Mail in 8 weeks, 1 of them never admitted" in shown
        assert "+40m" in shown
        assert "unknown; 10,800 at most" in shown


async def test_how_soon_outages_are_admitted_explains_itself(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "4", "3 outages, too few for a median; 1 of 3 never admitted")
        await press_until(pilot, "down down i", "Kaplan-Meier")


async def test_it_has_an_ascii_face(world: World) -> None:
    app = world.app(ascii_signs=True)
    async with app.run_test(size=(200, 55)) as pilot:
        await press_until(pilot, "4", "Mail ours")
        await press_until(pilot, "enter", "Up by status")
        assert [sign for sign in text_of(app) if not sign.isascii()] == []
