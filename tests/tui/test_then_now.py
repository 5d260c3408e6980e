"""Then & now on screen: covered first, guessed before seen, blind when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, Headcount, SourceSettings
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import DAY, HOUR
from engagewatch.model.policy import ALWAYS
from engagewatch.model.service import Component, ComponentState, Incident
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.glyphs import ascii_face
from engagewatch.views.then_now_felt import uncovered
from tests.tui.stored import app_on
from tests.tui.stub import press_until, text_of, until

SIZES = [(80, 24), (120, 36), (200, 55)]
NOW = int(datetime(2026, 7, 8, 10, tzinfo=UTC).timestamp())
START = int(datetime(2025, 12, 1, tzinfo=UTC).timestamp())
ACME = Engagement(
    id="acme",
    name="Acme / Contoso",
    client="Acme",
    provider="Contoso",
    started=date(2025, 12, 1),
    timezone="UTC",
    calendars={ALWAYS.name: ALWAYS},
    sources=(SourceSettings("status", "statuspage", url="https://status.example.net"),),
    headcount=(Headcount(date(2025, 12, 1), 90),),
)


@dataclass
class World:
    """Two outages a month for a year, then one every two months."""

    store: Store

    def app(self, *, ascii_signs: bool = False) -> EngagewatchApp:
        return app_on(self.store, ACME, NOW, ascii_signs=ascii_signs)

    def noted(self) -> list[Entry]:
        return entries(self.store, "acme", [EntryKind.GUESSED])


def no_fold(*_: object) -> object:
    raise AssertionError("there are no tickets")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "history.db") as store:
        rows = [
            BaselineRow(n + 2, START - 380 * DAY + n * 15 * DAY, None, f"Old outage {n}")
            for n in range(25)
        ]
        rows = [
            BaselineRow(row.line, row.at, row.at + (row.line % 5 + 1) * HOUR, row.title)
            for row in rows
        ]
        file = BaselineFile(
            "outages", BaselineContent.OUTAGES, Grade.DOCUMENTS, "invoices", "0" * 64, START
        )
        store.import_baseline("acme", file, rows)
        heads = [BaselineRow(2, START - 400 * DAY, users=80)]
        file = BaselineFile(
            "people", BaselineContent.HEADCOUNT, Grade.EXPORT, "payroll", "0" * 64, START
        )
        store.import_baseline("acme", file, heads)
        store.register_source("acme", "status", "statuspage")
        component = Component("mail", "Mail", ComponentState.UP)
        store.ingest(
            "acme",
            "status",
            Batch("s", None, components=(component,), server_time=START, observed=True),
            no_fold,  # type: ignore[arg-type]
            START,
        )
        told = tuple(
            Incident(f"i{n}", f"New outage {n}", "resolved", "major", at, at, at + HOUR, ("mail",))
            for n in range(3)
            for at in (START + (45 + 60 * n) * DAY,)
        )
        store.ingest("acme", "status", Batch("h", None, incidents=told), no_fold, NOW)  # type: ignore[arg-type]
        yield World(store)


@pytest.mark.parametrize("size", SIZES)
async def test_the_record_is_covered_until_somebody_looks(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "9", "Both records are here, and covered")
        shown = text_of(app)
        assert "months" not in shown
        assert "outages:" not in shown
        await press_until(pilot, "enter", "Outages a month")
        await until(pilot, lambda: len(world.noted()) == 1)
        assert "fewer" in text_of(app)
        assert "in 12.0 months" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_measure_is_shown_large_with_its_chart_and_explained(
    world: World, size: tuple[int, int]
) -> None:
    world.store.enter([uncovered("acme", NOW - DAY)])
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "9", "Outages a month")
        await press_until(pilot, "i", "conditional binomial")
        await press_until(pilot, "escape", "Outages a month")
        await press_until(pilot, "enter", "change-over, not judged")
        assert "░" in text_of(app)
        assert "fewer" in text_of(app)


async def test_questions_come_before_the_record_and_are_kept(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "9", "covered")
        await press_until(pilot, "g", "How many months are you thinking of")
        assert "outage 2" not in text_of(app)
        await press_until(pilot, "enter enter", "How many outages were there")
        assert "outage 2" not in text_of(app)
        await pilot.press(*"many", "enter")
        await until(pilot, lambda: "write a number" in text_of(app))
        await pilot.press(*["backspace"] * 4, *"20-30")
        await press_until(pilot, "enter", "Over how long a time")
        await pilot.press("2", "space", *"months")
        await press_until(pilot, "enter", "How long did the longest")
        await press_until(pilot, "enter", "When did the last of them begin")
        await pilot.press(*"2025-12-01")
        await press_until(pilot, "enter", "How far apart")
        await until(pilot, lambda: len(world.noted()) == 1)
        (entry,) = world.noted()
        assert (entry.subject, entry.values["count_low"], entry.values["count_high"]) == (
            "before", 20, 30,
        )  # fmt: skip
        assert entry.values["worst_low"] is None
        assert entry.values["recorded_count"] == 11
        shown = text_of(app)
        assert "felt 1.8 to 2.7 times " in shown
        assert "no idea" in shown
        assert "too recent" in shown
        # The second asking begins with what was on record at the first, and hides the rest.
        await press_until(pilot, "g", "11 outages were on record")
        await press_until(pilot, "escape", "How far apart")


async def test_leaving_the_questions_shows_nothing_and_keeps_nothing(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "9", "covered")
        await press_until(pilot, "g", "How many months")
        await press_until(pilot, "escape", "You have not guessed yet")
        await press_until(pilot, "escape", "covered")
        assert world.noted() == []


async def test_blind_mode_hides_whose_record_is_whose_until_pressed_again(world: World) -> None:
    world.store.enter([uncovered("acme", NOW - DAY)])
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "9", "Outages a month")
        await press_until(pilot, "tab", "Months without an outage")
        named = text_of(app)
        assert "Before" in named
        await press_until(pilot, "b", "Era A")
        blind = text_of(app).split("Era A")[1]
        assert "Before" not in blind
        assert "Contoso" not in blind
        assert "Grade of the record" not in blind
        await press_until(pilot, "b", "Before")
        assert "Era A" not in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_ascii_signs_are_all_that_is_drawn(world: World, size: tuple[int, int]) -> None:
    world.store.enter([uncovered("acme", NOW - DAY)])
    app = world.app(ascii_signs=True)
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "9", "Outages a month")
        # The scroll bar is the terminal library's own.
        shown = "\n".join(line[: size[0] - 2] for line in text_of(app).split("\n"))
        assert ascii_face(shown) == shown
        assert shown.isascii()


async def test_without_an_import_the_screen_says_how(tmp_path: Path) -> None:
    with Store.open(tmp_path / "history.db") as store:
        app = World(store).app()
        async with app.run_test(size=(80, 24)) as pilot:
            await press_until(pilot, "9", "engagewatch baseline import")
