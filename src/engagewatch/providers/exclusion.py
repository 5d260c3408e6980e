"""Tickets that are dropped at ingest because the engagement file says so."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.engagement import Privacy
from engagewatch.model.ticket import Ticket


class Exclusion:
    """The deny-list of ``[privacy]``: categories, groups and tags, compared without case."""

    def __init__(self, privacy: Privacy) -> None:
        self._names = frozenset(name.casefold() for name in privacy.exclude_categories)

    def covers(self, ticket: Ticket) -> bool:
        """Whether ``ticket`` must not be kept."""
        return bool(self._names) and self._any((ticket.category, ticket.group, *ticket.tags))

    def _any(self, names: Iterable[str | None]) -> bool:
        return any(name is not None and name.casefold() in self._names for name in names)
