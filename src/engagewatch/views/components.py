"""A component as a row: its state now, its ninety days, its uptime and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engagewatch.engine import services as engine
from engagewatch.engine.day_strip import Coverage, day_cells
from engagewatch.engine.day_strip import DayCell as EngineDay
from engagewatch.engine.statistics import decimals_of, percent, share_text
from engagewatch.model.engagement import Engagement, RunBy, UptimePromise
from engagewatch.model.instants import Instant, zone
from engagewatch.model.service import ComponentState
from engagewatch.store.queries.services import StoredComponent
from engagewatch.views import wording
from engagewatch.views.component_state import STATE_TONES, STATE_WORDS, state_now
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.period import Period
from engagewatch.views.tone import Tone

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
    run_by: RunBy = RunBy.PROVIDER
    """Whose word it is: a page or probes of the provider's, or probes of the client's own."""


NOTHING_PROMISED = UptimePromise(component="*", uptime=0.0)
"""Measures an uptime where no promise says how: down time counts, planned work does not."""


def promise_for(engagement: Engagement, name: str) -> UptimePromise | None:
    """Return the uptime promised for a component: by its own name, else for all."""
    fallback = None
    for promise in engagement.uptime:
        if promise.component.casefold() == name.casefold():
            return promise
        if promise.component == "*":
            fallback = promise
    return fallback


def component_row(
    engagement: Engagement,
    row: StoredComponent,
    record: engine.Record,
    span: tuple[Instant, Period],
    now: Instant,
) -> ComponentRow:
    component = row.component
    start, period = span
    settings = engagement.source(row.source)
    state, state_words = state_now(row, settings.interval, now)
    promise = promise_for(engagement, component.name)
    terms = promise or NOTHING_PROMISED
    measure = measure_of(engagement, terms)
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
        run_by=settings.run_by,
    )


def measure_of(engagement: Engagement, promise: UptimePromise) -> engine.Measure:
    """Return how much of a stretch counts for a promise: its calendar's open time."""
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
