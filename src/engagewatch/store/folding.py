"""Folding one ticket so that a ticket which cannot be folded stays its own problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from engagewatch.model.batch import Refused
from engagewatch.model.clock import Fold
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Event, Ticket

FoldTicket: TypeAlias = Callable[[Ticket, Sequence[Event]], Fold]
"""Derives a ticket's standing and clocks from its events: a pure function."""

_REASON_LIMIT = 200


def fold_or_refuse(fold: FoldTicket, ticket: Ticket, events: Sequence[Event]) -> Fold | Refused:
    """Return the fold of a ticket, or why it cannot be counted.

    A history that the engine cannot count must not keep its page from being stored: the same page
    would fail again at every poll, and everything after it would never be read.
    """
    try:
        return fold(ticket, events)
    except Exception as error:  # noqa: BLE001 - whatever the mistake, it is about this ticket alone
        told = f"it cannot be counted ({type(error).__name__}: {error}); please report this"
        return Refused(record_name(ticket.id), safe_text(told, _REASON_LIMIT))


def record_name(ticket_id: str) -> str:
    """Return how refusals name a ticket."""
    return f"ticket {ticket_id}"
