"""Periods: calendar months, and weeks, in the engagement's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engagewatch.model.instants import Instant, month_bounds, to_datetime, to_instant, zone
from engagewatch.views import wording


@dataclass(frozen=True, slots=True)
class Period:
    """One calendar month in a zone: ``start`` is in it, ``end`` is the first instant after it."""

    year: int
    month: int
    timezone: str
    start: Instant
    end: Instant

    @property
    def key(self) -> str:
        """The month as ``2026-03``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def words(self) -> str:
        """The month as ``March 2026``."""
        return wording.month_name(self.year, self.month)

    def __contains__(self, at: Instant) -> bool:
        """Whether the instant is in the period."""
        return self.start <= at < self.end

    def previous(self) -> Period:
        """Return the month before."""
        return month(self.year, self.month - 1, self.timezone)

    def next(self) -> Period:
        """Return the month after."""
        return month(self.year, self.month + 1, self.timezone)


@dataclass(frozen=True, slots=True)
class Week(Period):
    """Seven days from a Monday on; ``year`` and ``month`` are those of its Monday."""

    monday: date

    @property
    def key(self) -> str:
        """Its Monday, as ``2026-03-09``."""
        return self.monday.isoformat()

    @property
    def words(self) -> str:
        """The week as ``week of Mon 9 Mar``."""
        return f"week of {wording.date_words(self.monday)}"

    def previous(self) -> Week:
        """Return the week before."""
        return week(self.monday - timedelta(days=7), self.timezone)

    def next(self) -> Week:
        """Return the week after."""
        return week(self.monday + timedelta(days=7), self.timezone)


def week(day: date, timezone: str) -> Week:
    """Return the week that holds a local day, in a zone."""
    monday = day - timedelta(days=day.weekday())
    here = zone(timezone)
    ends = [
        to_instant(datetime(at.year, at.month, at.day, tzinfo=here))
        for at in (monday, monday + timedelta(days=7))
    ]
    return Week(monday.year, monday.month, timezone, ends[0], ends[1], monday)


def month(year: int, number: int, timezone: str) -> Period:
    """Return a month of a year in a zone; 0 and 13 reach into the neighbouring years."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return Period(year, number, timezone, *month_bounds(year, number, timezone))


def month_of(at: Instant, timezone: str) -> Period:
    """Return the month that holds an instant, in a zone."""
    local = to_datetime(at, zone(timezone))
    return month(local.year, local.month, timezone)


def parse_period(text: str, timezone: str) -> Period:
    """Return the month written ``2026-03``.

    Raises:
        ValueError: the text is not a year and a month.
    """
    try:
        parsed = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - a month has no zone of its own
    except ValueError:
        raise ValueError(f'"{text}" is not a month; write it like 2026-03') from None
    return month(parsed.year, parsed.month, timezone)
