"""A source under the scheduler's care: opened when first needed, kept open while it works."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from engagewatch.config.secrets import SecretError, resolve
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, MINUTE, Instant, TimeSource
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter
from engagewatch.store.queries.people import people
from engagewatch.store.queries.scope import scope
from engagewatch.sync.outcomes import failed, held_until, unexpected
from engagewatch.sync.rebuild import apply_policy, poll_target
from engagewatch.sync.runner import health_of, poll_source
from engagewatch.sync.target import PollTarget
from engagewatch.sync.writer import Writer

OpenAdapter: TypeAlias = Callable[
    [SourceSettings, Engagement, str | None, Mapping[str, Person]], Adapter
]
"""Opens an adapter from its settings, engagement, secret and the people already known."""


class PolledSource:
    """One source, with what is kept between its polls."""

    def __init__(
        self,
        engagement: Engagement,
        settings: SourceSettings,
        writer: Writer,
        now: TimeSource,
        open_adapter: OpenAdapter,
    ) -> None:
        self.engagement = engagement
        self.settings = settings
        self._writer = writer
        self._now = now
        self._open_adapter = open_adapter
        self._target: PollTarget | None = None
        self._adapter: Adapter | None = None
        self._people_outdated = False

    def first_attempt_at(self, health: SourceHealth) -> Instant:
        """When to poll first: a wait planned before the last stop still holds, else very soon.

        What was wrong here and not at the source may have been mended meanwhile: a missing secret,
        a file that was not there. A time that lies further off than any wait was planned under a
        wrong clock.
        """
        if health.failure is Failure.CONFIGURATION:
            return 0
        now, longest = self._now(), max(HOUR, self.settings.interval)
        if health.failing_since is not None and health.next_attempt_at is not None:
            return min(health.next_attempt_at, now + longest)
        if health.last_success_at is None or health.last_success_at > now:
            return 0
        return health.last_success_at + min(self.settings.interval, MINUTE)

    async def poll_unless_held(self) -> SourceHealth:
        """Poll once, unless the source asked to be left alone or refused the credential just now.

        The health then says until when.
        """
        health = await health_of(self.engagement, self.settings, self._writer)
        now = self._now()
        until = held_until(health, now)
        if not until:
            return await self.poll()
        return replace(health, error=f"{health.error} (not asked again for {until - now} s)")

    async def poll(self) -> SourceHealth:
        """Poll once; trouble of any kind ends up in the health that is returned."""
        try:
            target, adapter = await self._open()
        except SourceError as problem:
            return await self._record(problem)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must not end the others
            return await self._record(unexpected(error))
        health = await poll_source(target, adapter, self._writer, self._now)
        if health.failure in (Failure.AUTHENTICATION, Failure.CONFIGURATION):
            # The secret or the file may be mended meanwhile: read both anew next time.
            await self.close()
        return health

    def forget_people(self) -> None:
        """Let the adapter meet everybody anew from the next poll on: some were removed."""
        self._people_outdated = True

    async def close(self) -> None:
        """Close the adapter's connections."""
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            # An adapter that cannot even be closed is let go of: the next poll opens another.
            with contextlib.suppress(Exception):
                await adapter.aclose()

    async def _open(self) -> tuple[PollTarget, Adapter]:
        # Whom the source knows may tell by now who writes the automatic replies.
        if self._target is None or self.engagement.rules.auto_reply_authors:
            target = await self._writer.run(
                poll_target, self._writer.store, self.engagement, self.settings
            )
            if self._target is None:
                await self._register()
            if self._target is None or target.folder.policy != self._target.folder.policy:
                await apply_policy(self._writer, target)
                self._target = target
        if self._people_outdated:
            self._people_outdated = False
            await self.close()
        if self._adapter is None:
            secret = await self._secret()
            known = await self._writer.run(self._known_people)
            self._adapter = self._open_adapter(self.settings, self.engagement, secret, known)
        return self._target, self._adapter

    def _known_people(self) -> dict[str, Person]:
        store = self._writer.store
        known = people(store, scope(store, self.engagement.id, [self.settings.id]))
        return {person.id: person for _, person in known}

    async def _secret(self) -> str | None:
        if self.settings.secret is None:
            return None
        try:
            return await asyncio.to_thread(resolve, self.settings.secret)
        except SecretError as error:
            raise SourceError(Failure.CONFIGURATION, str(error)) from None

    async def _register(self) -> None:
        await self._writer.run(
            self._writer.store.register_source,
            self.engagement.id,
            self.settings.id,
            self.settings.adapter,
        )

    async def _record(self, problem: SourceError) -> SourceHealth:
        await self._register()
        at = self._now()
        before = await health_of(self.engagement, self.settings, self._writer)
        health = failed(
            replace(before, polling=False, last_attempt_at=at), problem, at, self.settings
        )
        await self._writer.run(self._writer.store.record_health, health)
        return health
