"""One service: its uptime month by month by every account, and where the accounts contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import services as engine
from engagewatch.engine.day_strip import midnight
from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.engine.statistics import decimals_of, percent, share_text
from engagewatch.model.engagement import Engagement, RunBy, UptimePromise
from engagewatch.model.instants import Instant, zone
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.services import StoredComponent
from engagewatch.views import signs, wording
from engagewatch.views.chart import Chart, ChartLine, ChartPoint, LineKind, make_chart
from engagewatch.views.component_state import STATE_TONES, state_now
from engagewatch.views.components import (
    NOTHING_PROMISED,
    measure_of,
    promise_for,
    share_words,
)
from engagewatch.views.incident_page import base_rate_words
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.measures import months_until
from engagewatch.views.period import Period
from engagewatch.views.service_story import Story, read_story
from engagewatch.views.services import IncidentRow, incident_rows
from engagewatch.views.signs import DisagreementRow, NeverRow
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MONTHS = 13
"""Months on record: a year, and the same month of the year before."""


KNOWN = "known"
"""Subject of an uptime of all that an account knows: what polls saw, else what it tells."""


@dataclass(frozen=True, slots=True)
class MonthCell:
    """What one account says of a month."""

    share: float | None
    """Share up of what is known, 0 to 1; ``None`` where nothing is."""
    words: str
    """E.g. ``99.93%``, ``unknown``."""
    coverage: float
    """Known share of the month so far, 0 to 1."""
    coverage_words: str
    """E.g. ``97% known``."""
    verdict: str
    """The promise by this account alone."""
    tone: Tone
    figure: FigureKey


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the service: a source."""

    who: str
    run_by: RunBy
    state_words: str
    tone: Tone
    months: tuple[MonthCell, ...]
    """Oldest first, one for each month of the page."""
    chart: Chart


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service in full."""

    as_of: Instant
    service: str
    name: str
    promise_words: str
    """E.g. ``99.5% promised around the clock, planned work taken out``."""
    months: tuple[str, ...]
    """E.g. ``Mar 2026``, oldest first."""
    accounts: tuple[AccountRow, ...]
    """The provider's first."""
    disagreements: tuple[DisagreementRow, ...]
    """Newest first."""
    disagree_words: str
    """How long the accounts contradicted each other, of how long both told."""
    incidents: tuple[IncidentRow, ...]
    never: tuple[NeverRow, ...]
    planned: tuple[str, ...]
    """Planned work that was announced too late to count in full, newest first."""
    base_rate_words: str


def build(store: Store, engagement: Engagement, now: Instant, service: str) -> ServicePage:
    """Return one service, named in lower case, over the last year."""
    months = months_until(engagement, now, MONTHS)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        begun = midnight(engagement.started, zone(engagement.timezone))
        since = min(begun, months[0].start)
        story = read_story(store, engagement, of, since, now, with_tickets=True)
    rows = story.of_service(service)
    name = signs.service_name(story, service)
    promise = promise_for(engagement, name)
    found = signs.disagreements(story, service)
    return ServicePage(
        as_of=now,
        service=service,
        name=name,
        promise_words=_promise_words(promise),
        months=tuple(_label(month) for month in months),
        accounts=tuple(_account(story, row, promise, months) for row in rows),
        disagreements=tuple(reversed(found)),
        disagree_words=_disagree_words(story, found, len(rows)),
        incidents=tuple(
            row for row in incident_rows(story, months[0].start) if service in row.services
        ),
        never=tuple(
            signs.never_row(story, one)
            for one in reversed(story.never_admitted)
            if one.service == service
        ),
        planned=_announced_late(story, service),
        base_rate_words=base_rate_words(story, {service}),
    )


def cell_of(page: ServicePage, figure: FigureKey) -> tuple[str, MonthCell] | None:
    """Return the account and the month of a figure of this page."""
    for row in page.accounts:
        for cell in row.months:
            if cell.figure == figure:
                return row.who, cell
    return None


def _label(month: Period) -> str:
    name, year = month.words.split()
    return f"{name[:3]} {year}"


