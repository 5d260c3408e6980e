"""Who is who at a source: the side of everybody who writes or acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.providers.roles import KnownRoles

_NAME_LIMIT = 200


class Directory:
    """The people met so far.

    The engagement file's ``[[people]]`` know better than its list of the client's domains, and that
    knows better than what the source says of an account.
    """

    def __init__(
        self, people: Mapping[str, Person], roles: KnownRoles, client_domains: Iterable[str] = ()
    ) -> None:
        """Start from the people known from earlier polls.

        Addresses at ``client_domains`` belong to the client, whatever the account may do.
        """
        self._roles = roles
        self._domains = frozenset(domain.casefold().lstrip("@") for domain in client_domains)
        self._people: dict[str, Person] = {}
        self._settled: dict[str, Side] = {}
        for person in people.values():
            self._place(person)

    def learn(self, key: str, name: str | None, address: str | None, side: Side) -> Person:
        """Note somebody, and return them with harmless texts and the side they are on.

        :attr:`Side.NOBODY` stands for a side that nobody tells.
        """
        return self._place(Person(key, name or "", side, address or ""))

    def get(self, key: str | None) -> Person | None:
        """Return somebody who was met, else ``None``."""
        return self._people.get(key) if key is not None else None

    def side(self, key: str | None) -> Side | None:
        """Return the side of somebody, ``None`` for strangers and where nobody told."""
        person = self.get(key)
        return None if person is None or person.side is Side.NOBODY else person.side

    def side_on(self, key: str | None, clients: Collection[str | None]) -> Side | None:
        """Return the side on which somebody acts on a ticket of ``clients``, as far as one tells.

        The engagement file tells, by person or by the client's domains; else whoever a ticket is
        for is the client on it, whatever their account may do elsewhere.
        """
        configured = self.configured(key)
        if configured is not None or key is None:
            return configured
        return Side.CLIENT if key in clients and not self._domains else self.side(key)

    def configured(self, key: str | None) -> Side | None:
        """Return the side that the engagement file gives somebody, ``None`` if it gives none."""
        if key is None:
            return None
        return self._settled.get(key) or self._roles.side_of(key)

    def strangers(self, keys: Iterable[str | None]) -> list[str]:
        """Return those of ``keys`` that were not met yet."""
        return sorted({key for key in keys if key and key not in self._people})

    def _place(self, person: Person) -> Person:
        address = safe_text(person.address, _NAME_LIMIT)
        name = safe_text(person.name, _NAME_LIMIT) or person.id
        known = self._roles.side_of(address, name, person.id)
        if known is None and address.casefold().rpartition("@")[2] in self._domains:
            known = Side.CLIENT
        if known is not None:
            self._settled[person.id] = known
        placed = replace(person, name=name, address=address, side=known or person.side)
        self._people[person.id] = placed
        return placed
