"""What can be said of an open ticket without a calendar: what it waits for, and since when."""

from __future__ import annotations

from engagewatch.model.clock import Clock, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.tickets import OpenTicket

ASKING = frozenset({Obligation.REPLY, Obligation.APPROVAL})
"""Duties that begin with somebody asking the client."""


def contract_priority(ticket: OpenTicket) -> str:
    """Return the contract's word for a ticket's priority, else the provider's."""
    for clock in ticket.clocks:
        if clock.priority:
            return clock.priority
    return ticket.priority or ""


def awaited_of_us(ticket: OpenTicket) -> tuple[Clock | None, ...]:
    """Return what a ticket awaits of the client: its open duties, one item each.

    The question that came with a request for approval is answered by the decision: it is no item
    of its own. A ticket whose status alone says that the client is awaited is one without a clock.
    """
    asked = tuple(clock for clock in ticket.clocks if clock.obligation in ASKING)
    approvals = tuple(clock for clock in asked if clock.obligation is Obligation.APPROVAL)
    if approvals or asked:
        return approvals or asked
    if ticket.standing.court is Side.CLIENT and ticket.standing.finished_at is None:
        return (None,)
    return ()


def waiting_since(ticket: OpenTicket, clock: Clock | None) -> Instant:
    """Return when the wait for an item of :func:`awaited_of_us` began."""
    return ticket.standing.court_since if clock is None else clock.started_at


def holder(ticket: OpenTicket, clock: Clock | None) -> str | None:
    """Return the key of the client's person who holds an item, as far as the source tells.

    A request for approval that names nobody is written to whoever opened the ticket.
    """
    if clock is not None and clock.owner is not None:
        return clock.owner
    return ticket.requester
