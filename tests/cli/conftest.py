"""Running the command as a user does, with directories of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

from engagewatch.cli.main import run

LOG = """\
number,at,state,opened,priority,person
101,2026-03-02 09:00,New,2026-03-02 09:00,P1,ann
101,2026-03-02 09:10,In progress,2026-03-02 09:00,P1,ann
101,2026-03-02 11:00,Waiting for customer,2026-03-02 09:00,P1,ann
101,2026-03-02 12:00,In progress,2026-03-02 09:00,P1,ann
101,2026-03-02 14:00,Resolved,2026-03-02 09:00,P1,ann
102,2026-03-03 09:00,New,2026-03-03 09:00,P1,bob
102,2026-03-03 10:00,Resolved,2026-03-03 09:00,P1,bob
"""

ENGAGEMENT = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "Europe/London"

[calendars.office]
hours = { mon-fri = ["08:00-18:00"] }
holidays = "GB-ENG"
exceptions = [{ day = 2026-12-24, hours = ["08:00-12:00"], name = "Christmas Eve" }]

[[sources]]
id = "log"
kind = "eventlog"
path = "log.csv"
interval = "1d"
time_format = "%Y-%m-%d %H:%M"
[sources.columns]
ticket = "number"
at = "at"
status = "state"
created_at = "opened"
priority = "priority"
assignee = "person"
[sources.courts]
"New" = "provider"
"In progress" = "provider"
"Waiting for customer" = "client"
"Resolved" = "resolved"

[[sla]]
priority = "P1"
calendar = "24x7"
resolution = "3h"
attainment = "95%"

[privacy]
retention_days = 36600

[participation]
calendar = "office"
reply = "2bd"
"""


@dataclass(frozen=True)
class Finished:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Desk:
    """A liaison's machine: a configuration directory, a data directory, an environment."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def engagements(self) -> Path:
        """Where engagement files are."""
        return self.home / "config" / "engagements"

    @property
    def data(self) -> Path:
        """Where the history is."""
        return self.home / "data"

    def write(self, text: str = ENGAGEMENT, name: str = "northwind") -> Path:
        """Write an engagement file."""
        path = self.engagements / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def run(self, *arguments: str) -> Finished:
        """Run the command within this process, as its entry point is called."""
        out, err = io.StringIO(), io.StringIO()
        umask = os.umask(0o022)
        try:
            with (
                patch.dict(os.environ, self.environment, clear=True),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = run(arguments)
        finally:
            os.umask(umask)
        return Finished(code, out.getvalue(), err.getvalue())

    def spawn(self, *arguments: str, **more: str) -> Finished:
        """Run the command as a process of its own, which warnings end."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "engagewatch", *arguments],
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env={**self.environment, **more},
            timeout=60,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def python(self, code: str) -> str:
        """Run a program of its own on this machine; return what it prints."""
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=self.environment,
            timeout=60,
            check=True,
        ).stdout


def make_desk(home: Path) -> Desk:
    """Return a machine with empty directories."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "COLUMNS": "80",
        "PYTHONIOENCODING": "utf-8",
        "ENGAGEWATCH_CONFIG": str(home / "config"),
        "ENGAGEWATCH_DATA": str(home / "data"),
    }
    desk = Desk(home, environment)
    desk.engagements.mkdir(parents=True)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A machine on which nothing is set up yet."""
    return make_desk(tmp_path)


@pytest.fixture(scope="session")
def read_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A machine whose one engagement was polled; tests only read it."""
    desk = make_desk(tmp_path_factory.mktemp("desk"))
    desk.write()
    (desk.engagements / "log.csv").write_text(LOG)
    synced = desk.run("sync", "--once")
    assert synced.returncode == 0, synced.stderr
    # Validated files are remembered beside the history, which the first command only just made.
    desk.run("status")
    return desk


Modules = Callable[..., set[str]]


@pytest.fixture
def imported(read_desk: Desk) -> Modules:
    """Tell which modules a command imports."""

    def modules(*arguments: str) -> set[str]:
        code = (
            "import sys\n"
            "from engagewatch.cli.main import run\n"
            f"run({list(arguments)!r})\n"
            "print('\\0', *sys.modules, sep='\\n')"
        )
        return set(read_desk.python(code).rpartition("\0")[2].split())

    return modules
