"""Business calendars: how many open seconds lie between two instants, and when a target runs out.

A calendar is compiled to the list of its open intervals in epoch seconds with a running total, so
every question is a bisection. The definition that the rest follows from: *an instant is open when
the wall clock of the calendar's zone reads a time inside a window at that instant.* Seconds are
elapsed seconds, so a night shift across a spring change is an hour shorter, and a window that lies
in the hour that the clocks skip loses what was skipped.

A window that runs past midnight belongs to the day it starts on: a holiday closes the windows that
start on it, not the tail of the evening before. So does a new version of the calendar: it rules the
windows that start on its first day or later.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engagewatch.engine.opening_hours import open_intervals, open_seconds, public_holidays, without
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.policy import CalendarSpec, Duration

__all__ = ["Calendar", "NeverOpenError", "compile_calendar", "public_holidays"]

FIRST_YEAR = 1970
LAST_YEAR = 2199
"""Calendars know these years. Nothing is open outside them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MARGIN_YEARS = 1


class NeverOpenError(ValueError):
    """The calendar has no opening that would answer the question."""


class _Table(NamedTuple):
    """Open intervals of the years ``[low, high)``, swapped as a whole so that readers never wait.

    Row 0 is an empty interval at ``low``. ``totals[i]`` counts the open seconds from the
    calendar's origin to ``ends[i]``.
    """

    low: Instant
    high: Instant
    starts: list[Instant]
    ends: list[Instant]
    totals: list[int]


