"""When each source is polled: one task per source, none of which can hold up another."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant, TimeSource
from engagewatch.providers.registry import open_adapter
from engagewatch.sync.polled_source import OpenAdapter, PolledSource
from engagewatch.sync.writer import Writer

TICK = 15.0
"""Longest nap, in seconds. Sleeps stand still while a machine is suspended, so the wall clock is
read again this often and polls missed meanwhile are caught up with."""

JITTER = 0.1
"""Share of the interval by which polls are spread, so that sources do not fall into step."""

Notice: TypeAlias = Callable[[SourceHealth], None]
"""Told after each poll, on the scheduler's thread."""


class Scheduler:
    """Polls every source of the given engagements, once or for as long as it runs."""

    def __init__(
        self,
        engagements: Sequence[Engagement],
        writer: Writer,
        now: TimeSource,
        *,
        notice: Notice | None = None,
        open_adapter: OpenAdapter = open_adapter,
    ) -> None:
        self._now = now
        self._notice = notice
        self._sources = [
            PolledSource(engagement, settings, writer, now, open_adapter)
            for engagement in engagements
            for settings in engagement.sources
        ]
        self._wake = {(s.engagement.id, s.settings.id): asyncio.Event() for s in self._sources}

    async def once(self) -> list[SourceHealth]:
        """Poll every source now, all at the same time, and return their health in file order."""
        return list(await asyncio.gather(*(self._poll_and_close(s) for s in self._sources)))

    async def watch(self) -> None:
        """Poll every source at its interval until cancelled."""
        async with asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(
                    self._keep_polling(source),
                    name=f"poll {source.engagement.id}/{source.settings.id}",
                )

    def request(self, engagement: str | None = None, source: str | None = None) -> None:
        """Ask for a poll at once instead of at the interval. Call it on the scheduler's loop."""
        for (engagement_id, source_id), event in self._wake.items():
            if engagement in (None, engagement_id) and source in (None, source_id):
                event.set()

    async def _poll_and_close(self, source: PolledSource) -> SourceHealth:
        try:
            return await self._poll(source)
        finally:
            await source.close()

    async def _keep_polling(self, source: PolledSource) -> None:
        wake = self._wake[source.engagement.id, source.settings.id]
        interval = source.settings.interval
        try:
            due = await source.first_attempt_at()
            while True:
                await self._wait_until(due, wake)
                wake.clear()
                health = await self._poll(source)
                spread = int(interval * JITTER * random.random())  # noqa: S311
                due = (health.next_attempt_at or self._now() + interval) + spread
        finally:
            await source.close()

    async def _poll(self, source: PolledSource) -> SourceHealth:
        health = await source.poll()
        if self._notice is not None:
            self._notice(health)
        return health

    async def _wait_until(self, due: Instant, wake: asyncio.Event) -> None:
        while not wake.is_set() and (remaining := due - self._now()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), min(remaining, TICK))
