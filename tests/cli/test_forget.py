"""Forgetting a person, as the command tells of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk, make_desk


@pytest.fixture
def own_desk(read_desk: Desk, tmp_path: Path) -> Desk:
    """A machine like the one that was polled, of which a test may forget people."""
    desk = make_desk(tmp_path / "own")
    shutil.copytree(read_desk.data, desk.data)
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    return desk


def test_the_name_is_gone_and_copies_are_listed(own_desk: Desk) -> None:
    assert own_desk.run("db", "backup").returncode == 0
    done = own_desk.run("forget", "ann")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("northwind: stands as forgotten-")
    copies = list((own_desk.data / "backups").glob("*.db"))
    assert len(copies) == 1
    assert copies[0].name in done.stdout.replace("\n", "")
    again = own_desk.run("sync", "--once")
    assert again.returncode == 0, again.stderr
    told = own_desk.run("explain", "101")
    assert told.returncode == 0
    assert "ann" not in told.stdout.split()
    assert b"ann" not in (own_desk.data / "engagewatch.db").read_bytes().split(b"\x00")
    assert own_desk.run("db", "verify").returncode == 0


def test_the_engagement_file_that_names_them_is_told(own_desk: Desk) -> None:
    own_desk.write(
        ENGAGEMENT + '\n[[people]]\nrole = "Engineer"\nside = "provider"\nname = "ann"\n'
    )
    done = own_desk.run("forget", "ann", "--engagement", "northwind")
    assert done.returncode == 0, done.stderr
    assert "the engagement file names them as Engineer" in " ".join(done.stdout.split())


def test_nobody_of_that_name(own_desk: Desk) -> None:
    done = own_desk.run("forget", "somebody@else.example")
    assert done.returncode == 1
    assert 'names nobody "somebody@else.example"' in done.stderr
