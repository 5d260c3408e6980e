"""What states are called: by their labels, since numbers mean different things per instance.

A ticket on hold is called by what it is held for, which is what tells whose court it is in.
"""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.text import safe_text
from engagewatch.providers.servicenow.wire import Cell, ChoiceRow, Pair, raw

STATE, HOLD, PRIORITY = "state", "hold_reason", "priority"
TRANSLATED = (STATE, HOLD, PRIORITY)
ON_HOLD = "on hold"

_USUAL = {
    (STATE, "1"): "New",
    (STATE, "2"): "In Progress",
    (STATE, "3"): "On Hold",
    (STATE, "6"): "Resolved",
    (STATE, "7"): "Closed",
    (STATE, "8"): "Canceled",
    (HOLD, "1"): "Awaiting Caller",
    (HOLD, "3"): "Awaiting Problem",
    (HOLD, "4"): "Awaiting Vendor",
    (HOLD, "5"): "Awaiting Change",
    (PRIORITY, "1"): "1 - Critical",
    (PRIORITY, "2"): "2 - High",
    (PRIORITY, "3"): "3 - Moderate",
    (PRIORITY, "4"): "4 - Low",
    (PRIORITY, "5"): "5 - Planning",
}
"""Labels of incidents as delivered, where neither a choice list nor a ticket told another."""

_LABEL_LIMIT = 200


class Labels:
    """The labels of one instance."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning."""
        self._configured = frozenset(configured)
        self._labels: dict[tuple[str, str, str], str] = {}

    def learn(self, row: ChoiceRow) -> None:
        """Note one entry of a choice list."""
        label = safe_text(raw(row.label), _LABEL_LIMIT)
        if label:
            self._labels.setdefault((raw(row.table), raw(row.element), raw(row.value)), label)

    def observe(self, table: str, element: str, cell: Cell) -> None:
        """Note the label that a ticket shows beside a value; it is the account's own language."""
        if isinstance(cell, Pair) and cell.value and cell.display_value:
            label = safe_text(cell.display_value, _LABEL_LIMIT)
            self._labels[(table, element, cell.value)] = label

    def label(self, table: str, element: str, value: str) -> str:
        """Return the label of a value, the value itself where nobody tells one."""
        if not value:
            return ""
        labels = self._labels
        found = labels.get((table, element, value)) or labels.get(("task", element, value))
        if found is None and table == "incident":
            found = _USUAL.get((element, value))
        return found or safe_text(value, _LABEL_LIMIT)

    def status(self, table: str, state: str, hold: str) -> str:
        """Return the name of a status.

        One that the engagement file names by its numbers (``3`` or ``3/1``) goes by those.
        """
        name = self.label(table, STATE, state)
        numbers = state
        if name.lower() == ON_HOLD and hold:
            name = self.label(table, HOLD, hold)
            numbers = f"{state}/{hold}"
        if name.lower() not in self._configured and numbers in self._configured:
            return numbers
        return name
