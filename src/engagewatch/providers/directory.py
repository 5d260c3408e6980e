"""Who is who at a source: the side of everybody who writes or acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.providers.roles import KnownRoles

_NAME_LIMIT = 200


class Directory:
    """The side of everybody met so far.

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
        self._settled: set[str] = set()
        for person in people.values():
            self.learn(person)

    @property
    def tells_by_domain(self) -> bool:
        """Whether the client's domains are known."""
        return bool(self._domains)

    def learn(self, person: Person) -> Person:
        """Note a person, and return them with harmless texts and the side they are on."""
        address = safe_text(person.address, _NAME_LIMIT)
        name = safe_text(person.name, _NAME_LIMIT) or person.id
        known = self._roles.side_of(address, name, person.id)
        if known is None and address.casefold().rpartition("@")[2] in self._domains:
            known = Side.CLIENT
        if known is not None:
            self._settled.add(person.id)
        learnt = replace(person, name=name, address=address, side=known or person.side)
        self._people[person.id] = learnt
        return learnt

    def side(self, key: str | None) -> Side | None:
        """Return the side of somebody, ``None`` for strangers."""
        person = self._people.get(key) if key is not None else None
        return person.side if person is not None else None

    def is_settled(self, key: str) -> bool:
        """Whether the engagement file decides on whose side somebody is."""
        return key in self._settled

    def knows(self, key: str) -> bool:
        """Whether anybody told about ``key`` yet."""
        return key in self._people
