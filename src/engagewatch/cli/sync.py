"""``engagewatch sync``: polls the sources, once or for as long as it runs."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence

from engagewatch.cli.ending import run_until_told
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import coloured, table, wants_colour
from engagewatch.cli.setting import directories, load, now, open_store
from engagewatch.config.edits import Edits
from engagewatch.engine.phrases import counted
from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import to_datetime
from engagewatch.store.store import Store
from engagewatch.sync.poller import watch_when_elected
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer

EDITS_INTERVAL = 5.0
"""Seconds between looks at the engagement files while polling goes on."""

DAMAGED = 3
"""Exit code of the one run that found the history damaged and replaced it."""


def run(options: Namespace) -> int:
    """Poll; the exit code is 1 if a source failed, 2 if a file is wrong, 3 after damage."""
    config, _ = directories(options)
    edits = Edits(config)
    loaded = load(options)
    if not any(engagement.sources for engagement in loaded.engagements):
        raise CommandError("there is nothing to poll: no engagement file has a [[sources]] table")
    if options.watch:
        with _open(options) as store:
            run_until_told(_watch(store, loaded.engagements, edits, options.engagement))
        return 0
    with _open(options) as store:
        healths = run_until_told(_once(store, loaded.engagements))
        damaged = store.recovered is not None
    _print(healths)
    if damaged:
        return DAMAGED
    if loaded.problems:
        return 2
    return int(any(health.failure is not None for health in healths))


def poll_once(options: Namespace, engagements: Sequence[Engagement]) -> list[SourceHealth]:
    """Poll every source now; an empty list means that another process polls already."""
    with _open(options) as store:
        return run_until_told(_once(store, engagements))


def _open(options: Namespace) -> Store:
    store = open_store(options, read_only=False)
    if store.recovered is not None:
        print(store.recovered, file=sys.stderr)
    return store


async def _once(store: Store, engagements: Sequence[Engagement]) -> list[SourceHealth]:
    lock = store.poller_lock()
    if not lock.acquire(timeout=0):
        print(
            "another engagewatch polls this history already (its terminal interface, or "
            "sync --watch); leaving it to that one",
            file=sys.stderr,
        )
        return []
    try:
        with Writer(store) as writer:
            return await Scheduler(engagements, writer, now).once()
    finally:
        lock.release()
        lock.close()


async def _watch(
    store: Store, engagements: Sequence[Engagement], edits: Edits, only: str | None
) -> None:
    """Poll until the process is told to stop; a page being stored is finished first.

    Edited engagement files are taken in by starting over: every source goes on from its cursor.
    """
    with Writer(store) as writer:
        while True:
            count = sum(len(engagement.sources) for engagement in engagements)
            print(f"polling {counted(count, 'source')}; stop with Ctrl+C", file=sys.stderr)
            scheduler = Scheduler(engagements, writer, now, notice=_tell)
            polling = asyncio.create_task(watch_when_elected(writer, scheduler))
            edited = asyncio.create_task(_edited(edits, engagements, only))
            try:
                await asyncio.wait({polling, edited}, return_when=asyncio.FIRST_COMPLETED)
                if polling.done():
                    await polling
                engagements = await edited
            finally:
                for task in (polling, edited):
                    task.cancel()
                await asyncio.gather(polling, edited, return_exceptions=True)


async def _edited(
    edits: Edits, engagements: Sequence[Engagement], only: str | None
) -> Sequence[Engagement]:
    """Wait until the files say something else than what is in use, and return that."""
    while True:
        await asyncio.sleep(EDITS_INTERVAL)
        loaded = await asyncio.to_thread(edits.taken_in, engagements, only)
        if loaded is None:
            continue
        for problem in loaded.problems:
            print(f"{problem}; what was in use stays in use", file=sys.stderr)
        if loaded.engagements != tuple(engagements):
            print("the engagement files were edited and read again", file=sys.stderr)
            return loaded.engagements


def _tell(health: SourceHealth) -> None:
    at = health.last_attempt_at
    stamp = f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ} " if at is not None else ""
    print(f"{stamp}{health.engagement}/{health.source}: {_outcome(health)}", flush=True)


def _print(healths: Sequence[SourceHealth]) -> None:
    rows = [(f"{health.engagement}/{health.source}", _outcome(health)) for health in healths]
    colour = wants_colour()
    for line in table(rows):
        print(coloured(line, "bad" if ": FAILED" in line else "plain", enabled=colour))


def _outcome(health: SourceHealth) -> str:
    if health.failure is not None:
        return f"FAILED: {health.error}"
    requests = health.requests_last_poll
    asked = f"{counted(requests, 'request')}, " if requests else ""
    read = f"{counted(health.records, 'record')} read so far"
    refused = f", {health.refused:,} refused: see engagewatch sources" if health.refused else ""
    return f"ok, {asked}{read}{refused}"
