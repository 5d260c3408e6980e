"""Tickets that are tasks of an on-boarding: those of certain categories, groups or tags."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

# Tags are kept one a line.
_TASKS = """
SELECT t.id, t.reference, t.subject, t.created_at, s.court, s.elapsed_client, s.elapsed_provider,
    s.elapsed_third_party, s.court_since, s.finished_at, coalesce(
        (SELECT min(c.due_at) FROM claim c
            WHERE c.ticket_key = t.key AND c.obligation = 'resolution'),
        (SELECT k.due_at FROM clock k
            WHERE k.ticket_key = t.key AND k.obligation = 'resolution' ORDER BY k.round LIMIT 1))
FROM ticket t JOIN standing s ON s.ticket_key = t.key
WHERE t.source_key = ?1 AND t.deleted = 0 AND t.merged_into IS NULL AND (
    lower(coalesce(t.category, '')) IN (SELECT value FROM json_each(?2))
    OR lower(coalesce(t.team, '')) IN (SELECT value FROM json_each(?2))
    OR EXISTS (SELECT 1 FROM json_each(?2) wanted WHERE instr(
        char(10) || lower(t.tags) || char(10), char(10) || wanted.value || char(10))))
ORDER BY t.created_at, t.id
"""


@dataclass(frozen=True, slots=True)
class TicketTask:
    """A ticket as a task."""

    id: str
    reference: str
    subject: str
    created_at: Instant
    court: Side
    elapsed: tuple[tuple[Side, int], ...]
    """Calendar seconds it was in the court of the client, the provider and a third party, up to
    ``court_since``."""
    court_since: Instant
    finished_at: Instant | None
    due_at: Instant | None
    """When its resolution is due, as its source claims or else by the contract."""


def ticket_tasks(store: Store, of: Scope, categories: Iterable[str]) -> list[TicketTask]:
    """Return the tickets of these categories, groups or tags (lower case), the oldest first."""
    wanted = json.dumps(list(categories))
    sides = (Side.CLIENT, Side.PROVIDER, Side.THIRD_PARTY)
    return [
        TicketTask(
            row[0],
            row[1],
            row[2],
            row[3],
            Side(row[4]),
            tuple(zip(sides, row[5:8], strict=True)),
            row[8],
            row[9],
            row[10],
        )
        for _, row in each(store, of, _TASKS, wanted)
    ]
