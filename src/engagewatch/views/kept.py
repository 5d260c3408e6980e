"""What was removed as its retention passed: told where emptied time would look like nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import scope
from engagewatch.views import wording
from engagewatch.views.period import Period

if TYPE_CHECKING:
    from engagewatch.store.store import Store

NO_LONGER_KEPT = "no longer kept"
"""Stands where a count would be, of a period of which everything was removed."""


def emptied_since(store: Store, engagement: Engagement) -> Instant | None:
    """Return the instant before which finished tickets were removed; ``None`` if none were."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    return kept_since(store, of)


def is_emptied(period: Period, since: Instant | None) -> bool:
    """Return whether all of a period lies before what is kept."""
    return since is not None and period.end <= since


def removed_words(
    engagement: Engagement, period: Period, since: Instant | None, now: Instant
) -> tuple[str, ...]:
    """Return what a reader of a period must know of what was removed: a sentence, or none."""
    if since is None or period.start >= since:
        return ()
    day = wording.day(since, engagement.timezone, now)
    if is_emptied(period, since):
        counted = f"{period.words} is counted from what is left, which may be nothing"
    else:
        counted = f"{period.words} is counted in part"
    return (f"Tickets that finished before {day} are no longer kept (retention_days): {counted}.",)


def whole_months(months: Sequence[Period], since: Instant | None) -> list[Period]:
    """Return the months of which nothing was removed; the last one, under way, in any case."""
    return [
        month for month in months if since is None or month.start >= since or month is months[-1]
    ]
