"""The charts of Then & now: both eras on one axis, the change-over shaded, memory as an outline."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engagewatch.engine.before_after import MONTH, Window, window
from engagewatch.engine.durations import Observation
from engagewatch.engine.metrics import of_durations, of_rate
from engagewatch.engine.silence import MEDIAN_INTERVAL_NEEDS
from engagewatch.model.baseline import Grade
from engagewatch.model.instants import HOUR, Instant, to_datetime, zone
from engagewatch.views import wording
from engagewatch.views.chart import Chart, ChartLine, ChartPoint, LineKind, make_chart
from engagewatch.views.period import month, month_of
from engagewatch.views.then_now_record import Item, Record, Series

_WHOLE = 0.99
"""Of a bin that must be on record for its point to be drawn full."""


@dataclass(frozen=True, slots=True)
class Charts:
    """One series by month, and by quarter where months have no room."""

    monthly: Chart
    quarterly: Chart


@dataclass(frozen=True, slots=True)
class _Bin:
    """One point's worth of time, and the parts of it for which there is a record."""

    label: str
    over: Window
    pieces: tuple[Window, ...]
    share: float
    """Of its time, as far as it has passed, that is on record."""
    shaded: bool
    items: tuple[Item, ...]
    memories: int


def rate_charts(
    title: str, record: Record, series: Series, words: Callable[[float], str]
) -> Charts | None:
    """Return the charts of events a month."""

    def point(one: _Bin) -> ChartPoint:
        months = sum(piece.months for piece in one.pieces)
        if not months:
            return ChartPoint(one.label, None, shaded=one.shaded)
        found = of_rate(len(one.items), months)
        return ChartPoint(
            one.label, found.value, open=one.share < _WHOLE or _by_notes(one), shaded=one.shaded
        )

    return _both(title, record, series, point, words, 1.0, outline=True)


def per_user_charts(
    title: str, record: Record, series: Series, factor: float, words: Callable[[float], str]
) -> Charts | None:
    """Return the charts of events per ``factor`` users and month."""

    def point(one: _Bin) -> ChartPoint:
        total, count = 0.0, 0
        for piece in one.pieces:
            known = record.user_months(piece)
            if known is not None:
                total += known[0]
                count += sum(item.at in known[1] for item in one.items)
        value = factor * count / total if total else None
        return ChartPoint(
            one.label, value, open=one.share < _WHOLE or _by_notes(one), shaded=one.shaded
        )

    return _both(title, record, series, point, words, 0.1, outline=False)


def length_charts(title: str, record: Record, series: Series) -> Charts | None:
    """Return the charts of median lengths by when they began."""

    def point(one: _Bin) -> ChartPoint:
        lengths = [
            Observation(float((item.until or record.now) - item.at), item.until is not None)
            for item in one.items
            if item.until is not None or item.is_open
        ]
        median = of_durations(lengths).value
        thin = len(lengths) < MEDIAN_INTERVAL_NEEDS
        return ChartPoint(one.label, median, open=thin or _by_notes(one), shaded=one.shaded)

    def words(value: float) -> str:
        return wording.span(round(value))

    return _both(title, record, series, point, words, float(HOUR), outline=False)


def _by_notes(one: _Bin) -> bool:
    return any(item.grade is Grade.NOTES for item in one.items)


def _both(
    title: str,
    record: Record,
    series: Series,
    point: Callable[[_Bin], ChartPoint],
    words: Callable[[float], str],
    step_base: float,
    *,
    outline: bool,
) -> Charts | None:
    charts = []
    for size in (1, 3):
        bins = _bins(record, series, size)
        if not bins:
            return None
        lines = _outline(bins) if outline else []
        charts.append(
            make_chart(title, [point(one) for one in bins], lines, words, step_base=step_base)
        )
    return Charts(*charts)


def _outline(bins: Sequence[_Bin]) -> list[ChartLine]:
    """Return what memory tells, as a line of its own: it is never drawn as a point."""
    values = tuple(
        one.memories * MONTH / (one.over.end - one.over.start) if one.memories else None
        for one in bins
    )
    if all(value is None for value in values):
        return []
    return [ChartLine(LineKind.BEFORE, "from memory, grade D: not tested", values)]


def _bins(record: Record, series: Series, size: int) -> list[_Bin]:
    """Return the months, or quarters of the year, from the first entry on record to now."""
    chosen = (*series.counted, *series.since)  # in order: the ones end where the others begin
    instants = [item.at for item in chosen]
    memories = [item for item in series.recorded if item.grade is Grade.MEMORY]
    begins = [*(one.start for one in series.known), *(item.at for item in memories)]
    if not begins:
        return []
    step = month_of(min(begins), record.timezone)
    if size > 1:
        step = month(step.year, (step.month - 1) // size * size + 1, record.timezone)
    found = []
    while step.start < record.now:
        last = month(step.year, step.month + size - 1, record.timezone)
        over = Window(step.start, last.end)
        pieces = tuple(
            piece
            for known in series.known
            for piece in _cut(_shared(over, known), record.started)
            if piece is not None
        )
        recorded = sum(piece.end - piece.start for piece in pieces)
        found.append(
            _Bin(
                label=_label(over.start, record.timezone, size),
                over=over,
                pieces=pieces,
                share=recorded / (over.end - over.start),
                shaded=_shared(over, record.change_over) is not None,
                items=tuple(
                    item
                    for item in chosen[
                        bisect_left(instants, over.start) : bisect_left(instants, over.end)
                    ]
                    if any(item.at in piece for piece in pieces)
                ),
                memories=sum(item.at in over for item in memories),
            )
        )
        step = last.next()
    return found


def _shared(one: Window, other: Window) -> Window | None:
    return window(max(one.start, other.start), min(one.end, other.end))


def _cut(over: Window | None, at: Instant) -> tuple[Window | None, ...]:
    """Return a window cut in two at an instant: headcounts differ on its two sides."""
    if over is None or not over.start < at < over.end:
        return (over,)
    return window(over.start, at), window(at, over.end)


def _label(at: Instant, timezone: str, size: int) -> str:
    local = to_datetime(at, zone(timezone))
    if size > 1:
        return f"Q{(local.month + 2) // 3} {local:%y}"
    return f"{wording.month_name(local.year, local.month)[:3]} {local:%y}"
