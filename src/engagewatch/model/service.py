"""What a status source tells: components, incidents and maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.instants import Instant


class ComponentState(StrEnum):
    """The state of one component. Never guessed: what nobody saw is ``unknown``."""

    UP = "up"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Component:
    """One service as a status source lists it, with its state at the time of the poll."""

    id: str
    name: str
    state: ComponentState
    group: str = ""
    position: int = 0
    updated_at: Instant | None = None
    word: str = ""
    """What the source itself calls an unknown state, where it has a word that has no meaning."""


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """A component's state changed within an incident, as its update says."""

    component_id: str
    at: Instant
    state: ComponentState


@dataclass(frozen=True, slots=True)
class IncidentUpdate:
    """One public post on an incident."""

    id: str
    at: Instant
    status: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """An outage as the provider tells it."""

    id: str
    name: str
    status: str
    impact: str
    started_at: Instant
    posted_at: Instant
    """The provider's first public word on it (its creation on the page)."""
    resolved_at: Instant | None
    component_ids: tuple[str, ...] = ()
    updates: tuple[IncidentUpdate, ...] = ()
    changes: tuple[ComponentChange, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned work, announced with its window."""

    id: str
    name: str
    status: str
    announced_at: Instant
    from_at: Instant
    until_at: Instant
    component_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateSpan:
    """A component was in one state from the first to the last of consecutive polls or probes."""

    component_id: str
    state: ComponentState
    from_at: Instant
    until_at: Instant
