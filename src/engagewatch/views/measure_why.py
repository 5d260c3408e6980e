"""Why this number, for metrics: the definition, the counts, and the tickets behind a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engagewatch.engine.metrics import Reading
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.metric import CATALOGUE, Metric
from engagewatch.model.policy import CountBy
from engagewatch.store.queries.clocks import Span, period_clocks
from engagewatch.store.queries.measures import Course
from engagewatch.store.queries.scope import rule_versions, scope, snapshot
from engagewatch.views import why, wording
from engagewatch.views.clock_words import TONES, state_of
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.measures import ALL, ATTAINMENTS, MEDIANS, Measures
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.policy import rules_named
from engagewatch.views.quantities import count_words, interval_words, value_words
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_OF_RESOLVED = (
    Metric.REOPEN_RATE,
    Metric.ONE_TOUCH,
    Metric.REPEAT_RATE,
    Metric.CLIENT_WAIT_SHARE,
)
_OF_OPENED = (Metric.TICKETS_PER_USER, Metric.COST_PER_TICKET)
_OF_OPEN = (Metric.BACKLOG, Metric.BACKLOG_AGE)


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> why.WhyView:
    """Return the derivation of a metric's value in a month."""
    assert figure.metric is not None
    metric = figure.metric
    period = (
        parse_period(figure.period, engagement.timezone)
        if figure.period
        else month_of(now, engagement.timezone)
    )
    if metric in ATTAINMENTS:
        obligation = ATTAINMENTS[metric]
        priority = None if figure.scope == ALL else figure.scope
        key = FigureKey(
            FigureKind.ATTAINMENT,
            ledger=obligation.ledger,
            obligation=obligation,
            priority=priority,
            period=period.key,
        )
        return why.build(store, engagement, now, key)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    currency = engagement.credits.currency if engagement.credits else ""
    with snapshot(store):
        measures = Measures(store, engagement, period.start, now)
        reading = measures.reading(metric, period, figure.scope)
        if metric in MEDIANS:
            tickets = _of_clocks(store, engagement, MEDIANS[metric], period, figure.scope, now)
        else:
            tickets = _of_courses(measures, metric, period, figure.scope, now)
        versions = rule_versions(store, of)
    definition = CATALOGUE[metric]
    whose = "" if figure.scope == ALL else f", {figure.scope}"
    return why.WhyView(
        title=f"{definition.title}{whose}, {period.words}",
        value=_value(metric, reading, currency),
        formula=f"{definition.formula[0].upper()}{definition.formula[1:]}.",
        met=reading.hits,
        judged=reading.count if reading.hits is not None else None,
        not_counted=_left_out(reading),
        rule_version=rules_named(versions),
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(tickets[: why.MOST_TICKETS]),
        total=len(tickets),
    )


def _value(metric: Metric, reading: Reading, currency: str) -> str:
    words = f"{value_words(metric, reading.value, currency)} ({count_words(metric, reading)})"
    interval = interval_words(metric, reading.interval, currency)
    return f"{words}; 95% interval {interval}" if interval else words


def _left_out(reading: Reading) -> tuple[str, ...]:
    if reading.is_thin and reading.count:
        return (f"{reading.count} is too few to go by: {reading.needs} are needed",)
    return ()


def _of_clocks(
    store: Store,
    engagement: Engagement,
    obligation: Obligation,
    period: Period,
    scope_name: str,
    now: Instant,
) -> list[why.WhyTicket]:
    """Return the clocks that began in the month: those still open, then the longest first."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    rules = replace(engagement.rules, count_by=CountBy.STARTED)
    span = Span(period.start, period.end, now, rules)
    priority = None if scope_name == ALL else scope_name
    found = period_clocks(store, of, span, obligation, priority, why.MOST_TICKETS)
    found.sort(key=lambda one: (one.clock.stopped_at is not None, -one.clock.consumed))
    rows = []
    for one in found:
        state = state_of(one.clock, now)
        took = wording.working_span(one.clock.consumed)
        words = f"took {took}" if one.clock.stopped_at is not None else "still open"
        rows.append(
            why.WhyTicket(
                key=f"{one.source}/{one.ticket_id}/{one.clock.round}",
                ticket=TicketKey(one.source, one.ticket_id),
                reference=one.reference,
                subject=one.subject,
                words=words,
                tone=TONES[state],
            )
        )
    return rows


def _of_courses(
    measures: Measures, metric: Metric, period: Period, scope_name: str, now: Instant
) -> list[why.WhyTicket]:
    end = min(period.end, now)
    chosen: Sequence[Course] = ()
    if metric in _OF_RESOLVED:
        chosen = [
            one
            for one in measures.courses
            if one.finished_at is not None and one.finished_at in period
        ]
    elif metric in _OF_OPENED:
        chosen = [one for one in measures.courses if one.opened_at in period]
    elif metric in _OF_OPEN:
        chosen = [
            one
            for one in measures.courses
            if one.opened_at < end and (one.finished_at is None or one.finished_at >= end)
        ]
    rows = [
        why.WhyTicket(
            key=f"{one.source}/{one.id}",
            ticket=TicketKey(one.source, one.id),
            reference=one.reference,
            subject=one.subject,
            words=_course_words(metric, one, end),
            tone=Tone.PLAIN,
        )
        for one in chosen
        if scope_name in (ALL, one.priority)
    ]
    return sorted(rows, key=lambda row: row.key)


def _course_words(metric: Metric, course: Course, end: Instant) -> str:
    if metric is Metric.CLIENT_WAIT_SHARE:
        ours = wording.span(course.elapsed_client)
        return f"{ours} of {wording.span(course.elapsed)} in our court"
    if metric is Metric.ONE_TOUCH:
        return f"{wording.counted(course.provider_words, 'public answer')}"
    if metric is Metric.REOPEN_RATE:
        times = wording.counted(course.reopened, "time")
        return f"came back {times}" if course.reopened else "stayed resolved"
    if metric in _OF_OPEN:
        return f"open for {wording.span(end - course.opened_at)}"
    return f"open for {wording.span(course.elapsed)}"
