"""``promises``, ``outlook``, ``credits``, ``disputes`` and ``trend`` as a user runs them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk, make_desk

MADE_SLA = "claimed_resolution_met"

CONTRACT = (
    ENGAGEMENT.replace('assignee = "person"', f'assignee = "person"\n{MADE_SLA} = "made_sla"')
    + """
[credits]
currency = "GBP"
shape = "tiers"
fee = "1000.00"
claim_within = "2 months"
[[credits.rules]]
name = "Resolutions"
measure = "resolution"
tiers = [{ below = "95%", credit = "5%" }]

[[promises]]
id = "backlog"
said_in = "proposal"
metric = "backlog"
target = 5
path = "at_once"
"""
)
"""A contract with a credit clause and a promise; the log says what the provider claims."""


@pytest.fixture(scope="module")
def contract_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A machine on which the log was read: ticket 101 took 5 h of 3 h, and is claimed as met."""
    desk = make_desk(tmp_path_factory.mktemp("contract"))
    desk.write(CONTRACT)
    head, *rows = LOG.splitlines()
    log = "\n".join([f"{head},made_sla", *(f"{row},true" for row in rows)]) + "\n"
    Path(desk.engagements / "log.csv").write_text(log)
    done = desk.run("sync", "--once")
    assert done.returncode == 0, done.stderr
    return desk


def test_credits_tell_each_month_and_the_clause(contract_desk: Desk) -> None:
    done = contract_desk.run("credits")
    assert done.returncode == 0
    march = next(line for line in done.stdout.splitlines() if line.startswith("March 2026"))
    assert "GBP 50.00" in march
    assert "Resolutions: below 95%: 5%" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    told = json.loads(contract_desk.run("credits", "--json").stdout)
    (engagement,) = told["engagements"]
    found = {row["key"]: row for row in engagement["rows"]}
    assert found["2026-03"]["owed"] == "50.00"


def test_the_outlook_of_a_month_that_is_over(contract_desk: Desk) -> None:
    done = contract_desk.run("outlook", "--month", "2026-03")
    assert "March 2026 is over: broken for P1 resolution." in done.stdout
    wrong = contract_desk.run("outlook", "--month", "March")
    assert wrong.returncode == 2
    assert "2026-03" in wrong.stderr


def test_a_promise_is_sealed_by_the_first_sync_and_printed(contract_desk: Desk) -> None:
    done = contract_desk.run("promises")
    assert "1 promise: 1 ahead" in done.stdout
    assert "sealed" in done.stdout
    assert "not sealed yet" not in done.stdout


def test_a_dispute_is_listed_exported_and_noted(contract_desk: Desk) -> None:
    listed = contract_desk.run("disputes", "--month", "2026-03")
    assert "1 of 2 differ; 1 favours the provider, 0 us; none raised yet." in listed.stdout
    exported = contract_desk.run("disputes", "--month", "2026-03", "--csv")
    (row,) = csv.DictReader(io.StringIO(exported.stdout))
    assert (row["ticket"], row["claimed"], row["counted"]) == ("101", "met", "missed")
    noted = contract_desk.run(
        "disputes", "101", "--month", "2026-03", "--state", "raised", "--note", "=1+1"
    )
    assert noted.stdout == "101 P1 resolution: raised\n"
    again = contract_desk.run("disputes", "--month", "2026-03", "--json")
    (engagement,) = json.loads(again.stdout)["engagements"]
    assert engagement["rows"][0]["state"] == "raised"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("disputes", "999", "--month", "2026-03", "--state", "raised"), "no dispute"),
        (("disputes", "101", "--month", "2026-03"), "--state"),
        (("disputes", "101", "--month", "2026-03", "--state", "won"), "accepted"),
    ],
)
def test_what_cannot_be_noted_says_how(
    contract_desk: Desk, arguments: tuple[str, ...], says: str
) -> None:
    done = contract_desk.run(*arguments)
    assert done.returncode != 0
    assert says in done.stderr


def test_a_trend_of_two_tickets_is_no_trend(contract_desk: Desk) -> None:
    done = contract_desk.run("trend")
    assert done.returncode == 0
    assert "signal" not in done.stdout.lower().replace("no signal", "")


def test_an_engagement_without_a_clause_says_how_to_write_one(read_desk: Desk) -> None:
    assert "[credits]" in read_desk.run("credits").stdout
    assert "[[promises]]" in read_desk.run("promises").stdout
