"""The plan as it stands: what entries change, what it holds up, who keeps dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engagewatch.engine.onboarding import Stage
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind, Value
from engagewatch.model.plan import Onboarding, Owner
from engagewatch.model.policy import ALWAYS
from engagewatch.store.store import Store
from engagewatch.views.entering import make_entry
from engagewatch.views.onboarding_plan import PlanState, TaskState, plan_state

START = date(2026, 1, 5)
PLAN = """\
id,phase,title,owner,role,start,due,usual_low,client_hours,depends,evidence,gate
B01,discover,Hand over accounts,outgoing,,3,14,3,4,,register,
B10,discover,Restore a backup,provider,engineer,10,21,2,1,B01,log,G2
B14,discover,Decide on risks,client,sponsor,22,26,1,2,B10,decisions,
D01,go-live,Go or no-go,shared,sponsor,27,28,1,1,B10;B14,minutes,G4
"""


def at(day: int, hour: int = 12) -> int:
    moment = datetime.combine(START, datetime.min.time(), tzinfo=UTC)
    return int((moment + timedelta(days=day, hours=hour)).timestamp())


class World:
    def __init__(self, tmp_path: Path) -> None:
        plan = tmp_path / "plan.csv"
        plan.write_text(PLAN)
        self.plan = plan
        self.store = Store.open(tmp_path / "history.db")
        self.engagement = Engagement(
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

    def say(self, day: int, kind: EntryKind, task: str, **values: Value) -> None:
        self.store.enter([make_entry("acme", at(day), kind, task, values)])

    def done(self, task: str, day: int) -> None:
        on = (START + timedelta(day)).isoformat()
        self.say(day, EntryKind.TASK_DONE, task, on=on)

    def state(self, day: int) -> PlanState:
        state = plan_state(self.store, self.engagement, at(day))
        assert state is not None
        return state

    def task(self, name: str, day: int) -> TaskState:
        task = self.state(day).task(name)
        assert task is not None
        return task


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_stages_follow_the_calendar_and_what_was_entered(world: World) -> None:
    assert world.task("B01", 1).stage is Stage.NOT_STARTED
    assert world.task("B01", 5).stage is Stage.CAN_START
    assert world.task("B01", 13).stage is Stage.DUE
    assert world.task("B01", 15).stage is Stage.LATE
    assert world.task("B10", 12).stage is Stage.WAITING
    assert world.task("B10", 12).waits_for == ("B01",)
    world.done("B01", 15)
    assert world.task("B01", 16).stage is Stage.DONE
    world.say(16, EntryKind.TASK_REOPENED, "B01", note="two accounts are missing")
    assert world.task("B01", 17).stage is Stage.LATE
    world.say(18, EntryKind.TASK_CALLED_OFF, "B01", note="none exist")
    assert world.task("B01", 18).stage is Stage.CALLED_OFF
    assert world.task("B10", 18).waits_for == ()


def test_the_past_is_shown_as_it_was_known(world: World) -> None:
    world.done("B01", 10)
    assert world.task("B01", 9).stage is Stage.CAN_START


def test_a_new_date_is_counted_and_leaves_the_plan_as_it_was(world: World) -> None:
    world.say(20, EntryKind.TASK_MOVED, "B14", due="2026-02-10", why="finance is away")
    task = world.task("B14", 27)
    assert task.task.due == START + timedelta(26)
    assert task.promised == date(2026, 2, 10)
    assert [promise.why for promise in task.moves] == ["finance is away"]
    assert task.late == (date(2026, 2, 10) - task.task.due).days
    assert world.plan.read_text() == PLAN


def test_what_waits_on_us_says_since_when_and_what_it_holds_up(world: World) -> None:
    world.done("B01", 14)
    world.done("B10", 20)
    assert world.task("B14", 21).waits_since is None
    waiting = world.task("B14", 30)
    assert waiting.waits_on_client
    assert waiting.waits_since == at(22, 0)
    assert [(stake.name, stake.days) for stake in waiting.stakes] == [("G4", 3), ("the end", 3)]


def test_an_entry_about_something_else_or_without_a_date_changes_nothing(world: World) -> None:
    world.say(10, EntryKind.TASK_DONE, "B01", on="soon")
    world.say(10, EntryKind.TASK_DONE, "Z99", on="2026-01-10")
    assert world.task("B01", 11).stage is Stage.CAN_START


def test_lateness_that_others_caused_breaks_nobodys_promise(world: World) -> None:
    world.done("B01", 24)
    world.done("B10", 26)
    kept = {one.owner: one for one in world.state(26).on_time}
    assert (kept[Owner.OUTGOING].met, kept[Owner.OUTGOING].judged) == (0, 1)
    assert (kept[Owner.PROVIDER].met, kept[Owner.PROVIDER].judged) == (1, 1)


def test_what_one_adds_oneself_does(world: World) -> None:
    world.done("B01", 24)
    world.done("B10", 34)
    world.done("B14", 35)
    world.done("D01", 36)
    state = world.state(40)
    kept = {one.owner: (one.met, one.judged) for one in state.on_time}
    assert kept[Owner.PROVIDER] == (0, 1)
    assert state.slip.days == 8
    assert sum(state.slip.parts.values()) == 8
    assert state.slip.chain[1].float_used == {Owner.OUTGOING: 5}


def test_a_gate_tells_its_own_slip(world: World) -> None:
    world.done("B01", 14)
    world.done("B10", 23)
    gates = {task.task.gate: slip for task, slip in world.state(24).gates}
    assert (gates["G2"].days, gates["G2"].parts) == (2, {Owner.PROVIDER: 2})
    assert gates["G4"].days == 0


def test_a_plan_that_cannot_be_read_is_no_plan(world: World) -> None:
    world.plan.write_text("id,title\n")
    assert plan_state(world.store, world.engagement, at(1)) is None
