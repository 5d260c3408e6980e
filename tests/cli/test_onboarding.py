"""The on-boarding from the command line: the plan written, read, and what became of its tasks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engagewatch.config.loader import load_engagement
from tests.cli.conftest import ENGAGEMENT, Desk, make_desk

PLAN = """\
id,phase,title,owner,start,due,usual_low,client_hours,depends,evidence,gate
B01,discover,Hand over accounts,outgoing,3,14,3,4,,register,
B10,discover,Restore a backup,provider,10,21,2,1,B01,log,G2 restore
B14,discover,Decide on risks,client,22,26,1,2,B10,decisions,
"""
PLANNED = ENGAGEMENT + '\n[onboarding]\nplan = "plan.csv"\n'


@pytest.fixture
def planned(desk: Desk) -> Desk:
    """A machine with a plan, on which nothing was polled yet."""
    desk.write(PLANNED)
    (desk.engagements / "plan.csv").write_text(PLAN)
    return desk


def told(desk: Desk, *arguments: str) -> dict[str, object]:
    done = desk.run("onboarding", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def stage(desk: Desk, task: str) -> object:
    return told(desk, "show", task)["stage"]


def test_a_plan_is_shown_before_anything_was_polled(planned: Desk) -> None:
    shown = planned.run("onboarding")
    assert shown.returncode == 0, shown.stderr
    assert "The end of the plan is expected on" in shown.stdout
    assert "G2 restore" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())


def test_a_task_is_done_reopened_moved_noted_and_called_off(planned: Desk) -> None:
    assert stage(planned, "B01") == "late"
    done = planned.run("onboarding", "done", "b01", "--on", "2026-03-20", "--note", "the register")
    assert done.stdout.startswith("B01: done Fri 20 Mar, 4 days late")
    assert stage(planned, "B01") == "done"
    assert planned.run("onboarding", "reopen", "B01", "--why", "two are missing").returncode == 0
    assert stage(planned, "B01") == "late"
    moved = planned.run("onboarding", "move", "B01", "2099-01-05", "--why", "they moved offices")
    assert moved.returncode == 0, moved.stderr
    assert told(planned, "show", "B01")["moves"] == 1
    assert planned.run("onboarding", "note", "B01", "asked again").returncode == 0
    assert planned.run("onboarding", "call-off", "B01", "--why", "none exist").returncode == 0
    assert stage(planned, "B01") == "called_off"
    words = [row["words"] for row in told(planned, "show", "B01")["entered"]]  # type: ignore[attr-defined]
    assert words == [
        "done on 2026-03-20: the register",
        "opened again: two are missing",
        "promised for 2099-01-05: they moved offices",
        "noted: asked again",
        "called off: none exist",
    ]
    assert (planned.engagements / "plan.csv").read_text() == PLAN


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("done", "B0"), "did you mean"),
        (("done",), "name the task"),
        (("done", "B01", "--on", "2099-01-01"), "still to come"),
        (("move", "B01", "2099-01-01"), "a reason is needed"),
        (("move", "B01", "later", "--why", "x"), "is not a date"),
        (("reopen", "B01"), "is open"),
        (("note", "B01"), "the note is empty"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    planned: Desk, arguments: tuple[str, ...], said: str
) -> None:
    refused = planned.run("onboarding", *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert told(planned)["tasks"]


def test_the_slip_in_json_sums_exactly(planned: Desk) -> None:
    planned.run("onboarding", "done", "B01", "--on", "2026-03-26")
    planned.run("onboarding", "done", "B10", "--on", "2026-04-05")
    planned.run("onboarding", "done", "B14", "--on", "2026-04-06")
    end = told(planned)["end"]
    assert isinstance(end, dict)
    assert (end["slip_days"], end["parts"]) == (9, {"outgoing": 1.0, "provider": 8.0})


def test_without_a_plan_it_says_how_to_get_one(desk: Desk) -> None:
    desk.write()
    refused = desk.run("onboarding")
    assert refused.returncode == 1
    assert "init --onboarding" in refused.stderr


def test_check_tells_what_is_wrong_with_a_plan_and_where(planned: Desk) -> None:
    plan = planned.engagements / "plan.csv"
    fine = planned.run("check", "--offline")
    assert f"the plan is fine, 3 tasks ({plan})".replace("\n", "") in fine.stdout
    plan.write_text(PLAN.replace("B10,discover", "B10,discover").replace(",provider,", ",them,"))
    wrong = planned.run("check", "--offline")
    assert wrong.returncode == 2
    assert f"{plan}:3:31: B10.owner:" in wrong.stderr
    shown = planned.run("onboarding")
    assert "B10.owner" in shown.stderr


def test_init_writes_a_plan_that_checks(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    made = desk.run("init", "--name", "North / Contoso", "--onboarding", "0.5", "--timezone", "UTC")
    assert made.returncode == 0, made.stderr
    path, plan = (Path(line) for line in made.stdout.splitlines())
    settings = load_engagement(path).onboarding
    assert settings is not None
    assert settings.path == plan
    assert "the plan is fine, 57 tasks" in desk.run("check", "--offline").stdout


def test_init_adds_a_plan_to_an_engagement_that_is_there(desk: Desk) -> None:
    path = desk.write()
    made = desk.run("init", "--onboarding", "--id", "northwind")
    assert made.returncode == 0, made.stderr
    assert path.read_text() == ENGAGEMENT
    assert "[onboarding]" in made.stderr
    again = desk.run("init", "--onboarding", "--id", "northwind")
    assert again.returncode == 1
