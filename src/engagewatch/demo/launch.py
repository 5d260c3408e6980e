"""Starting the demonstration: its folder, its engagement files, its provider."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType, TracebackType

from engagewatch.demo.engagement_files import engagement_files
from engagewatch.demo.scenario import VERSION
from engagewatch.demo.server import DEFAULT_SEED, SimulatedProvider, wall_clock
from engagewatch.model.instants import DAY, HOUR, Instant, TimeSource

TOKEN_VARIABLE = "ENGAGEWATCH_DEMO_TOKEN"  # noqa: S105 - the name of a variable
FRESH_FOR = 20 * HOUR
"""How long a story is gone on with; after that the next start begins a new one."""
KEPT_FOR = 2 * DAY
"""Folders of stories older than this are thrown away when a new one begins."""

_STORY = re.compile(r"v(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration. A context manager; leaving it stops the provider."""

    config_dir: Path
    data_dir: Path
    provider: SimulatedProvider

    def stop(self) -> None:
        """Stop the provider. The folder stays, so that the next start opens with its history."""
        self.provider.stop()

    def __enter__(self) -> Demo:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def prepare(
    folder: Path, *, port: int = 0, seed: int = DEFAULT_SEED, clock: TimeSource = wall_clock
) -> Demo:
    """Start the provider and write engagement files for it into ``folder``.

    A story begun in ``folder`` within the last hours goes on, with the history stored then;
    otherwise a new one begins. The provider's token goes into this process's environment.

    Raises:
        OSError: the folder cannot be written, or the port is taken.
    """
    now = clock()
    anchor = _anchor(folder, seed, now)
    home = folder / f"v{VERSION}-{seed}-{anchor}"
    config, data = home / "config", home / "data"
    (config / "engagements").mkdir(parents=True, exist_ok=True, mode=0o700)
    data.mkdir(exist_ok=True, mode=0o700)
    provider = SimulatedProvider(port, seed, anchor=anchor, clock=clock)
    provider.start()
    for name, text in engagement_files(anchor, provider.urls, TOKEN_VARIABLE).items():
        (config / "engagements" / name).write_text(text, encoding="utf-8")
    os.environ[TOKEN_VARIABLE] = provider.token
    return Demo(config, data, provider)


def _anchor(folder: Path, seed: int, now: Instant) -> Instant:
    """Return the anchor of the story to go on with, or ``now`` for a new one."""
    stories = {path: match for path in _children(folder) if (match := _STORY.fullmatch(path.name))}
    going_on = [
        int(match[3])
        for match in stories.values()
        if (int(match[1]), int(match[2])) == (VERSION, seed)
        and 0 <= now - int(match[3]) < FRESH_FOR
    ]
    if going_on:
        return max(going_on)
    for path, match in stories.items():
        if now - int(match[3]) > KEPT_FOR:
            shutil.rmtree(path, ignore_errors=True)
    return now


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def serve(port: int, seed: int = DEFAULT_SEED, *, say: Callable[[str], None] = print) -> None:
    """Serve the simulated provider until the process is interrupted or told to end.

    The token is taken from the environment, so that monitors elsewhere can be given the same.

    Raises:
        OSError: a port is taken.
    """
    stopping = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with SimulatedProvider(port, seed, token=os.environ.get(TOKEN_VARIABLE)) as provider:
            for name, url in provider.urls.items():
                say(f"{name:20} {url}")
            say(f"{'token':20} {provider.token}")
            stopping.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
