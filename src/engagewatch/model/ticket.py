"""Tickets and the append-only events they are folded from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side


class EventKind(StrEnum):
    """What happened to a ticket. Stored as text; the order here breaks ties at one instant."""

    OPENED = "opened"
    PRIORITY_CHANGED = "priority_changed"
    REPLIED = "replied"
    NOTED = "noted"
    ASSIGNED = "assigned"
    STATUS_CHANGED = "status_changed"
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_DECIDED = "approval_decided"
    MERGED = "merged"
    SURVEYED = "surveyed"
    RATED = "rated"
    OBSERVED = "observed"
    """A poll saw ``value`` as the status; what happened since the previous sight is unknown."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one ticket, as the provider's system recorded it.

    ``value`` and ``previous`` hold the raw status, priority, assignee, decision or score; their
    meaning is applied by the engine, so that an edited engagement file re-reads old history.

    A request for approval has in ``value`` the key of the one person it waits on, and nothing where
    the source names nobody or any of several may decide; ``actor`` is who asked. Its decision has
    in ``value`` what was decided, in ``actor`` by whom, and in ``previous`` the id of the request.
    """

    ticket_id: str
    id: str
    """Unique within the source and stable across re-reads."""
    at: Instant
    kind: EventKind
    side: Side | None = None
    """The side that acted; ``None`` where the source does not tell."""
    actor: str | None = None
    """Key of the person who acted, unique within the source."""
    value: str = ""
    previous: str = ""
    automatic: bool = False
    """Written by an automation (trigger, auto-acknowledgement), not by a person."""
    asks: bool = False
    """The message asks something. Message text itself is not kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the provider's own tool says about one obligation of a ticket."""

    obligation: Obligation
    met: bool | None = None
    elapsed: int | None = None
    """Seconds the provider's tool counted."""
    target: int | None = None
    """Seconds the provider's tool allows."""
    due_at: Instant | None = None
    source_field: str = ""
    """Where the claim was read, e.g. ``made_sla``; printed as its definition."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The current state of a ticket as its source last described it."""

    id: str
    """The provider's immutable id, unique within the source."""
    reference: str
    """What people call it, e.g. ``#48213`` or ``INC0010045``."""
    subject: str
    status: str
    priority: str | None
    created_at: Instant
    updated_at: Instant
    requester: str | None = None
    assignee: str | None = None
    group: str | None = None
    category: str | None = None
    """Incident, request, problem, ... in the provider's words."""
    opened_by: Side = Side.CLIENT
    url: str = ""
    deleted: bool = False
    merged_into: str | None = None
    tags: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a source knows: shown by name or by role, as the privacy setting says."""

    id: str
    name: str
    side: Side
    address: str = ""
