"""Which tickets of an account belong to the engagement.

An account may serve many clients, and the engagement file may exclude categories. Updates, ratings
and approvals name just the id of their ticket, so each ticket's place is remembered once it is
known; of one whose place nobody told nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.model.engagement import Privacy
from engagewatch.model.ticket import Ticket
from engagewatch.providers.exclusion import Exclusion


class Scope:
    """The tickets of one client, less those that the engagement file excludes."""

    def __init__(self, privacy: Privacy, organization: str | None) -> None:
        """``organization`` is the id of the client's; ``None`` where the account serves just it."""
        self.organization = organization
        self._exclusion = Exclusion(privacy)
        self._is_narrow = organization is not None or bool(privacy.exclude_categories)
        self._places: dict[str, bool] = {}

    def admits(self, ticket: Ticket, organization: str | None) -> bool:
        """Whether ``ticket`` of an organisation is to be kept; this is remembered."""
        own = self.organization is None or organization == self.organization
        admitted = own and not self._exclusion.covers(ticket)
        if self._is_narrow:
            self._places[ticket.id] = admitted
        return admitted

    def unplaced(self, tickets: Iterable[str]) -> list[str]:
        """Return those of ``tickets`` of which it is not known where they belong."""
        return sorted(set(tickets) - self._places.keys()) if self._is_narrow else []

    def shut_out(self, tickets: Iterable[str]) -> None:
        """Note tickets that the account does not show: whose they are will not be known."""
        self._places.update(dict.fromkeys(tickets, False))

    def holds(self, ticket: str) -> bool:
        """Whether what names just the id of a ticket is to be kept."""
        return not self._is_narrow or self._places.get(ticket, False)
