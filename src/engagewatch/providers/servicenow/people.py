"""Who stands on which side of an instance, by what its tables say of each person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.directory import Directory
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.servicenow.values import key_of
from engagewatch.providers.servicenow.wire import UserRow, raw

SYSTEM = "system"
"""Who the instance is where it does something by itself."""

_USER_NAME = re.compile(r"[\w.@+\\-]{1,100}")


class Accounts:
    """Everybody met on one instance.

    Audit and journal name people by user name, tickets by id; inside, people go by their ids.
    """

    def __init__(self, people: Mapping[str, Person], roles: KnownRoles, company: str) -> None:
        """``company`` is the id of the client's company, empty if it was not configured."""
        self._directory = Directory(people, roles)
        self._client_company = company
        self._keys: dict[str, str | None] = {SYSTEM: None}
        self._asked: set[str] = set(people)
        self._groups: set[str] = set()
        self._staff = {key for key, one in people.items() if one.side is Side.PROVIDER}
        self._callers: set[str] = set()

    def unknown_names(self, names: Iterable[str]) -> list[str]:
        """Return the user names not asked for yet that can stand in a query."""
        fresh = {name for name in names if name not in self._keys and _USER_NAME.fullmatch(name)}
        self._keys.update(dict.fromkeys(fresh))
        return sorted(fresh)

    def unknown_keys(self, keys: Iterable[str | None]) -> list[str]:
        """Return the ids of people not asked for yet."""
        fresh = {key for key in keys if key and key not in self._asked}
        self._asked |= fresh
        return sorted(fresh)

    def unknown_groups(self, keys: Iterable[str | None]) -> list[str]:
        """Return the teams whose members were not asked for yet."""
        fresh = {key for key in keys if key and key not in self._groups}
        self._groups |= fresh
        return sorted(fresh)

    def employ(self, keys: Iterable[str | None]) -> None:
        """Note people to whom tickets are assigned, or whose teams they are."""
        self._staff.update(key for key in keys if key)

    def serve(self, keys: Iterable[str | None]) -> None:
        """Note people for whom tickets are."""
        self._callers.update(key for key in keys if key)

    def learn(self, row: UserRow) -> Person | None:
        """Note an account and return who it belongs to."""
        key = key_of(row.id)
        if key is None:
            return None
        self._asked.add(key)
        self._keys[raw(row.user_name)] = key
        side = Side.NOBODY
        if key in self._staff:
            side = Side.PROVIDER
        elif self._client_company and raw(row.company):
            same = raw(row.company) == self._client_company
            side = Side.CLIENT if same else Side.PROVIDER
        elif key in self._callers:
            side = Side.CLIENT
        return self._directory.learn(key, raw(row.name), raw(row.email), side)

    def key(self, user_name: str) -> str | None:
        """Return the id of a user name; the name itself if nobody knows it, none for the system."""
        if not user_name or user_name == SYSTEM:
            return None
        return self._keys.get(user_name) or user_name[:64]

    def side(self, key: str | None, caller: str | None) -> Side | None:
        """Return the side of somebody on a ticket of ``caller``; ``None`` where nothing tells."""
        if key is None:
            return None
        configured = self._directory.configured(key)
        if configured is not None:
            return configured
        if key == caller:
            return Side.CLIENT
        if key in self._staff:
            return Side.PROVIDER
        return self._directory.side(key)
