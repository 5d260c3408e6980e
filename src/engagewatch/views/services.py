"""Services: components now and over ninety days, incidents with their candour, planned work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.engine import services as engine
from engagewatch.engine.day_strip import Coverage, day_cells, midnight
from engagewatch.engine.day_strip import DayCell as EngineDay
from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.engine.statistics import decimals_of, percent, share_text
from engagewatch.model.engagement import Engagement, UptimePromise
from engagewatch.model.instants import DAY, MINUTE, Instant, zone
from engagewatch.model.service import ComponentState, Incident, Maintenance
from engagewatch.store.queries import services as stored
from engagewatch.store.queries.scope import scope
from engagewatch.views import wording
from engagewatch.views.component_state import STATE_TONES, STATE_WORDS, state_now, state_summary
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import tells_services
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
    """E.g. ``Mon 2 Mar: down 43m``, ``Mon 2 Mar: up, known for 40% of the day``."""
    partial: bool = False
    """Known for less than 95% of the day: mark it, whatever the state."""


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


_NOTHING_PROMISED = UptimePromise(component="*", uptime=0.0)
"""Measures an uptime where no promise says how: down time counts, planned work does not."""

_SEVERE = frozenset({"critical", "major"})


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> ServicesView:
    """Return the services at ``now``; uptimes cover ``period``, the current month unless given."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    strip_start = now - (STRIP_DAYS + 1) * DAY
    start = max(period.start, midnight(engagement.started, zone(engagement.timezone)))
    since = min(strip_start, start)
    components = stored.components(store, of)
    spans = stored.state_spans(store, of, since, now + 1)
    incidents = stored.incidents(store, of, since)
    works = stored.maintenances(store, of, since)
    names = {(row.source, row.component.id): row.component.name for row in components}
    read_at = {health.source: health.last_success_at for health in store.health(engagement.id)}

    rows: list[ComponentRow] = []
    for component in components:
        source = component.source
        own = [incident for name, incident in incidents if name == source]
        record = engine.record(
            component.component.id,
            spans.get((source, component.component.id), ()),
            own,
            [work for name, work in works if name == source],
            engine.history_of(own, read_at.get(source)),
        )
        rows.append(_component(engagement, component, record, (start, period), now))
    summary, tone = state_summary([row.state for row in rows])
    quiet, watched = _quiet_days(rows)
    return ServicesView(
        as_of=now,
        period=period,
        is_watched=any(tells_services(settings) for settings in engagement.sources),
        components=tuple(rows),
        incidents=_incidents(engagement, incidents, names, now, strip_start),
        maintenances=_maintenances(engagement, works, names, now),
        summary=summary,
        summary_tone=tone,
        quiet_days=quiet,
        watched_days=watched,
        not_known=_not_known(rows),
    )


def promise_for(engagement: Engagement, name: str) -> UptimePromise | None:
    """Return the uptime promised for a component: by its own name, else for all."""
    fallback = None
    for promise in engagement.uptime:
        if promise.component.casefold() == name.casefold():
            return promise
        if promise.component == "*":
            fallback = promise
    return fallback


