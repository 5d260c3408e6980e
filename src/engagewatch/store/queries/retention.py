"""From when on history is whole: what is older was removed as its retention passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def kept_since(store: Store, of: Scope) -> Instant | None:
    """Return the instant before which finished tickets of a source in scope were removed.

    The latest of them; ``None`` if nothing was ever removed.
    """
    rows = each(store, of, "SELECT kept_since FROM source WHERE key = ?")
    return max((row[0] for _, row in rows if row[0] is not None), default=None)


def retained_at(store: Store, of: Scope) -> dict[str, Instant]:
    """Return when it was last looked for tickets to remove, by source; not where it never was."""
    rows = each(store, of, "SELECT retained_at FROM source WHERE key = ?")
    return {source: row[0] for source, row in rows if row[0] is not None}
