"""Promises: what was said would come, whether it does, and since when it has been on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from engagewatch.engine.metrics import Reading
from engagewatch.engine.promises import (
    PromiseState,
    PromiseVerdict,
    Seal,
    digest_of,
    judge,
    path_on,
    seal_of,
    terms_of,
)
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind, Value
from engagewatch.model.instants import DAY, HOUR, Instant, to_datetime, zone
from engagewatch.model.metric import CATALOGUE, Metric, Unit
from engagewatch.model.promise import Promise
from engagewatch.model.sides import Side
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.measures import first_ticket_at
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.chart import Chart, ChartLine, ChartPoint, LineKind, make_chart
from engagewatch.views.kept import whole_months
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.measures import ALL, Measures, months_until
from engagewatch.views.period import Period
from engagewatch.views.quantities import (
    count_words,
    interval_words,
    reading_words,
    value_words,
)
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MONTHS = 13
"""Months of a chart: a year, and the same month of the year before."""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise and where it stands."""

    key: str
    """Its id."""
    title: str
    """What is promised, in short."""
    text: str
    """What was said, in its own words; may be empty."""
    said_in: str
    side: Side
    """Whose doing the metric is."""
    metric: Metric | None
    state: PromiseState
    state_words: str
    tone: Tone
    now_words: str
    """The value it is judged by, or the counts where these are too few for one."""
    count_words: str
    interval_words: str
    period_words: str
    """The month it is judged by; empty where nothing is measured."""
    path_words: str
    """What is asked by now."""
    target_words: str
    by_words: str
    baseline_words: str
    """What it was before, with the grade and the source of that."""
    can_tell_words: str
    """E.g. ``likely by 14 Feb 2027``; empty where it is settled."""
    sealed_words: str
    sealed_late: bool
    """It was written down when there already were data to fit it to."""
    amendments: tuple[str, ...]
    """Every change of terms since it was sealed, with its date."""
    digest: str
    """The first twelve digits of the seal; empty while there is none."""
    chart: Chart | None
    figure: FigureKey | None


@dataclass(frozen=True, slots=True)
class PromisesView:
    """The register of promises, those that need attention first."""

    as_of: Instant
    rows: tuple[PromiseRow, ...]
    summary: str
    """E.g. ``6 promises: 1 behind, 2 on path, 2 cannot tell yet, 1 unmeasurable``."""
    amended: int
    late: int
    not_known: tuple[str, ...]


STATE_WORDS = {
    PromiseState.BEHIND: "behind",
    PromiseState.CANNOT_TELL: wording.UNKNOWN,
    PromiseState.ON_PATH: "on path",
    PromiseState.AHEAD: "ahead",
    PromiseState.NOT_STARTED: "not asked for yet",
    PromiseState.UNMEASURABLE: "unmeasurable",
}
"""In the order of the register: what needs a conversation comes first."""

_TONES = {
    PromiseState.BEHIND: Tone.BAD,
    PromiseState.CANNOT_TELL: Tone.UNKNOWN,
    PromiseState.ON_PATH: Tone.GOOD,
    PromiseState.AHEAD: Tone.GOOD,
    PromiseState.NOT_STARTED: Tone.PLAIN,
    PromiseState.UNMEASURABLE: Tone.NOTICE,
}


