"""Freezing months: noting, once and for good, how the clocks of a month stood when it was over.

Sources change what they told. The counts that stood at the month's end are kept as entries, so that
a report shows beside them what is known now. A month is frozen by the first poller that runs after
its end and finds that every ticketing source was read since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.engagement import Engagement, SourceKind
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant, month_bounds, to_datetime, zone
from engagewatch.providers.registry import describe
from engagewatch.store.queries.clocks import Span, tallies
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import scope
from engagewatch.store.store import Store

LATEST = 31 * 86_400
"""Seconds after its end within which a month is frozen: later it is no record of how it stood."""


def freeze_months(store: Store, engagements: Iterable[Engagement], now: Instant) -> int:
    """Freeze the last month of each engagement where that is due; return how many were frozen.

    Raises:
        StoreError: the store cannot be read or written.
    """
    new = [entry for engagement in engagements for entry in _due(store, engagement, now)]
    if new:
        store.enter(new)
    return len(new)


def _due(store: Store, engagement: Engagement, now: Instant) -> Iterable[Entry]:
    here = zone(engagement.timezone)
    local = to_datetime(now, here)
    year, number = (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)
    start, end = month_bounds(year, number, engagement.timezone)
    if now - end > LATEST or to_datetime(end - 1, here).date() < engagement.started:
        return
    month = f"{year:04d}-{number:02d}"
    if entries(store, engagement.id, [EntryKind.FROZEN], month):
        return
    health = {one.source: one for one in store.health(engagement.id)}
    if not _all_read_since(engagement, health, end):
        return
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    if (kept_since(store, of) or start) > start:
        # Some of its tickets are gone already: what is left is no record of how it stood.
        return
    counts = frozen_counts(store, engagement, Span(start, end, now, engagement.rules))
    if counts:
        # Two processes that freeze a month in the same second make the same entry.
        key = f"{now:012d}-frozen-{engagement.id}-{month}"
        yield Entry(key, engagement.id, now, EntryKind.FROZEN, month, counts)


def _all_read_since(
    engagement: Engagement, health: Mapping[str, SourceHealth], end: Instant
) -> bool:
    ticketing = [
        source.id for source in engagement.sources if describe(source).kind is SourceKind.TICKETING
    ]
    read = [health[name].last_success_at if name in health else None for name in ticketing]
    return bool(ticketing) and all(at is not None and at >= end for at in read)


def frozen_counts(store: Store, engagement: Engagement, span: Span) -> dict[str, Value]:
    """Return the counts of a period by ``obligation/priority``, each as ``met/judged``."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    return {
        f"{obligation}/{priority}": f"{tally.met}/{tally.judged}"
        for (obligation, priority), tally in sorted(tallies(store, of, span).items())
        if tally.judged
    }
