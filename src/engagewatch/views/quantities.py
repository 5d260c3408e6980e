"""Values of metrics in words: hours, shares, rates and money, as people write them."""

from __future__ import annotations

from decimal import Decimal

from engagewatch.engine.metrics import Reading
from engagewatch.engine.statistics import Interval
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.metric import CATALOGUE, Metric, Unit
from engagewatch.views import wording

_LONG = 100 * HOUR
"""From here on minutes are noise."""


def value_words(metric: Metric, value: float | None, currency: str = "") -> str:
    """Return a value with its unit, e.g. ``8h 30m``, ``95.0%``, ``0.81``, ``GBP 12.30``."""
    if value is None:
        return wording.UNKNOWN
    unit = CATALOGUE[metric].unit
    if unit is Unit.SECONDS:
        return _hours(value)
    if unit is Unit.SHARE:
        # 99.97 % of a month and 100.0 % are different things.
        return f"{100 * value:.2f}%" if metric is Metric.UPTIME else f"{100 * value:.1f}%"
    if unit is Unit.TICKETS:
        return f"{value:,.0f}"
    if unit is Unit.MONEY:
        return f"{currency} {value:,.2f}".strip()
    return f"{value:.2f}"


def money_words(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency, e.g. ``EUR 1,240.00``."""
    return f"{currency} {amount:,.2f}"


def interval_words(metric: Metric, interval: Interval | None, currency: str = "") -> str:
    """Return the 95 % interval, e.g. ``6h to 11h``; empty where there is none."""
    if interval is None:
        return ""
    low = value_words(metric, interval.low, currency)
    if interval.high == float("inf"):
        return f"{low} or more"
    return f"{low} to {value_words(metric, interval.high, currency)}"


def count_words(metric: Metric, reading: Reading) -> str:
    """Return what a reading rests on, e.g. ``38 of 40``, ``n = 52``, ``31 tickets``."""
    if reading.hits is not None:
        return wording.k_of_n(reading.hits, reading.count)
    unit = CATALOGUE[metric].unit
    if unit in (Unit.PER_USER_MONTH, Unit.MONEY):
        return wording.counted(reading.count, "ticket")
    if unit is Unit.TICKETS or metric in (Metric.BACKLOG_AGE, Metric.CLIENT_WAIT_SHARE):
        return wording.counted(reading.count, "ticket")
    if metric is Metric.UPTIME:
        return wording.counted(reading.count, "service")
    return f"n = {reading.count:,}"


def reading_words(metric: Metric, reading: Reading | None, currency: str = "") -> str:
    """Return a value if it may be shown, else the counts it would rest on."""
    if reading is None or reading.value is None:
        return wording.UNKNOWN
    if reading.is_thin:
        return count_words(metric, reading)
    return value_words(metric, reading.value, currency)


def _hours(seconds: float) -> str:
    whole = round(seconds)
    if whole >= _LONG:
        return f"{whole / HOUR:,.0f}h"
    if whole < MINUTE:
        return f"{whole}s" if whole else "0m"
    return wording.working_span(whole)
