"""The terminal interface as the command opens it: on stored data, in a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

from tests.cli.conftest import Desk


def read_until(terminal: int, wanted: str) -> str:
    """Return what a program writes to its terminal up to and including ``wanted``.

    Raises:
        OSError: the program ended without writing it.
    """
    written = b""
    while wanted.encode() not in written:
        written += os.read(terminal, 65536)
    return written.decode(errors="replace")


def test_it_opens_on_the_stored_data_and_leaves_when_asked(read_desk: Desk) -> None:
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**read_desk.environment, "TERM": "xterm-256color"},
        start_new_session=True,
    ) as process:
        os.close(inside)
        read_until(terminal, "Northwind")
        os.write(terminal, b"q")
        # The alternate screen is left, so the shell's own text is back.
        read_until(terminal, "\x1b[?1049l")
        assert process.wait(timeout=30) == 0
        os.close(terminal)
