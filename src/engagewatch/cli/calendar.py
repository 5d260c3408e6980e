"""``engagewatch calendar``: what a business calendar means, day by day."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import table
from engagewatch.cli.setting import load, now
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.engine.calendars import Calendar, compile_calendar, public_holidays
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, to_instant, zone
from engagewatch.model.policy import CalendarSpec

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def run(options: Namespace) -> int:
    """Print the opening hours of the coming days, and why a day is closed."""
    engagements = load(options).engagements
    found = [one for one in engagements if options.name in one.calendars]
    if not found:
        raise CommandError(_unknown(options.name, engagements))
    at = now()
    for position, engagement in enumerate(found):
        if position:
            print()
        for line in describe(engagement.calendars[options.name], engagement.id, at, options.days):
            print(line)
    return 0


def describe(spec: CalendarSpec, engagement: str, at: Instant, days: int) -> Iterator[str]:
    """Yield what the calendar means from the local day of ``at`` on, line by line."""
    calendar = compile_calendar(spec)
    yield f"{spec.name} of {engagement}, times of {spec.timezone}"
    yield _now(calendar, spec, at)
    first = to_datetime(at, zone(spec.timezone)).date()
    if not spec.is_always_open:
        hours = calendar.usual_day(first) / 3600
        yield f"One business day is {hours:g} open hours."
    for version in spec.versions:
        if version.since > first:
            yield f"Other hours from {_words(version.since)} {version.since.year} on."
    yield ""
    yield from table(_day(calendar, spec, first + timedelta(days=step)) for step in range(days))


def _now(calendar: Calendar, spec: CalendarSpec, at: Instant) -> str:
    if spec.is_always_open:
        return "Open all the time."
    if calendar.is_open(at):
        closing = calendar.next_closing(at)
        return f"Open now, until {_moment(closing, spec)}." if closing else "Open now."
    return f"Closed now, until {_moment(calendar.next_opening(at), spec)}."


def _day(calendar: Calendar, spec: CalendarSpec, day: date) -> tuple[str, str, str]:
    local = zone(spec.timezone)
    start = to_instant(datetime(day.year, day.month, day.day, tzinfo=local))
    after = day + timedelta(days=1)
    end = to_instant(datetime(after.year, after.month, after.day, tzinfo=local))
    hours = ", ".join(
        f"{to_datetime(opens, local):%H:%M}-{_closing(closes, end, spec)}"
        for opens, closes in calendar.openings(start, end)
    )
    return _words(day), hours or "closed", _why(spec, day, end - start)


def _closing(closes: Instant, midnight: Instant, spec: CalendarSpec) -> str:
    return "24:00" if closes == midnight else f"{to_datetime(closes, zone(spec.timezone)):%H:%M}"


def _why(spec: CalendarSpec, day: date, length: int) -> str:
    reasons = []
    exception = next((one for one in spec.exceptions if one.day == day), None)
    if exception is not None:
        reasons.append(exception.name or ("own hours" if exception.windows else "closed day"))
    elif (region := spec.version_on(day).region) and (
        name := public_holidays(region, day.year).get(day)
    ):
        reasons.append(name)
    if length != 86400:
        reasons.append("clocks go forward" if length < 86400 else "clocks go back")
    return ", ".join(reasons)


def _moment(at: Instant, spec: CalendarSpec) -> str:
    local = to_datetime(at, zone(spec.timezone))
    return f"{_words(local.date())} {local:%H:%M}"


def _words(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _unknown(name: str, engagements: tuple[Engagement, ...]) -> str:
    known = sorted({calendar for one in engagements for calendar in one.calendars})
    hint = did_you_mean(name, known) or f"there are {one_of(known)}"
    return f'there is no calendar "{name}"; {hint}'
