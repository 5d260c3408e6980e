"""Trend: better, worse or noise, series by series, and what disagrees with a green SLA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import ContractVerdict
from engagewatch.engine.flow import backlog
from engagewatch.engine.process_chart import Signal, SignalKind
from engagewatch.engine.signals import BASELINE, Finding, Reading, read_series
from engagewatch.engine.silence import PROCESS_CHART_NEEDS
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.sides import Side
from engagewatch.store.queries.measures import first_ticket_at
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.age_grid import AgeRow, age_grid
from engagewatch.views.chart import Chart, ChartLine, ChartPoint, LineKind, make_chart
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.ledger import counts
from engagewatch.views.measures import Measures
from engagewatch.views.period import Period, Week, month_of, week
from engagewatch.views.tone import Tone
from engagewatch.views.trend_series import SERIES, Series

if TYPE_CHECKING:
    from engagewatch.store.store import Store

SHOWN = 26
"""Periods of a chart: half a year of weeks."""
MOST = 104
"""Periods that are measured at most."""
PER_WEEK = 5
"""Tickets a week from which on weeks tell more than months; below, counts are too small."""
TRANSITION = 30
"""Days after the take-over that no limits are made from."""


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series and what may be said of it."""

    key: str
    title: str
    latest_words: str
    """The last whole period."""
    usual_words: str
    """E.g. ``usually 12 to 35``; says how many periods are missing where there are no limits."""
    finding: Finding
    short_words: str
    """The verdict in two or three words."""
    verdict_words: str
    """``routine variation: asking why will not help``, ``signal: ...`` or ``cannot tell yet``."""
    tone: Tone
    values: tuple[float | None, ...]
    """Of the periods on show, oldest first; the last one may be under way."""
    chart: Chart
    figure: FigureKey | None
    worse: bool
    """There is a recent signal, and it is for the worse."""


@dataclass(frozen=True, slots=True)
class TrendView:
    """Every series, those with something to ask about first."""

    as_of: Instant
    by_weeks: bool
    rows: tuple[SeriesRow, ...]
    summary: str
    watermelon: str
    """Whether anything disagrees with how the SLA looks."""
    watermelon_tone: Tone
    age_labels: tuple[str, ...]
    """Ages in days, e.g. ``4-7``."""
    ages: tuple[AgeRow, ...]
    """By priority, the contract's first; the last row is all of them together."""
    courts: tuple[Side, ...]
    """The courts that any of them are in."""
    open_total: int
    oldest_words: str
    not_known: tuple[str, ...]


_AGAINST_GREEN = frozenset(
    {"backlog", "backlog_age", "silence", "reopen_rate", "repeat_rate", "bounced", "satisfaction"}
)
"""Series that can be bad while every clock is met."""


