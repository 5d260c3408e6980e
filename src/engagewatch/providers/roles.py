"""Who stands on which side, where the engagement file says so by ``[[people]]``."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.engagement import Role
from engagewatch.model.sides import Side


class KnownRoles:
    """The sides of people the engagement file names; it knows better than any source."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._sides = {match.casefold(): role.side for role in roles for match in role.matches}

    def side_of(self, *names: str | None) -> Side | None:
        """Return the side of somebody known by any of ``names`` (keys, names or addresses)."""
        if not self._sides:
            return None
        for name in names:
            if name and (side := self._sides.get(name.casefold())) is not None:
                return side
        return None
