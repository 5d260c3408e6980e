"""Waiting on us: everything that waits on the client, who holds it and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import open_tickets
from engagewatch.views.nudges import NudgeLog, nudge_log
from engagewatch.views.policy import ticketing_without_messages
from engagewatch.views.waiting_items import Asked, WaitingItem
from engagewatch.views.waiting_list import waiting_list

if TYPE_CHECKING:
    from engagewatch.store.store import Store

__all__ = ["Asked", "WaitingItem", "WaitingView", "build"]


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Everything that waits on the client, the most consequential first."""

    as_of: Instant
    items: tuple[WaitingItem, ...]
    put_off: tuple[WaitingItem, ...]
    """Off the list until their day, or until they change."""
    total: int
    overdue: int
    oldest_since: Instant | None
    summary: str
    """E.g. ``4 items wait on us, oldest 6d; 1 past our own target``."""
    nudges: NudgeLog
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> WaitingView:
    """Return what waits on the client at ``now``; ``roles_only`` hides names (for exports)."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        found = waiting_list(
            store, engagement, of, open_tickets(store, of), now, roles_only=roles_only
        )
        nudges = nudge_log(store, engagement, of, now, found.done)
    return WaitingView(
        as_of=now,
        items=found.items,
        put_off=found.put_off,
        total=len(found.items),
        overdue=found.overdue,
        oldest_since=found.oldest_since,
        summary=found.summary(now),
        nudges=nudges,
        not_known=tuple(
            f"Whether {source} really asked: it shows statuses, but no messages."
            for source in ticketing_without_messages(engagement)
        ),
    )
