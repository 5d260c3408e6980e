"""Meetings on screen: read, opened, and what came of one entered by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engagewatch.engine.meeting_records import MEETING_ENTRIES
from engagewatch.model.engagement import Engagement, Role
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import DAY
from engagewatch.model.meeting import MeetingSeries
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.glyphs import ascii_face
from engagewatch.views import meeting_entering
from tests.tui.stored import app_on
from tests.tui.stub import press_until, text_of, until

NOW = int(datetime(2026, 3, 11, 10, tzinfo=UTC).timestamp())
ACME = Engagement(
    id="acme",
    name="Acme / Contoso",
    client="Acme",
    provider="Contoso",
    started=date(2026, 1, 5),
    timezone="UTC",
    calendars={ALWAYS.name: ALWAYS},
    sources=(),
    people=(Role("Finance approver"), Role("Service manager", side=Side.PROVIDER)),
    meetings=(MeetingSeries("Steering", "steering*", ("Finance approver", "Service manager")),),
)


@dataclass
class World:
    """An engagement with a meeting held two days ago, and one in five days."""

    store: Store
    held: str
    coming: str

    def app(self, *, ascii_signs: bool = False) -> EngagewatchApp:
        return app_on(self.store, ACME, NOW, ascii_signs=ascii_signs)

    def entered(self) -> list[Entry]:
        return entries(self.store, "acme", MEETING_ENTRIES)[2:]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "history.db") as store:
        held = meeting_entering.held("acme", NOW - 9 * DAY, "Steering in March", NOW - 2 * DAY)
        coming = meeting_entering.held("acme", NOW - 8 * DAY, "Steering in April", NOW + 5 * DAY)
        store.enter([held, coming])
        yield World(store, held.subject, coming.subject)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 55)])
async def test_meetings_are_listed_with_who_came(world: World, size: tuple[int, int]) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "m", "Next: Steering in April")
        shown = text_of(app)
        assert shown.index("Steering in April  ") < shown.index("Steering in March  ")
        assert "not recorded" in shown


async def test_ascii_signs_are_all_that_is_drawn(world: World) -> None:
    app = world.app(ascii_signs=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "m", "Steering in April")
        assert text_of(app).isascii()
        assert ascii_face(text_of(app)) == text_of(app)


async def test_who_came_is_said_and_taken_back_by_one_key(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "m", "Steering in March")
        await press_until(pilot, "down enter", "Decisions")
        await press_until(pilot, "x", "did not come")
        await until(pilot, lambda: len(world.entered()) == 1)
        made = world.entered()[0]
        assert (made.kind, made.subject) == (EntryKind.ATTENDED, world.held)
        assert made.values == {"who": "Finance approver", "came": False, "side": "client"}
        await press_until(pilot, "down a", "Service manager came")
        await press_until(pilot, "up x", "nothing recorded any more")
        await until(pilot, lambda: len(world.entered()) == 3)
        assert world.entered()[-1].values["came"] is None


async def test_decisions_and_actions_are_asked_for_and_followed(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "m", "Steering in April")
        await press_until(pilot, "enter", "none; d adds one")
        await press_until(pilot, "d", "counts for its yield")
        await pilot.press(*"Budget", "enter", "enter")
        await until(pilot, lambda: "needed, not made" in text_of(app))
        await press_until(pilot, "c", "Owner")
        await pilot.press(*"Send list", "enter", *"nobody", "enter")
        await until(pilot, lambda: "Not a role here" in text_of(app))
        await pilot.press(*["backspace"] * 6, *"us", "enter", *"2w", "enter")
        await until(pilot, lambda: "open, is due Wed 25 Mar" in text_of(app))
        await press_until(pilot, "end z", "Another date")
        await pilot.press(*"2026-04-01", "enter")
        await until(pilot, lambda: "re-dated once" in text_of(app))
        await press_until(pilot, "a", "done, re-dated once")
        kinds = [one.kind for one in world.entered()]
        assert kinds == [EntryKind.DECISION, *[EntryKind.ACTION] * 3]


async def test_a_meeting_is_added_and_called_off(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "m", "Steering in April")
        await press_until(pilot, "plus", "One that is in no calendar")
        await pilot.press(*"Clinic", "enter", *"tomorrow", "enter")
        await until(pilot, lambda: "write it like" in text_of(app))
        await pilot.press(*["backspace"] * 8, *"2026-03-12 09:00", "enter", "enter")
        await until(pilot, lambda: "Next: Clinic" in text_of(app))
        await press_until(pilot, "home x", "called off")
        await until(pilot, lambda: len(world.entered()) == 2)
        assert world.entered()[-1].kind is EntryKind.MEETING_CALLED_OFF


async def test_the_attendance_says_where_it_comes_from(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "m", "Steering in April")
        await press_until(pilot, "i", "An accepted invitation is not attendance")
        assert "1 of ours that nobody recorded" in text_of(app)
