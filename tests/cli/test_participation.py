"""``engagewatch participation`` as a user runs it."""

from __future__ import annotations

import json

from tests.cli.conftest import LOG, Desk


def test_both_sides_stand_beside_each_other_part_by_part(read_desk: Desk) -> None:
    done = read_desk.run("participation")
    assert done.returncode == 0
    for words in ("Replies", "Approvals", "Tasks", "Attendance", "Surveys", "Contoso"):
        assert words in done.stdout
    assert "us: nothing to judge yet" in done.stdout
    # The log shows no messages: what was asked is not known, which is not nothing.
    assert "Whether log really asked: it shows statuses, but no messages." in " ".join(
        done.stdout.split()
    )
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_machines_get_counts_and_no_percentage_of_nothing(read_desk: Desk) -> None:
    done = read_desk.run("participation", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["version"]) == (0, 1)
    (engagement,) = told["engagements"]
    parts = {row["part"]: row for row in engagement["parts"]}
    assert list(parts) == ["replies", "approvals", "tasks", "attendance", "surveys"]
    ours = parts["replies"]["client"]
    assert (ours["applies"], ours["met"], ours["judged"], ours["percent"]) == (True, 0, 0, None)
    assert parts["approvals"]["provider"]["applies"] is False
    march = next(month for month in ours["months"] if month["period"] == "2026-03")
    assert march == {"period": "2026-03", "met": 1, "judged": 1}
    assert engagement["relief"]["credit"] is None


def test_an_unreadable_file_shows_in_the_exit_code(desk: Desk) -> None:
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    desk.run("sync", "--once")
    desk.write("[engagement\n", "broken")
    done = desk.run("participation")
    assert done.returncode == 2
    assert "Northwind" in done.stdout
