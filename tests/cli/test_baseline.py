"""The record from before, imported, listed and dropped on the command line."""

from __future__ import annotations

import json

from engagewatch.model.entry import EntryKind
from engagewatch.store.store import Store
from engagewatch.views.entering import make_entry
from tests.cli.conftest import Desk, Modules

OUTAGES = """\
began,until,what
2025-01-07 09:00,2025-01-07 11:00,Mail
2025-02-03 10:00,,VPN
whenever,,Phones
2026-03-09 10:00,2026-03-09 11:00,ERP
"""


def imported(desk: Desk, *more: str) -> str:
    path = desk.home / "outages.csv"
    path.write_text(OUTAGES)
    done = desk.run(
        "baseline", "import", str(path), "--content", "outages", "--grade", "B",
        "--source", "invoices of 2025", *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_import_tells_what_was_read_and_what_was_left_out(desk: Desk) -> None:
    desk.write()
    said = " ".join(imported(desk).split())
    assert 'Imported "outages"' in said
    assert "3 rows of outages, grade B, Tue 7 Jan 2025" in said
    assert 'line 4: at: "whenever" is not an ISO 8601 time' in said
    assert "1 of them lie after the start of Mon 2 Mar 2026" in said
    assert "Read: at from began, until from until, title from what." in said


def test_what_was_imported_is_listed_and_replaced_and_dropped(desk: Desk) -> None:
    desk.write()
    imported(desk, "--name", "old desk")
    assert 'takes the place of "old desk"' in imported(desk, "--name", "old desk")
    listed = json.loads(desk.run("baseline", "list", "--json").stdout)
    (file,) = listed["engagements"][0]["files"]
    assert (file["name"], file["grade"], file["rows"]) == ("old desk", "B", 3)
    assert file["source"] == "invoices of 2025"
    assert "3 rows of outages  grade B" in desk.run("baseline").stdout
    assert "Dropped" in desk.run("baseline", "drop", "old desk").stdout
    assert "nothing imported" in desk.run("baseline", "list").stdout
    again = desk.run("baseline", "drop", "old desk")
    assert (again.returncode, "nothing was imported" in again.stderr) == (1, True)


def test_nothing_is_imported_of_a_file_without_a_row_that_can_be_read(desk: Desk) -> None:
    desk.write()
    path = desk.home / "outages.csv"
    path.write_text("began\n07/01/2025 09:00\n")
    start = (
        "baseline", "import", str(path), "--content", "outages", "--grade", "B", "--source", "x",
    )  # fmt: skip
    done = desk.run(*start)
    assert done.returncode == 1
    assert "--time-format" in done.stderr
    assert desk.run(*start, "--time-format", "%d/%m/%Y %H:%M").returncode == 0


def test_a_wrong_column_is_named_with_its_line(desk: Desk) -> None:
    desk.write()
    path = desk.home / "outages.csv"
    path.write_text("Logged\n2025-01-07\n")
    start = ("baseline", "import", str(path), "--content", "outages", "--grade", "A", "--source")
    done = desk.run(*start, "x")
    assert done.returncode == 1
    assert "--columns at=NAME" in done.stderr
    assert "no field" in desk.run(*start, "x", "--columns", "opened=Logged").stderr
    assert desk.run(*start, "x", "--columns", "at=Logged").returncode == 0


def test_guesses_are_printed_only_when_asked_for(desk: Desk) -> None:
    desk.write()
    imported(desk)
    with Store.open(desk.data / "engagewatch.db") as store:
        store.enter([make_entry("northwind", 1, EntryKind.GUESSED, "before", {"count_low": 7})])
    for how in ((), ("--json",), ("--csv",)):
        assert "guessed" not in desk.run("entries", *how).stdout
        assert "guessed" in desk.run("entries", *how, "--include-guesses").stdout


def test_importing_needs_no_network_and_no_screen(imported: Modules) -> None:
    modules = imported("baseline", "list")
    assert not modules & {"httpx", "textual", "rich", "pydantic", "scipy", "asyncio", "msgspec"}
