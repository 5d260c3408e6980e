"""One cell per day: how a component fared, and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from engagewatch.engine.services import Record, component_time
from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.engine.timeline import worst
from engagewatch.model.instants import Instant, to_datetime, to_instant
from engagewatch.model.service import ComponentState


class Coverage(StrEnum):
    """How a day's state is known."""

    OBSERVED = "observed"
    """Polled for at least 95 % of the day so far."""
    REPORTED = "reported"
    """As far as not polled, told by the page's history; together at least 95 %."""
    PARTIAL = "partial"
    """Less than that is known."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a component's strip."""

    day: date
    state: ComponentState
    """The worst state known that day."""
    coverage: Coverage
    down_seconds: int
    known_seconds: int
    seconds: int
    """Length of the day so far: 23 or 25 hours where the clocks change."""


def day_cells(known: Record, days: int, zone: tzinfo, now: Instant) -> list[DayCell]:
    """Return the last ``days`` days in ``zone``, the last one being today up to ``now``."""
    today = to_datetime(now, zone).date()
    cells = []
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        cells.append(_day_cell(known, day, midnight(day, zone), _day_end(day, zone, now)))
    return cells


def midnight(day: date, zone: tzinfo) -> Instant:
    """Return when ``day`` begins in ``zone``."""
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def _day_end(day: date, zone: tzinfo, now: Instant) -> Instant:
    return min(midnight(day + timedelta(days=1), zone), now)


def _day_cell(known: Record, day: date, start: Instant, end: Instant) -> DayCell:
    time = component_time(known, start, end)
    seconds, total = time.seconds, time.known
    states = [
        ComponentState(name)
        for name in ("up", "degraded", "partial", "down", "maintenance")
        if getattr(total, name)
    ]
    if total.total == 0:
        coverage = Coverage.UNKNOWN
    elif time.observed.total >= COVERAGE_NEEDS * seconds:
        coverage = Coverage.OBSERVED
    elif total.total >= COVERAGE_NEEDS * seconds:
        coverage = Coverage.REPORTED
    else:
        coverage = Coverage.PARTIAL
    return DayCell(day, worst(states), coverage, total.down, total.total, seconds)
