"""Who is who at one source: the side of everybody it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.providers.roles import KnownRoles

_NAME_LIMIT = 200


class Directory:
    """The people met so far; the engagement file's ``[[people]]`` know better than any source."""

    def __init__(self, people: Mapping[str, Person], roles: KnownRoles) -> None:
        """Start from the people known from earlier polls."""
        self._roles = roles
        self._people = {key: self._placed(person) for key, person in people.items()}

    def learn(self, key: str, name: str | None, address: str | None, side: Side) -> Person:
        """Note somebody and return them; :attr:`Side.NOBODY` for a side that nobody tells."""
        person = Person(
            id=key,
            name=safe_text(name or "", _NAME_LIMIT) or key,
            side=side,
            address=safe_text(address or "", _NAME_LIMIT),
        )
        person = self._people[key] = self._placed(person)
        return person

    def get(self, key: str | None) -> Person | None:
        """Return somebody who was met, else ``None``."""
        return self._people.get(key) if key is not None else None

    def side(self, key: str | None) -> Side | None:
        """Return the side of somebody, ``None`` where nobody told."""
        person = self.get(key)
        return None if person is None or person.side is Side.NOBODY else person.side

    def configured(self, key: str | None) -> Side | None:
        """Return the side that the engagement file gives somebody, ``None`` if it gives none."""
        person = self.get(key)
        names = (person.address, person.name) if person is not None else ()
        return self._roles.side_of(key, *names)

    def strangers(self, keys: Iterable[str | None]) -> list[str]:
        """Return those of ``keys`` that were not met yet."""
        return sorted({key for key in keys if key and key not in self._people})

    def _placed(self, person: Person) -> Person:
        side = self._roles.side_of(person.address, person.name, person.id)
        if side is None or side is person.side:
            return person
        return Person(person.id, person.name, side, person.address)
