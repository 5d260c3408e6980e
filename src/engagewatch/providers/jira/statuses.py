"""What statuses are called: by the names they have now, since history keeps old ones too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engagewatch.model.text import safe_text

_WORD_LIMIT = 200


class Statuses:
    """The statuses of one site."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning."""
        self._configured = frozenset(configured)
        self._names: dict[str, str] = {}

    def learn(self, names: Mapping[str, str]) -> None:
        """Note what statuses are called, by id."""
        self._names.update(names)

    def name(self, key: Any, written: Any) -> str:
        """Return the name of a status that was ``written`` so.

        One that the engagement file names by its id goes by that.
        """
        known = str(key) if isinstance(key, int | str) else ""
        told = written if isinstance(written, str) else ""
        name = self._names.get(known) or safe_text(told, _WORD_LIMIT) or safe_text(known, 64)
        if known in self._configured and name.lower() not in self._configured:
            return known
        return name
