"""The people an event log mentions, with the side that the column they stand in tells."""

from __future__ import annotations

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.roles import KnownRoles


class PeopleSeen:
    """Collects people by key; somebody who was ever assigned a ticket is the provider's."""

    def __init__(self, roles: KnownRoles) -> None:
        self._roles = roles
        self._sides: dict[str, Side] = {}
        self._new: dict[str, Person] = {}

    def assigned(self, key: str) -> None:
        """Note somebody a ticket was assigned to."""
        if self._sides.get(key) is not Side.PROVIDER:
            self._note(key, Side.PROVIDER)

    def asked(self, key: str) -> None:
        """Note somebody who asked for something."""
        if key not in self._sides:
            self._note(key, Side.CLIENT)

    def side_of(self, key: str | None) -> Side | None:
        """Return the side of somebody who acted, where the engagement file names them.

        The columns do not tell: exports often number callers and agents apart, so that the same key
        means two people.
        """
        return self._roles.side_of(key)

    def take_new(self) -> tuple[Person, ...]:
        """Return the people noted since the last call."""
        new = tuple(self._new.values())
        self._new.clear()
        return new

    def _note(self, key: str, side: Side) -> None:
        self._sides[key] = side
        self._new[key] = Person(id=key, name=key, side=self._roles.side_of(key) or side)
