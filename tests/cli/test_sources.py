"""What is known of the sources, from the shell; and what polling does about edits and damage."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.store.store import Store
from tests.cli.conftest import ENGAGEMENT, LOG, Desk, make_desk
from tests.cli.test_lifecycle import at_a_terminal, read_on

DESK_SOURCE = """
[[sources]]
id = "desk"
kind = "zendesk"
url = "https://contoso.zendesk.com"
user = "monitor@northwind.example"
token = { env = "DESK_TOKEN" }
"""


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def own_desk(read_desk: Desk, tmp_path: Path) -> Desk:
    """A machine like the one that was polled, which a test may change."""
    desk = make_desk(tmp_path / "own")
    shutil.copytree(read_desk.data, desk.data)
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    return desk


@pytest.fixture
def asked_desk(own_desk: Desk) -> Desk:
    """The same with a desk reached over the network, of which much is to be told."""
    own_desk.write(ENGAGEMENT + DESK_SOURCE)
    with Store.open(own_desk.data / "engagewatch.db") as store:
        store.register_source("northwind", "desk", "zendesk")
        refused = tuple(Refused(f"ticket {number}", "no created_at") for number in range(5))
        store.ingest("northwind", "desk", Batch("tickets", None, refused=refused), None, 1)
        store.record_health(
            SourceHealth(
                "northwind",
                "desk",
                last_attempt_at=1_772_500_000,
                last_success_at=1_772_500_000,
                requests=12,
                requests_last_poll=2,
                received=5_000,
                received_last_poll=2_048,
                notice="9 of 12 tickets vanished at once and are kept",
            )
        )
    return own_desk


def test_every_source_is_told_with_what_to_do(asked_desk: Desk) -> None:
    done = asked_desk.run("sources")
    assert (done.returncode, done.stderr) == (0, "")
    told = flat(done.stdout)
    for words in (
        "northwind/log eventlog",
        "nothing: it is read from this machine",
        "northwind/desk zendesk https://contoso.zendesk.com",
        "freshness stale",
        "engagewatch sync --watch",
        "know that 9 of 12 tickets vanished at once and are kept",
        "2 requests and 2.0 KiB in the last poll",
        "look into 5 records not readable",
        "listed by: engagewatch sources desk",
    ):
        assert words in told, words


def test_one_source_is_told_with_its_lists(asked_desk: Desk) -> None:
    told = flat(asked_desk.run("sources", "desk").stdout)
    assert "log" not in told
    assert "ticket 4 no created_at" in told
    answer = json.loads(asked_desk.run("sources", "northwind/desk", "--json").stdout)
    (desk,) = answer["sources"]
    assert [one["record"] for one in desk["lists"]["refused"]] == [f"ticket {n}" for n in range(5)]
    assert (desk["refused"], desk["bytes"], desk["bytes_last_poll"]) == (5, 5000, 2048)
    assert desk["state"] == "stale"
    done = asked_desk.run("sources", "dask")
    assert done.returncode == 2
    assert 'there is no source "dask"; did you mean "desk"' in done.stderr


def test_what_a_source_changed_unsaid_is_listed(own_desk: Desk) -> None:
    later = LOG.replace("2026-03-03 09:00,P1,bob", "2026-03-03 08:20,P1,bob")
    (own_desk.engagements / "log.csv").write_text(later)
    assert own_desk.run("sync").returncode == 0
    told = flat(own_desk.run("sources", "log").stdout)
    assert "102 time of creation Tue 3 Mar 09:00 -> Tue 3 Mar 08:20; noticed just now" in told
    assert "changed later without a word; what was told first counts" in told
    (log,) = json.loads(own_desk.run("sources", "log", "--json").stdout)["sources"]
    assert log["silent_edits"] == len(log["lists"]["silent_edits"]) > 0
    assert "engagewatch sources log" in flat(own_desk.run("check").stdout)
    doctor = own_desk.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "changed unsaid" in flat(doctor.stdout)


def test_status_for_machines_tells_of_every_source(asked_desk: Desk) -> None:
    done = asked_desk.run("status", "--json")
    answer = json.loads(done.stdout)
    # A source that nobody has read for long: nobody can tell how the engagement stands.
    assert (done.returncode, answer["state"]) == (2, "unknown")
    (northwind,) = answer["engagements"]
    log, desk = northwind["sources"]
    assert (log["id"], log["state"], log["tickets"]) == ("log", "live", 2)
    assert desk["what_to_do"].endswith("engagewatch sync --watch")
    assert desk["notice"].startswith("9 of 12")


def test_check_tells_what_earlier_polls_could_not_read(asked_desk: Desk) -> None:
    told = flat(asked_desk.run("check", "--offline").stdout)
    assert "northwind, desk: could not be read: ticket 0: no created_at" in told
    assert "northwind, desk: and 2 more; all are listed by: engagewatch sources desk" in told
    assert "northwind, desk: 9 of 12 tickets vanished at once" in told


@pytest.mark.parametrize("failure", list(Failure))
def test_the_doctor_says_what_to_do_about_each_failure(asked_desk: Desk, failure: Failure) -> None:
    with Store.open(asked_desk.data / "engagewatch.db") as store:
        (health,) = (one for one in store.health() if one.source == "desk")
        store.record_health(
            replace(health, failure=failure, failing_since=1_772_500_000, error="it said no")
        )
    answer = json.loads(asked_desk.run("doctor", "--json").stdout)
    of_desk = [one for one in answer["findings"] if one["what"] == "northwind/desk"]
    (failing,) = (one for one in of_desk if "it said no" in one["detail"])
    assert not failing["ok"]
    assert failing["advice"].endswith("Next try: when polling runs.")
    assert len(failing["advice"]) > 60
    assert any("9 of 12" in one["detail"] and one["advice"] for one in of_desk)
    assert any("engagewatch sources desk" in one["advice"] for one in of_desk)


def test_the_run_that_replaces_a_damaged_history_has_a_code_of_its_own(own_desk: Desk) -> None:
    with (own_desk.data / "engagewatch.db").open("r+b") as file:
        file.write(b"\xa5" * 100)
    done = own_desk.run("sync", "--once")
    assert done.returncode == 3
    assert "was moved to" in done.stderr
    assert "engagewatch.db.corrupt." in done.stderr
    assert "being fetched again" in done.stderr
    assert "northwind/log  ok, 7 records read so far" in done.stdout
    assert own_desk.run("sync", "--once").returncode == 0
    assert own_desk.run("doctor").returncode == 1


def test_the_interface_takes_in_edits_and_tells_mistakes(own_desk: Desk) -> None:
    with at_a_terminal(own_desk) as (process, terminal):
        read_on(terminal, b"Northwind / Contoso")
        own_desk.write(ENGAGEMENT.replace('"Contoso"', '"Fabrikam"'))
        read_on(terminal, b"Northwind / Fabrikam")
        own_desk.write("[engagement]\n")
        read_on(terminal, b"last good version in use")
        os.write(terminal, b"2")
        read_on(terminal, b"Waits")
        os.write(terminal, b"q")
        read_on(terminal)
        os.close(terminal)
        assert process.wait(30) == 0


def test_watching_takes_in_edits_and_keeps_what_worked(own_desk: Desk) -> None:
    code = (
        "from engagewatch.cli import main, sync\n"
        "sync.EDITS_INTERVAL = 0.05\n"
        "raise SystemExit(main.run(['sync', '--watch']))"
    )
    with (own_desk.home / "told").open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code],
            env={**own_desk.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=told,
            encoding="utf-8",
        )
        assert process.stdout is not None
        try:
            own_desk.write(ENGAGEMENT.replace('id = "log"', 'id = "ledger"'))
            assert "northwind/ledger: ok" in next(
                line for line in process.stdout if "/ledger" in line
            )
            own_desk.write("[engagement]\n")
            own_desk.write(ENGAGEMENT.replace('id = "log"', 'id = "third"'), "other")
            next(line for line in process.stdout if "other/third: ok" in line)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 143
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    said = (own_desk.home / "told").read_text()
    assert "northwind.toml" in said
    assert "what was in use stays in use" in said
    assert "polling 2 sources" in said
    assert "Traceback" not in said
