"""Looking after the history: copies, going back, mending, and what the doctor says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import apsw
import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk, make_desk

STATUS = ("status", "--json")


@pytest.fixture
def own_desk(read_desk: Desk, tmp_path: Path) -> Desk:
    """A machine like the one that was polled, which a test may damage."""
    desk = make_desk(tmp_path / "own")
    shutil.copytree(read_desk.data, desk.data)
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    return desk


def tickets(desk: Desk) -> int:
    path = desk.data / "engagewatch.db"
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    number: int = connection.execute("SELECT COUNT(*) FROM ticket").get
    connection.close()
    return number


def lose_tickets(desk: Desk) -> None:
    connection = apsw.Connection(str(desk.data / "engagewatch.db"))
    connection.execute("DELETE FROM ticket")
    connection.close()


def test_a_copy_is_made_and_gone_back_to(own_desk: Desk, tmp_path: Path) -> None:
    made = own_desk.run("db", "backup")
    assert made.returncode == 0, made.stderr
    copy = Path(made.stdout.strip())
    assert copy.parent == own_desk.data / "backups"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700

    own = own_desk.run("db", "backup", str(tmp_path / "mine.db"))
    assert own.stdout == f"{tmp_path / 'mine.db'}\n"
    again = own_desk.run("db", "backup", str(tmp_path / "mine.db"))
    assert again.returncode == 1
    assert "exists already" in again.stderr

    lose_tickets(own_desk)
    back = own_desk.run("db", "restore", str(copy))
    assert back.returncode == 0, back.stderr
    assert tickets(own_desk) == 2
    assert own_desk.run("db", "verify").returncode == 0
    assert len(list(copy.parent.glob("before-restore-*.db"))) == 1


def test_going_back_needs_a_good_copy(own_desk: Desk, tmp_path: Path) -> None:
    assert own_desk.run("db", "restore").returncode == 2
    bad = tmp_path / "bad.db"
    bad.write_text("nothing of ours" * 1000)
    done = own_desk.run("db", "restore", str(bad))
    assert done.returncode == 1
    assert "Choose another copy" in done.stderr
    assert tickets(own_desk) == 2


def test_repair_recounts_what_does_not_follow_from_its_events(own_desk: Desk) -> None:
    connection = apsw.Connection(str(own_desk.data / "engagewatch.db"))
    connection.execute("UPDATE clock SET consumed = consumed + 999")
    connection.close()
    verified = own_desk.run("db", "verify")
    assert verified.returncode == 1
    assert "db repair" in verified.stderr
    repaired = own_desk.run("db", "repair")
    assert repaired.returncode == 0
    assert "the file is sound\nnorthwind/log: 2 tickets recounted\n" in repaired.stdout
    assert own_desk.run("db", "verify").returncode == 0


def test_repair_sets_a_damaged_history_aside_and_the_doctor_says_so(own_desk: Desk) -> None:
    assert own_desk.run("brief", "--seen").returncode == 0
    with (own_desk.data / "engagewatch.db").open("r+b") as file:
        file.write(b"\xa5" * 100)
    told = own_desk.run("doctor")
    assert told.returncode == 1
    assert "no longer reads as a database" in " ".join(told.stdout.split())
    repaired = own_desk.run("db", "repair")
    assert "engagewatch.db.corrupt." in repaired.stdout
    assert "sync --once" in repaired.stderr
    assert own_desk.run("sync", "--once").returncode == 0
    assert tickets(own_desk) == 2
    told = own_desk.run("doctor")
    assert told.returncode == 1
    assert "was set aside as" in " ".join(told.stdout.split())


def test_the_doctor_finds_nothing_where_all_is_well(read_desk: Desk) -> None:
    told = read_desk.run("doctor")
    assert told.returncode == 0, told.stdout
    assert "LOOK" not in told.stdout
    for word in ("engagewatch", "python", "sqlite", "history", "northwind/log", "stty sane"):
        assert word in told.stdout


def test_the_doctor_says_what_to_do_about_each_thing(own_desk: Desk) -> None:
    desk_source = """
[[sources]]
id = "desk"
kind = "zendesk"
url = "https://contoso.zendesk.com"
token = { env = "DESK_TOKEN" }
proxy = "http://proxy.example:3128"
"""
    path = own_desk.write(ENGAGEMENT + desk_source)
    path.chmod(0o622)
    (own_desk.data / "engagewatch.db").chmod(0o644)
    own_desk.write("[engagement]\nclient = 1\n", "broken")
    own_desk.environment["HTTPS_PROXY"] = "http://me:hunter2@proxy.example:8080"
    (own_desk.engagements / "log.csv").unlink()
    own_desk.run("sync", "--once", "--engagement", "northwind")
    told = own_desk.run("doctor", "--json")
    assert told.returncode == 1
    answer = json.loads(told.stdout)
    assert (answer["version"], answer["ok"]) == (1, False)
    bad = [
        f"{one['what']}: {one['detail']} {one['advice']}"
        for one in answer["findings"]
        if not one["ok"]
    ]
    for words in (
        f"chmod go-w {path}",
        "broken.toml",
        "DESK_TOKEN is not set",
        "there is no file",
    ):
        assert any(words in line for line in bad), (words, bad)
    assert "hunter2" not in told.stdout
    assert "http://...@proxy.example:8080" in told.stdout
    assert "northwind/desk goes by http://proxy.example:3128" in told.stdout


def test_the_doctor_helps_where_nothing_is_set_up(desk: Desk) -> None:
    told = desk.run("doctor")
    assert told.returncode == 1
    assert "engagewatch init" in told.stdout
    assert "engagewatch sync --once" in " ".join(told.stdout.split())
