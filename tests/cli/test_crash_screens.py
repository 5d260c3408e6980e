"""The interface breaks, wherever it breaks: the terminal is as it was, and no secret is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import LOG, Desk
from tests.cli.crashing import CANARY
from tests.cli.test_hostile_text import harmless
from tests.cli.test_lifecycle import at_a_terminal, read_on
from tests.cli.test_secrets_stay import SHAPES, told_by

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture
def own_desk(desk: Desk) -> Desk:
    """A machine that reads a log."""
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    return desk


def left_in_order(written: bytes) -> None:
    """Assert that the terminal is as it was."""
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")  # alternate screen
    assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")  # the cursor
    for mouse in (b"1000", b"1003", b"1006", b"2004"):
        assert written.rindex(b"\x1b[?" + mouse + b"l") > written.rindex(b"\x1b[?" + mouse + b"h")


def kept_to_itself(desk: Desk, written: bytes) -> None:
    """Assert that neither the terminal nor any file holds the secret, nor obeyed bytes."""
    harmless(written.replace(b"\x1bP+q", b"\x1b?"))
    for name, text in {**told_by(desk), "terminal": written.decode(errors="replace")}.items():
        assert [shape for shape in SHAPES if shape in text] == [], name


@pytest.mark.parametrize("place", ["layout", "timer"])
def test_a_crash_restores_the_terminal_and_tells_no_secret(own_desk: Desk, place: str) -> None:
    assert CANARY in SHAPES
    with at_a_terminal(own_desk, place, module="tests.cli.crashing") as (process, terminal):
        written = read_on(terminal, b"Northwind")
        if place == "layout":
            os.write(terminal, b"2")
        written += read_on(terminal)
        os.close(terminal)
        assert process.wait(30) == 1
    left_in_order(written)
    kept_to_itself(own_desk, written)
    after = written.rpartition(b"\x1b[?1049l")[2]
    assert b"engagewatch stopped: RuntimeError" in after
    assert b"Traceback" not in written
    crash = own_desk.data / "crash.txt"
    assert crash.stat().st_mode & 0o777 == 0o600
    assert "RuntimeError: the server said [secret]" in crash.read_text()
    assert str(crash).encode() in after.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("place", "keys", "shows"),
    [
        ("view", b"2", b"could not read this screen: RuntimeError: the server said [secret]"),
        ("poller", b"", b"polling stopped"),
        ("adapter", b"s", b"unexpected RuntimeError while reading the source"),
    ],
)
def test_what_breaks_behind_the_screen_is_told_on_it(
    own_desk: Desk, place: str, keys: bytes, shows: bytes
) -> None:
    with at_a_terminal(own_desk, place, module="tests.cli.crashing") as (process, terminal):
        written = read_on(terminal, b"Northwind")
        os.write(terminal, keys)
        written += read_on(terminal, shows)
        os.write(terminal, b"q")
        written += read_on(terminal)
        os.close(terminal)
        assert process.wait(30) == 0
    left_in_order(written)
    kept_to_itself(own_desk, written)
    assert b"Traceback" not in written
    assert sys.executable.encode() not in written


def test_what_breaks_at_the_end_is_told_in_one_line(own_desk: Desk) -> None:
    with at_a_terminal(own_desk, "end", module="tests.cli.crashing") as (process, terminal):
        written = read_on(terminal, b"Northwind")
        written += read_on(terminal, b"just now")
        os.write(terminal, b"q")
        written += read_on(terminal)
        os.close(terminal)
        assert process.wait(30) == 1
    left_in_order(written)
    kept_to_itself(own_desk, written)
    assert b"something went wrong that should not have: RuntimeError" in written
