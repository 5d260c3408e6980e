"""Polling one source once: adapter -> store, page by page, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import MINUTE, TimeSource
from engagewatch.net.errors import SourceError
from engagewatch.net.usage import Usage, metered
from engagewatch.providers.base import Adapter, Backfilling
from engagewatch.sync.outcomes import failed, succeeded, unexpected
from engagewatch.sync.progress import Progress, unreadable
from engagewatch.sync.rebuild import apply_policy
from engagewatch.sync.sweep import sweep_if_due
from engagewatch.sync.target import PollTarget
from engagewatch.sync.writer import Writer

POLL_LIMIT = 30 * MINUTE
"""A poll that takes longer is given up; what it stored stays and the next one goes on from it."""
BACKFILL_SLICE = 60.0
"""Seconds of one poll spent on history where an adapter reads it apart from what is new."""


@dataclass(slots=True)
class _Tally:
    """What a poll has stored so far."""

    first: bool
    """The source was never read to its end, so histories are still incomplete."""
    records: int = 0
    clock_skew: int | None = None
    unfinished: bool = False
    """History is left over for the next poll."""


async def poll_source(
    target: PollTarget, adapter: Adapter, writer: Writer, now: TimeSource
) -> SourceHealth:
    """Poll every stream of one source and return its health afterwards.

    Each page is stored in one transaction with its cursor before the next is asked for. Whatever
    goes wrong is written into the health, with what was stored so far kept; only cancellation is
    raised.
    """
    store = writer.store
    before = await health_of(target.engagement, target.settings, writer)
    started = replace(before, polling=True, last_attempt_at=now())
    await writer.run(store.record_health, started)

    requests_before = adapter.requests
    tally = _Tally(before.last_success_at is None, clock_skew=before.clock_skew)
    problem: SourceError | None = None
    swept = started
    usage = Usage()
    try:
        async with asyncio.timeout(POLL_LIMIT):
            with metered() as usage:
                try:
                    await _store_pages(target, adapter, writer, now, tally)
                finally:
                    if tally.first:
                        await apply_policy(writer, target)
                swept = await sweep_if_due(target, adapter, writer, started, now())
                if not tally.unfinished:
                    await writer.run(
                        store.forget_strays, target.engagement.id, target.settings.id, now()
                    )
    except SourceError as error:
        problem = error
    except TimeoutError:
        problem = SourceError(
            Failure.TRANSIENT,
            f"the poll took longer than {POLL_LIMIT // MINUTE} minutes and was given up; "
            "the next one goes on from where it stopped",
        )
    except asyncio.CancelledError:
        await writer.run(store.record_health, replace(started, polling=False))
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one source's bug is its own
        problem = unexpected(error)

    requests = adapter.requests - requests_before
    doubts = await writer.run(store.shrinkages, target.engagement.id, target.settings.id)
    finished = replace(
        swept,
        polling=False,
        requests=before.requests + requests,
        requests_last_poll=requests,
        received=before.received + usage.received,
        received_last_poll=usage.received,
        records=before.records + tally.records,
        clock_skew=tally.clock_skew,
        notice="; ".join(map(str, doubts)),
    )
    at = now()
    if problem is not None:
        after = failed(finished, problem, at, target.settings)
    else:
        after = succeeded(finished, at, target.settings)
        if tally.unfinished:
            after = replace(after, next_attempt_at=at)
    await writer.run(store.record_health, after)
    # The store counts the refused records itself.
    return await health_of(target.engagement, target.settings, writer)


async def _store_pages(
    target: PollTarget, adapter: Adapter, writer: Writer, now: TimeSource, tally: _Tally
) -> None:
    history = adapter.backfill if isinstance(adapter, Backfilling) else frozenset()
    for stream in adapter.streams:
        if stream not in history:
            await _store_stream(target, adapter, stream, writer, now, tally)
    slice_of_time = asyncio.timeout(BACKFILL_SLICE)
    try:
        async with slice_of_time:
            for stream in adapter.streams:
                if stream in history:
                    await _store_stream(target, adapter, stream, writer, now, tally)
    except TimeoutError:
        if not slice_of_time.expired():
            raise
        tally.unfinished = True


async def _store_stream(
    target: PollTarget,
    adapter: Adapter,
    stream: str,
    writer: Writer,
    now: TimeSource,
    tally: _Tally,
) -> None:
    store, engagement, source = writer.store, target.engagement.id, target.settings.id
    cursor = await writer.run(store.cursor, engagement, source, stream)
    progress = Progress(stream)
    async for batch in adapter.pull(stream, cursor, now()):
        trouble = unreadable(batch)
        # What is good of such a page is stored, and the next poll reads the page again.
        kept = batch if trouble is None else replace(batch, cursor=None)
        # Until its history has been read, a ticket's clocks would only tell what is missing: the
        # first read is counted once, when it is through.
        fold = None if tally.first else target.folder.fold
        stored = await writer.run(store.ingest, engagement, source, kept, fold, now())
        tally.records += batch.records
        if batch.server_time is not None:
            tally.clock_skew = batch.server_time - now()
        if trouble is not None:
            raise trouble
        progress.note(batch, news=bool(stored.tickets or stored.events))


async def health_of(
    engagement: Engagement, settings: SourceSettings, writer: Writer
) -> SourceHealth:
    """Return what is remembered about polling a source; a blank health if nothing is."""
    for health in await writer.run(writer.store.health, engagement.id):
        if health.source == settings.id:
            return health
    return SourceHealth(engagement=engagement.id, source=settings.id)
