"""The app in a real terminal: what it writes, and how it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engagewatch.store.store import Store
from tests.tui.stub import make_app, until

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0


class Terminal:
    """A terminal with the app in it."""

    def __init__(self, pid: int, master: int) -> None:
        self.pid = pid
        self.master = master
        self.output = b""

    def read_until(self, *words: bytes) -> None:
        """Read until one of ``words`` was written since the last call's match."""
        end = time.monotonic() + DEADLINE
        start = len(self.output)
        while time.monotonic() < end:
            if not select.select([self.master], [], [], 1.0)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if not data:
                break
            self.output += data
            if b"\x1b[c" in data:
                os.write(self.master, b"\x1b[?62;22c")
            if any(word in self.output[start:] for word in words):
                return
        raise AssertionError(f"{words!r} was not written: {self.output[-800:]!r}")

    def drain(self) -> None:
        """Read to the end, which is where the app closes the terminal."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            self.output += data

    def exit_code(self) -> int:
        """Wait for the end; return the exit code."""
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


@contextmanager
def terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    """Run the test app in a terminal of 120x36."""
    pid, master = pty.fork()
    if pid == 0:
        # Before the app starts: a terminal that grows under its first frame is another test.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        os.chdir(ROOT)
        os.environ.update({"TERM": "xterm-256color", **environment})
        os.execv(sys.executable, [sys.executable, "-m", "tests.tui.terminal_app", *arguments])
    try:
        yield Terminal(pid, master)
    finally:
        os.close(master)
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(number: signal.Signals) -> None:
    with terminal("samples") as app:
        app.read_until(b"Needs a person")
        os.kill(app.pid, number)
        app.drain()
        assert b"\x1b[?1049l" in app.output  # the alternate screen is left
        assert b"\x1b[?25h" in app.output  # the cursor is shown
        assert b"\x1b[?1003l" in app.output  # the mouse is let go
        assert app.exit_code() == 128 + number


def test_it_ends_when_the_terminal_goes_away_without_a_signal() -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    # In a session of its own the terminal does not control it: no hangup signal reaches it.
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.terminal_app", "samples"],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        Terminal(process.pid, master).read_until(b"Needs a person")
        os.close(master)
        assert process.wait(DEADLINE) == 128 + signal.SIGHUP
    finally:
        process.kill()
        process.wait()


def test_a_crash_tells_where_and_never_what() -> None:
    with terminal("crash") as app:
        app.read_until(b"Needs a person")
        os.write(app.master, b"2")
        app.drain()
        shown = app.output.decode(errors="replace")
        assert "engagewatch stopped: AttributeError" in shown
        assert "tui/screens/waiting.py" in shown
        assert "token-7f3a" not in shown
        assert "Traceback" not in shown
        assert "\x1b[?1049l" in shown


def test_without_colour_no_colour_is_written() -> None:
    with terminal("samples", NO_COLOR="1") as app:
        app.read_until(b"Needs a person")
        os.write(app.master, b"q")
        app.drain()
        colours = {
            code
            for code in app.output.decode(errors="replace").split("\x1b[")
            if code.startswith("38;2;")
        }
        for code in colours:
            red, green, blue = code.removeprefix("38;2;").split("m")[0].split(";")[:3]
            assert red == green == blue


def test_the_first_frame_needs_nothing_of_the_network_or_of_configuration(tmp_path: Path) -> None:
    history, modules = tmp_path / "history.db", tmp_path / "modules.txt"
    Store.open(history).close()
    with terminal("store", str(history), str(modules)) as app:
        app.read_until(b"Needs a person")
        end = time.monotonic() + DEADLINE
        while not modules.exists() and time.monotonic() < end:
            select.select([app.master], [], [], 0.05)
        os.write(app.master, b"q")
        app.drain()
        assert app.exit_code() == 0
    loaded = modules.read_text().split()
    heavy = {"httpx", "pydantic", "scipy", "numpy", "holidays", "tomli", "msgspec"}
    assert heavy & set(loaded) == set()
    assert not [name for name in loaded if name.startswith("engagewatch.config")]


async def test_nothing_is_written_while_nothing_changes() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: True)
        written: list[str] = []
        driver = app._driver
        assert driver is not None
        driver.write = written.append  # type: ignore[method-assign]
        for _ in range(3):
            app.shell._check()
            await app.workers.wait_for_complete()
            app.shell.read_again()
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert written == []


async def test_only_one_slow_timer_runs() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        for key in ("1", "2", "3", "4", "5", "t", "s"):
            await pilot.press(key)
        # Textual's own repaint timer runs until the last key's picture is out.
        for _ in range(100):
            nodes = [app, *app.screen.walk_children(with_self=True)]
            timers = [timer for node in nodes for timer in node._timers if timer._active.is_set()]
            intervals = [timer._interval for timer in timers]
            if intervals == [2.0]:
                break
            await pilot.pause()
        assert intervals == [2.0]
