"""Looking for tickets that vanished at their source, once a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import DAY, Instant
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter, Sweeping
from engagewatch.sync.writer import Writer

if TYPE_CHECKING:
    from engagewatch.sync.target import PollTarget

SWEEP_INTERVAL = DAY
MOST_SWEPT = 1000
"""Open tickets asked about at once; the longest unchanged come first."""


async def sweep_if_due(
    target: PollTarget, adapter: Adapter, writer: Writer, health: SourceHealth, now: Instant
) -> SourceHealth:
    """Ask the source about the open tickets if that was long ago, and return the health after it.

    Only tickets that count as open are asked about: that is where one which is gone does harm. A
    source that cannot answer is asked again a day later; what may pass, or a rate limit, is tried
    with the next poll.
    """
    if not isinstance(adapter, Sweeping):
        return health
    if health.swept_at is None:
        # Everything was just read for the first time.
        return replace(health, swept_at=now)
    if 0 <= now - health.swept_at < SWEEP_INTERVAL:
        return health
    name, source, store = target.engagement.id, target.settings.id, writer.store
    ids = await writer.run(store.open_tickets, name, source, MOST_SWEPT)
    try:
        absences = await adapter.absent(ids) if ids else []
    except SourceError as error:
        if error.failure in (Failure.TRANSIENT, Failure.RATE_LIMITED):
            return health
        return replace(health, swept_at=now)
    await writer.run(
        store.record_absences, name, source, absences, len(ids), target.folder.fold, now
    )
    return replace(health, swept_at=now)