def _promise_words(promise: UptimePromise | None) -> str:
    if promise is None:
        return "nothing is promised of it"
    hours = "around the clock" if promise.calendar == "24x7" else f"in {promise.calendar} hours"
    work = "taken out" if promise.exclude_maintenance else "counted as down"
    return f"{share_text(promise.uptime)} promised {hours}, announced planned work {work}"


def _account(
    story: Story, row: StoredComponent, promise: UptimePromise | None, months: Sequence[Period]
) -> AccountRow:
    engagement, now = story.engagement, story.now
    state, words = state_now(row, engagement.source(row.source).interval, now)
    cells = tuple(_cell(story, row, promise, month) for month in months)
    who = signs.who(story, row.source)
    return AccountRow(
        who=who,
        run_by=story.run_by(row.source),
        state_words=words,
        tone=STATE_TONES[state],
        months=cells,
        chart=_chart(who, cells, promise, months, now),
    )


def _cell(
    story: Story, row: StoredComponent, promise: UptimePromise | None, month: Period
) -> MonthCell:
    terms = promise or NOTHING_PROMISED
    key = (row.source, row.component.id)
    end = max(month.start, min(month.end, story.now))
    time = engine.component_time(
        story.record(key),
        month.start,
        end,
        exclude_maintenance=terms.exclude_maintenance,
        measure=measure_of(story.engagement, terms),
    )
    uptime = engine.known_uptime(time, terms)
    verdict, tone = _VERDICTS[uptime.verdict]
    if promise is None:
        verdict, tone = "", Tone.PLAIN
    decimals = max(2, decimals_of(terms.uptime) if promise else 0)
    return MonthCell(
        share=uptime.share,
        words="unknown" if uptime.share is None else share_words(uptime.share, decimals),
        coverage=uptime.coverage,
        coverage_words=f"{percent(int(uptime.coverage * 1000), 1000, 0)} known",
        verdict=verdict,
        tone=Tone.UNKNOWN if uptime.share is None else tone,
        figure=FigureKey(FigureKind.UPTIME, period=month.key, component=key, subject=KNOWN),
    )


_VERDICTS = {
    engine.UptimeVerdict.KEPT: ("kept", Tone.GOOD),
    engine.UptimeVerdict.BREACHED: ("below", Tone.BAD),
    engine.UptimeVerdict.CANNOT_TELL: (wording.UNKNOWN, Tone.UNKNOWN),
}


def _chart(
    who: str,
    cells: Sequence[MonthCell],
    promise: UptimePromise | None,
    months: Sequence[Period],
    now: Instant,
) -> Chart:
    points = [
        ChartPoint(
            label=_label(month)[:3],
            value=cell.share,
            tone=cell.tone,
            open=cell.coverage < COVERAGE_NEEDS or month.end > now,
        )
        for cell, month in zip(cells, months, strict=True)
    ]
    lines = []
    if promise is not None and any(cell.share is not None for cell in cells):
        values = (promise.uptime,) * len(cells)
        lines.append(ChartLine(LineKind.PATH, f"promised {share_text(promise.uptime)}", values))
    return make_chart(
        who,
        points,
        lines,
        lambda value: f"{100 * value:.2f}%",
        step_base=0.001,
        ceiling_at=1.0,
    )


def _disagree_words(story: Story, found: Sequence[DisagreementRow], accounts: int) -> str:
    if accounts < 2 and not story.written:
        return "one account alone: nothing to hold it against"
    if not found:
        return "no contradiction on record"
    total = wording.span(sum(row.lasted for row in found))
    return f"{wording.counted(len(found), 'contradiction')}, {total} in all"


def _announced_late(story: Story, service: str) -> tuple[str, ...]:
    timezone, now = story.engagement.timezone, story.now
    ids = set(story.provided.get(service, ()))
    found = []
    for source, work in sorted(story.works, key=lambda pair: -pair[1].from_at):
        on_it = any((source, one) in ids for one in work.component_ids)
        if not on_it or work.announced_at <= work.from_at or work.from_at > now:
            continue
        late = min(work.announced_at, work.until_at) - work.from_at
        begins = wording.moment(work.from_at, timezone, now)
        found.append(
            f"{work.name}, {begins}: announced {wording.span(work.announced_at - work.from_at)} "
            f"after it began; {wording.span(late)} of it counts as it was seen"
        )
    return tuple(found)