def build(store: Store, engagement: Engagement, now: Instant) -> TrendView:
    """Return what the series of an engagement allow to say at ``now``."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        # The months before were emptied: as a series they would show a fall to nothing.
        known = (first_ticket_at(store, of), kept_since(store, of))
        first = max((at for at in known if at is not None), default=None)
        months = _periods(engagement, first, now, weekly=False)
        weeks = _periods(engagement, first, now, weekly=True)
        since = min([one[0].start for one in (months, weeks) if one], default=now)
        measures = Measures(store, engagement, since, now)
        by_weeks = _enough_for_weeks(measures, weeks, now)
        rows = [
            _row(engagement, series, measures, periods, now)
            for series in SERIES
            if (periods := weeks if by_weeks and not series.needs_months else months)
        ]
        watermelon, tone = _watermelon(store, engagement, rows, now)
        flows = measures.flows
        stock = backlog((flow for _, flow in flows), now)
    order = (Finding.SIGNAL, Finding.ROUTINE, Finding.CANNOT_TELL)
    rows.sort(key=lambda row: (order.index(row.finding), not row.worse))
    return TrendView(
        as_of=now,
        by_weeks=by_weeks,
        rows=tuple(rows),
        summary=_summary(rows),
        watermelon=watermelon,
        watermelon_tone=tone,
        age_labels=tuple(bucket.label for bucket in stock.buckets),
        ages=age_grid(engagement, flows, stock, now),
        courts=tuple(side for side in Side if stock.by_court.get(side)),
        open_total=stock.total,
        oldest_words=wording.span(stock.oldest) if stock.oldest else "",
        not_known=(),
    )


def _periods(
    engagement: Engagement, first: Instant | None, now: Instant, *, weekly: bool
) -> list[Period]:
    """Return the periods with data, from the first whole one after the change-over on."""
    if first is None:
        return []
    here = zone(engagement.timezone)
    begin = max(engagement.started + timedelta(days=TRANSITION), to_datetime(first, here).date())
    today = to_datetime(now, here).date()
    current: Period = (
        week(today, engagement.timezone) if weekly else month_of(now, engagement.timezone)
    )
    found: list[Period] = []
    while to_datetime(current.start, here).date() >= begin:
        found.append(current)
        current = current.previous()
    found.reverse()
    # What the limits are made from stays in, however long ago it was.
    return found if len(found) <= MOST else [*found[:BASELINE], *found[BASELINE - MOST :]]


def _enough_for_weeks(measures: Measures, weeks: Sequence[Period], now: Instant) -> bool:
    whole = [one for one in weeks if one.end <= now]
    if not whole:
        return False
    return sum(measures.opened(one) for one in whole) >= PER_WEEK * len(whole)


def _row(
    engagement: Engagement,
    series: Series,
    measures: Measures,
    periods: Sequence[Period],
    now: Instant,
) -> SeriesRow:
    values = [series.measure(measures, one) for one in periods]
    whole = [
        (place, value)
        for place, (one, value) in enumerate(zip(periods, values, strict=True))
        if value is not None and one.end <= now
    ]
    reading = read_series([value for _, value in whole], ceiling=series.ceiling)
    marked = {whole[one.index][0] for one in reading.signals}
    words, tone, worse = _verdict(series, reading, periods, whole)
    latest = whole[-1] if whole else None
    return SeriesRow(
        key=series.key,
        title=series.title,
        latest_words=wording.UNKNOWN if latest is None else series.words(latest[1]),
        usual_words=_usual(series, reading, len(whole)),
        finding=reading.finding,
        short_words=_short(series, reading),
        verdict_words=words,
        tone=tone,
        values=tuple(values[-SHOWN:]),
        chart=_chart(series, reading, periods, values, marked, now),
        figure=None
        if series.metric is None or latest is None
        else FigureKey(
            FigureKind.METRIC,
            metric=series.metric,
            period=month_of(periods[latest[0]].start, engagement.timezone).key,
        ),
        worse=worse,
    )


def _usual(series: Series, reading: Reading, seen: int) -> str:
    if reading.limits is None:
        return f"{seen} of {PROCESS_CHART_NEEDS} periods needed"
    low, high = reading.limits.low, reading.limits.high
    if series.counts:
        # The least and the most that is still usual: there is no half a ticket.
        low, high = ceil(low), floor(high)
    return f"{series.words(low)} to {series.words(high)}"


def _short(series: Series, reading: Reading) -> str:
    if reading.finding is Finding.CANNOT_TELL:
        return wording.UNKNOWN
    if reading.latest is None:
        return "routine variation"
    where = "above" if reading.latest.above else "below"
    told = f"{where} usual" if reading.latest.kind is SignalKind.OUTSIDE else f"8 in a row {where}"
    return f"{_direction(series, reading.latest)}: {told}"


def _direction(series: Series, signal: Signal) -> str:
    """Return what a signal means for the reader, where more or less of it means anything."""
    if series.less_is_better is None:
        return "signal"
    return "worse" if signal.above == series.less_is_better else "better"


def _verdict(
    series: Series,
    reading: Reading,
    periods: Sequence[Period],
    whole: Sequence[tuple[int, float]],
) -> tuple[str, Tone, bool]:
    if reading.finding is Finding.CANNOT_TELL:
        return wording.UNKNOWN, Tone.UNKNOWN, False
    if reading.latest is None:
        return "routine variation: asking why will not help", Tone.PLAIN, False
    place, value = whole[reading.latest.index]
    what = f"{_signal_words(series, reading.latest, value)}, {periods[place].words}"
    if series.less_is_better is None:
        return f"signal: {what}", Tone.NOTICE, False
    direction = _direction(series, reading.latest)
    worse = direction == "worse"
    words = f"signal for the {direction}: {what}"
    return words, Tone.WARNING if worse else Tone.GOOD, worse


def _signal_words(series: Series, signal: Signal, value: float) -> str:
    where = "above" if signal.above else "below"
    if signal.kind is SignalKind.OUTSIDE:
        return f"{series.words(value)} is {where} what is usual"
    return f"eight in a row {where} the centre"


def _label(period: Period) -> str:
    if isinstance(period, Week):
        return f"{period.monday.day}/{period.monday.month}"
    return wording.month_name(period.year, period.month)[:3]


def _chart(
    series: Series,
    reading: Reading,
    periods: Sequence[Period],
    values: Sequence[float | None],
    marked: set[int],
    now: Instant,
) -> Chart:
    start = max(0, len(periods) - SHOWN)
    points = [
        ChartPoint(
            label=_label(periods[place]),
            value=values[place],
            marked=place in marked,
            open=periods[place].end > now,
        )
        for place in range(start, len(periods))
    ]
    lines = []
    if reading.limits is not None:
        fixed = reading.limits
        for kind, label, value in (
            (LineKind.LIMIT, f"usual, from the first {min(BASELINE, fixed.points)}", fixed.high),
            (LineKind.CENTRE, "centre", fixed.centre),
            (LineKind.LIMIT, f"usual, from the first {min(BASELINE, fixed.points)}", fixed.low),
        ):
            lines.append(ChartLine(kind, label, (value,) * len(points)))
    return make_chart(
        series.title,
        points,
        lines,
        series.words,
        step_base=series.step,
        ceiling_at=series.ceiling,
    )


def _summary(rows: Sequence[SeriesRow]) -> str:
    if not rows:
        return "Nothing can be told yet: the first month after the change-over is not over."
    found = [
        (sum(row.finding is Finding.SIGNAL and row.worse for row in rows), "for the worse"),
        (
            sum(row.finding is Finding.SIGNAL and row.tone is Tone.GOOD for row in rows),
            "for the better",
        ),
        (sum(row.finding is Finding.SIGNAL and row.tone is Tone.NOTICE for row in rows), "either"),
    ]
    told = [f"{count} {words}" for count, words in found if count]
    routine = sum(row.finding is Finding.ROUTINE for row in rows)
    unknown = sum(row.finding is Finding.CANNOT_TELL for row in rows)
    parts = [f"Signals: {', '.join(told)}" if told else "No signal", f"{routine} routine"]
    if unknown:
        parts.append(f"{unknown} cannot be told yet")
    return "; ".join(parts)


def _watermelon(
    store: Store, engagement: Engagement, rows: Sequence[SeriesRow], now: Instant
) -> tuple[str, Tone]:
    """Say what is getting worse while every promised share is kept: green outside, red inside."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    month = month_of(now, engagement.timezone).previous()
    judged = [
        row.attainment.judgement().contract
        for row in counts(store, engagement, of, month, now)
        if row.obligation.ledger is Side.PROVIDER
    ]
    kept = [one for one in judged if one is ContractVerdict.KEPT]
    broken = sum(one is ContractVerdict.BREACHED for one in judged)
    when = month.words
    if broken:
        return f"SLA of {when}: {wording.counted(broken, 'promise')} broken.", Tone.PLAIN
    if not kept:
        return f"SLA of {when}: nothing was judged.", Tone.UNKNOWN
    checked = [row for row in rows if row.key in _AGAINST_GREEN]
    against = [row.title.lower() for row in checked if row.worse]
    told = [row for row in checked if row.finding is not Finding.CANNOT_TELL]
    if against:
        return (
            f"SLA of {when} kept, while these get worse: {wording.listed(against)}.",
            Tone.WARNING,
        )
    if not told:
        return f"SLA of {when} kept; whether anything disagrees cannot be told yet.", Tone.UNKNOWN
    checks = wording.counted(len(told), "check")
    return f"SLA of {when} kept, and nothing disagrees ({checks}).", Tone.GOOD
