"""Sides, and what a provider's status means for whose court a ticket is in."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """The four sides. At any instant a ticket is in exactly one side's court."""

    PROVIDER = "provider"
    CLIENT = "client"
    THIRD_PARTY = "third_party"
    NOBODY = "nobody"


class StatusMeaning(StrEnum):
    """What one status of one source means.

    The first four name the side that holds the ball; the last three end the work. A status with no
    meaning is *unmapped*: it is kept, shown by ``engagewatch check`` and never guessed.
    """

    PROVIDER = "provider"
    CLIENT = "client"
    THIRD_PARTY = "third_party"
    NOBODY = "nobody"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def court(self) -> Side:
        """The side whose court a ticket with this status is in."""
        return _COURTS.get(self, Side.NOBODY)

    @property
    def is_finished(self) -> bool:
        """Whether the work on the ticket has ended (resolved, closed or cancelled)."""
        return self in _FINISHED


_COURTS = {
    StatusMeaning.PROVIDER: Side.PROVIDER,
    StatusMeaning.CLIENT: Side.CLIENT,
    StatusMeaning.THIRD_PARTY: Side.THIRD_PARTY,
}
_FINISHED = frozenset({StatusMeaning.RESOLVED, StatusMeaning.CLOSED, StatusMeaning.CANCELLED})
