"""Services: components now and over ninety days, incidents with their candour, planned work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState
from engagewatch.views.figure import Figure
from engagewatch.views.period import Period
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

STRIP_DAYS = 90
"""Days of history in a component's strip."""


@dataclass(frozen=True, slots=True)
class DayCell:
    """One local day of a component."""

    day: date
    state: ComponentState
    """The worst state on record that day; ``UNKNOWN`` where nobody looked and nothing was told."""
    words: str
    """E.g. ``Mon 2 Mar: down 43m``, ``Mon 2 Mar: up, watched 40% of the day``."""


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One component."""

    key: str
    """Identity of the row across refreshes."""
    source: str
    component_id: str
    name: str
    group: str
    state: ComponentState
    """As of the last poll; ``UNKNOWN`` when that is too long ago or it is no longer listed."""
    state_words: str
    tone: Tone
    seen_at: Instant | None
    """When a poll last saw it."""
    strip: tuple[DayCell, ...]
    """Oldest day first, today last."""
    observed: float | None
    """Share of the watched time that it was up in the period, 0 to 1; ``None`` if unwatched."""
    observed_words: str
    """E.g. ``99.93%``, ``cannot tell yet``."""
    coverage: float
    """Share of the period so far that was watched, 0 to 1."""
    coverage_words: str
    """E.g. ``watched 96% of the time``."""
    reported: float | None
    """Share up by the provider's own incident posts, 0 to 1."""
    reported_words: str
    promise: float | None
    """Promised share, 0 to 1; ``None`` where none is promised."""
    promise_words: str
    verdict: str
    """E.g. ``kept so far``, ``broken``, ``cannot tell yet``, ``nothing promised``."""
    verdict_tone: Tone
    figure: Figure
    """The observed uptime as a figure that can explain itself."""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as the provider tells it, with how long it took to tell."""

    key: str
    source: str
    incident_id: str
    name: str
    status: str
    impact: str
    is_open: bool
    started_at: Instant
    started_words: str
    posted_at: Instant
    resolved_at: Instant | None
    duration: int
    """Seconds from start to resolution, or to ``now`` while open."""
    duration_words: str
    posted_lag: int
    """Seconds from start to the provider's first public word."""
    posted_lag_words: str
    """E.g. ``told after 31m``, ``told at once``."""
    components: tuple[str, ...]
    """Names; empty where the page links none."""
    tone: Tone
    url: str


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """Planned work that lies ahead or is under way."""

    key: str
    source: str
    name: str
    status: str
    from_at: Instant
    until_at: Instant
    words: str
    """E.g. ``Sat 7 Mar 22:00 for 4h, announced 6d ahead``."""
    notice: int
    """Seconds between the announcement and its start."""
    under_way: bool
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicesView:
    """All that the status sources of an engagement tell."""

    as_of: Instant
    period: Period
    is_watched: bool
    """Whether any status source is configured."""
    components: tuple[ComponentRow, ...]
    incidents: tuple[IncidentRow, ...]
    """Open ones first, then newest first; those of the last ninety days."""
    maintenances: tuple[MaintenanceRow, ...]
    summary: str
    """E.g. ``1 of 12 down``, ``all 12 up``, ``2 of 12 unknown``."""
    summary_tone: Tone
    quiet_days: int
    """Days of the strip on which every component was seen up and nothing was reported."""
    watched_days: int
    """Days of the strip with any sight of any component."""
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> ServicesView:
    """Return the services at ``now``; uptimes cover ``period``, the current month unless given."""
    raise NotImplementedError