def build(store: Store, engagement: Engagement, now: Instant) -> PromisesView:
    """Return the register as known at ``now``."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        emptied = kept_since(store, of)
        months = whole_months(months_until(engagement, now, MONTHS), emptied)
        sealed = sorted(
            entries(store, engagement.id, [EntryKind.SEALED]), key=lambda entry: entry.subject
        )
        # Where tickets were removed, there were some before.
        found = (first_ticket_at(store, of), emptied)
        first_data = min((at for at in found if at is not None), default=None)
        since = months[0].start if months else now
        register = _Register(engagement, Measures(store, engagement, since, now), months, now)
        seals = {name: seal_of(list(its)) for name, its in groupby(sealed, lambda one: one.subject)}
        rows = [
            register.row(promise, seals.get(promise.id), first_data)
            for promise in engagement.promises
        ]
    order = list(STATE_WORDS)
    rows.sort(key=lambda row: order.index(row.state))
    gone = sorted(seals.keys() - {promise.id for promise in engagement.promises})
    return PromisesView(
        as_of=now,
        rows=tuple(rows),
        summary=_summary(rows),
        amended=sum(bool(row.amendments) for row in rows),
        late=sum(row.sealed_late for row in rows),
        not_known=tuple(
            f'"{name}" was sealed and is no longer in the engagement file' for name in gone
        ),
    )


def _summary(rows: Sequence[PromiseRow]) -> str:
    if not rows:
        return "No promise is written down: add [[promises]] to the engagement file."
    parts = [
        f"{count} {words}"
        for state, words in STATE_WORDS.items()
        if (count := sum(row.state is state for row in rows))
    ]
    return f"{wording.counted(len(rows), 'promise')}: {', '.join(parts)}"


class _Register:
    """Makes the rows of one engagement's register."""

    def __init__(
        self, engagement: Engagement, measures: Measures, months: list[Period], now: Instant
    ) -> None:
        self._engagement = engagement
        self._measures = measures
        self._months = months
        self._now = now
        self._here = zone(engagement.timezone)
        self._currency = engagement.credits.currency if engagement.credits else ""

    def row(self, promise: Promise, seal: Seal | None, first_data: Instant | None) -> PromiseRow:
        judged = self._judged_month(promise)
        reading = self._reading(promise, judged)
        day = self._day_of(judged)
        verdict = judge(promise, reading, day, 30.0 if judged is None else _days(judged, self._now))
        late = self._sealed_late(promise, seal, first_data)
        return PromiseRow(
            key=promise.id,
            title=self._title(promise),
            text=promise.text,
            said_in=promise.said_in,
            side=CATALOGUE[promise.metric].side if promise.metric else Side.PROVIDER,
            metric=promise.metric,
            state=verdict.state,
            state_words=STATE_WORDS[verdict.state],
            tone=_TONES[verdict.state],
            now_words=self._now_words(promise, reading),
            count_words=count_words(promise.metric, reading) if promise.metric and reading else "",
            interval_words=self._interval(promise, reading),
            period_words=judged.words if judged and promise.metric else "",
            path_words=self._value(promise, verdict.path) if verdict.path is not None else "",
            target_words=self._value(promise, promise.target) if promise.target is not None else "",
            by_words=_date(promise.by) if promise.by else "",
            baseline_words=self._baseline(promise),
            can_tell_words=self._can_tell(verdict),
            sealed_words=self._sealed_words(promise, seal, late=late),
            sealed_late=late,
            amendments=self._amendments(promise, seal),
            digest=seal.digest[:12] if seal else "",
            chart=self._chart(promise),
            figure=None
            if promise.metric is None or judged is None
            else FigureKey(
                FigureKind.METRIC,
                period=judged.key,
                metric=promise.metric,
                scope=promise.scope,
            ),
        )

    def _judged_month(self, promise: Promise) -> Period | None:
        """Return the last whole month in which the promise held; else the one under way."""
        whole = [month for month in self._months if month.end <= self._now]
        for month in reversed(whole):
            if to_datetime(month.end - 1, self._here).date() >= promise.starts:
                return month
        return self._months[-1] if self._months else None

    def _day_of(self, month: Period | None) -> date:
        at = self._now if month is None else min(self._now, month.end - 1)
        return to_datetime(at, self._here).date()

    def _reading(self, promise: Promise, month: Period | None) -> Reading | None:
        if promise.metric is None or month is None:
            return None
        return self._measures.reading(promise.metric, month, promise.scope)

    def _title(self, promise: Promise) -> str:
        if promise.metric is None:
            return promise.text or promise.id
        title = CATALOGUE[promise.metric].title
        return title if promise.scope == ALL else f"{title}, {promise.scope}"

    def _now_words(self, promise: Promise, reading: Reading | None) -> str:
        if promise.metric is None:
            return "nothing measures it"
        return reading_words(promise.metric, reading, self._currency)

    def _value(self, promise: Promise, value: float | None) -> str:
        return "" if promise.metric is None else value_words(promise.metric, value, self._currency)

    def _interval(self, promise: Promise, reading: Reading | None) -> str:
        if promise.metric is None or reading is None or reading.is_thin:
            return ""
        return interval_words(promise.metric, reading.interval, self._currency)

    def _baseline(self, promise: Promise) -> str:
        if promise.baseline is None:
            return "no baseline"
        before = promise.baseline
        return f"{self._value(promise, before.value)}, grade {before.grade}: {before.source}"

    def _can_tell(self, verdict: PromiseVerdict) -> str:
        if verdict.state is not PromiseState.CANNOT_TELL:
            return ""
        if verdict.can_tell_on is None:
            return "no date in sight"
        return f"likely by {_date(verdict.can_tell_on)}"

    def _sealed_late(self, promise: Promise, seal: Seal | None, first_data: Instant | None) -> bool:
        if seal is None or promise.metric is None:
            return False
        sealed_on = to_datetime(seal.at, self._here).date()
        return sealed_on > promise.starts and first_data is not None and first_data < seal.at

    def _sealed_words(self, promise: Promise, seal: Seal | None, *, late: bool) -> str:
        if seal is None:
            return "not sealed yet: the next sync seals it"
        on = to_datetime(seal.at, self._here).date()
        words = f"sealed {_date(on)}"
        if late:
            days = (on - promise.starts).days
            words += f", {wording.counted(days, 'day')} after it began and with data on record"
        if seal.latest != digest_of(terms_of(promise)):
            words += "; the file says otherwise now: the next sync notes it"
        return words

    def _amendments(self, promise: Promise, seal: Seal | None) -> tuple[str, ...]:
        if seal is None:
            return ()
        told = []
        for one in seal.amendments:
            on = _date(to_datetime(one.at, self._here).date())
            changes = "; ".join(
                f"{field.replace('_', ' ')} {self._term(promise, field, was)} "
                f"became {self._term(promise, field, new)}"
                for field, was, new in one.changes
            )
            told.append(f"{on}: {changes}")
        return tuple(told)

    def _term(self, promise: Promise, field: str, value: Value) -> str:
        """Return a sealed term as people write it."""
        if field in ("target", "baseline") and isinstance(value, float):
            return self._value(promise, value) or f"{value:g}"
        return "nothing" if value is None or value == "" else str(value)

    def _chart(self, promise: Promise) -> Chart | None:
        if promise.metric is None or not self._months:
            return None
        metric = promise.metric
        points, path = [], []
        for month in self._months:
            reading = self._measures.reading(metric, month, promise.scope)
            interval = reading.interval if not reading.is_thin else None
            points.append(
                ChartPoint(
                    label=wording.month_name(month.year, month.month)[:3],
                    value=reading.value,
                    low=interval.low if interval else None,
                    high=interval.high if interval else None,
                    open=reading.is_thin or month.end > self._now,
                )
            )
            path.append(path_on(promise, self._day_of(month)))
        lines = [ChartLine(LineKind.PATH, "promised path", tuple(path))]
        if promise.baseline is not None:
            before = (promise.baseline.value,) * len(points)
            label = f"before, grade {promise.baseline.grade}"
            lines.append(ChartLine(LineKind.BEFORE, label, before))
        unit = CATALOGUE[metric].unit
        return make_chart(
            self._title(promise),
            points,
            lines,
            lambda value: value_words(metric, value, self._currency),
            step_base=float(HOUR) if unit is Unit.SECONDS else 0.01 if unit is Unit.SHARE else 1.0,
            ceiling_at=1.0 if unit is Unit.SHARE else None,
        )


def _days(month: Period, now: Instant) -> float:
    return max(1.0, (min(month.end, now) - month.start) / DAY)


def _date(on: date) -> str:
    return f"{wording.date_words(on)} {on.year}"
