"""Zammad's states: every installation may rename them and make its own."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.text import safe_text
from engagewatch.providers.wire import WireId, identifier
from engagewatch.providers.zammad.wire import State

_BY_TYPE = {1: "new", 2: "open", 5: "closed", 6: "merged", 7: "removed"}
"""The built-in state of each type. The types that wait (3 and 4) do not say for whom: a state of
theirs keeps its own name."""
_WORD_LIMIT = 200


class States:
    """Turns the number of a state into the name that the engine is told."""

    def __init__(self, with_meaning: Iterable[str]) -> None:
        """``with_meaning`` are the names (lower case) whose meaning is known."""
        self._with_meaning = frozenset(with_meaning)
        self._names: dict[str, str] = {}
        self.waiting: list[str] = []
        """States that wait for somebody the engagement file does not name."""

    def learn(self, state: State) -> None:
        """Note a state.

        Raises:
            ValueError: its id is none.
        """
        key, name = identifier(state.id), safe_text(state.name or "", _WORD_LIMIT)
        if key is None or not name:
            return
        if name.lower() not in self._with_meaning:
            category = _BY_TYPE.get(state.state_type_id or 0)
            if category is None:
                self.waiting.append(name)
            name = category or name
        self._names[key] = name

    def name(self, key: WireId, written: object) -> str:
        """Return the name of a state by number; history keeps the names of old in writing."""
        known = self._names.get(identifier(key) or "")
        return known or (safe_text(written, _WORD_LIMIT) if isinstance(written, str) else "")
