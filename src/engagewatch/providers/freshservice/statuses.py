"""What statuses and priorities are called: by their labels, which activities use too."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.providers.freshservice.wire import FormField
from engagewatch.providers.names import StatusNames
from engagewatch.providers.wire import word

OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
_BUILT_IN = {"2": "Open", "3": "Pending", "4": "Resolved", "5": "Closed"}
_PRIORITIES = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent"}


class Labels(StatusNames):
    """The labels of one account."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning."""
        super().__init__(configured, _BUILT_IN)

    def learn_form(self, fields: Iterable[FormField]) -> None:
        """Note the statuses of the ticket form."""
        for one in fields:
            choices = one.choices if one.name == "status" else None
            for choice in choices if isinstance(choices, list) else ():
                number = choice.get("id") if isinstance(choice, dict) else None
                label = word(choice.get("value"), 100) if isinstance(choice, dict) else ""
                if isinstance(number, int) and label:
                    self.learn({str(number): label})

    def status(self, number: int | None) -> str:
        """Return the name of a status, its number where nobody told one."""
        return "" if number is None else self.name(str(number))

    def named(self, label: str) -> int | None:
        """Return the number of the status that is called ``label``, ``None`` if none is."""
        number = self.number(label)
        return None if number is None else int(number)

    @staticmethod
    def priority(number: int | None) -> str | None:
        """Return the name of a priority."""
        return None if number is None else _PRIORITIES.get(number, str(number))
