"""The demonstration's command: it serves until told to stop, and touches nothing of the user's."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

from tests.cli.conftest import Desk


def test_serving_tells_its_addresses_and_stops_when_told(desk: Desk) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "engagewatch", "demo", "--serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**desk.environment, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline().split()
        process.send_signal(signal.SIGTERM)
        rest, said = process.stdout.read(), process.stderr.read()
    assert first[1].startswith("http://127.0.0.1:")
    assert "token" in rest
    assert (process.returncode, said) == (0, "")
    assert not desk.data.exists()


def test_a_port_that_is_taken_is_told(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = desk.run("demo", "--serve", "--port", port)
    assert done.returncode == 1
    assert done.stderr == (
        f"engagewatch: the demonstration cannot start: port {port} is already in use\n"
    )
