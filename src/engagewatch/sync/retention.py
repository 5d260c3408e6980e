"""Keeping to ``[privacy] retention_days``: letting go of what finished longer ago than that."""

from __future__ import annotations

from engagewatch.engine.fold import policy_version
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant
from engagewatch.store.queries.retention import retained_at
from engagewatch.store.queries.scope import scope
from engagewatch.sync.rebuild import poll_target
from engagewatch.sync.writer import Writer

RETENTION_INTERVAL = DAY
"""Seconds between two looks: the people of a source are looked through as a whole each time."""


async def keep_to_retention(writer: Writer, engagement: Engagement, now: Instant) -> set[str]:
    """Remove what an engagement's sources may not keep any longer, where that was long ago.

    Other writers go on between the steps. What is cut short is taken up at the next call.

    Returns:
        The sources of which people were removed: an adapter that knows them should forget them.

    Raises:
        StoreError: the store cannot be read or written.
    """
    store = writer.store
    of = await writer.run(scope, store, engagement.id, [one.id for one in engagement.sources])
    looked = await writer.run(retained_at, store, of)
    before = now - engagement.privacy.retention_days * DAY
    lost_people: set[str] = set()
    for source in of.sources.values():
        if 0 <= now - looked.get(source, now - RETENTION_INTERVAL) < RETENTION_INTERVAL:
            continue
        if not await _is_counted(writer, engagement, source):
            continue
        while await writer.run(store.remove_finished, engagement.id, source, before):
            pass
        if await writer.run(store.finish_retention, engagement.id, source, now):
            lost_people.add(source)
    return lost_people


async def _is_counted(writer: Writer, engagement: Engagement, source: str) -> bool:
    """Return whether a source's tickets are counted by the rules in force.

    Under rules that were mended since, a ticket may look finished that is not.
    """
    settings = engagement.source(source)
    target = await writer.run(poll_target, writer.store, engagement, settings)
    counted_by = await writer.run(writer.store.policy_version, engagement.id, source)
    return counted_by == policy_version(target.folder.policy)
