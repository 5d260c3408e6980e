"""Where the provider's business hours differ from a calendar of the engagement file, in words.

Which schedule a ticket goes by is decided by their triggers and not told; what differs from all of
them explains why their tool counts differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engagewatch.engine.calendars import compile_calendar
from engagewatch.model.instants import DAY, Instant, to_datetime, to_instant, zone
from engagewatch.model.policy import CalendarSpec
from engagewatch.model.text import safe_text
from engagewatch.model.zones import iana_name
from engagewatch.providers.zendesk.wire import Holiday, Schedule

Hours: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""Open minutes of Monday to Sunday, each day from its own midnight, in order, not touching."""

_DAY = 1440
_WEEK = 7 * _DAY
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YEAR = 365
_SHOWN_DATES = 4
_NAME_LIMIT = 60


def differences(
    schedules: Sequence[tuple[Schedule, Sequence[Holiday]]],
    calendars: Iterable[CalendarSpec],
    now: Instant,
) -> Iterator[str]:
    """Yield for each of ``calendars`` how the schedule that is most like it differs.

    Weeks are compared as they are at ``now``, closed dates over the year that follows.
    """
    weeks = [_week_of(schedule) for schedule, _ in schedules]
    for spec in calendars:
        today = to_datetime(now, zone(spec.timezone)).date()
        own = _week(
            (number * _DAY + window.start, number * _DAY + window.end)
            for number, windows in enumerate(spec.version_on(today).weekly)
            for window in windows
        )
        place = min(range(len(weeks)), key=lambda one: _distance(own, weeks[one]))
        schedule, holidays = schedules[place]
        name = safe_text(schedule.name or "without a name", _NAME_LIMIT)
        told = [
            *_zones(spec, schedule, now),
            *_days(own, weeks[place]),
            *_dates(spec, own, weeks[place], holidays, today),
        ]
        if told:
            yield f'calendar "{spec.name}" differs from their schedule "{name}": {"; ".join(told)}'
        else:
            yield f'calendar "{spec.name}" agrees with their schedule "{name}"'


def _week_of(schedule: Schedule) -> Hours:
    # Theirs begin on Sunday.
    return _week(
        (interval.start_time - _DAY, interval.end_time - _DAY)
        for interval in schedule.intervals or ()
    )


def _week(spans: Iterable[tuple[int, int]]) -> Hours:
    """Return open minutes of a week by day, from spans in minutes since Monday 00:00."""
    open_minutes = [False] * _WEEK
    for start, end in spans:
        for minute in range(start, min(end, start + _WEEK)):
            open_minutes[minute % _WEEK] = True
    days = []
    for number in range(7):
        minutes = open_minutes[number * _DAY : (number + 1) * _DAY]
        at, windows = 0, []
        for is_open, run in groupby(minutes):
            length = len(list(run))
            if is_open:
                windows.append((at, at + length))
            at += length
        days.append(tuple(windows))
    return tuple(days)


def _distance(own: Hours, theirs: Hours) -> int:
    """Return the minutes of a week in which just one of two is open."""
    total = 0
    for ours, others in zip(own, theirs, strict=True):
        both = sum(
            max(min(a_end, b_end) - max(a_start, b_start), 0)
            for a_start, a_end in ours
            for b_start, b_end in others
        )
        total += sum(end - start for start, end in (*ours, *others)) - 2 * both
    return total


def _zones(spec: CalendarSpec, schedule: Schedule, now: Instant) -> Iterator[str]:
    written = safe_text(schedule.time_zone or "", _NAME_LIMIT)
    try:
        theirs = zone(iana_name(schedule.time_zone or ""))
    except (ZoneInfoNotFoundError, ValueError):
        yield f'their time zone "{written}" is not known here'
        return
    own = zone(spec.timezone)
    # Zones with other names may keep the same time.
    if any(
        _offset(now + days * DAY, own) != _offset(now + days * DAY, theirs)
        for days in range(0, _YEAR, 30)
    ):
        yield f"their time is that of {written}, ours of {spec.timezone}"


def _offset(at: Instant, where: ZoneInfo) -> timedelta | None:
    return to_datetime(at, where).utcoffset()


def _days(own: Hours, theirs: Hours) -> Iterator[str]:
    """Yield how the hours of weekdays differ; days in a row that differ alike are told at once."""
    pairs = list(zip(own, theirs, strict=True))
    for (ours, others), run in groupby(range(7), key=lambda number: pairs[number]):
        if ours == others:
            continue
        numbers = list(run)
        days = _NAMES[numbers[0]]
        if len(numbers) > 1:
            days += f" to {_NAMES[numbers[-1]]}"
        yield f"{days} {_hours(others)} there, {_hours(ours)} here"


def _hours(windows: Sequence[tuple[int, int]]) -> str:
    if not windows:
        return "closed"
    return " and ".join(f"{_clock(start)}-{_clock(end)}" for start, end in windows)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _dates(
    spec: CalendarSpec, own: Hours, theirs: Hours, holidays: Sequence[Holiday], today: date
) -> Iterator[str]:
    """Yield the dates of a year on which just one of two that are usually open is closed."""
    calendar = compile_calendar(spec)
    closed_there = {day for holiday in holidays for day in _dates_of(holiday)}
    where = zone(spec.timezone)

    def is_open(day: date) -> bool:
        start, end = (
            to_instant(datetime.combine(one, time(), where)) for one in (day, day + timedelta(1))
        )
        return calendar.seconds_between(start, end) > 0

    days = [today + timedelta(number) for number in range(_YEAR)]
    usual = [day for day in days if own[day.weekday()] and theirs[day.weekday()]]
    only_there = [day for day in usual if day in closed_there and is_open(day)]
    only_here = [day for day in usual if day not in closed_there and not is_open(day)]
    if only_there:
        yield f"closed there but open here on {_listed(only_there)}"
    if only_here:
        yield f"closed here but open there on {_listed(only_here)}"


def _dates_of(holiday: Holiday) -> list[date]:
    try:
        first = date.fromisoformat(holiday.start_date or "")
        last = date.fromisoformat(holiday.end_date or holiday.start_date or "")
    except ValueError:
        return []
    return [first + timedelta(number) for number in range(min((last - first).days + 1, _YEAR))]


def _listed(days: Sequence[date]) -> str:
    shown = ", ".join(day.isoformat() for day in days[:_SHOWN_DATES])
    rest = len(days) - _SHOWN_DATES
    return f"{shown} and {rest} more" if rest > 0 else shown
