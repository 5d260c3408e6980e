"""The larger engagement as a newcomer finds it, read once for all tests that look at it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engagewatch.config.loader import load_engagement
from engagewatch.demo import entered, meetings, onboarding
from engagewatch.demo.launch import prepare
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from tests.demo.simulation import ANCHOR

NOW: Instant = ANCHOR + 10
"""When the tests look."""


async def fill(path: Path, engagement: Engagement, clock: Callable[[], Instant]) -> None:
    """Do what the first start of the demonstration does, for one engagement; enter all twice."""
    with Store.open(path) as store, Writer(store) as writer:
        entered.before_reading(store, [engagement])
        await Scheduler([engagement], writer, clock).once()
        meetings.enter(store, ANCHOR)
        onboarding.enter(store, ANCHOR)
        entered.after_reading(store, [engagement], ANCHOR)
        entered.before_reading(store, [engagement])
        entered.after_reading(store, [engagement], ANCHOR)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time into ``folder``; the others wait."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def told_once(folder: Path) -> tuple[Path, Engagement]:
    """Return a filled store in ``folder`` and its engagement; only the first caller fills it."""
    with only_one(folder):
        done = folder / "done"
        if not done.exists():
            with prepare(folder / "demo", clock=lambda: ANCHOR) as demo:
                file = demo.config_dir / "engagements" / "northwind.toml"
                await fill(demo.data_dir / "history.db", load_engagement(file), lambda: ANCHOR)
            done.write_text(f"{demo.data_dir / 'history.db'}\n{file}\n")
        path, file_name = done.read_text().splitlines()
    return Path(path), load_engagement(Path(file_name))
