"""Starting the demonstration: its folder, its engagement files, its provider.

The story itself is imported where it is served, so that a second start is as quick as any.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from engagewatch.demo.engagement_files import engagement_files
from engagewatch.demo.meetings import with_meetings
from engagewatch.demo.onboarding import with_onboarding
from engagewatch.demo.probes import with_probes
from engagewatch.demo.settings import DEFAULT_SEED, TOKEN_VARIABLE, VERSION, wall_clock
from engagewatch.model.instants import DAY, HOUR, Instant, TimeSource

if TYPE_CHECKING:
    from engagewatch.demo.process import ProviderProcess
    from engagewatch.demo.server import SimulatedProvider

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
    anchor: Instant
    urls: Mapping[str, str]
    """Where the provider's tools are, by name."""
    stop: Callable[[], None]
    """Stop the provider. The folder stays, so that the next start opens with its history."""

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
    folder: Path, *, port: int = 0, seed: int = DEFAULT_SEED, clock: TimeSource | None = None
) -> Demo:
    """Start the provider and write engagement files for it into ``folder``.

    A story begun in ``folder`` within the last hours goes on, with the history stored then;
    otherwise a new one begins. The provider's token goes into this process's environment. It runs
    in a process of its own, by the wall clock; where a ``clock`` is given, in this one by that.

    Raises:
        OSError: the folder cannot be written, or the provider cannot start.
    """
    anchor = _anchor(folder, seed, (clock or wall_clock)())
    home = folder / f"v{VERSION}-{seed}-{anchor}"
    config, data = home / "config", home / "data"
    (config / "engagements").mkdir(parents=True, exist_ok=True, mode=0o700)
    data.mkdir(exist_ok=True, mode=0o700)
    os.environ[TOKEN_VARIABLE] = secrets.token_urlsafe(24)
    provider = (
        _in_a_process(port, seed, anchor) if clock is None else _here(port, seed, anchor, clock)
    )
    files = with_meetings(engagement_files(anchor, provider.urls, TOKEN_VARIABLE), anchor)
    files = with_probes(with_onboarding(files, anchor), provider.urls)
    for name, text in files.items():
        (config / "engagements" / name).write_text(text, encoding="utf-8")
    return Demo(config, data, anchor, provider.urls, provider.stop)


def _in_a_process(port: int, seed: int, anchor: Instant) -> ProviderProcess:
    from engagewatch.demo.process import ProviderProcess

    return ProviderProcess(port, seed, anchor)


def _here(port: int, seed: int, anchor: Instant, clock: TimeSource) -> SimulatedProvider:
    from engagewatch.demo.server import SimulatedProvider

    token = os.environ[TOKEN_VARIABLE]
    provider = SimulatedProvider(port, seed, anchor=anchor, clock=clock, token=token)
    provider.start()
    return provider


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
    from engagewatch.demo.server import SimulatedProvider

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
