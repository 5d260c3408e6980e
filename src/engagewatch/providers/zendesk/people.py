"""Who is who on a Zendesk account: the side of everybody who writes or acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import identifier
from engagewatch.providers.zendesk.wire import User

SYSTEM = "-1"
"""The author of what the system does by itself."""

_NAME_LIMIT = 200


class Directory:
    """The side of everybody met so far; the engagement file's ``[[people]]`` know better."""

    def __init__(
        self, people: Mapping[str, Person], roles: KnownRoles, organization: str | None = None
    ) -> None:
        """Start from the people known from earlier polls.

        Lists of everybody tell of just the people of ``organization``, where one is given, and of
        agents.
        """
        self._roles = roles
        self._organization = organization
        self._sides = {key: self._side(person) for key, person in people.items()}

    def learn(self, user: User) -> Person:
        """Note an account and return who it belongs to.

        Raises:
            ValueError: it has no id.
        """
        key = identifier(user.id)
        if key is None:
            raise ValueError("it has no id")
        # End users are the client's; agents and admins are the provider's unless named otherwise.
        person = Person(
            id=key,
            name=safe_text(user.name or "", _NAME_LIMIT) or key,
            side=Side.CLIENT if _is_end_user(user) else Side.PROVIDER,
            address=safe_text(user.email or "", _NAME_LIMIT),
        )
        side = self._sides[key] = self._side(person)
        return Person(person.id, person.name, side, person.address)

    def concerns(self, user: User) -> bool:
        """Whether somebody in a list of everybody may have to do with the engagement."""
        if self._organization is None or not _is_end_user(user):
            return True
        return identifier(user.organization_id) == self._organization

    def side(self, key: str | None) -> Side | None:
        """Return the side of somebody, ``None`` for the system and for strangers."""
        return self._sides.get(key) if key is not None else None

    def strangers(self, keys: Iterable[str | None]) -> list[str]:
        """Return those of ``keys`` that nobody has told about yet."""
        known = self._sides
        return sorted({key for key in keys if key and key != SYSTEM and key not in known})

    def _side(self, person: Person) -> Side:
        return self._roles.side_of(person.address, person.name, person.id) or person.side


def _is_end_user(user: User) -> bool:
    return user.role in (None, "end-user")
