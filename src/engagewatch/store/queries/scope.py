"""Which sources a question is about, and asking it of each of them.

Statements are asked once per source with ``source_key = ?`` bound first: an engagement has a
handful of sources, the statement stays a constant, and the index is used the same way every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from engagewatch.store.store import Store

Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Sources of one engagement that the store knows: row key to source id."""

    engagement: str
    sources: dict[int, str]

    def key_of(self, source: str) -> int | None:
        """Return the row key of a source, or ``None`` if it is not in scope."""
        for key, name in self.sources.items():
            if name == source:
                return key
        return None


def scope(store: Store, engagement: str, sources: Iterable[str]) -> Scope:
    """Return the sources called ``sources``, as far as the store knows them.

    What the store keeps of a source that the engagement file no longer names is left out.
    """
    wanted = set(sources)
    rows = store.connection.execute(
        "SELECT key, id FROM source WHERE engagement = ? ORDER BY key", (engagement,)
    )
    return Scope(engagement, {key: name for key, name in rows if name in wanted})


def each(store: Store, of: Scope, statement: str, *values: object) -> Iterator[tuple[str, Row]]:
    """Yield (source, row) for every row of ``statement`` asked of every source in scope.

    The source's row key is bound to the first placeholder, ``values`` to the others.
    """
    for key, source in of.sources.items():
        for row in store.connection.execute(statement, (key, *values)):
            yield source, row


def rule_versions(store: Store, of: Scope) -> tuple[str, ...]:
    """Return the distinct fingerprints of the rules that the clocks in scope were folded with."""
    rows = each(store, of, "SELECT policy_version FROM source WHERE key = ?")
    return tuple(sorted({row[0] for _, row in rows if row[0]}))
