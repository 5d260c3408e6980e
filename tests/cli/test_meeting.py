"""Meetings from the command line: added, attended, and what came of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import ENGAGEMENT, Desk

PEOPLE = (
    ENGAGEMENT
    + """
[[people]]
role = "Finance approver"

[[people]]
role = "Service manager"
side = "provider"

[[meetings]]
series = "Steering"
title = "steering*"
required = ["Finance approver", "Service manager"]
"""
)


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A machine on which nothing was polled yet."""
    desk.write(PEOPLE)
    return desk


def told(desk: Desk, *arguments: str) -> dict[str, Any]:
    done = desk.run("meeting", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def added(desk: Desk, title: str = "Steering committee", when: str = "2026-03-09 14:00") -> str:
    handle: str = told(desk, "add", title, "--at", when)["meeting"]["handle"]
    return handle


def test_a_meeting_is_added_and_who_came_is_said(office: Desk) -> None:
    one = added(office)
    shown = told(office, "attended", one, "finance approver", "--absent")["meeting"]
    assert [(who["who"], who["came"]) for who in shown["attendees"]] == [
        ("Finance approver", False),
        ("Service manager", None),
    ]
    told(office, "attended", one, "Service manager")
    (engagement,) = told(office, "list")["engagements"]
    assert engagement["attendance"]["client"] == {
        "came": 0, "recorded": 1, "not_recorded": 0, "excused_or_called_off": 0,
    }  # fmt: skip
    assert engagement["attendance"]["provider"]["came"] == 1
    told(office, "attended", one, "Finance approver", "--undo")
    (engagement,) = told(office, "list")["engagements"]
    assert engagement["attendance"]["client"]["not_recorded"] == 1


def test_decisions_and_actions_follow_from_meeting_to_meeting(office: Desk) -> None:
    first, second = added(office), added(office, when="2026-04-13 14:00")
    shown = told(office, "decision", first, "Release", "the", "budget", "--needed")["meeting"]
    (decision,) = shown["decisions"]
    assert (decision["text"], decision["state"]) == ("Release the budget", "needed")
    told(office, "decision", second, "--of", decision["handle"])
    assert told(office, "show", first)["meeting"]["decided"] == "0 of 1 made, 1 later"
    action = ("action", first, "Send it", "--owner", "finance approver", "--due", "2026-03-20")
    (taken,) = told(office, *action)["meeting"]["actions"]
    assert (taken["owner"], taken["side"], taken["due"]) == (
        "Finance approver", "us", "2026-03-20",
    )  # fmt: skip
    told(office, "action", second, "--of", taken["handle"], "--due", "2026-05-01")
    (brought,) = told(office, "show", second)["meeting"]["brought_along"]
    assert (brought["moved"], brought["carried_over"], brought["state"]) == (1, 1, "open")
    told(office, "action", second, "--of", taken["handle"], "--done")
    (taken,) = told(office, "show", first)["meeting"]["actions"]
    assert taken["state"] == "done"


def test_a_meeting_is_moved_called_off_and_takes_place_after_all(office: Desk) -> None:
    one = added(office)
    moved = told(office, "move", one, "--at", "2026-03-10 14:00", "--by", "provider")["meeting"]
    assert (moved["moved"], moved["from"]) == ("moved once by provider", "2026-03-10T14:00:00Z")
    assert told(office, "off", one, "--by", "us")["meeting"]["state"] == "called off by us"
    assert told(office, "on", one)["meeting"]["state"] == "held"


def test_the_list_is_text_of_eighty_columns(office: Desk) -> None:
    one = added(office, "Steering committee on everything that has been left over since spring")
    done = office.run("meeting")
    assert done.returncode == 0, done.stderr
    assert one in done.stdout
    assert "us not recorded;" in " ".join(done.stdout.split())
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    shown = office.run("meeting", "show", one)
    assert "Finance approver  us        required  not recorded" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "zzzz"), 'there is no meeting "zzzz"'),
        (("show", "a"), "too short; write 4 letters"),
        (("attended", "{one}", "Finance aprover"), 'did you mean "Finance approver"?'),
        (("attended", "{one}", "Somebody"), "--side us, or --side provider"),
        (("decision", "{one}"), "say what is decided"),
        (("decision", "{one}", "--of", "ffff"), 'there is no decision "ffff"'),
        (("action", "{one}", "Do it"), "say whose action it is"),
        (("action", "{one}", "Do it", "--side", "x"), '--side: write "us" or "provider"'),
        (("action", "{one}", "Do it", "--side", "us", "--due", "soon"), "--due:"),
        (("add", "X", "--at", "2026-03-09"), "a time is missing"),
    ],
)
def test_what_will_not_do_is_said_and_changes_nothing(
    office: Desk, arguments: tuple[str, ...], says: str
) -> None:
    one = added(office)
    before = told(office, "show", one)["meeting"]
    done = office.run("meeting", *(part.replace("{one}", one) for part in arguments))
    assert done.returncode != 0
    assert says in done.stderr
    assert told(office, "show", one)["meeting"] == before
