"""Sources: how polling goes, what was refused and what has no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.views.freshness import FreshnessLine

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that could not be read, and why."""

    record: str
    reason: str
    seen_at: Instant


@dataclass(frozen=True, slots=True)
class UnmappedStatus:
    """A status that the engagement file gives no meaning."""

    status: str
    tickets: int
    """Tickets that had it at some time."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. ``None`` in an instant means never."""

    source: str
    adapter: str
    where: str
    """Its address or file; never credentials."""
    freshness: FreshnessLine
    last_success_at: Instant | None
    last_success_words: str
    last_attempt_at: Instant | None
    failing_since: Instant | None
    failure: Failure | None
    error: str
    """What went wrong and what to do; empty while all is well."""
    failures: int
    """Failed polls in a row."""
    next_attempt_at: Instant | None
    next_words: str
    """E.g. ``in 4m``, ``now``, ``when polling runs``."""
    interval: int
    """Seconds between polls."""
    requests: int
    """Requests used so far."""
    requests_last_poll: int
    records: int
    tickets: int
    """Tickets in the store from it."""
    refused: tuple[RefusedRecord, ...]
    """The newest few."""
    refused_count: int
    unmapped: tuple[UnmappedStatus, ...]
    """Most frequent first."""
    waiting_events: int
    """Events whose ticket has not been seen yet."""
    clock_skew: int | None
    """Source's clock minus ours, in seconds."""
    clock_skew_words: str


@dataclass(frozen=True, slots=True)
class SourcesView:
    """The sources of one engagement, in the order of its file."""

    as_of: Instant
    rows: tuple[SourceRow, ...]
    summary: str


def build(store: Store, engagement: Engagement, now: Instant) -> SourcesView:
    """Return how the sources of an engagement stand at ``now``."""
    raise NotImplementedError
