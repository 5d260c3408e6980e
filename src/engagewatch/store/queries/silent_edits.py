"""What sources changed behind our back: values seen before that are not what they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

# A priority is explained by an event that says so; that event may have come after the ticket.
_UNEXPLAINED = """
FROM silent_edit e JOIN ticket t ON t.source_key = e.source_key AND t.id = e.ticket_id
WHERE e.source_key = ? AND NOT (e.field = 'priority' AND EXISTS (
    SELECT 1 FROM event v WHERE v.ticket_key = t.key AND v.kind = 'priority_changed'
        AND v.value = e.became AND v.at >= e.known_at))
"""

_EDITS = f"""
SELECT t.id, t.reference, e.field, e.was, e.became, e.known_at, e.seen_at
{_UNEXPLAINED}
ORDER BY e.seen_at DESC, t.reference, e.field LIMIT ?
"""

_COUNT = f"SELECT count(*) {_UNEXPLAINED}"


@dataclass(frozen=True, slots=True)
class SilentEdit:
    """A value a source changed after it had been seen, without telling of a change."""

    source: str
    ticket_id: str
    reference: str
    field: str
    """``created``, ``priority``, ``claimed resolution``, ``time of status_changed solved``, ..."""
    was: str
    became: str
    known_at: Instant
    """When the source said that the earlier value was last touched."""
    seen_at: Instant
    """When the new value was first seen."""


def silent_edits(store: Store, of: Scope, *, limit: int) -> list[SilentEdit]:
    """Return the latest silent edits of each source, at most ``limit`` of each."""
    return [SilentEdit(source, *row) for source, row in each(store, of, _EDITS, limit)]


def silent_edit_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many silent edits of each source are known."""
    return {source: row[0] for source, row in each(store, of, _COUNT)}
