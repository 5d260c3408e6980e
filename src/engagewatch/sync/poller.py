"""The background poller: a scheduler in a thread of its own, so that no screen waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import TimeSource
from engagewatch.model.redaction import redacted
from engagewatch.model.text import safe_text
from engagewatch.providers.registry import open_adapter
from engagewatch.store.store import Store
from engagewatch.sync.loop import patient_with_nobody
from engagewatch.sync.polled_source import OpenAdapter
from engagewatch.sync.scheduler import Notice, Scheduler
from engagewatch.sync.writer import Writer

ELECTION_INTERVAL = 5.0
"""Seconds between attempts to take over from the process that polls."""
RESTART_INTERVAL = 60.0
"""Seconds until polling is started again after what polls, and not a source, broke down."""


async def watch_when_elected(
    writer: Writer,
    scheduler: Scheduler,
    election_interval: float = ELECTION_INTERVAL,
    *,
    elected: Callable[[bool], None] = lambda _: None,
) -> None:
    """Poll until cancelled, as soon as no other process on the same store does.

    The kernel gives the lock back when the process that polls ends, however it ends. ``elected`` is
    told whether this process polls.
    """
    lock = writer.store.poller_lock()
    while not lock.acquire(timeout=0):
        elected(False)
        await asyncio.sleep(election_interval)
    elected(True)
    try:
        await writer.run(forget_unfinished_polls, writer.store)
        await scheduler.watch()
    finally:
        lock.release()
        lock.close()


def forget_unfinished_polls(store: Store) -> None:
    """Mark no source as being polled. Call it when no process polls: what is marked was cut off."""
    for health in store.health():
        if health.polling:
            store.record_health(replace(health, polling=False))


class Poller:
    """Polls in the background until stopped. Start it once; stop it before the process ends."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        engagements: Sequence[Engagement],
        now: TimeSource,
        *,
        notice: Notice | None = None,
        open_adapter: OpenAdapter = open_adapter,
        election_interval: float = ELECTION_INTERVAL,
    ) -> None:
        self._open_store = open_store
        self._engagements = engagements
        self._now = now
        self._notice = notice
        self._open_adapter = open_adapter
        self._election_interval = election_interval
        self._thread = threading.Thread(target=self._run, name="engagewatch-poller", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._scheduler: Scheduler | None = None
        self.elsewhere = False
        """Another process polls this history, and this one waits for it to end."""
        self.trouble = ""
        """Why nothing is polled at the moment, in one line that is safe to show; empty if it is."""

    def start(self) -> None:
        """Begin to poll; returns at once."""
        self._thread.start()

    def request(self, engagement: str | None = None, source: str | None = None) -> None:
        """Ask for a poll now: of one source, of one engagement's sources, or of all."""
        if self._loop is not None and self._scheduler is not None:
            self._loop.call_soon_threadsafe(self._scheduler.request, engagement, source)

    def stop(self, timeout: float = 2.0) -> bool:
        """End polling; a page being stored is finished first.

        Returns:
            Whether the poller ended within ``timeout`` seconds. If it did not, it is cut off when
            the process ends, which the store survives.
        """
        if not self._thread.is_alive():
            return True
        self._ready.wait(timeout)
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._watch())
        except asyncio.CancelledError:
            return

    async def _watch(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_default_executor(patient_with_nobody())
        self._ready.set()
        while True:
            try:
                await self._poll()
            except Exception as error:  # noqa: BLE001 - a full disk, a locked or replaced store
                told = safe_text(redacted(f"{type(error).__name__}: {error}"), 300)
                self.trouble = f"polling stopped, and is tried again in a minute: {told}"
            await asyncio.sleep(RESTART_INTERVAL)

    async def _poll(self) -> None:
        with self._open_store() as store, Writer(store) as writer:
            self._scheduler = Scheduler(
                self._engagements,
                writer,
                self._now,
                notice=self._notice,
                open_adapter=self._open_adapter,
            )
            self.trouble = ""
            await watch_when_elected(
                writer, self._scheduler, self._election_interval, elected=self._elected
            )

    def _elected(self, here: bool) -> None:
        self.elsewhere = not here
