"""Start-up, first frame, memory and idling, as ratios to bare Python and a bare Textual app.

A small event log is made and read into a store; then each command, and the terminal interface on
that store, is started in turn with its yardstick, A B A B, and the medians are compared. The
terminal interface runs in a pseudo-terminal of 120x36; its frame counts as there when a ticket from
the store can be read on it.

    python benchmarks/startup.py
"""

from __future__ import annotations

import csv
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from pathlib import Path

RUNS = 9
TICKETS = 2_000
SETTLE = 6.0
IDLE = 10.0
ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")

BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready to work")
Bare().run()
"""

ENGAGEMENT = """
[engagement]
client = "Northwind"
provider = "Contoso IT"
started = 2026-01-05
timezone = "UTC"
[calendars.office]
hours = { mon-fri = ["08:00-18:00"] }
[[sources]]
id = "log"
kind = "eventlog"
path = "log.csv"
rows = "states"
interval = "1h"
[sources.columns]
ticket = "ticket"
at = "at"
status = "status"
priority = "priority"
[sources.courts]
Open = "provider"
Waiting = "client"
Done = "resolved"
[[sla]]
priority = "P3"
calendar = "office"
resolution = "8h"
attainment = "95%"
[participation]
calendar = "office"
reply = "1bd"
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """What one run of a terminal program came to."""

    first_frame: float
    """Seconds from start to the awaited text."""
    memory: float
    """Resident MiB after settling."""
    idle_share: float
    """Share of one processor used while idle."""
    idle_bytes: int
    """Bytes written to the terminal while idle."""


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="engagewatch-bench-") as folder:
        home = Path(folder)
        make_engagement(home)
        engagewatch = [str(Path(sys.executable).with_name("engagewatch"))]
        engagewatch += ["--config", str(home), "--data", str(home / "data")]
        subprocess.run([*engagewatch, "sync", "--once"], check=True, stdout=subprocess.DEVNULL)

        bare = [sys.executable, "-c", "pass"]
        print(f"{'command':<22} {'median ms':>10} {'x bare Python':>14} {'target':>7}")
        for words, target in ((["--version"], 5), (["--help"], 5), (["status", "--json"], 12)):
            ours, floor = paired([*engagewatch, *words], bare)
            print(f"{' '.join(words):<22} {ours:>10.1f} {ours / floor:>14.1f} {target:>7}")
        print(f"{'python -c pass':<22} {floor:>10.1f}")

        app = [sys.executable, "-c", BARE_APP]
        ours_at: list[float] = []
        bare_at: list[float] = []
        for _ in range(RUNS):
            bare_at.append(run_screen(app, b"ready to work").first_frame)
            ours_at.append(run_screen(engagewatch, b"T-0").first_frame)
        ours, floor = statistics.median(ours_at) * 1000, statistics.median(bare_at) * 1000
        print(
            f"\n{'first frame with data':<22} {ours:>10.0f} ms  {ours / floor:.2f}x bare app "
            f"({floor:.0f} ms); target 1.60x"
        )
        settled = run_screen(engagewatch, b"T-0", idle=True)
        idling = run_screen(app, b"ready to work", idle=True).idle_share
        print(f"{'memory after start':<22} {settled.memory:>10.1f} MiB; target 60")
        print(
            f"{'idle':<22} {settled.idle_share * 100:>10.2f} % of a processor (bare app "
            f"{idling * 100:.2f} %), {settled.idle_bytes} bytes to the terminal in {IDLE:.0f} s; "
            "targets 0.1 % and 0"
        )
    return 0


def make_engagement(home: Path) -> None:
    """Write an engagement file and a log of tickets, some of them open and overdue."""
    (home / "engagements").mkdir()
    (home / "engagements" / "bench.toml").write_text(ENGAGEMENT, encoding="utf-8")
    start = datetime.now(UTC) - timedelta(days=60)
    with (home / "engagements" / "log.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["ticket", "at", "status", "priority"])
        for number in range(TICKETS):
            at = start + timedelta(minutes=40 * number)
            rows.writerow([f"T-{number:05}", at.isoformat(), "Open", "P3"])
            if number % 3 == 0:
                at += timedelta(hours=1)
                rows.writerow([f"T-{number:05}", at.isoformat(), "Waiting", "P3"])
            if number % 40:
                at += timedelta(hours=2)
                rows.writerow([f"T-{number:05}", at.isoformat(), "Done", "P3"])


def paired(ours: Sequence[str], floor: Sequence[str]) -> tuple[float, float]:
    """Return the median milliseconds of two commands run in turn."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(RUNS + 1):
        for which, command in ((True, ours), (False, floor)):
            before = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            times[which].append((time.perf_counter() - before) * 1000)
    return statistics.median(times[True][1:]), statistics.median(times[False][1:])


def run_screen(command: Sequence[str], awaited: bytes, *, idle: bool = False) -> Screen:
    """Run a terminal program until ``awaited`` is on its screen, watch it idle, then end it.

    Raises:
        TimeoutError: the text did not appear within 20 seconds.
    """
    started = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
        os.execvp(command[0], list(command))
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    try:
        first_frame = await_text(terminal, awaited, started)
        memory = share = 0.0
        written = 0
        if idle:
            # Not over the turn of a minute, when the ages on screen change.
            left = 60 - time.time() % 60
            drain(terminal, SETTLE if left > SETTLE + IDLE else left + SETTLE)
            used = processor_seconds(process)
            written = drain(terminal, IDLE)
            share = (processor_seconds(process) - used) / IDLE
            memory = resident_mib(process)
        return Screen(first_frame, memory, share, written)
    finally:
        os.kill(process, signal.SIGTERM)
        drain(terminal, 0.3)
        os.close(terminal)
        os.waitpid(process, 0)


def await_text(terminal: int, awaited: bytes, started: float) -> float:
    """Return the seconds since ``started`` at which ``awaited`` had been written."""
    seen = b""
    while time.perf_counter() - started < 20:
        if select.select([terminal], [], [], 0.05)[0]:
            seen += os.read(terminal, 65536)
            if awaited in ESCAPES.sub(b"", seen):
                return time.perf_counter() - started
    raise TimeoutError(f"{awaited!r} did not appear; the screen said: {seen[-500:]!r}")


def drain(terminal: int, seconds: float) -> int:
    """Read what is written for ``seconds`` and return how many bytes it was."""
    until = time.perf_counter() + seconds
    total = 0
    while (left := until - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                total += len(os.read(terminal, 65536))
            except OSError:
                break
    return total


def processor_seconds(process: int) -> float:
    """Return the processor time that a process's threads have used, to the nanosecond.

    The ticks in ``/proc/<pid>/stat`` are as long as what ten idle seconds use.
    """
    used = 0
    for thread in Path(f"/proc/{process}/task").iterdir():
        used += int((thread / "schedstat").read_text().split()[0])
    return used / 1e9


def resident_mib(process: int) -> float:
    """Return a process's resident memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
