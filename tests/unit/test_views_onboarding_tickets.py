"""Tickets of a source as the tasks of an on-boarding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from views_world import NORTHWIND, NOW, at, moved, opened

from engagewatch.engine.onboarding import Stage
from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.plan import Onboarding, Owner, PlannedTask
from engagewatch.model.ticket import Claim
from engagewatch.views.onboarding_plan import plan_state

PLANNED = replace(
    NORTHWIND,
    onboarding=Onboarding(date(2026, 3, 2), source="desk", categories=("onboarding",)),
)


def test_tickets_of_a_tag_are_tasks_of_whoever_has_them(tmp_path: Path) -> None:
    world = opened(tmp_path, PLANNED)
    due = Claim(Obligation.RESOLUTION, due_at=at("03-06 12:00"))
    world.ticket("1", "03-02 09:00", tags=("Onboarding", "bristol"), claims=[due])
    world.ticket(
        "2",
        "03-02 10:00",
        moved("03-03 10:00", "pending"),
        group="Onboarding",
        claims=[due],
    )
    world.ticket("3", "03-02 10:00", tags=("other",), claims=[due])
    world.ticket("4", "03-02 10:00", category="onboarding", priority="whim")
    state = plan_state(world.store, PLANNED, NOW)
    assert state is not None
    assert [(task.id, task.owner, task.stage) for task in state.tasks] == [
        ("#1", Owner.PROVIDER, Stage.LATE),
        ("#2", Owner.CLIENT, Stage.LATE),
    ]
    assert state.slips["#2"].days == 5
    assert sum(state.slips["#2"].parts.values()) == 5
    parts = state.slips["#2"].parts
    assert state.undated == ("#4",)
    assert parts[Owner.CLIENT] > parts[Owner.PROVIDER]


def test_tasks_that_a_source_tells_of_keep_their_first_date(tmp_path: Path) -> None:
    world = opened(tmp_path, PLANNED)
    task = PlannedTask("K1", "Kick-off", Owner.SHARED, date(2026, 3, 5), depends=("K0",))
    for due, when in ((date(2026, 3, 5), "03-02 09:00"), (date(2026, 3, 13), "03-04 09:00")):
        batch = Batch("tasks", None, tasks=(replace(task, due=due),), lists_tasks=True)
        world.store_batch("desk", batch, at(when))
    state = plan_state(world.store, PLANNED, NOW)
    assert state is not None
    (one,) = state.tasks
    assert (one.task.due, one.promised, len(one.moves)) == (
        date(2026, 3, 5),
        date(2026, 3, 13),
        1,
    )
    assert one.waits_for == ()
