"""How much sources changed behind our back: values seen before that are not what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

# A priority is explained by an event that says so; that event may have come after the ticket.
UNEXPLAINED = """
FROM silent_edit e JOIN ticket t ON t.source_key = e.source_key AND t.id = e.ticket_id
WHERE e.source_key = ? AND NOT (e.field = 'priority' AND EXISTS (
    SELECT 1 FROM event v WHERE v.ticket_key = t.key AND v.kind = 'priority_changed'
        AND v.value = e.became AND v.at >= e.known_at))
"""

_COUNT = f"SELECT count(*) {UNEXPLAINED}"


def silent_edit_counts(store: Store, of: Scope) -> dict[str, int]:
    """Return how many silent edits of each source are known."""
    return {source: row[0] for source, row in each(store, of, _COUNT)}
