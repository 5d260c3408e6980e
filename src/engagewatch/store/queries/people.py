"""Whom the sources know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.store.queries.scope import Scope, each, fetch
from engagewatch.store.rows import Row

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_EVERYBODY = "SELECT id, name, side, address FROM person WHERE source_key = ?"

_KNOWN_AS = """
SELECT p.id FROM person p JOIN source s ON s.key = p.source_key
WHERE s.engagement = ? AND s.id = ?
    AND (lower(p.address) IN (SELECT value FROM json_each(?3))
        OR lower(p.name) IN (SELECT value FROM json_each(?3)))
ORDER BY p.id
"""

_ONE = "SELECT id, name, side, address FROM person WHERE source_key = ? AND id = ?"


def people(store: Store, of: Scope) -> list[tuple[str, Person]]:
    """Return everybody whom the sources in scope named, as (source, person)."""
    return [(source, _person(row)) for source, row in each(store, of, _EVERYBODY)]


def everybody(store: Store, of: Scope) -> Callable[[str, str], Person | None]:
    """Read everybody at once; return a look-up by source and key."""
    found = {(source, person.id): person for source, person in people(store, of)}
    return lambda source, key: found.get((source, key))


def one_by_one(store: Store, of: Scope) -> Callable[[str, str], Person | None]:
    """Return a look-up by source and key that reads a person when asked: for a few of many."""
    keys = {source: key for key, source in of.sources.items()}

    def find(source: str, key: str) -> Person | None:
        rows = fetch(store, _ONE, (keys[source], key)) if source in keys else ()
        return _person(rows[0]) if rows else None

    return find


def keys_known_as(
    store: Store, engagement: str, source: str, names: Iterable[str]
) -> tuple[str, ...]:
    """Return the keys of the people whom a source knows by one of these addresses or names."""
    wanted = json.dumps([name.lower() for name in names])
    return tuple(row[0] for row in fetch(store, _KNOWN_AS, (engagement, source, wanted)))


def _person(row: Row) -> Person:
    return Person(id=row[0], name=row[1], side=Side(row[2]), address=row[3])
