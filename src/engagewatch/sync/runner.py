"""Polling one source once: adapter -> store, page by page, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from engagewatch.engine.fold import Folder
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, MINUTE, Instant, TimeSource
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter
from engagewatch.sync.writer import Writer

LONGEST_BACKOFF = 15 * MINUTE
AUTHENTICATION_RETRY = 15 * MINUTE
"""A refused credential is tried this seldom, so that no account is ever locked out."""
CONTRACT_RETRY = HOUR
POLL_LIMIT = 30 * MINUTE
"""A poll that takes longer is given up; what it stored stays and the next one goes on from it."""


@dataclass(frozen=True, slots=True)
class PollTarget:
    """One source of one engagement, with the folder that turns its events into clocks."""

    engagement: Engagement
    settings: SourceSettings
    folder: Folder


@dataclass(slots=True)
class _Tally:
    """What a poll has stored so far."""

    records: int = 0
    clock_skew: int | None = None


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
    tally = _Tally(clock_skew=before.clock_skew)
    problem: SourceError | None = None
    try:
        async with asyncio.timeout(POLL_LIMIT):
            await _store_pages(target, adapter, writer, now, tally)
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
    except Exception as error:  # noqa: BLE001 - one source's bug must not end the others
        problem = unexpected(error)

    requests = adapter.requests - requests_before
    finished = replace(
        started,
        polling=False,
        requests=before.requests + requests,
        requests_last_poll=requests,
        records=before.records + tally.records,
        clock_skew=tally.clock_skew,
    )
    if problem is None:
        after = succeeded(finished, now(), target.settings)
    else:
        after = failed(finished, problem, now(), target.settings)
    await writer.run(store.record_health, after)
    return after


async def _store_pages(
    target: PollTarget, adapter: Adapter, writer: Writer, now: TimeSource, tally: _Tally
) -> None:
    store, engagement, source = writer.store, target.engagement.id, target.settings.id
    for stream in adapter.streams:
        cursor = await writer.run(store.cursor, engagement, source, stream)
        async for batch in adapter.pull(stream, cursor, now()):
            await writer.run(store.ingest, engagement, source, batch, target.folder.fold, now())
            tally.records += batch.records
            if batch.server_time is not None:
                tally.clock_skew = batch.server_time - now()


async def health_of(
    engagement: Engagement, settings: SourceSettings, writer: Writer
) -> SourceHealth:
    """Return what is remembered about polling a source; a blank health if nothing is."""
    for health in await writer.run(writer.store.health, engagement.id):
        if health.source == settings.id:
            return health
    return SourceHealth(engagement=engagement.id, source=settings.id)


def succeeded(health: SourceHealth, at: Instant, settings: SourceSettings) -> SourceHealth:
    """Return ``health`` after a poll that went well, finished at ``at``."""
    return replace(
        health,
        last_success_at=at,
        failing_since=None,
        failure=None,
        error="",
        failures=0,
        next_attempt_at=at + settings.interval,
    )


def failed(
    health: SourceHealth, problem: SourceError, at: Instant, settings: SourceSettings
) -> SourceHealth:
    """Return ``health`` after a poll that failed at ``at``, with the next attempt planned."""
    failures = health.failures + 1
    delay = next_delay(problem.failure, failures, settings.interval, problem.retry_after)
    return replace(
        health,
        failing_since=health.failing_since or at,
        failure=problem.failure,
        error=problem.message,
        failures=failures,
        next_attempt_at=at + delay,
    )


def unexpected(error: Exception) -> SourceError:
    """Return a bug in an adapter as a failure of its source, to be shown like any other."""
    return SourceError(
        Failure.CONTRACT,
        f"unexpected {type(error).__name__} while reading the source: {safe_text(str(error))}",
    )


def next_delay(failure: Failure, failures: int, interval: int, retry_after: int | None) -> int:
    """Return the seconds to wait after the ``failures``-th failed poll in a row.

    Transient trouble doubles the wait up to a quarter of an hour; a source that names its own wait
    is taken at its word; what only a person can mend is tried seldom.
    """
    if failure is Failure.RATE_LIMITED:
        return max(retry_after or MINUTE, 1)
    if failure is Failure.AUTHENTICATION:
        return max(AUTHENTICATION_RETRY, interval)
    if failure in (Failure.CONTRACT, Failure.CONFIGURATION, Failure.TRUST):
        return max(CONTRACT_RETRY, interval)
    doubled: int = max(interval, 30) << min(failures - 1, 8)
    return min(doubled, max(LONGEST_BACKOFF, interval))