class Calendar:
    """A compiled calendar. Make one with :func:`compile_calendar`.

    Instants are epoch seconds UTC; spans are seconds. The table grows to the years asked for.
    """

    __slots__ = ("_table", "_usual_days", "_usual_week", "_zone", "name", "spec")

    def __init__(self, spec: CalendarSpec) -> None:
        """Compile ``spec``; openings are worked out when first asked for.

        Raises:
            NeverOpenError: no weekday has a window.
            zoneinfo.ZoneInfoNotFoundError: the zone does not exist.
        """
        self.spec = spec
        self.name = spec.name
        self._zone = _zone(spec.timezone)
        weeks = [
            [open_seconds(windows) for windows in weekly]
            for weekly in (spec.weekly, *(version.weekly for version in spec.versions))
        ]
        self._usual_week = min(map(sum, weeks))
        if not self._usual_week:
            raise NeverOpenError(f"calendar {spec.name!r} has no opening hours on any weekday")
        self._usual_days = [_usual_day(week) for week in weeks]
        self._table = _Table(0, 0, [], [], [])

    def usual_day(self, on: date) -> int:
        """Return the open seconds of a usual day: what a business day means on the date ``on``."""
        held = sum(version.since <= on for version in self.spec.versions)
        return self._usual_days[held]

    def seconds_of(self, duration: Duration, on: date) -> int:
        """Return a target in open seconds, as it is understood on the date ``on``.

        A business day is the opening hours of a usual day of the version that holds then.
        """
        return duration.seconds + duration.business_days * self.usual_day(on)

    def counted(self, at: Instant) -> int:
        """Return the open seconds from this calendar's own origin to ``at``; may be negative.

        Only differences mean something: ``counted(b) - counted(a)`` are the open seconds between.
        """
        low, high, starts, ends, totals = self._table
        if not low <= at < high:
            low, _, starts, ends, totals = self._table_with(at)
            if at < low:
                return totals[0]
        row = bisect_right(starts, at) - 1
        end = ends[row]
        if at < end:
            return totals[row] - (end - at)
        return totals[row]

    def counts_at(self, instants: Iterable[Instant]) -> dict[Instant, int]:
        """Return :meth:`counted` of each of ``instants``."""
        low, high, starts, ends, totals = self._table
        counts: dict[Instant, int] = {}
        for at in instants:
            if low <= at < high:
                row = bisect_right(starts, at) - 1
                end = ends[row]
                counts[at] = totals[row] - (end - at) if at < end else totals[row]
            else:
                counts[at] = self.counted(at)
                low, high, starts, ends, totals = self._table
        return counts

    def instant_of(self, count: int) -> Instant:
        """Return the earliest instant at which :meth:`counted` is ``count``.

        ``count`` must not be below a count that was asked for before.

        Raises:
            NeverOpenError: the calendar's years end first.
        """
        table = self._table
        while table.totals[-1] < count:
            table = self._longer_table(table.high, count - table.totals[-1])
        row = bisect_left(table.totals, count)
        return table.ends[row] - (table.totals[row] - count)

    def seconds_between(self, start: Instant, end: Instant) -> int:
        """Return the open seconds from ``start`` to ``end``; negative when ``end`` is earlier."""
        low, high, starts, ends, totals = self._table
        if not (low <= start < high and low <= end < high):
            return self.counted(end) - self.counted(start)
        row = bisect_right(starts, end) - 1
        closing = ends[row]
        open_seconds = totals[row] - (closing - end) if end < closing else totals[row]
        row = bisect_right(starts, start) - 1
        closing = ends[row]
        return open_seconds - (totals[row] - (closing - start) if start < closing else totals[row])

    def add(self, at: Instant, seconds: int) -> Instant:
        """Return the earliest instant by which ``seconds`` open seconds have passed since ``at``.

        At a boundary this is the closing instant, the last moment one can still act. For negative
        ``seconds`` it is :meth:`subtract`.

        Raises:
            NeverOpenError: the calendar's years end first.
        """
        if seconds <= 0:
            return at if seconds == 0 else self.subtract(at, -seconds)
        return self.instant_of(self.counted(at) + seconds)

    def subtract(self, at: Instant, seconds: int) -> Instant:
        """Return the latest instant from which ``seconds`` open seconds lead up to ``at``.

        Raises:
            NeverOpenError: the calendar's years do not reach back so far.
        """
        if seconds <= 0:
            return at if seconds == 0 else self.add(at, -seconds)
        wanted = self.counted(at) - seconds
        table = self._table
        while table.totals[0] > wanted:
            if table.low <= _BEGINNING:
                raise NeverOpenError(f"calendar {self.name!r} has too few open hours before {at}")
            table = self._table_with(table.low - 1)
        row = bisect_right(table.totals, wanted)
        # Row ``row`` is the first that ends with more than ``wanted``: it contains the instant.
        return table.ends[row] - (table.totals[row] - wanted)

    def is_open(self, at: Instant) -> bool:
        """Return whether ``at`` is within opening hours; a closing instant is not."""
        table = self._table_with(at)
        row = bisect_right(table.starts, at) - 1
        return row >= 0 and at < table.ends[row]

    def next_opening(self, at: Instant) -> Instant:
        """Return ``at`` if it is open, else the next instant at which the calendar opens.

        Raises:
            NeverOpenError: the calendar's years end first.
        """
        if self.is_open(at):
            return at
        return self.add(at, 1) - 1

    def next_closing(self, at: Instant) -> Instant | None:
        """Return when the present opening ends, or the next one if ``at`` is closed.

        ``None`` if it never closes.
        """
        return self._closing(self.next_opening(at), _END)

    def _closing(self, opening: Instant, limit: Instant) -> Instant | None:
        """Return when the opening at ``opening`` ends; ``None`` if that is known to be later."""
        table = self._table_with(opening)
        end = table.ends[bisect_right(table.starts, opening) - 1]
        while end == table.high:  # the interval runs on into years not worked out yet
            if end >= limit:
                return None
            table = self._longer_table(table.high, table.high - opening)
            end = table.ends[bisect_right(table.starts, opening) - 1]
        return end

    def openings(self, start: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
        """Yield the open intervals within ``[start, end)``, clipped to it, in order."""
        at = start
        while at < end:
            try:
                opening = self.next_opening(at)
            except NeverOpenError:
                return
            if opening >= end:
                return
            closing = self._closing(opening, end)
            at = end if closing is None else min(closing, end)
            yield opening, at

    def between(self, start: datetime, end: datetime) -> int:
        """Return the open seconds between two aware datetimes, whole seconds.

        Raises:
            ValueError: a datetime has no time zone.
        """
        return self.seconds_between(_instant(start), _instant(end))

    def due(self, start: datetime, seconds: int) -> datetime:
        """Return when ``seconds`` open seconds will have passed since ``start``, in its zone.

        Raises:
            ValueError: ``start`` has no time zone.
            NeverOpenError: the calendar's years end first.
        """
        return datetime.fromtimestamp(self.add(_instant(start), seconds), start.tzinfo)

    def _table_with(self, at: Instant) -> _Table:
        """Return a table that covers ``at``, or comes as near as the known years allow."""
        table = self._table
        if table.low <= at < table.high:
            return table
        year = _year_of(min(max(at, _BEGINNING), _END - 1))
        first, last = max(year - _MARGIN_YEARS, FIRST_YEAR), min(year + _MARGIN_YEARS, LAST_YEAR)
        if table.starts:
            known_first, known_last = _year_of(table.low), _year_of(table.high) - 1
            if known_first <= year <= known_last:
                return table
            first, last = min(first, known_first), max(last, known_last)
        return self._rebuild(first, last)

    def _longer_table(self, high: Instant, missing: int) -> _Table:
        """Return a table that reaches further than ``high`` by about ``missing`` open seconds."""
        year = _year_of(high)
        if year > LAST_YEAR:
            raise NeverOpenError(
                f"calendar {self.name!r} has too few open hours before {LAST_YEAR + 1}"
            )
        more = 1 + missing // (50 * self._usual_week)
        return self._rebuild(_year_of(self._table.low), min(year + more, LAST_YEAR))

    def _rebuild(self, first_year: int, last_year: int) -> _Table:
        low, high = _year_start(first_year), _year_start(last_year + 1)
        starts, ends, totals = [low], [low], [0]
        total = 0
        intervals = open_intervals(self.spec, self._zone, low, high)
        if self.spec.closures:
            intervals = without(intervals, self.spec.closures)
        for start, end in intervals:
            if start == ends[-1] and total:
                # Windows that touch are one opening.
                ends[-1] = end
                total += end - start
                totals[-1] = total
                continue
            total += end - start
            starts.append(start)
            ends.append(end)
            totals.append(total)
        previous = self._table
        if previous.starts:
            # Totals stay comparable when the table grows at either end.
            known = previous.ends[0]
            row = bisect_right(starts, known) - 1
            there = totals[row] - max(0, ends[row] - known)
            shift = previous.totals[0] - there
            totals = [value + shift for value in totals]
        table = _Table(low, high, starts, ends, totals)
        self._table = table
        return table


class _AlwaysOpen(Calendar):
    """The calendar that never closes: open seconds are seconds."""

    __slots__ = ()

    def counted(self, at: Instant) -> int:
        return at

    def counts_at(self, instants: Iterable[Instant]) -> dict[Instant, int]:
        return {at: at for at in instants}

    def instant_of(self, count: int) -> Instant:
        return count

    def seconds_between(self, start: Instant, end: Instant) -> int:
        return end - start

    def add(self, at: Instant, seconds: int) -> Instant:
        return at + seconds

    def subtract(self, at: Instant, seconds: int) -> Instant:
        return at - seconds

    def is_open(self, at: Instant) -> bool:  # noqa: ARG002
        return True

    def next_opening(self, at: Instant) -> Instant:
        return at

    def next_closing(self, at: Instant) -> Instant | None:  # noqa: ARG002
        return None


@lru_cache(maxsize=256)
def compile_calendar(spec: CalendarSpec) -> Calendar:
    """Return the compiled calendar of ``spec``; the same spec gives the same object.

    Raises:
        NeverOpenError: no weekday has a window.
        zoneinfo.ZoneInfoNotFoundError: the zone does not exist.
    """
    return _AlwaysOpen(spec) if spec.is_always_open else Calendar(spec)


def _instant(moment: datetime) -> Instant:
    """Return what ``to_instant`` returns, in half the time."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone; got a naive datetime")
    return floor(moment.timestamp())


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except (KeyError, ValueError, OSError):
        from engagewatch.model.zones import iana_name  # other systems' names are rarely needed

        return zone(iana_name(name))


def _usual_day(totals: Iterable[int]) -> int:
    """Return the most common open time of the weekdays that open; of equals the longest."""
    counts = Counter(total for total in totals if total)
    return max(counts, key=lambda seconds: (counts[seconds], seconds))


def _year_of(at: Instant) -> int:
    return (_EPOCH + at * _SECOND).year


def _year_start(year: int) -> Instant:
    return to_instant(datetime(year, 1, 1, tzinfo=UTC))


_BEGINNING = _year_start(FIRST_YEAR)
_END = _year_start(LAST_YEAR + 1)
