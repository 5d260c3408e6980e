"""The on-boarding on screen: read, turned, entered by keyboard, on a real history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.plan import Onboarding
from engagewatch.model.policy import ALWAYS
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.screens import onboarding_layout as layout
from engagewatch.tui.widgets.lines import Line, width_of
from engagewatch.views import onboarding
from engagewatch.views.entering import make_entry
from engagewatch.views.onboarding import OnboardingView
from tests.tui.stored import app_on
from tests.tui.stub import press_until, text_of, until

START = date(2026, 1, 5)
NOW = int(datetime(2026, 2, 4, 12, tzinfo=UTC).timestamp())
PLAN = """\
id,phase,title,owner,role,start,due,usual_low,client_hours,depends,evidence,gate
B01,discover,Hand over every account,outgoing,,3,14,3,4,,the register,
B10,discover,Restore a backup,provider,engineer,10,21,2,1,B01,the log,G2 restore
B14,discover,Decide on each risk,client,sponsor,22,26,1,2,B10,who decided what,
D01,go-live,Decide whether to go live,shared,sponsor,27,28,1,1,B10;B14,the minutes,G4 go-live
"""


@dataclass
class World:
    """An engagement with a plan, on its thirtieth day."""

    engagement: Engagement
    store: Store

    def app(self, *, writable: bool = True, ascii_signs: bool = False) -> EngagewatchApp:
        return app_on(self.store, self.engagement, NOW, writable=writable, ascii_signs=ascii_signs)

    def entered(self) -> list[Entry]:
        return entries(self.store, self.engagement.id)

    def view(self) -> OnboardingView:
        return onboarding.build(self.store, self.engagement, NOW)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    plan = tmp_path / "plan.csv"
    plan.write_text(PLAN)
    engagement = Engagement(
        id="acme",
        name="Acme / Contoso",
        client="Acme",
        provider="Contoso",
        started=START,
        timezone="UTC",
        calendars={ALWAYS.name: ALWAYS},
        sources=(),
        onboarding=Onboarding(START, plan),
    )
    with Store.open(tmp_path / "history.db") as store:
        for task, day in (("B01", 24), ("B10", 28)):
            on = START + timedelta(day)
            at = int(datetime(on.year, on.month, on.day, 12, tzinfo=UTC).timestamp())
            values = {"on": on.isoformat(), "note": ""}
            store.enter([make_entry("acme", at, EntryKind.TASK_DONE, task, values)])
        yield World(engagement, store)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 55)])
async def test_the_slip_and_whose_days_they_are_come_first(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "o", "The end of the plan is expected on")
        shown = text_of(app)
        assert "3 days later than planned" in shown
        assert "us 1  provider 2" in shown
        assert "Next 7 days" in shown
        assert "Decide on each risk" in shown


def test_picture_of_the_board(world: World, snap_compare: Any) -> None:
    assert snap_compare(world.app(), press=["o"], terminal_size=(120, 36))


async def test_a_task_is_said_to_be_done_by_keyboard(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        await to_task(app, pilot, "B14")
        await press_until(pilot, "d", "What shows it: who decided what.")
        await pilot.press("up", *["backspace"] * 5, *"2026-02-03", "enter", *"the minutes", "enter")
        await until(pilot, lambda: len(world.entered()) == 3)
        made = world.entered()[-1]
        assert (made.kind, made.subject) == (EntryKind.TASK_DONE, "B14")
        assert made.values == {"on": "2026-02-03", "note": "the minutes"}
        await until(pilot, lambda: "B14 is done" in text_of(app))


async def test_a_new_date_needs_a_reason_and_a_day_to_come(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        await to_task(app, pilot, "B14")
        await press_until(pilot, "e", "Another date")
        await pilot.press(*"2026-01-01", "enter")
        await until(pilot, lambda: "not after today" in text_of(app))
        await pilot.press(*["backspace"] * 10, *"3d", "enter", "enter")
        await until(pilot, lambda: "A reason is needed" in text_of(app))
        await pilot.press(*"sponsor away", "enter")
        await until(pilot, lambda: len(world.entered()) == 3)
        assert world.entered()[-1].values == {"due": "2026-02-07", "why": "sponsor away"}


async def test_a_history_open_for_reading_only_enters_nothing_and_says_so(world: World) -> None:
    app = world.app(writable=False)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        await to_task(app, pilot, "B14")
        await press_until(pilot, "a", "Note")
        await pilot.press(*"asked", "enter")
        await until(pilot, lambda: "nothing was entered" in text_of(app))
        assert len(world.entered()) == 2


async def test_keys_are_offered_only_where_they_make_sense(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        assert not offered(app) & {"task_done", "task_move", "task_reopen", "task_note"}
        await to_task(app, pilot, "B14")
        assert {"task_done", "task_move", "task_note", "task_call_off"} <= offered(app)
        await to_task(app, pilot, "B01")
        assert offered(app) & {"task_done", "task_reopen"} == {"task_reopen"}


async def test_a_task_shows_its_evidence_and_leads_on_to_others(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 48)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        await to_task(app, pilot, "B10")
        await press_until(pilot, "enter", "Its days")
        shown = text_of(app)
        assert "Planned for Mon 26 Jan, finished Mon 2 Feb: 7 days late." in shown
        assert "takes at least 2 days more: 5 days of it inherited." in shown
        assert "Its own: 2 days (provider)." in shown
        assert "waiting for B01 (outgoing provider)" in shown
        await pilot.press("down")
        await press_until(pilot, "enter", "Hand over every account")
        await press_until(pilot, "escape", "Its own: 2 days")


async def test_why_lists_the_chain_and_leads_to_its_tasks(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        await press_until(pilot, "i", "Slip of the end of the plan")
        assert "5 days inherited" in text_of(app)
        await press_until(pilot, "enter", "Its days")


async def test_the_time_line_and_the_board_take_turns(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "o", "Next 7 days")
        await press_until(pilot, "v", "╷Jan")
        await press_until(pilot, "v", "Next 7 days")


async def test_without_a_plan_it_says_how_to_get_one(world: World) -> None:
    assert world.engagement.onboarding is not None
    assert world.engagement.onboarding.path is not None
    world.engagement.onboarding.path.write_text("id,title\n")
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "o", 'the column "owner" is missing')


@pytest.mark.parametrize("width", [40, 57, 77, 117, 197])
def test_no_line_is_wider_than_its_window(world: World, width: int) -> None:
    view = world.view()
    faces = (
        layout.summary_lines, layout.coming_lines, layout.gate_lines, layout.figure_lines,
        layout.board_lines, layout.timeline_lines,
    )  # fmt: skip
    for face in faces:
        for line in face(view, width):
            assert width_of(line.parts) <= width, (face.__name__, line)


def test_a_bar_shows_what_was_planned_what_is_late_and_today(world: World) -> None:
    lines = {line.key: text(line) for line in layout.timeline_lines(world.view(), 120)}
    assert "━" in lines["B01"]
    assert lines["B01"].rstrip("│ ").endswith("█●")
    assert "─" in lines["B14"]
    assert lines["B14"].rstrip().endswith("█◆")
    assert ascii_face(lines["B14"]).isascii()


def text(line: Line) -> str:
    return "".join(part.text for part in line.parts)


def offered(app: EngagewatchApp) -> set[str]:
    return {binding.action for _, binding, on, _ in app.screen.active_bindings.values() if on}


async def to_task(app: EngagewatchApp, pilot: object, name: str) -> None:
    """Put the cursor on a task of the board."""
    listing = app.shell.page.listing
    assert listing is not None
    listing.state.cursor = name
    app.shell.page.show()
    app.shell.refresh_bindings()


@pytest.mark.parametrize("size", [(80, 24), (200, 55)])
async def test_every_line_with_a_number_at_the_top_says_why(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "o", "The end of the plan")
        titles = ("Slip of the end", "Slip of G4 go-live", "Our hours in the next 30 days")
        for title in titles:
            await press_until(pilot, "i", title)
            await pilot.press("escape", "down")
            await pilot.pause()