def _component(
    engagement: Engagement,
    row: stored.StoredComponent,
    record: engine.Record,
    span: tuple[Instant, Period],
    now: Instant,
) -> ComponentRow:
    component = row.component
    start, period = span
    state, state_words = state_now(row, engagement.source(row.source).interval, now)
    promise = promise_for(engagement, component.name)
    terms = promise or _NOTHING_PROMISED
    measure = _measure(engagement, terms)
    time = engine.component_time(
        record,
        start,
        max(start, min(period.end, now)),
        exclude_maintenance=terms.exclude_maintenance,
        measure=measure,
    )
    whole = engine.component_time(
        record,
        start,
        max(start, period.end),
        exclude_maintenance=terms.exclude_maintenance,
        measure=measure,
    )
    observed = engine.observed_uptime(time, terms)
    reported = engine.reported_uptime(time, terms)
    verdict, verdict_tone = _verdict(promise, time, whole, is_complete=now >= period.end)
    decimals = max(2, decimals_of(terms.uptime) if promise else 0)
    observed_words = share_words(observed.share, decimals)
    coverage_words = _coverage_words(time.coverage)
    return ComponentRow(
        key=f"{row.source}/{component.id}",
        source=row.source,
        component_id=component.id,
        name=component.name,
        group=component.group,
        state=state,
        state_words=state_words,
        tone=STATE_TONES[state],
        seen_at=row.seen_at,
        strip=tuple(
            _day_cell(cell)
            for cell in day_cells(record, STRIP_DAYS, zone(engagement.timezone), now)
        ),
        observed=observed.share,
        observed_words=observed_words,
        coverage=time.coverage,
        coverage_words=coverage_words,
        reported=reported.share,
        reported_words=share_words(reported.share, decimals),
        promise=promise.uptime if promise else None,
        promise_words=share_text(promise.uptime) if promise else "none",
        verdict=verdict,
        verdict_tone=verdict_tone,
        figure=Figure(
            label=f"Uptime of {component.name}, {period.words}",
            value=observed_words,
            note=coverage_words,
            tone=verdict_tone,
            key=FigureKey(
                FigureKind.UPTIME, period=period.key, component=(row.source, component.id)
            ),
        ),
    )


def _measure(engagement: Engagement, promise: UptimePromise) -> engine.Measure:
    spec = engagement.calendars.get(promise.calendar)
    if spec is None or spec.is_always_open:
        return _all_seconds
    from engagewatch.engine.calendars import compile_calendar

    return compile_calendar(spec).seconds_between


def _all_seconds(start: Instant, end: Instant) -> int:
    return end - start


def _verdict(
    promise: UptimePromise | None,
    so_far: engine.ComponentTime,
    whole: engine.ComponentTime,
    *,
    is_complete: bool,
) -> tuple[str, Tone]:
    """Return where the promise stands.

    Our own polls decide where they can, else the provider's account of the time nobody polled; that
    it was theirs is said. ``whole`` holds what is left of the period as unknown, so a breach in it
    cannot be made good any more.
    """
    if promise is None:
        return "nothing promised", Tone.PLAIN
    suffix = "" if is_complete else " so far"
    for judged, account in (
        (engine.observed_uptime, ""),
        (engine.known_uptime, ", by the provider's account"),
    ):
        if judged(whole, promise).verdict is engine.UptimeVerdict.BREACHED:
            return f"broken{account}", Tone.BAD
        verdict = judged(so_far, promise).verdict
        if verdict is engine.UptimeVerdict.KEPT:
            return f"kept{suffix}{account}", Tone.GOOD
        if verdict is engine.UptimeVerdict.BREACHED:
            return f"below{suffix}{account}", Tone.WARNING
    return wording.UNKNOWN, Tone.UNKNOWN


def share_words(share: float | None, decimals: int) -> str:
    """Return a share of time, cut and not rounded up, e.g. ``99.93%``."""
    if share is None:
        return wording.UNKNOWN
    return percent(int(share * 1_000_000_000), 1_000_000_000, decimals)


def _coverage_words(coverage: float) -> str:
    if coverage == 0:
        return "not watched in this period"
    if coverage < 0.01:
        return "watched under 1% of the time"
    return f"watched {percent(int(coverage * 1000), 1000, 0)} of the time"


def _day_cell(cell: EngineDay) -> DayCell:
    day = wording.date_words(cell.day)
    partial = cell.coverage is Coverage.PARTIAL
    words = f"{day}: {STATE_WORDS[cell.state]}"
    if cell.down_seconds:
        words += f" {wording.span(cell.down_seconds)}"
    if cell.coverage is Coverage.UNKNOWN:
        words = f"{day}: unknown"
    elif partial:
        known = percent(cell.known_seconds, max(cell.seconds, 1), 0)
        words += f", known for {known} of the day"
    elif cell.coverage is Coverage.REPORTED:
        words += ", by the provider's account"
    return DayCell(cell.day, cell.state, words, partial)


