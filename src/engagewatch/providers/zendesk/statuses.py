"""Statuses that an account made for itself, each a refinement of a built-in one.

The engagement file may say whose court "Awaiting approval" is, whatever category it was filed
under. A custom status that the file does not mention is read as its category.
"""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.text import safe_text
from engagewatch.providers.wire import WireId, identifier
from engagewatch.providers.zendesk.wire import CustomStatus

_LABEL_LIMIT = 100


class Statuses:
    """Turns a status and a custom status into the one name that the engine is told."""

    def __init__(self, configured: Iterable[str]) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning."""
        self._configured = frozenset(configured)
        self._category: dict[str, str] = {}
        self._label: dict[str, str] = {}

    def learn(self, status: CustomStatus) -> None:
        """Note a custom status."""
        key = identifier(status.id)
        label = safe_text(status.agent_label or "", _LABEL_LIMIT)
        if key is None or not status.status_category:
            return
        self._category[key] = status.status_category
        if label.lower() in self._configured:
            self._label[key] = label
        elif key in self._configured:
            # It goes by what the file calls it.
            self._label[key] = key

    def name(self, status: str, custom: WireId) -> str:
        """Return the name of a status as the ticket shows it.

        A closed ticket keeps the custom status it was solved with; the category says more then.
        """
        key = identifier(custom)
        if key is None or self._category.get(key) != status:
            return status
        return self._label.get(key, status)

    def name_of_custom(self, custom: WireId) -> str | None:
        """Return the name of a custom status by itself, ``None`` for an unknown one."""
        key = identifier(custom)
        if key is None:
            return None
        return self._label.get(key, self._category.get(key))
