"""When the client did what it owed in a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, fetch

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_STOPPED = """
SELECT c.stopped_at FROM clock c JOIN ticket t ON t.key = c.ticket_key
WHERE t.source_key = ? AND t.id = ? AND c.obligation = ? AND c.round = ?
"""

_LAST_WORD = """
SELECT s.last_client_word FROM standing s JOIN ticket t ON t.key = s.ticket_key
WHERE t.source_key = ? AND t.id = ?
"""


def stopped_at(
    store: Store, of: Scope, source: str, ticket: str, obligation: Obligation, round_: int
) -> tuple[bool, Instant | None]:
    """Return whether a duty is known, and when it was done; ``None`` while it stands open."""
    rows = fetch(store, _STOPPED, (of.key_of(source), ticket, obligation, round_))
    return bool(rows), rows[0][0] if rows else None


def last_client_word(
    store: Store, of: Scope, source: str, ticket: str
) -> tuple[bool, Instant | None]:
    """Return whether a ticket is known, and when the client last wrote in it."""
    rows = fetch(store, _LAST_WORD, (of.key_of(source), ticket))
    return bool(rows), rows[0][0] if rows else None
