"""Usage: help, versions, wrong arguments, missing and broken files, pipes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import engagewatch
from engagewatch.cli.commands import COMMANDS
from engagewatch.cli.main import run
from engagewatch.config.loader import load_engagement
from tests.cli.conftest import ENGAGEMENT, Desk


def test_the_version(desk: Desk) -> None:
    done = desk.spawn("--version")
    assert (done.returncode, done.stdout) == (0, f"engagewatch {engagewatch.__version__}\n")


def test_help_names_every_command_and_fits_the_terminal(desk: Desk) -> None:
    done = desk.run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", [name for name in COMMANDS if name])
def test_each_command_has_help(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([name, "--help"]) == 0
    printed = capsys.readouterr()
    assert f"engagewatch {name}" in printed.out
    assert max(map(len, printed.out.splitlines())) <= 80
    assert printed.err == ""


@pytest.mark.parametrize(
    "line",
    [
        "stauts",
        "status --jsn",
        "explain",
        "calendar office --next 0d",
        "calendar office --next soon",
        "init --started yesterday",
        "init --provider zendsk",
        "db burn",
        "sync --once --watch",
        "completion tcsh",
    ],
)
def test_wrong_usage_is_explained_with_exit_code_2(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "usage: engagewatch" in printed.err


@pytest.mark.parametrize("command", ["brief", "status", "sync", "check", "explain x", "db verify"])
def test_nothing_set_up_yet_says_how_to_start(desk: Desk, command: str) -> None:
    done = desk.run(*command.split())
    assert done.returncode == 2
    assert "engagewatch init" in done.stderr
    assert "engagewatch demo" in done.stderr
    assert str(desk.engagements) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["brief", "status", "explain 101", "db verify"])
def test_no_history_yet_says_how_to_fetch_it(desk: Desk, command: str) -> None:
    desk.write()
    done = desk.run(*command.split())
    assert done.returncode == 2
    assert done.stderr == (
        "engagewatch: there is no history yet; fetch it with: engagewatch sync --once\n"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[engagement\n", ":1:12: is not valid TOML"),
        (ENGAGEMENT.replace("timezone", "timezon"), 'did you mean "timezone"?'),
        (ENGAGEMENT + "[extra]\n", "extra: there is no such key here"),
        ("", "there is no table [engagement]"),
    ],
    ids=["syntax", "wrong-key", "unknown-table", "empty"],
)
def test_a_broken_file_is_told_with_its_line(desk: Desk, text: str, says: str) -> None:
    path = desk.write(text)
    for command in ("check", "status"):
        done = desk.run(command)
        assert done.returncode == 2
        assert f"{path}:" in done.stderr
        assert says in done.stderr
        assert "Traceback" not in done.stderr


def test_a_broken_file_does_not_keep_the_others_from_being_shown(read_desk: Desk) -> None:
    broken = read_desk.write("[engagement\n", "broken")
    try:
        done = read_desk.run("status")
        assert done.returncode == 2
        assert "northwind: calm" in done.stdout
        assert "broken.toml:1:12" in done.stderr
        told = json.loads(read_desk.run("status", "--json").stdout)
        assert told["state"] == "unknown"
        assert "broken.toml:1:12" in told["problems"][0]
        assert read_desk.run("brief").returncode == 2
        assert read_desk.run("check", "--offline").returncode == 2
    finally:
        broken.unlink()


def test_an_unknown_engagement_or_calendar_has_a_suggestion(read_desk: Desk) -> None:
    done = read_desk.run("brief", "--engagement", "nortwind")
    assert done.returncode == 2
    assert 'did you mean "northwind"?' in done.stderr
    done = read_desk.run("calendar", "ofice")
    assert done.returncode == 2
    assert 'did you mean "office"?' in done.stderr


def test_options_may_stand_before_or_after_the_command(read_desk: Desk, tmp_path: Path) -> None:
    elsewhere = str(tmp_path)
    for arguments in (
        ("--config", elsewhere, "check", "--offline"),
        ("check", "--offline", "--config", elsewhere),
    ):
        done = read_desk.run(*arguments)
        assert done.returncode == 2
        assert elsewhere in done.stderr
    assert read_desk.run("--engagement", "northwind", "brief").returncode == 0


def test_a_closed_pipe_is_not_an_error_to_talk_about(read_desk: Desk) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "engagewatch", "schema"],
            stdout=writer,
            stderr=subprocess.PIPE,
            env=read_desk.environment,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141


def test_the_terminal_interface_asks_for_a_terminal(read_desk: Desk) -> None:
    done = read_desk.run()
    assert done.returncode == 2
    assert "engagewatch brief" in done.stderr


def _on_a_terminal(desk: Desk, *arguments: str, **more: str) -> str:
    """Run a command with a terminal to write to and return what it wrote there."""
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=inside,
        stderr=subprocess.DEVNULL,
        env={**desk.environment, "TERM": "xterm", **more},
    ):
        os.close(inside)
        written = b""
        try:
            while chunk := os.read(terminal, 65536):
                written += chunk
        except OSError:
            pass  # what a terminal says when its other end is closed
        finally:
            os.close(terminal)
    return written.decode()


def test_init_asks_on_a_terminal_until_the_answer_makes_sense(desk: Desk) -> None:
    terminal, inside = pty.openpty()
    answers = ["Northwind / Contoso", "Londn", "Europe/London", "", "statuspage", "s.example", ""]
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", "init"],
        stdin=inside,
        stdout=subprocess.PIPE,
        stderr=inside,
        env=desk.environment,
    ) as process:
        os.close(inside)
        os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
        written, _ = process.communicate(timeout=60)
        asked = os.read(terminal, 65536).decode()
        os.close(terminal)
    assert process.returncode == 0
    path = desk.engagements / "northwind.toml"
    assert written.decode() == f"{path}\n"
    assert asked.count("Time zone") == 2
    assert 'did you mean "Europe/London"?' in asked
    assert "this is not a web address" in asked
    engagement = load_engagement(path)
    assert (engagement.provider, engagement.timezone) == ("Contoso", "Europe/London")
    assert [source.adapter for source in engagement.sources] == ["statuspage"]


def test_colour_is_for_terminals_that_want_it(read_desk: Desk) -> None:
    assert "\x1b[" in _on_a_terminal(read_desk, "status")
    assert "\x1b[" not in _on_a_terminal(read_desk, "status", NO_COLOR="1")
    assert "\x1b[" not in _on_a_terminal(read_desk, "status", TERM="dumb")
    assert "\x1b[" not in read_desk.run("status").stdout


def test_a_terminal_that_knows_only_ascii_gets_an_answer(read_desk: Desk) -> None:
    done = read_desk.spawn("brief", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "Northwind / Contoso" in done.stdout


def test_lines_fit_eighty_columns(read_desk: Desk) -> None:
    for command in ("brief", "status", "check --offline", "calendar office --next 300d"):
        lines = read_desk.run(*command.split()).stdout.splitlines()
        long = [line for line in lines if len(line) > 80 and str(read_desk.home) not in line]
        assert long == []


def test_a_failure_of_ours_is_one_line_and_debug_shows_the_rest(read_desk: Desk) -> None:
    code = (
        "import sys, engagewatch.config.json_schema as room\n"
        "room.engagement_schema = lambda: 1 / 0\n"
        "from engagewatch.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    for arguments, lines in ((["schema"], 1), (["schema", "--debug"], 5)):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            encoding="utf-8",
            env=read_desk.environment,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "ZeroDivisionError" in done.stderr
        assert (len(done.stderr.splitlines()) == 1) is (lines == 1)


def test_new_files_are_private(read_desk: Desk) -> None:
    assert {path.stat().st_mode & 0o077 for path in read_desk.data.iterdir()} == {0}
