"""What statuses and priorities are called: by their labels, which activities use too."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.text import safe_text
from engagewatch.providers.freshservice.wire import FormField

_LABEL_LIMIT = 100
OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
_PRIORITIES = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent"}


class Labels:
    """The labels of one account."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning."""
        self._configured = frozenset(configured)
        self._statuses = {OPEN: "Open", PENDING: "Pending", RESOLVED: "Resolved", CLOSED: "Closed"}
        self._numbers: dict[str, int] = {}
        self._index()

    def learn(self, fields: Iterable[FormField]) -> None:
        """Note the statuses of the ticket form."""
        for one in fields:
            if one.name != "status" or not isinstance(one.choices, list):
                continue
            for choice in one.choices:
                number = choice.get("id") if isinstance(choice, dict) else None
                label = choice.get("value") if isinstance(choice, dict) else None
                if isinstance(number, int) and isinstance(label, str) and label.strip():
                    self._statuses[number] = safe_text(label, _LABEL_LIMIT)
        self._index()

    def status(self, number: int | None) -> str:
        """Return the name of a status, its number where nobody told one.

        One that the engagement file names by its number goes by that.
        """
        if number is None:
            return ""
        label = self._statuses.get(number, str(number))
        if label.lower() not in self._configured and str(number) in self._configured:
            return str(number)
        return label

    def named(self, label: str) -> int | None:
        """Return the number of the status that is called ``label``, ``None`` if none is."""
        return self._numbers.get(label.strip().casefold())

    def priority(self, number: int | None) -> str | None:
        """Return the name of a priority."""
        return None if number is None else _PRIORITIES.get(number, str(number))

    def _index(self) -> None:
        self._numbers = {label.casefold(): number for number, label in self._statuses.items()}
