"""The series of the Trend screen: what each measures, in which unit, and whether less is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engagewatch.model.instants import HOUR
from engagewatch.model.metric import CATALOGUE, Metric, Unit
from engagewatch.views import wording
from engagewatch.views.measures import Measures
from engagewatch.views.period import Period
from engagewatch.views.quantities import value_words


@dataclass(frozen=True, slots=True)
class Series:
    key: str
    title: str
    measure: Callable[[Measures, Period], float | None]
    words: Callable[[float], str]
    less_is_better: bool | None
    """``None`` where neither is: more tickets may be more trouble, or more that is logged."""
    step: float = 1.0
    ceiling: float | None = None
    metric: Metric | None = None
    needs_months: bool = False
    """Too seldom for weeks."""
    counts: bool = False
    """Its values are whole numbers."""


def of_metric(metric: Metric, *, needs_months: bool = False) -> Series:
    definition = CATALOGUE[metric]

    def measured(measures: Measures, period: Period) -> float | None:
        reading = measures.reading(metric, period)
        return reading.value if reading.tells else None

    unit = definition.unit
    return Series(
        key=str(metric),
        title=definition.title,
        measure=measured,
        words=lambda value: value_words(metric, value),
        less_is_better=definition.less_is_better,
        step=float(HOUR) if unit is Unit.SECONDS else 0.01 if unit is Unit.SHARE else 1.0,
        ceiling=1.0 if unit is Unit.SHARE else None,
        metric=metric,
        needs_months=needs_months,
        counts=unit is Unit.TICKETS,
    )


def whole(value: float) -> str:
    return f"{value:,.0f}"


SERIES = (
    Series("opened", "Tickets opened", lambda m, p: float(m.opened(p)), whole, None, counts=True),
    Series(
        "resolved", "Tickets resolved", lambda m, p: float(m.resolved(p)), whole, None, counts=True
    ),
    of_metric(Metric.BACKLOG),
    of_metric(Metric.BACKLOG_AGE),
    of_metric(Metric.FIRST_RESPONSE_MEDIAN),
    of_metric(Metric.RESOLUTION_MEDIAN),
    Series(
        "silence",
        "Longest wait for an answer",
        lambda m, p: m.longest_wait(p),
        lambda value: wording.span(round(value)),
        True,
        step=float(HOUR),
    ),
    of_metric(Metric.REOPEN_RATE, needs_months=True),
    of_metric(Metric.REPEAT_RATE, needs_months=True),
    of_metric(Metric.ONE_TOUCH, needs_months=True),
    Series(
        "bounced",
        "Handed on three times or more",
        lambda m, p: m.bounced(p),
        lambda value: f"{100 * value:.1f}%",
        True,
        step=0.01,
        ceiling=1.0,
        needs_months=True,
    ),
    of_metric(Metric.SATISFACTION, needs_months=True),
    of_metric(Metric.REPLY_MEDIAN),
)
