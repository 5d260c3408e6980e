"""What the flag rules look at of services: their states, incidents in the news, planned work."""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState


@dataclass(frozen=True, slots=True)
class ComponentNow:
    """A component as last seen."""

    source: str
    id: str
    name: str
    state: ComponentState
    since: Instant | None
    incident_id: str = ""
    """The open incident that names it; empty where the page tells of none."""
    incident: str = ""
    earlier_incidents: int | None = None
    """Incidents on it in the ninety days before, the base rate; ``None`` where nobody knows."""


@dataclass(frozen=True, slots=True)
class IncidentNews:
    """A recent incident: when its first independent sign was there, and when it was posted."""

    source: str
    id: str
    name: str
    first_sign_at: Instant
    sign: str
    """What the sign was, e.g. ``3 tickets within 15m`` or ``our poll saw Mail down``."""
    posted_at: Instant | None
    """The provider's first public word; ``None`` while there is none."""


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """Maintenance ahead or under way."""

    source: str
    id: str
    name: str
    announced_at: Instant
    from_at: Instant
    until_at: Instant
    components: tuple[str, ...]
    """Names."""
