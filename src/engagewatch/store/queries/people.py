"""Whom the sources know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.store.queries.scope import Scope, each

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_PEOPLE = "SELECT id, name, side, address FROM person WHERE source_key = ?"


def people(store: Store, of: Scope) -> list[tuple[str, Person]]:
    """Return everybody the sources in scope named, as (source, person)."""
    return [
        (source, Person(id=key, name=name, side=Side(side), address=address))
        for source, (key, name, side, address) in each(store, of, _PEOPLE)
    ]