def _quiet_days(rows: Sequence[ComponentRow]) -> tuple[int, int]:
    """Return on how many days all components were up all day, and on how many any was known."""
    quiet = watched = 0
    for cells in zip(*(row.strip for row in rows), strict=True):
        known = [cell for cell in cells if cell.state is not ComponentState.UNKNOWN]
        watched += bool(known)
        quiet += bool(cells) and all(
            cell.state is ComponentState.UP and not cell.partial for cell in cells
        )
    return quiet, watched


def _incidents(
    engagement: Engagement,
    incidents: Iterable[tuple[str, Incident]],
    names: Mapping[tuple[str, str], str],
    now: Instant,
    since: Instant,
) -> tuple[IncidentRow, ...]:
    rows = []
    for source, incident in incidents:
        if incident.started_at > now or (incident.resolved_at or now) < since:
            continue
        is_open = incident.resolved_at is None or incident.resolved_at > now
        end = now if is_open or incident.resolved_at is None else incident.resolved_at
        duration = max(0, end - incident.started_at)
        lag = max(0, incident.posted_at - incident.started_at)
        severe = incident.impact in _SEVERE
        span = wording.span(duration)
        rows.append(
            IncidentRow(
                key=f"{source}/{incident.id}",
                source=source,
                incident_id=incident.id,
                name=incident.name,
                status=incident.status,
                impact=incident.impact,
                is_open=is_open,
                started_at=incident.started_at,
                started_words=wording.moment(incident.started_at, engagement.timezone, now),
                posted_at=incident.posted_at,
                resolved_at=None if is_open else incident.resolved_at,
                duration=duration,
                duration_words=f"{span} so far" if is_open else span,
                posted_lag=lag,
                posted_lag_words="told at once"
                if lag < MINUTE
                else f"told after {wording.span(lag)}",
                components=_names(source, incident.component_ids, names),
                tone=(Tone.BAD if severe else Tone.WARNING) if is_open else Tone.PLAIN,
                url=incident.url,
            )
        )
    rows.sort(key=lambda row: (not row.is_open, -row.started_at, row.key))
    return tuple(rows)


def _maintenances(
    engagement: Engagement,
    works: Iterable[tuple[str, Maintenance]],
    names: Mapping[tuple[str, str], str],
    now: Instant,
) -> tuple[MaintenanceRow, ...]:
    rows = []
    for source, work in works:
        if work.until_at <= now:
            continue
        notice = work.from_at - work.announced_at
        begins = wording.moment(work.from_at, engagement.timezone, now)
        told = (
            f"announced {wording.span(notice)} ahead" if notice > 0 else "announced after it began"
        )
        rows.append(
            MaintenanceRow(
                key=f"{source}/{work.id}",
                source=source,
                name=work.name,
                status=work.status,
                from_at=work.from_at,
                until_at=work.until_at,
                words=f"{begins} for {wording.span(work.until_at - work.from_at)}, {told}",
                notice=notice,
                under_way=work.from_at <= now,
                components=_names(source, work.component_ids, names),
            )
        )
    rows.sort(key=lambda row: (row.from_at, row.key))
    return tuple(rows)


def _names(
    source: str, ids: Iterable[str], names: Mapping[tuple[str, str], str]
) -> tuple[str, ...]:
    return tuple(names.get((source, name), name) for name in ids)


def _not_known(rows: Sequence[ComponentRow]) -> tuple[str, ...]:
    if not rows:
        return ("No status source has told of any component yet.",)
    found = []
    unknown = sum(row.state is ComponentState.UNKNOWN for row in rows)
    if unknown:
        found.append(f"The state of {wording.counted(unknown, 'component')} now.")
    thin = [row for row in rows if row.coverage < COVERAGE_NEEDS]
    if thin:
        least = min(row.coverage for row in thin)
        found.append(
            f"{wording.counted(len(thin), 'component')} watched for less than 95% of the period "
            f"(the least {percent(int(least * 1000), 1000, 0)}); the rest of the time is unknown, "
            "not up."
        )
    return tuple(found)
