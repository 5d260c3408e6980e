"""Notes on valid files: what they leave open or may not mean."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engagewatch.config.advice import advice
from engagewatch.config.loader import load_engagement

TODAY = date(2026, 3, 10)

COMPLETE = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "UTC"
headcount = [{ from = 2026-03-02, users = 140 }]
[calendars.office]
hours = { mon-fri = ["08:00-18:00"] }
holidays = "GB-ENG"
closed = [2026-12-24]
[[sources]]
id = "log"
kind = "eventlog"
path = "x.csv"
columns = { ticket = "a", at = "b", status = "c" }
[[sources]]
id = "page"
kind = "statuspage"
url = "https://s.example"
[[sla]]
priority = "P1"
calendar = "office"
first_response = "15m"
resolution = "2bd"
attainment = "95%"
[participation]
calendar = "office"
reply = "2bd"
[[uptime]]
component = "*"
uptime = "99.9%"
"""


def notes(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "northwind.toml"
    path.write_text(text)
    return advice(load_engagement(path), TODAY)


def test_a_complete_file_needs_no_note(tmp_path: Path) -> None:
    assert notes(tmp_path, COMPLETE) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('resolution = "2bd"', 'resolution = "2d"', 'means 48 open hours of "office"'),
        ('resolution = "2bd"\n', "", "P1 has no resolution target"),
        ('attainment = "95%"\n', "", "P1 has no attainment"),
        ('holidays = "GB-ENG"\n', "", "keeps no public holidays"),
        ("closed = [2026-12-24]", "closed = [2025-12-24]", "last own day"),
        ('reply = "2bd"\n', "", "sets no targets"),
        ("[calendars.office]", '[calendars.spare]\nhours = "24x7"\n[calendars.office]', '"spare"'),
        ('kind = "statuspage"\nurl = "https://s.example"', "", "no source tells of services"),
        ("started = 2026-03-02", "started = 2026-03-11", "starts on 2026-03-11"),
        ("from = 2026-03-02", "from = 2026-03-09", "headcount before 2026-03-09"),
        ("[participation]", '[privacy]\nnames = "roles"\n[participation]', "shows roles only"),
    ],
)
def test_each_gap_has_its_note(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in COMPLETE
    text = COMPLETE.replace(old, new)
    if new == "" and "statuspage" in old:
        text = text.replace('[[sources]]\nid = "page"\n\n', "")
    (note,) = notes(tmp_path, text)
    assert says in note


def test_a_file_without_sources_or_targets_is_told_so(tmp_path: Path) -> None:
    head = COMPLETE.partition("[[sources]]")[0]
    found = " ".join(notes(tmp_path, head))
    assert "There is no source yet" in found
    source = COMPLETE.partition("[[sources]]")[2].partition("[[sources]]")[0]
    found = " ".join(notes(tmp_path, f"{head}[[sources]]{source}"))
    assert "No [[sla]] row" in found


PAGE = """\
[[sources]]
id = "page"
kind = "statuspage"
url = "https://s.example"
"""

PROMISE = """
[[promises]]
id = "p"
said_in = "proposal"
metric = "backlog"
target = 5
path = "at_once"
"""

CREDITS = """
[credits]
currency = "GBP"
shape = "tiers"
fee = "100.00"
cap = "15%"
claim_within = "30d"
[[credits.rules]]
name = "r"
measure = "resolution"
tiers = [{ below = "95%", credit = "5%" }]
"""


def test_a_measurable_promise_and_a_claimable_credit_need_no_note(tmp_path: Path) -> None:
    assert notes(tmp_path, COMPLETE + PROMISE + CREDITS) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (COMPLETE + PROMISE.replace('metric = "backlog"\ntarget = 5\n', ""), "nobody can tell"),
        (
            COMPLETE.replace(PAGE, "")
            + PROMISE.replace('"backlog"', '"uptime"').replace("target = 5", 'target = "99%"'),
            "no source tells of any",
        ),
        (
            COMPLETE.replace("headcount = [{ from = 2026-03-02, users = 140 }]\n", "")
            + PROMISE.replace('"backlog"', '"tickets_per_user"'),
            "no headcount",
        ),
        (COMPLETE + PROMISE.replace('"backlog"', '"cost_per_ticket"'), "write it in [credits]"),
        (COMPLETE + PROMISE + 'scope = "P9"\n', 'about "P9"'),
        (COMPLETE + PROMISE.replace('"at_once"', '"linear"'), "until then nothing is asked"),
        (
            COMPLETE + PROMISE + 'baseline = { value = 9, grade = "D", source = "memory" }\n',
            "starts from memory",
        ),
        (COMPLETE + CREDITS.replace('claim_within = "30d"\n', ""), "let a credit lapse"),
        (
            COMPLETE
            + CREDITS.replace('cap = "15%"\n', "")
            + '[[credits.rules]]\nname = "s"\nmeasure = "uptime"\n'
            + 'tiers = [{ below = "99%", credit = "100%" }]\n',
            "more than the month's fee",
        ),
    ],
)  # fmt: skip
def test_a_contract_that_cannot_be_held_is_noted(tmp_path: Path, text: str, says: str) -> None:
    assert any(says in note for note in notes(tmp_path, text)), notes(tmp_path, text)
