"""When each source is polled: one task per source, none of which can hold up another."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import urlsplit

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import Instant, TimeSource
from engagewatch.providers.registry import open_adapter
from engagewatch.store.errors import StoreError
from engagewatch.sync.freezing import freeze_months
from engagewatch.sync.outcomes import failed, unexpected
from engagewatch.sync.polled_source import OpenAdapter, PolledSource
from engagewatch.sync.retention import keep_to_retention
from engagewatch.sync.sealing import seal_promises
from engagewatch.sync.waiting import wait_until
from engagewatch.sync.writer import Writer

JITTER = 0.1
"""Share of the interval by which polls are spread, so that sources do not fall into step."""

FREEZE_INTERVAL = 3600
"""Seconds between looking whether a month has ended."""

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
        self._engagements = engagements
        self._writer = writer
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
        await self._seal()
        polls = await asyncio.gather(*(self._poll_and_close(s) for s in self._sources))
        await self._freeze()
        await self._retain()
        return list(polls)

    async def watch(self) -> None:
        """Poll every source at its interval until cancelled."""
        await self._seal()
        first = await self._first_attempts()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_freezing(), name="freeze months")
            for source, due in zip(self._sources, first, strict=True):
                group.create_task(
                    self._keep_polling(source, due),
                    name=f"poll {source.engagement.id}/{source.settings.id}",
                )

    async def _seal(self) -> None:
        """Seal what is promised before anything is read that it could be fitted to."""
        # A store that cannot be written is told of by each source's poll.
        with suppress(StoreError):
            await self._writer.run(
                seal_promises, self._writer.store, self._engagements, self._now()
            )

    async def _freeze(self) -> None:
        """Note how the clocks of a month stood, once it is over."""
        with suppress(StoreError):
            await self._writer.run(
                freeze_months, self._writer.store, self._engagements, self._now()
            )

    async def _retain(self) -> None:
        """Let go of what the engagements do not want kept any longer.

        After freezing, which counts it for the last time.
        """
        for engagement in self._engagements:
            with suppress(StoreError):
                lost = await keep_to_retention(self._writer, engagement, self._now())
                for source in self._sources:
                    if source.engagement.id == engagement.id and source.settings.id in lost:
                        source.forget_people()

    async def _keep_freezing(self) -> None:
        while True:
            await self._freeze()
            await self._retain()
            await wait_until(self._now() + FREEZE_INTERVAL, asyncio.Event(), self._now)

    def request(self, engagement: str | None = None, source: str | None = None) -> None:
        """Ask for a poll at once instead of at the interval. Call it on the scheduler's loop."""
        for (engagement_id, source_id), event in self._wake.items():
            if engagement in (None, engagement_id) and source in (None, source_id):
                event.set()

    async def _first_attempts(self) -> list[Instant]:
        """Return when to poll each source first.

        A wait that a host demanded before the last stop, or a credential it refused, holds for all
        sources that share them.
        """
        stored = await self._writer.run(self._writer.store.health)
        known = {(health.engagement, health.source): health for health in stored}
        healths = [
            known.get(key) or SourceHealth(engagement=key[0], source=key[1]) for key in self._wake
        ]
        first = [
            source.first_attempt_at(health)
            for source, health in zip(self._sources, healths, strict=True)
        ]
        holds: dict[tuple[object, ...], Instant] = {}
        shared = [_shared(source.settings) for source in self._sources]
        for key, health, due in zip(shared, healths, first, strict=True):
            if key and health.failure in (Failure.RATE_LIMITED, Failure.AUTHENTICATION):
                holds[key] = max(due, holds.get(key, 0))
        return [
            max(due, holds.get(key, 0)) if key else due
            for key, due in zip(shared, first, strict=True)
        ]

    async def _poll_and_close(self, source: PolledSource) -> SourceHealth:
        try:
            return await self._tell(source, source.poll_unless_held)
        finally:
            await source.close()

    async def _keep_polling(self, source: PolledSource, due: Instant) -> None:
        wake = self._wake[source.engagement.id, source.settings.id]
        interval = source.settings.interval
        try:
            while True:
                if await wait_until(due, wake, self._now):
                    # The network may be another one by now, and everybody wakes up at once.
                    await source.close()
                    wake_at = self._now() + int(min(interval, 30) * random.random())  # noqa: S311
                    await wait_until(wake_at, wake, self._now)
                requested = wake.is_set()
                wake.clear()
                poll = source.poll_unless_held if requested else source.poll
                health = await self._tell(source, poll)
                spread = int(interval * JITTER * random.random())  # noqa: S311
                due = (health.next_attempt_at or self._now() + interval) + spread
        finally:
            await source.close()

    async def _tell(
        self, source: PolledSource, poll: Callable[[], Awaitable[SourceHealth]]
    ) -> SourceHealth:
        """Poll and tell; never raises, so that no source can end the others."""
        try:
            health = await poll()
        except Exception as error:  # noqa: BLE001 - the store may be full, locked, gone
            blank = SourceHealth(engagement=source.engagement.id, source=source.settings.id)
            at = self._now()
            attempted = replace(blank, last_attempt_at=at)
            health = failed(attempted, unexpected(error), at, source.settings)
        if self._notice is not None:
            self._notice(health)
        return health


def _shared(settings: SourceSettings) -> tuple[object, ...] | None:
    """Return what tells who the host takes a source's requests to come from; ``None`` for files."""
    if not settings.url:
        return None
    return urlsplit(settings.url).netloc.lower(), settings.user, settings.secret
