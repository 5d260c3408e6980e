"""Sources: how polling goes, what was refused and what has no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.store.queries import sources as stored
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.freshness import FreshnessLine
from engagewatch.views.freshness import line as freshness_line
from engagewatch.views.freshness import summary as freshness_summary
from engagewatch.views.situation import health_of_sources

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
    """E.g. ``in 4m``, ``due now``, ``when polling runs``."""
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


_REFUSED_SHOWN = 20

_SKEW_WORTH_SAYING = 60


def build(store: Store, engagement: Engagement, now: Instant) -> SourcesView:
    """Return how the sources of an engagement stand at ``now``."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        healths = health_of_sources(store, engagement)
        tickets = stored.ticket_counts(store, of)
        refused = stored.refusals(store, of, _REFUSED_SHOWN)
        refused_counts = stored.refusal_counts(store, of)
        unmapped = stored.unmapped_statuses(store, of)
        waiting = stored.waiting_event_counts(store, of)
    rows = []
    for settings, health in zip(engagement.sources, healths, strict=True):
        name = settings.id
        fresh = freshness_line(settings, health, engagement.timezone, now)
        rows.append(
            SourceRow(
                source=name,
                adapter=settings.adapter,
                where=_where(settings),
                freshness=fresh,
                last_success_at=health.last_success_at,
                last_success_words="never"
                if health.last_success_at is None
                else wording.ago(health.last_success_at, now),
                last_attempt_at=health.last_attempt_at,
                failing_since=health.failing_since,
                failure=health.failure,
                error=health.error,
                failures=health.failures,
                next_attempt_at=health.next_attempt_at,
                next_words=_next_words(health.next_attempt_at, now),
                interval=settings.interval,
                requests=health.requests,
                requests_last_poll=health.requests_last_poll,
                records=health.records,
                tickets=tickets.get(name, 0),
                refused=tuple(
                    RefusedRecord(one.record, one.reason, one.seen_at)
                    for one in refused
                    if one.source == name
                ),
                refused_count=refused_counts.get(name, 0),
                unmapped=tuple(UnmappedStatus(*one) for one in unmapped.get(name, ())),
                waiting_events=waiting.get(name, 0),
                clock_skew=health.clock_skew,
                clock_skew_words=_skew_words(health.clock_skew),
            )
        )
    return SourcesView(
        as_of=now,
        rows=tuple(rows),
        summary=freshness_summary(tuple(row.freshness for row in rows))[0],
    )


def _where(settings: SourceSettings) -> str:
    if settings.url:
        return settings.url
    path = settings.options.get("path")
    return "" if path is None else str(path)


def _next_words(next_attempt_at: Instant | None, now: Instant) -> str:
    if next_attempt_at is None:
        return "when polling runs"
    return "due now" if next_attempt_at - now < MINUTE else wording.ago(next_attempt_at, now)


def _skew_words(skew: int | None) -> str:
    if skew is None:
        return wording.UNKNOWN
    if abs(skew) < _SKEW_WORTH_SAYING:
        return "agrees with ours"
    return f"{wording.span(skew)} {'ahead of' if skew > 0 else 'behind'} ours"
