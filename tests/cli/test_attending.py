"""Saying something about what waits, on the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk

OPEN = LOG + (
    "103,2026-03-04 09:00,New,2026-03-04 09:00,P1,ann\n"
    "103,2026-03-04 10:00,Waiting for customer,2026-03-04 09:00,P1,ann\n"
)
PEOPLE = '\n[[people]]\nrole = "Finance approver"\nname = "R. Okafor"\n'


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """A desk with one ticket that waits on the client, and the flags that go with it."""
    desk.write(ENGAGEMENT + PEOPLE)
    (desk.engagements / "log.csv").write_text(OPEN)
    assert desk.run("sync").returncode == 0
    return desk


def told(desk: Desk) -> dict[str, Any]:
    (engagement,) = json.loads(desk.run("waiting", "--json").stdout)["engagements"]
    assert isinstance(engagement, dict)
    return engagement


def said(desk: Desk, *arguments: str) -> str:
    done = desk.run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_waits_is_told_with_a_name_to_type(waiting: Desk) -> None:
    (item,) = told(waiting)["items"]
    assert (item["reference"], item["kind"], item["asked"]) == ("103", "reply", "unknown")
    assert item["gravity"] == "a clock of the first priority"
    text = said(waiting, "waiting")
    assert text.startswith("Northwind / Contoso\n1 item waits on us, oldest ")
    assert f"\n{item['key']}  103\n" in text
    assert "holds up: " in text


def test_the_json_has_the_shape_its_help_describes(waiting: Desk) -> None:
    shape = said(waiting, "waiting", "--help")
    engagement = told(waiting)
    for word in (*engagement, *engagement["items"][0], *engagement["nudges"]):
        assert word in shape


def test_an_acknowledgement_by_name_by_its_beginning_or_by_reference(waiting: Desk) -> None:
    (item,) = told(waiting)["items"]
    for name in (item["key"], item["key"][:4], "#103"):
        assert "acknowledged 103" in said(waiting, "ack", name, "--note", f"seen as {name}")
        (item,) = told(waiting)["items"]
        assert item["acknowledged"]
        assert item["note"] == f"seen as {name}"


def test_what_is_put_off_leaves_the_list_and_comes_back_when_woken(waiting: Desk) -> None:
    assert "comes back on" in said(waiting, "snooze", "103", "--until", "7d", "--why", "on leave")
    found = told(waiting)
    assert found["items"] == []
    as_of = date.fromisoformat(json.loads(said(waiting, "waiting", "--json"))["as_of"][:10])
    until = date.fromisoformat(found["put_off"][0]["put_off_until"])
    # A day in London begins before that day in UTC.
    assert (until - as_of).days in (7, 8)
    assert "Nothing waits on us; 1 put off." in said(waiting, "waiting")
    assert "back on the list" in said(waiting, "snooze", "103", "--wake")
    assert told(waiting)["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("103",), "say until when and why"),
        (("103", "--until", "2020-01-01", "--why", "x"), "2020-01-01 is not after today"),
        (("103", "--until", "soon", "--why", "x"), '"soon" is not a day'),
        (("tea", "--until", "3d", "--why", "x"), 'is called "tea"'),
    ],
)
def test_what_cannot_be_put_off_is_told_and_nothing_is_entered(
    waiting: Desk, arguments: tuple[str, ...], problem: str
) -> None:
    done = waiting.run("snooze", *arguments)
    assert done.returncode != 0
    assert problem in done.stderr
    assert said(waiting, "entries") == "nothing was entered yet\n"


def test_a_flag_is_put_off_and_no_longer_counts(waiting: Desk) -> None:
    (engagement,) = json.loads(said(waiting, "brief", "--json"))["engagements"]
    assert engagement["flags"]
    for flag in engagement["flags"]:
        said(waiting, "snooze", flag["key"], "--until", "3d", "--why", "known")
    (engagement,) = json.loads(said(waiting, "brief", "--json"))["engagements"]
    assert all(flag["put_off"] for flag in engagement["flags"])
    assert f"{len(engagement['flags'])} put off" in said(waiting, "brief")
    # What somebody put off until a day does not keep a monitor red.
    assert waiting.run("status").returncode == 0


def test_an_assignment_shows_with_the_roles_name(waiting: Desk) -> None:
    said(waiting, "assign", "103", "Finance approver")
    assert "owed by R. Okafor (Finance approver)" in said(waiting, "waiting")
    # For machines by role.
    assert told(waiting)["items"][0]["owner"] == "Finance approver"


def test_a_nudge_is_printed_and_noted_and_nothing_is_sent(waiting: Desk) -> None:
    text = said(waiting, "nudge", "103")
    assert text.startswith("103 has waited for an answer from us since Wed 4 Mar")
    assert len(told(waiting)["items"][0]["nudged"]) == 1
    assert told(waiting)["nudges"] == {"followed": 0, "judged": 0, "pending": 1}


def test_what_was_entered_can_be_taken_along(waiting: Desk) -> None:
    said(waiting, "ack", "103", "--note", "=cmd()")
    said(waiting, "nudge", "103")
    entries = json.loads(said(waiting, "entries", "--json"))["entries"]
    assert [entry["kind"] for entry in entries] == ["acknowledged", "nudged"]
    assert entries[0]["subject"] == "log/103/reply/1"
    rows = list(csv.DictReader(io.StringIO(said(waiting, "entries", "--csv"))))
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
    assert json.loads(rows[0]["values"]) == entries[0]["values"]
    assert "acknowledged log/103/reply/1: note: =cmd()" in said(waiting, "entries").replace(
        "about: 103, ", ""
    )


def test_the_same_name_in_two_engagements_is_asked_back(waiting: Desk) -> None:
    other = ENGAGEMENT.replace("Northwind", "Southwind")
    waiting.write(other, "southwind")
    assert waiting.run("sync").returncode == 0
    done = waiting.run("ack", "103")
    assert done.returncode == 2
    assert "--engagement northwind" in done.stderr
    assert "--engagement southwind" in done.stderr
    assert waiting.run("ack", "103", "--engagement", "southwind").returncode == 0


PLAN = """\
id,title,owner,role,start,due,depends,evidence,gate
B1,Confirm the inventory,client,lead,1,4,,the inventory signed,
B2,Go live,provider,lead,4,8,B1,users on it,G1 go-live
"""


def test_a_late_task_of_the_plan_waits_and_the_brief_looks_up_no_holidays_for_it(
    waiting: Desk,
) -> None:
    (waiting.engagements / "plan.csv").write_text(PLAN)
    waiting.write(f'{ENGAGEMENT}{PEOPLE}\n[onboarding]\nplan = "plan.csv"\nstart = 2026-03-02\n')
    items = {item["reference"]: item for item in told(waiting)["items"]}
    assert (items["B1"]["kind"], items["B1"]["overdue"]) == ("document", True)
    assert items["B1"]["gravity"] == "a gate or the end of the plan"
    assert "B1 Confirm the inventory: " in said(waiting, "brief")
    code = (
        "import sys\n"
        "from engagewatch.cli.main import run\n"
        "run(['brief'])\n"
        "print('holidays' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=waiting.environment,
        timeout=60,
        check=True,
    )
    assert done.stderr == "False\n"
