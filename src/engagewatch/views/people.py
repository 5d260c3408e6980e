"""Who is shown: a name, a role or only a side, as the engagement's privacy setting says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from engagewatch.model.engagement import Engagement, NameDisplay, Role
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person

NOBODY_NAMED = "nobody named"
"""Shown where the source tells no person."""

_NAMED_BY_HAND = "somebody of us"


FindPerson: TypeAlias = Callable[[str, str], Person | None]
"""Returns whom a source knows by a key; ``None`` for nobody."""


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A person as screens and exports may show them."""

    words: str
    """``R. Okafor (Finance approver)``, ``Finance approver``, ``one of us``, ``nobody named``."""
    role: str
    """The configured role, or empty."""
    is_known: bool
    """Whether the source named anybody."""


class PeopleDirectory:
    """Turns a source's person keys into what may be shown.

    ``roles_only`` shows no names whatever the engagement file says (exports default to it).
    """

    def __init__(
        self, engagement: Engagement, find: FindPerson, *, roles_only: bool = False
    ) -> None:
        """Look people up with ``find``, by source and key."""
        self._roles_only = roles_only or engagement.privacy.names is NameDisplay.ROLES
        self._find = find
        self._roles: dict[str, Role] = {}
        self._roles_by_title = {role.role.casefold(): role for role in engagement.people}
        for role in engagement.people:
            for match in (*role.matches, role.name):
                if match:
                    self._roles.setdefault(match.casefold(), role)
        self._shown: dict[tuple[str, str | None, Side], ShownPerson] = {}

    def show(self, source: str, key: str | None, side: Side) -> ShownPerson:
        """Return how to show the person called ``key`` in ``source``; ``side`` if it is unknown."""
        lookup = (source, key, side)
        found = self._shown.get(lookup)
        if found is None:
            found = self._shown[lookup] = self._show(source, key, side)
        return found

    def holding(self, role: str) -> ShownPerson:
        """Return how to show who holds a role that was named by hand.

        What is no role of ``[[people]]`` may be a name: it is shown only where names are.
        """
        known = self._roles_by_title.get(role.casefold()) or self._roles.get(role.casefold())
        if known is None:
            return ShownPerson(_NAMED_BY_HAND if self._roles_only else role, "", True)
        if self._roles_only or not known.name:
            return ShownPerson(known.role, known.role, True)
        return ShownPerson(f"{known.name} ({known.role})", known.role, True)

    def _show(self, source: str, key: str | None, side: Side) -> ShownPerson:
        if not key:
            return ShownPerson(NOBODY_NAMED, "", False)
        person = self._find(source, key)
        name = person.name if person is not None else ""
        if person is not None:
            side = person.side
        role = self._role(key, person)
        label = role.role if role is not None else ""
        if self._roles_only:
            return ShownPerson(label or _anonymous(side), label, True)
        name = name or (role.name if role is not None else "") or key
        return ShownPerson(f"{name} ({label})" if label else name, label, True)

    def _role(self, key: str, person: Person | None) -> Role | None:
        candidates = [key]
        if person is not None:
            candidates += [person.address, person.name]
        for candidate in candidates:
            role = self._roles.get(candidate.casefold()) if candidate else None
            if role is not None:
                return role
        return None


def _anonymous(side: Side) -> str:
    if side is Side.CLIENT:
        return "one of us"
    if side is Side.PROVIDER:
        return "provider staff"
    return "somebody"
