"""Sources: how polling goes, what was refused, changed unsaid or lost, what has no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, MINUTE, Instant
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import describe
from engagewatch.store.queries import silent_edits
from engagewatch.store.queries import sources as stored
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.views import wording
from engagewatch.views.freshness import FreshnessLine, what_to_do
from engagewatch.views.freshness import line as freshness_line
from engagewatch.views.freshness import summary as freshness_summary
from engagewatch.views.situation import health_of_sources
from engagewatch.views.tone import Tone

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
    """What went wrong; empty while all is well."""
    what_to_do: str
    """What a person can do about it; empty while all is well."""
    notice: str
    """What to know although polling works, e.g. that a shrinkage was not believed; or empty."""
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
    received: int
    """Bytes received so far, unpacked."""
    received_last_poll: int
    cost_words: str
    """What polling costs the source, e.g. ``2 requests and 14 KiB in the last poll, ...``."""
    records: int
    tickets: int
    """Tickets in the store from it, deleted ones left out."""
    refused: tuple[RefusedRecord, ...]
    """The newest few."""
    refused_count: int
    silent_edits: int
    """Values changed after they had been read, without a word."""
    deleted: int
    """Tickets it has no more; they are kept and count as open no more."""
    hidden: int
    """Tickets it shows no more, though it has not said they are gone; they count as before."""
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


_REFUSED_SHOWN = 3
_SKEW_WORTH_SAYING = 60


def build(store: Store, engagement: Engagement, now: Instant) -> SourcesView:
    """Return how the sources of an engagement stand at ``now``."""
    with snapshot(store):
        rows = source_rows(store, engagement, engagement.sources, now)
    return SourcesView(
        as_of=now,
        rows=rows,
        summary=freshness_summary(tuple(row.freshness for row in rows))[0],
    )


def source_rows(
    store: Store, engagement: Engagement, sources: tuple[SourceSettings, ...], now: Instant
) -> tuple[SourceRow, ...]:
    """Return how each of ``sources`` stands; call it within one snapshot."""
    of = scope(store, engagement.id, (source.id for source in sources))
    healths = {health.source: health for health in health_of_sources(store, engagement)}
    counts = _Counts(store, of)
    return tuple(
        _row(settings, healths[settings.id], counts, engagement.timezone, now)
        for settings in sources
    )


class _Counts:
    """What is stored of each source in scope, by source."""

    def __init__(self, store: Store, of: Scope) -> None:
        self.tickets = stored.ticket_counts(store, of)
        self.refused_counts = stored.refusal_counts(store, of)
        self.refused = _refused(store, of) if any(self.refused_counts.values()) else {}
        self.silent_edits = silent_edits.silent_edit_counts(store, of)
        self.hidden = stored.hidden_counts(store, of)
        self.unmapped = stored.unmapped_statuses(store, of)
        self.waiting = stored.waiting_event_counts(store, of)


def _refused(store: Store, of: Scope) -> dict[str, list[RefusedRecord]]:
    """Return the newest few refused records of each source."""
    # Most sources have none, and need not wait for what lists them.
    from engagewatch.store.queries.source_lists import refusals

    found: dict[str, list[RefusedRecord]] = {}
    for one in refusals(store, of, _REFUSED_SHOWN):
        found.setdefault(one.source, []).append(RefusedRecord(one.record, one.reason, one.seen_at))
    return found


def _row(
    settings: SourceSettings, health: SourceHealth, counts: _Counts, timezone: str, now: Instant
) -> SourceRow:
    name = settings.id
    fresh = freshness_line(settings, health, timezone, now)
    tickets = counts.tickets.get(name, stored.TicketCounts())
    return SourceRow(
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
        what_to_do=what_to_do(fresh.state, health.failure),
        notice=health.notice,
        failures=health.failures,
        next_attempt_at=health.next_attempt_at,
        next_words=_next_words(health.next_attempt_at, now),
        interval=settings.interval,
        requests=health.requests,
        requests_last_poll=health.requests_last_poll,
        received=health.received,
        received_last_poll=health.received_last_poll,
        cost_words=_cost_words(settings, health),
        records=health.records,
        tickets=tickets.kept,
        refused=tuple(counts.refused.get(name, ())),
        refused_count=counts.refused_counts.get(name, 0),
        silent_edits=counts.silent_edits.get(name, 0),
        deleted=tickets.deleted,
        hidden=counts.hidden.get(name, 0),
        unmapped=tuple(UnmappedStatus(*one) for one in counts.unmapped.get(name, ())),
        waiting_events=counts.waiting.get(name, 0),
        clock_skew=health.clock_skew,
        clock_skew_words=_skew_words(health.clock_skew),
    )


def doubts(row: SourceRow) -> tuple[tuple[str, Tone], ...]:
    """Return what there is to look into, in words, with how grave it is; the zeros are left out."""
    statuses = len(row.unmapped)
    every = (
        (row.refused_count, "record", "records", "not readable", Tone.WARNING),
        (row.silent_edits, "value", "values", "changed unsaid", Tone.WARNING),
        (row.deleted, "ticket", "tickets", "deleted at the source", Tone.PLAIN),
        (row.hidden, "ticket", "tickets", "hidden from us", Tone.WARNING),
        (statuses, "status", "statuses", "without a meaning", Tone.UNKNOWN),
    )
    return tuple(
        (f"{wording.counted(number, one, more)} {what}", tone)
        for number, one, more, what, tone in every
        if number
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


def _cost_words(settings: SourceSettings, health: SourceHealth) -> str:
    """Return what polling costs the host, beside what it may cost."""
    allowed = settings.requests_per_minute
    if allowed is None:
        try:
            allowed = describe(settings).requests_per_minute
        except SourceError:
            # The package that brought the adapter is gone; the poll's own error says so.
            allowed = 0
    if not allowed or not settings.url:
        return "nothing: it is read from this machine"
    budget = f"at most {allowed:,} a minute with all who share its credential"
    if health.last_attempt_at is None:
        return f"requests: {budget}"
    last = health.requests_last_poll
    hourly = -(-last * HOUR // settings.interval)
    return (
        f"{wording.counted(last, 'request')} and {size_words(health.received_last_poll)} in the "
        f"last poll: about {hourly:,} requests an hour, {budget}"
    )


def size_words(size: int) -> str:
    """Return a number of bytes, e.g. ``14 KiB``."""
    if size < 1 << 10:
        return wording.counted(size, "byte")
    for unit, bits in (("KiB", 10), ("MiB", 20)):
        if size < 1 << (bits + 10):
            scaled = size / (1 << bits)
            return f"{scaled:.1f} {unit}" if scaled < 10 else f"{scaled:.0f} {unit}"
    return f"{size / (1 << 30):.1f} GiB"
