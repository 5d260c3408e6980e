"""Leaving: by key, by signal, with the terminal gone, while a poll hangs; and who polls after."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import apsw
import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk

HANGING = """
[[sources]]
id = "page"
kind = "statuspage"
url = "http://127.0.0.1:{port}"
"""
TOO_LONG = 20.0


@pytest.fixture
def hanging() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(TOO_LONG)
        yield server


@pytest.fixture
def stuck_desk(desk: Desk, hanging: socket.socket) -> Desk:
    """A machine with one source that works and one that hangs."""
    desk.write(ENGAGEMENT + HANGING.format(port=hanging.getsockname()[1]))
    (desk.engagements / "log.csv").write_text(LOG)
    return desk


@contextmanager
def at_a_terminal(
    desk: Desk, *arguments: str, ignore: int | None = None, module: str = "engagewatch"
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the command in a terminal; give the process and the terminal's other end."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def prepare() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        if ignore is not None:
            signal.signal(ignore, signal.SIG_IGN)

    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**desk.environment, "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=prepare,
    )
    os.close(inside)
    try:
        yield process, terminal
    finally:
        process.kill()
        process.wait()


def read_on(terminal: int, wanted: bytes | None = None) -> bytes:
    """Return what is written up to ``wanted``, or to the end."""
    written = b""
    while select.select([terminal], [], [], TOO_LONG)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        written += data
        if wanted is not None and wanted in written:
            return written
    assert wanted is None, written[-500:]
    return written


def sound(desk: Desk) -> None:
    connection = apsw.Connection(str(desk.data / "engagewatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (b"q", 0),
        (b"\x03", 0),
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
    ],
)
def test_the_interface_is_left_in_order_while_a_poll_hangs(
    stuck_desk: Desk, hanging: socket.socket, how: bytes | int, code: int
) -> None:
    with at_a_terminal(stuck_desk) as (process, terminal):
        read_on(terminal, b"Northwind")
        polled, _ = hanging.accept()
        begun = time.monotonic()
        if isinstance(how, bytes):
            os.write(terminal, how)
        else:
            process.send_signal(how)
        left = read_on(terminal)
        assert process.wait(TOO_LONG) == code
        assert time.monotonic() - begun < 2.0
        polled.close()
        os.close(terminal)
    assert b"\x1b[?1049l" in left  # the alternate screen is left
    assert b"\x1b[?25h" in left  # the cursor is shown
    for mouse in (b"1000", b"1003", b"1006"):
        assert b"\x1b[?" + mouse + b"l" in left
    assert b"Traceback" not in left
    sound(stuck_desk)


@pytest.mark.parametrize("ignore", [None, signal.SIGHUP])
def test_the_interface_ends_with_its_terminal(
    stuck_desk: Desk, hanging: socket.socket, ignore: int | None
) -> None:
    with at_a_terminal(stuck_desk, ignore=ignore) as (process, terminal):
        read_on(terminal, b"Northwind")
        polled, _ = hanging.accept()
        os.close(terminal)
        assert process.wait(TOO_LONG) in (129, -signal.SIGHUP)
        polled.close()
    sound(stuck_desk)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("how", ["--once", "--watch"])
def test_syncing_ends_when_told_while_a_poll_hangs(
    stuck_desk: Desk, hanging: socket.socket, how: str, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", "sync", how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=stuck_desk.environment,
    ) as process:
        polled, _ = hanging.accept()
        begun = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=TOO_LONG)
        assert time.monotonic() - begun < 2.0
        polled.close()
    assert process.returncode == 128 + number
    assert said.decode().splitlines()[-1] == "stopped"
    sound(stuck_desk)
    # It is not remembered as being polled for ever.
    assert b'"refreshing"' not in stuck_desk.run("status", "--json").stdout.encode()


def test_who_reads_the_output_of_watching_may_stop_reading(desk: Desk) -> None:
    desk.write(ENGAGEMENT.replace('interval = "1d"', 'interval = "5s"'))
    (desk.engagements / "log.csv").write_text(LOG)
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", "sync", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=desk.environment,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(TOO_LONG) == 141
    assert said.splitlines() == ["polling 1 source; stop with Ctrl+C"]


def test_one_polls_and_another_takes_over_when_it_dies(
    stuck_desk: Desk, hanging: socket.socket
) -> None:
    command = [sys.executable, "-m", "engagewatch", "sync", "--watch"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=stuck_desk.environment
    ) as first:
        polled, _ = hanging.accept()
        with at_a_terminal(stuck_desk) as (watching, terminal):
            read_on(terminal, b"Northwind")
            hanging.settimeout(0.5)
            with pytest.raises(TimeoutError):
                hanging.accept()
            assert watching.poll() is None
            first.kill()
            hanging.settimeout(TOO_LONG)
            taken_over, _ = hanging.accept()
            os.write(terminal, b"q")
            read_on(terminal)
            assert watching.wait(TOO_LONG) == 0
            for connection in (polled, taken_over):
                connection.close()
    sound(stuck_desk)
