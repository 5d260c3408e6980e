"""The on-boarding of the demonstration slipped mostly through us, by exact days."""

from __future__ import annotations

from pathlib import Path

import pytest

from engagewatch.config.loader import load_engagement
from engagewatch.config.plan_checks import plan_notes
from engagewatch.config.plan_file import load_plan
from engagewatch.demo.launch import prepare
from engagewatch.demo.onboarding import enter
from engagewatch.demo.settings import TOKEN_VARIABLE
from engagewatch.model.plan import Owner
from engagewatch.store.store import Store
from engagewatch.views.onboarding_plan import plan_state
from tests.demo.simulation import ANCHOR


def test_the_take_over_is_two_weeks_late_mostly_through_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "")
    with prepare(tmp_path, clock=lambda: ANCHOR) as demo:
        engagement = load_engagement(demo.config_dir / "engagements" / "northwind.toml")
        settings = engagement.onboarding
        assert settings is not None
        assert plan_notes(load_plan(settings), settings, None) == []
        with Store.open(demo.data_dir / "history.db") as store:
            enter(store, ANCHOR)
            enter(store, ANCHOR)
            state = plan_state(store, engagement, ANCHOR)
    assert state is not None
    gates = {task.task.gate: slip for task, slip in state.gates}
    assert gates["G4 go-live"].parts == {Owner.CLIENT: 10, Owner.PROVIDER: 4}
    assert state.slip.parts == {Owner.CLIENT: 5, Owner.PROVIDER: 2}
    waiting = [task.id for task in state.tasks if task.waits_on_client]
    assert waiting == ["N16", "N23"]
    kept = {side.owner: (side.met, side.judged) for side in state.on_time}
    assert kept[Owner.CLIENT][0] < kept[Owner.CLIENT][1]
