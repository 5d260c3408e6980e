"""Who stands on which side of a site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.directory import Directory
from engagewatch.providers.jira.wire import User
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import identifier

_APP = "app"
_CUSTOMER = "customer"


class Accounts:
    """Everybody met on one site.

    Customers are the client's; agents of the project and assignees the provider's. A licensed
    person may be either: on a ticket, its reporter and participants are the client's.
    """

    def __init__(
        self, people: Mapping[str, Person], roles: KnownRoles, client_domains: Iterable[str]
    ) -> None:
        """Start from the people known from earlier polls."""
        self._directory = Directory(people, roles, client_domains)
        self._staff = {key for key, one in people.items() if one.side is Side.PROVIDER}
        self._apps: set[str] = set()
        self._known: dict[str, Person] = dict(people)
        self._fresh: dict[str, Person] = {}

    def employ(self, user: User | None) -> None:
        """Note an agent."""
        key = key_of(user)
        if key is not None and user is not None and user.account_type not in (_APP, _CUSTOMER):
            self._staff.add(key)

    def learn(self, user: User | None, *, asks: bool = False) -> str | None:
        """Note somebody, and return their key; ``asks`` says that a ticket is theirs."""
        key = key_of(user)
        if user is None or key is None:
            return None
        if user.account_type == _APP:
            self._apps.add(key)
        side = Side.NOBODY
        if key in self._staff or user.account_type == _APP:
            side = Side.PROVIDER
        elif user.account_type == _CUSTOMER or asks:
            side = Side.CLIENT
        elif (known := self._known.get(key)) is not None:
            side = known.side
        person = self._directory.learn(key, user.display_name or user.name, user.email, side)
        if self._known.get(key) != person:
            self._known[key] = self._fresh[key] = person
        return key

    def take_fresh(self) -> tuple[Person, ...]:
        """Return the people who are new or changed since this was asked last."""
        fresh, self._fresh = self._fresh, {}
        return tuple(fresh.values())

    def is_automatic(self, key: str | None) -> bool:
        """Whether an app or an automation acted; it may also have no author at all."""
        return key is None or key in self._apps

    def side(self, key: str | None, clients: frozenset[str] = frozenset()) -> Side | None:
        """Return the side of somebody on a ticket of ``clients``; ``None`` where nothing tells."""
        if key is None:
            return None
        configured = self._directory.configured(key)
        if configured is not None:
            return configured
        if key in self._staff:
            return Side.PROVIDER
        return Side.CLIENT if key in clients else self._directory.side(key)


def key_of(user: User | None) -> str | None:
    """Return what somebody is known by; ``None`` for what cannot be a key."""
    if user is None:
        return None
    try:
        return identifier(user.account_id or user.key or user.name)
    except ValueError:
        return None
