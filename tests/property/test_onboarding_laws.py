"""Whatever people enter and however a plan file is damaged, the on-boarding stays in order."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engagewatch.config.plan_file import load_plan
from engagewatch.config.problems import ConfigError, Problem
from engagewatch.config.templates import render_plan
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.plan import FloatRule, Onboarding, PlannedTask
from engagewatch.model.policy import ALWAYS
from engagewatch.store.store import Store
from engagewatch.views import onboarding
from engagewatch.views.onboarding_plan import plan_state

START = date(2026, 1, 5)
PLAN = """\
id,phase,title,owner,start,due,usual_low,client_hours,depends,gate
A,one,First,client,0,4,2,3,,
B,one,Second,provider,2,9,3,0,A,G1
C,two,Third,shared,5,9,1,2,A,
D,two,Fourth,outgoing,8,15,4,1,B;C,G2
"""
KINDS = (
    EntryKind.TASK_DONE,
    EntryKind.TASK_REOPENED,
    EntryKind.TASK_MOVED,
    EntryKind.TASK_CALLED_OFF,
    EntryKind.TASK_NOTED,
)


def at(day: int) -> int:
    return int((datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(day)).timestamp())


@contextmanager
def planned(rule: FloatRule) -> Iterator[tuple[Store, Engagement]]:
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.csv"
        plan.write_text(PLAN)
        engagement = Engagement(
            "acme", "Acme / Contoso", "Acme", "Contoso", START, "Europe/London",
            {ALWAYS.name: ALWAYS}, (), onboarding=Onboarding(START, plan, float_rule=rule),
        )  # fmt: skip
        with Store.open(Path(folder) / "history.db") as store:
            yield store, engagement


said = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(KINDS), st.sampled_from("ABCDX"), st.integers(-3, 40)
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(said, st.integers(0, 30), st.sampled_from(list(FloatRule)))
def test_whatever_is_entered_every_slip_sums_to_its_parts(
    entered: list[tuple[int, EntryKind, str, int]], today: int, rule: FloatRule
) -> None:
    with planned(rule) as (store, engagement):
        for number, (day, kind, task, other) in enumerate(entered):
            when = "9999-12-31" if other == 40 else (START + timedelta(other)).isoformat()
            values = {"on": when, "due": when, "note": "n"}
            store.enter([Entry(f"{number:03d}", "acme", at(day), kind, task, values)])
        state = plan_state(store, engagement, at(today))
        assert state is not None
        for slip in state.slips.values():
            assert sum(slip.parts.values()) == slip.days
        for one in state.tasks:
            assert one.standing.is_open or not one.waits_on_client
            assert one.standing.finish >= state.today or not one.standing.is_open
        for side in state.on_time:
            assert 0 <= side.met <= side.judged
        view = onboarding.build(store, engagement, at(today))
        assert {row.key for phase in view.phases for row in phase.rows} == set("ABCD")


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.sampled_from([".csv", ".toml"]))
def test_a_damaged_plan_is_read_or_refused_with_places(seed: int, cuts: int, ending: str) -> None:
    text = list(render_plan(1))
    chance = random.Random(seed)
    for _ in range(cuts):
        place = chance.randrange(len(text))
        text[place] = chance.choice(['"', ",", "\n", "", "[", "=", "é", "\x00", "9", ";"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"plan{ending}"
        path.write_text("".join(text))
        tasks, problems = read(path)
    lines = "".join(text).count("\n") + 2
    assert bool(tasks) is not bool(problems)
    assert all(0 <= problem.line <= lines for problem in problems)


def read(path: Path) -> tuple[tuple[PlannedTask, ...], tuple[Problem, ...]]:
    try:
        return load_plan(Onboarding(START, path)).tasks, ()
    except ConfigError as error:
        return (), error.problems
