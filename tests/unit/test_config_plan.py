"""Plan files: read from CSV or TOML, every error at its place, the example in order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from engagewatch.config.plan_checks import plan_notes
from engagewatch.config.plan_file import Plan, load_plan
from engagewatch.config.problems import ConfigError
from engagewatch.config.templates import render_plan
from engagewatch.model.plan import Onboarding, Owner, client_hours

START = date(2026, 1, 5)
TITLES = (
    "id,phase,title,owner,role,start,due,usual_low,usual_high,client_hours,depends,evidence,gate\n"
)


def settings(path: Path, **more: object) -> Onboarding:
    return Onboarding(START, path, **more)  # type: ignore[arg-type]


def load(tmp_path: Path, text: str, name: str = "plan.csv", **more: object) -> Plan:
    path = tmp_path / name
    path.write_text(text)
    return load_plan(settings(path, **more))


def problems(tmp_path: Path, text: str, name: str = "plan.csv") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, name)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def example(tmp_path: Path, scale: float = 1.0) -> Plan:
    return load(tmp_path, render_plan(scale))


def test_the_example_is_a_plan_of_ninety_days(tmp_path: Path) -> None:
    plan = example(tmp_path)
    owners = [task.owner for task in plan.tasks]
    assert len(plan.tasks) == 57
    assert [owners.count(owner) for owner in Owner] == [22, 18, 3, 0, 14]
    assert sum(task.client_hours for task in plan.tasks) == 122
    by_phase: dict[str, float] = {}
    for task in plan.tasks:
        by_phase[task.phase] = by_phase.get(task.phase, 0) + task.client_hours
    assert list(by_phase.values()) == [26, 38, 15, 10, 16, 17]
    assert max(task.due for task in plan.tasks) == START + timedelta(95)


def test_the_example_asks_for_about_eighty_hours_before_the_take_over(tmp_path: Path) -> None:
    hours = client_hours(example(tmp_path).tasks, START, START + timedelta(30))
    assert 79 <= hours < 85


def test_the_example_passes_every_check(tmp_path: Path) -> None:
    plan = example(tmp_path)
    given = settings(plan.path, before_first_poll=("A03", "A04"))
    assert plan_notes(plan, given, None) == []
    assert plan_notes(plan, given, START + timedelta(30)) == []


@pytest.mark.parametrize("scale", [0.5, 0.75, 1.75])
def test_scaled_gates_keep_their_order(tmp_path: Path, scale: float) -> None:
    whole = [task.due for task in example(tmp_path).tasks if task.gate]
    gates = [task.due for task in example(tmp_path, scale).tasks if task.gate]
    order = sorted(range(len(whole)), key=lambda index: whole[index])
    assert [gates[index] for index in order] == sorted(gates)


def test_the_scale_of_the_engagement_multiplies_days_and_leaves_dates(tmp_path: Path) -> None:
    text = "id,title,owner,start,due\nA,One,client,4,15\nB,Two,client,2026-02-01,2026-02-03\n"
    first, second = load(tmp_path, text, scale=0.5).tasks
    assert (first.start, first.due) == (START + timedelta(2), START + timedelta(8))
    assert (second.start, second.due) == (date(2026, 2, 1), date(2026, 2, 3))


def test_toml_says_the_same_as_csv(tmp_path: Path) -> None:
    plan = load(tmp_path, "id,title,owner,due,depends\nA,One,us?,3,\n".replace("us?", "client"))
    other = load(
        tmp_path,
        '[[tasks]]\nid = "A"\ntitle = "One"\nowner = "client"\ndue = 3\n',
        "plan.toml",
    )
    assert plan.tasks == other.tasks


def test_shorter_titles_of_columns_and_comments_are_understood(tmp_path: Path) -> None:
    text = (
        "# ours\nid,title,owner,due,usual_lo,client_h,input_or_evidence\nA,One,client,3,1,2.5,x\n"
    )
    (task,) = load(tmp_path, text).tasks
    assert (task.usual_low, task.client_hours, task.evidence) == (1, 2.5, "x")


def test_every_error_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = TITLES + (
        "A01,p,First,cleint,lead,0,2,1,3,1,,x,\n"
        'A01,p,"Second, with a comma",client,lead,5,3,4,2,x,A01;Z9,x,\n'
        "A03,p,,client,lead,soon,,1,3,1,,x,\n"
    )
    assert problems(tmp_path, text) == [
        'plan.csv:2:13: A01.owner: "cleint" is no owner (did you mean "client"?)',
        "plan.csv:3:1: A01.id: line 2 has this id too (change one of them)",
        "plan.csv:3:44: A01.due: this is before the start (write a later day)",
        "plan.csv:3:48: A01.usual_high: this is less than usual_low (swap the two)",
        'plan.csv:3:50: A01.client_hours: "x" is not a number (write it like 1.5)',
        "plan.csv:4:7: A03.title: this is empty (say what is to be done)",
        (
            'plan.csv:4:20: A03.start: "soon" is not a day '
            "(write days from the start such as 14, or a date such as 2026-03-16)"
        ),
        "plan.csv:4:25: A03.due: there is no date (write days from the start, or a date)",
    ]


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    assert problems(tmp_path, "id,titel,owner,due\n")[0] == (
        'plan.csv:1:4: there is no column "titel" (did you mean "title"?)'
    )


def test_what_depends_must_be_there_and_planned_before(tmp_path: Path) -> None:
    text = "id,title,owner,due,depends\nA,One,client,9,\nB,Two,client,5,A;C\n"
    assert problems(tmp_path, text) == [
        (
            "plan.csv:3:16: B.depends: A is due on 2026-01-14, after this one on 2026-01-10 "
            "(move one of the two dates, or leave A out)"
        ),
        'plan.csv:3:16: B.depends: there is no task "C" (write the id of a task of this plan)',
    ]


def test_a_circle_is_shown(tmp_path: Path) -> None:
    text = "id,title,owner,due,depends\nA,One,client,5,B\nB,Two,client,5,A\n"
    assert problems(tmp_path, text) == [
        "plan.csv:2:16: A.depends: these wait for each other: A - B - A (leave one of them out)"
    ]


def test_a_wrong_value_in_toml_has_its_place(tmp_path: Path) -> None:
    text = '[[tasks]]\nid = "A"\ntitle = "One"\nowner = "me"\ndue = 3\n'
    assert problems(tmp_path, text, "plan.toml")[0].startswith("plan.toml:4:9: A.owner: ")


def test_an_unknown_key_in_toml_has_its_place(tmp_path: Path) -> None:
    text = '[[tasks]]\nid = "A"\nwhat = "One"\n'
    assert problems(tmp_path, text, "plan.toml")[0].startswith("plan.toml:3:1: tasks[#1].what: ")


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="init --onboarding"):
        load_plan(settings(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("text", "more", "note"),
    [
        ("A,p,One,client,0,3,1,,1,G1", {}, "nothing says what shows that G1 is passed"),
        ("A,p,One,provider,0,3,1,x,1,", {}, 'the phase "p" has no task of the client'),
        ("A,p,One,client,0,3,1,x,1,", {}, "nobody hands anything over"),
        ("A,p,One,outgoing,0,3,1,x,1,", {"has_outgoing": False}, 'says outgoing = "none"'),
        ("A,p,One,client,0,3,1,x,1,", {"before_first_poll": ("A",)}, "sources were read by"),
        ("A,p,One,client,0,3,1,x,1,", {"before_first_poll": ("Z",)}, "there is no such task"),
        ("A,p,One,client,1,3,5,x,1,", {}, "2 days are planned, fewer than the 5"),
        ("A,p,One,client,0,3,1,x,9,", {"weekly_client_hours": 8.0}, "we said 8 hours a week"),
    ],
)
def test_what_a_plan_leaves_open_is_noted(
    tmp_path: Path, text: str, more: dict[str, object], note: str
) -> None:
    titles = "id,phase,title,owner,start,due,usual_low,evidence,client_hours,gate\n"
    plan = load(tmp_path, titles + text + "\n")
    notes = plan_notes(plan, settings(plan.path, **more), START)
    assert any(note in str(one) for one in notes), [str(one) for one in notes]
