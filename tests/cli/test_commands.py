"""What each command tells, on a small history read from a file."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engagewatch.config.loader import load_engagement
from tests.cli.conftest import ENGAGEMENT, LOG, Desk

UNREACHABLE = """
[[sources]]
id = "page"
kind = "statuspage"
url = "http://127.0.0.1:1"
"""


def test_sync_tells_what_it_read_and_twice_reads_nothing_twice(desk: Desk) -> None:
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    done = desk.run("sync")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "northwind/log  ok, 7 records read so far\n"
    assert desk.run("sync", "--once").stdout == done.stdout


def test_records_that_cannot_be_read_are_told_as_long_as_they_stand(desk: Desk) -> None:
    desk.write()
    unreadable = "103,yesterday,New,2026-03-04 09:00,P1,ann\n104,,New,2026-03-04 09:00,P1,ann\n"
    (desk.engagements / "log.csv").write_text(LOG + unreadable)
    told = "northwind/log  ok, 9 records read so far, 2 refused: see engagewatch sources\n"
    assert desk.run("sync").stdout == told
    assert desk.run("sync", "--once").stdout == told
    assert "yesterday" in desk.run("check").stdout


def test_one_failing_source_is_told_and_does_not_keep_the_other_from_being_read(
    desk: Desk,
) -> None:
    desk.write(ENGAGEMENT + UNREACHABLE)
    (desk.engagements / "log.csv").write_text(LOG)
    done = desk.run("sync")
    assert done.returncode == 1
    assert "northwind/log   ok" in done.stdout
    assert "northwind/page  FAILED: 127.0.0.1:1 cannot" in done.stdout

    told = desk.run("status")
    assert told.returncode == 2
    assert "page: failing since" in told.stdout

    checked = desk.run("check")
    assert checked.returncode == 1
    assert "ok  log.csv" in checked.stdout
    assert "FAILED" in checked.stdout
    assert desk.run("check", "--offline").returncode == 0


def test_a_secret_that_is_not_there_is_told_without_a_trace(desk: Desk) -> None:
    source = UNREACHABLE.replace("statuspage", "zendesk") + 'token = { env = "DESK_TOKEN" }\n'
    desk.write(ENGAGEMENT + source)
    (desk.engagements / "log.csv").write_text(LOG)
    for command in ("sync", "check"):
        done = desk.run(command)
        assert done.returncode == 1
        assert "the environment variable DESK_TOKEN is not set" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr


def test_nothing_to_poll(desk: Desk) -> None:
    desk.write(ENGAGEMENT.partition("[[sources]]")[0])
    done = desk.run("sync")
    assert done.returncode == 2
    assert "no engagement file has a [[sources]] table" in done.stderr


def test_watching_polls_until_told_to_stop(desk: Desk) -> None:
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", "sync", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=desk.environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith("Z northwind/log: ok, 7 records read so far\n")
        leaving = desk.run("sync", "--once")
        assert leaving.returncode == 0
        assert "polls this history already" in leaving.stderr
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert said.splitlines() == ["polling 1 source; stop with Ctrl+C", "stopped"]


def test_status_in_words_and_for_machines(read_desk: Desk) -> None:
    done = read_desk.run("status")
    assert done.returncode == 0
    assert done.stdout.startswith("northwind: calm\n  waiting on us  none\n")

    done = read_desk.run("status", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["state"]) == (0, 0, "fine")
    (engagement,) = told["engagements"]
    assert engagement["id"] == "northwind"
    assert engagement["waiting"] == {"count": 0, "oldest": None}
    assert engagement["flags"]["client"] == {"urgent": 0, "attention": 0, "notice": 0}
    assert engagement["ledgers"]["provider"]["percent"] is None
    assert engagement["freshness"]["state"] == "live"


def test_the_json_of_status_has_the_shape_its_help_describes(read_desk: Desk) -> None:
    shape = read_desk.run("status", "--help").stdout
    told = json.loads(read_desk.run("status", "--json").stdout)
    for key in (*told, *told["engagements"][0]):
        assert key in shape


def test_status_without_an_answer_is_still_json(desk: Desk) -> None:
    done = desk.run("status", "--json")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert told["state"] == "unknown"
    assert told["engagements"] == []
    assert "engagewatch init" in told["problems"][0]


def test_an_open_overdue_ticket_needs_attention(desk: Desk) -> None:
    desk.write()
    opened = LOG + "103,2026-03-04 09:00,New,2026-03-04 09:00,P1,ann\n"
    (desk.engagements / "log.csv").write_text(opened)
    assert desk.run("sync").returncode == 0
    done = desk.run("status")
    assert done.returncode == 1
    assert "103" in done.stdout
    brief = desk.run("brief")
    assert brief.returncode == 0
    assert "What needs a person" in brief.stdout
    assert "Next: " in brief.stdout


def test_the_brief_tells_what_changed_since_it_was_seen(desk: Desk) -> None:
    desk.write()
    log = desk.engagements / "log.csv"
    log.write_text(LOG)
    desk.run("sync")
    assert "first look" in desk.run("brief", "--seen").stdout
    again = desk.run("brief").stdout
    assert "since you last looked" in again
    assert "What changed\n  nothing" in again


def test_a_ticket_is_explained(read_desk: Desk) -> None:
    for name in ("101", "log/101"):
        done = read_desk.run("explain", name)
        assert done.returncode == 0, done.stderr
        assert "Resolution" in done.stdout
        assert "Whose court" in done.stdout
        assert "What happened" in done.stdout
    done = read_desk.run("explain", "999")
    assert done.returncode == 1
    assert 'holds no ticket "999"' in done.stderr


def test_a_name_that_two_tickets_have_is_asked_back(desk: Desk) -> None:
    desk.write()
    desk.write(ENGAGEMENT.replace("Northwind", "Southwind"), "southwind")
    (desk.engagements / "log.csv").write_text(LOG)
    desk.run("sync")
    done = desk.run("explain", "101")
    assert done.returncode == 2
    assert "--engagement northwind log/101" in done.stderr
    assert desk.run("explain", "101", "--engagement", "southwind").returncode == 0


def test_the_history_is_verified(read_desk: Desk) -> None:
    done = read_desk.run("db", "verify")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "the file is sound",
        "northwind/log: every stored clock follows from its events",
    ]


def test_rules_edited_since_the_last_poll_show_in_verify(desk: Desk) -> None:
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    desk.run("sync")
    desk.write(ENGAGEMENT.replace('resolution = "3h"', 'resolution = "9h"'))
    done = desk.run("db", "verify")
    assert done.returncode == 1
    assert "2 tickets differ from their events" in done.stdout
    assert "engagewatch sync --once" in done.stderr
    desk.run("sync")
    assert desk.run("db", "verify").returncode == 0


def test_a_calendar_is_spelt_out(read_desk: Desk) -> None:
    done = read_desk.run("calendar", "office", "--next", "366d")
    assert done.returncode == 0
    assert "One business day is 10 open hours." in done.stdout
    assert "Thu 24 Dec  08:00-12:00  Christmas Eve" in done.stdout or "24 Dec" in done.stdout
    assert "Christmas Day" in done.stdout
    assert "clocks go forward" in done.stdout
    assert "Open all the time." in read_desk.run("calendar", "24x7").stdout


def test_check_gives_advice_on_a_valid_file(desk: Desk) -> None:
    text = ENGAGEMENT.replace('holidays = "GB-ENG"\n', "").replace('attainment = "95%"\n', "")
    desk.write(text.replace('resolution = "3h"', 'first_response = "1h"'))
    done = desk.run("check", "--offline")
    assert done.returncode == 0
    told = " ".join(done.stdout.split())
    assert "P1 has no resolution target" in told
    assert "P1 has no attainment" in told
    assert 'calendar "office" keeps no public holidays' in told


def test_check_lists_statuses_without_a_meaning(desk: Desk) -> None:
    desk.write(ENGAGEMENT.replace('"Waiting for customer" = "client"\n', ""))
    (desk.engagements / "log.csv").write_text(LOG)
    desk.run("sync")
    done = desk.run("check", "--offline")
    assert done.returncode == 0
    assert 'the status "Waiting for customer" of 1 ticket has no meaning' in " ".join(
        done.stdout.split()
    )


def test_check_reads_how_the_interface_is_to_look(desk: Desk) -> None:
    desk.write()
    (desk.home / "config" / "engagewatch.toml").write_text('theme = "drak"\n')
    done = desk.run("check", "--offline")
    assert done.returncode == 2
    assert 'did you mean "dark"?' in done.stderr
    assert "northwind: the file is fine" in done.stdout


def test_init_writes_a_file_that_check_accepts(desk: Desk) -> None:
    done = desk.run(
        "init",
        *("--provider", "zendesk", "--provider", "statuspage"),
        *("--url", "https://d.example", "--url", "https://s.example"),
        *("--name", "Müller & Söhne / Contoso IT", "--timezone", "Europe/Berlin"),
        *("--holidays", "DE-BY", "--started", "2026-03-02"),
    )
    assert done.returncode == 0, done.stderr
    path = desk.engagements / "muller-sohne.toml"
    assert done.stdout == f"{path}\n"
    assert "MULLER_SOHNE_ZENDESK_TOKEN" in done.stderr
    engagement = load_engagement(path)
    assert engagement.client == "Müller & Söhne"
    assert [source.url for source in engagement.sources] == [
        "https://d.example",
        "https://s.example",
    ]
    checked = desk.run("check", "--offline")
    assert checked.returncode == 0, checked.stderr

    again = desk.run("init", "--name", "Müller & Söhne / Contoso IT")
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert load_engagement(path) == engagement


def test_init_without_a_terminal_fills_in_samples_and_names_them(desk: Desk) -> None:
    done = desk.run("init", "--provider", "eventlog", "--print")
    assert done.returncode == 0
    assert 'client = "Our company"' in done.stdout
    assert "change the samples: client and provider, path of the event log" in done.stderr
    assert list(desk.engagements.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--name", "Northwind"], "with a slash between"),
        (["--timezone", "Londn"], 'did you mean "Europe/London"?'),
        (["--holidays", "GB-XX"], "GB has no region"),
        (["--url", "https://x.example", "--provider", "eventlog"], "more --url"),
        (["--id", "../evil"], "letters, digits"),
    ],
)
def test_init_refuses_what_would_not_load(desk: Desk, arguments: list[str], says: str) -> None:
    done = desk.run("init", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(desk.home.rglob("*.toml")) == []


def test_the_schema_is_json(desk: Desk) -> None:
    done = desk.run("schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["title"] == "engagewatch engagement file"


def bash_completes(script: Path, line: str) -> list[str]:
    """Return what bash offers for the last word of a line."""
    code = (
        f'source "{script}"; COMP_WORDS=({line}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); '
        '_engagewatch; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", code], capture_output=True, encoding="utf-8", timeout=30, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_choices(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(desk.run("completion", "bash").stdout)
    assert bash_completes(script, "engagewatch s") == [
        "snooze", "status", "sync", "sources", "services", "schema",
    ]  # fmt: skip
    assert bash_completes(script, "engagewatch status --j") == ["--json"]
    assert bash_completes(script, "engagewatch --debug sync --w") == ["--watch"]
    assert bash_completes(script, "engagewatch completion z") == ["zsh"]
    assert bash_completes(script, "engagewatch init --provider e") == ["eventlog"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told_every_command(desk: Desk, shell: str) -> None:
    script = desk.run("completion", shell).stdout
    for word in ("brief", "status", "json", "watch", "verify", "one ticket"):
        assert word in script


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_commands_options_and_choices(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "completion.fish"
    script.write_text(desk.run("completion", "fish").stdout)
    for line, offered in (
        ("engagewatch sy", ["sync"]),
        ("engagewatch status --js", ["--json"]),
        ("engagewatch init --provider e", ["eventlog"]),
    ):
        done = subprocess.run(
            ["fish", "--no-config", "-c", f'source {script}; complete -C "{line}"'],
            capture_output=True,
            encoding="utf-8",
            env=desk.environment,
            timeout=30,
            check=True,
        )
        assert [row.split("\t")[0] for row in done.stdout.splitlines()] == offered
