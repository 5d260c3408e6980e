"""Which sources a question is about, and asking it of each of them.

Statements are asked once per source with ``source_key = ?`` bound first: an engagement has a
handful of sources, the statement stays a constant, and the index is used the same way every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engagewatch.store.errors import translated
from engagewatch.store.rows import Row

if TYPE_CHECKING:
    from engagewatch.store.store import Store


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


@contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """Let every question asked within see the same state, whatever is written meanwhile."""
    connection = store.connection
    if connection.in_transaction:
        yield
        return
    with translated(store.path):
        connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def fetch(
    store: Store, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> list[Row]:
    """Return the rows of a statement; ``values`` are bound in order, or by name.

    Raises:
        StoreError: the store cannot be read.
    """
    with translated(store.path):
        return store.connection.execute(statement, values).fetchall()


def each(store: Store, of: Scope, statement: str, *values: Any) -> Iterator[tuple[str, Row]]:
    """Yield (source, row) for every row of ``statement`` asked of every source in scope.

    The source's row key is bound to the first placeholder, ``values`` to the others.
    """
    for key, source in of.sources.items():
        for row in fetch(store, statement, (key, *values)):
            yield source, row


def scope(store: Store, engagement: str, sources: Iterable[str]) -> Scope:
    """Return the sources called ``sources``, as far as the store knows them.

    What the store keeps of a source that the engagement file no longer names is left out.
    """
    wanted = set(sources)
    rows = fetch(
        store, "SELECT key, id FROM source WHERE engagement = ? ORDER BY key", (engagement,)
    )
    return Scope(engagement, {key: name for key, name in rows if name in wanted})


def rule_versions(store: Store, of: Scope) -> tuple[str, ...]:
    """Return the distinct fingerprints of the rules that the clocks in scope were folded with."""
    rows = each(store, of, "SELECT policy_version FROM source WHERE key = ?")
    return tuple(sorted({row[0] for _, row in rows if row[0]}))
