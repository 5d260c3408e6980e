"""Errors read aloud: each says in a line what happened and what to do, with the right exit code."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from engagewatch.cli.main import run
from tests.cli.conftest import Desk


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("stauts", 'there is no command "stauts"; did you mean "status"?'),
        ("xyz", 'there is no command "xyz"; see: engagewatch --help'),
        ("meeting atended x", 'there is no action "atended"; did you mean "attended"?'),
        ("brief today", '"today" is not understood; see: engagewatch brief --help'),
        ("status --jsn", '"--jsn" is not understood; see: engagewatch status --help'),
        ("demo --port 65536", "'65536' does not do; write a port from 0 to 65535"),
        (
            "meeting add Review --at x --minutes -5",
            "'-5' does not do; write a number of minutes from 1 to 1440",
        ),
        ("disputes --csv --json", "not allowed with argument"),
        ("db", "the following arguments are required: ACTION"),
    ],
)
def test_wrong_words_are_told_by_the_command_that_was_typed(
    line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    usage, *_, last = printed.err.splitlines()
    assert last.endswith(says) or says in last
    command = line.split()[0] if line.split()[0] not in ("stauts", "xyz") else ""
    assert usage.startswith(f"usage: engagewatch {command}".rstrip())


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("outlook --month 2026-13", 2, '--month: "2026-13" is not a month; write it like 2026-03'),
        ("outlook --month 2999-01", 2, "--month: January 2999 is still to come"),
        ("disputes --month ''", 2, '--month: "" is not a month; write it like 2026-03'),
        ("disputes --state raised", 2, "engagewatch disputes KEY --state STATE"),
        ("disputes --note x", 2, "engagewatch disputes KEY --state STATE"),
        ("disputes 101 --state won", 2, '"won" is not one of'),
        ("meeting show 3f", 2, '"3f" is too short; write 4 letters of its name at least'),
        ("meeting add ' ' --at '2026-03-09 14:00'", 2, "say what the meeting is called"),
        ("db verify copy.db", 2, "verify takes no file; it looks at the history in use"),
        ("db restore .", 2, ". is a folder; name a file in it"),
        ("db backup .", 2, ". is a folder; name a file in it"),
        ("db restore nowhere.db", 1, "there is no file nowhere.db; name a copy made by"),
        ("explain 999", 1, "engagewatch sync --once"),
        ("ack zzzz", 1, "engagewatch waiting and engagewatch brief print what they are called"),
        ("sources dsk", 2, 'there is no source "dsk"'),
        ("baseline drop nothing", 1, "nothing was imported"),
        ("onboarding", 1, "engagewatch init --onboarding"),
    ],
)
def test_what_cannot_be_done_says_so_in_one_line(
    read_desk: Desk, line: str, code: int, says: str
) -> None:
    done = read_desk.run(*shlex.split(line))
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("engagewatch: ")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_used_is_named(desk: Desk) -> None:
    desk.write()
    in_the_way = Path(desk.environment["HOME"]) / "file"
    in_the_way.write_text("")
    done = desk.run("meeting", "list", "--data", str(in_the_way / "data"))
    assert done.returncode == 1
    assert str(in_the_way) in done.stderr
    assert "--data" in done.stderr
    assert "should not have" not in done.stderr


def test_what_was_entered_reads_as_words(desk: Desk) -> None:
    desk.write()
    assert desk.run("meeting", "add", "Review", "--at", "2026-03-09 14:00").returncode == 0
    said = " ".join(desk.run("entries").stdout.split())
    assert "from at: Mon 9 Mar" in said
    assert "14:00" in said
    assert "177" not in said.split("from at")[1]
