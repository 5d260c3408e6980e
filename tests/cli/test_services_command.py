"""``engagewatch services`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk, make_desk

PAGE = '\n[[sources]]\nid = "status"\nkind = "statuspage"\nurl = "https://status.example.net"\n'


@pytest.fixture(scope="module")
def log_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A machine on which a log of tickets was read."""
    made = make_desk(tmp_path_factory.mktemp("services"))
    made.write(ENGAGEMENT)
    Path(made.engagements / "log.csv").write_text(LOG)
    done = made.run("sync", "--once")
    assert done.returncode == 0, done.stderr
    return made


def test_a_page_that_was_never_read_is_not_all_up(log_desk: Desk) -> None:
    assert "No status source is configured" in log_desk.run("services").stdout
    log_desk.write(ENGAGEMENT + PAGE)
    done = log_desk.run("services")
    assert done.returncode == 0, done.stderr
    assert "No status source has told of any component yet." in done.stdout
    assert "no outage on record; none to admit" in done.stdout
    (engagement,) = json.loads(log_desk.run("services", "--json").stdout)["engagements"]
    assert engagement["is_watched"]
    assert engagement["components"] == []
    assert engagement["signs"]["told"] == 0
