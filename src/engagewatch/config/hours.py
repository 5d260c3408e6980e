"""Opening hours: ``{ mon-fri = ["08:00-18:00"], sat = ["09:00-13:00"] }`` or ``24x7``."""

from __future__ import annotations

import re
from itertools import pairwise

from engagewatch.config.problems import ManyRejectedError, RejectedError
from engagewatch.config.suggestions import did_you_mean
from engagewatch.model.policy import Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ROUND_THE_CLOCK = ((Window(0, 1440),),) * 7
_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*")
_HOW_SPAN = 'write hours like "08:00-18:00"'
_HOW_DAYS = 'write days like mon, "sat,sun" or mon-fri'

Week = tuple[tuple[Window, ...], ...]
"""The windows of Monday to Sunday."""


def parse_week(value: object) -> Week:
    """Return the weekly windows that ``hours`` describes; days not named are closed.

    Raises:
        ManyRejectedError: everything that is wrong with it.
    """
    if isinstance(value, str):
        if value.strip().lower() in ("24x7", "24/7"):
            return _ROUND_THE_CLOCK
        raise ManyRejectedError(
            [
                RejectedError(
                    "hours need their days", 'write { mon-fri = ["08:00-18:00"] } or "24x7"'
                )
            ]
        )
    if not isinstance(value, dict) or not value:
        raise ManyRejectedError(
            [RejectedError("there are no hours", 'write { mon-fri = ["08:00-18:00"] } or "24x7"')]
        )
    week: list[tuple[Window, ...] | None] = [None] * 7
    wrong: list[RejectedError] = []
    for days, spans in value.items():
        try:
            windows = parse_windows(spans)
        except ManyRejectedError as error:
            wrong.extend(_under(days, item) for item in error.items)
            windows = ()
        try:
            numbers = _day_numbers(days)
        except RejectedError as rejection:
            wrong.append(rejection)
            continue
        for number in numbers:
            if week[number] is not None:
                wrong.append(
                    RejectedError(
                        f"{_LONG_DAYS[number].capitalize()} has its hours twice", at=(days,)
                    )
                )
            week[number] = windows
    if wrong:
        raise ManyRejectedError(wrong)
    return tuple(windows or () for windows in week)


def parse_windows(value: object) -> tuple[Window, ...]:
    """Return the windows of one day, in order.

    Raises:
        ManyRejectedError: a span is unreadable, empty, or overlaps another of the same day.
    """
    if isinstance(value, str):
        raise ManyRejectedError([RejectedError("hours are a list", f'write ["{value[:20]}"]')])
    if not isinstance(value, list):
        raise ManyRejectedError(
            [RejectedError("hours are a list of text", 'write ["08:00-18:00"]')]
        )
    windows: list[Window] = []
    wrong: list[RejectedError] = []
    for position, span in enumerate(value):
        try:
            windows.append(_window(span))
        except RejectedError as rejection:
            wrong.append(_under(position, rejection))
    windows.sort(key=lambda window: window.start)
    for earlier, later in pairwise(windows):
        if later.start < earlier.end:
            wrong.append(RejectedError(f"{_text(earlier)} and {_text(later)} overlap"))
    if wrong:
        raise ManyRejectedError(wrong)
    return tuple(windows)


def _window(span: object) -> Window:
    match = _SPAN.fullmatch(span) if isinstance(span, str) else None
    if match is None:
        raise RejectedError("these are not opening hours", _HOW_SPAN)
    start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
    if start == 1440:
        raise RejectedError("hours cannot start at 24:00", 'write "00:00" on the next day')
    if start == end:
        raise RejectedError(
            "the hours start and end at the same time", 'write "00:00-24:00" for a whole day'
        )
    return Window(start, end if end > start else end + 1440)


def _minute(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > 1440:
        raise RejectedError(f"{hour}:{minute} is not a time of day", _HOW_SPAN)
    return value


def _day_numbers(text: str) -> list[int]:
    """Return the weekdays that a key names, Monday being 0; ``fri-mon`` runs over the weekend."""
    numbers: list[int] = []
    for part in text.split(","):
        ends = [_day_number(name, text) for name in part.split("-")]
        if len(ends) > 2:
            raise RejectedError(f'"{text}" does not name days', _HOW_DAYS, at=(text,))
        length = (ends[-1] - ends[0]) % 7 + 1
        numbers.extend((ends[0] + step) % 7 for step in range(length))
    return numbers


def _day_number(name: str, key: str) -> int:
    day = name.strip().lower()
    for number, long_name in enumerate(_LONG_DAYS):
        if len(day) >= 3 and long_name.startswith(day):
            return number
    suggestion = did_you_mean(day, DAYS) or _HOW_DAYS
    raise RejectedError(f'"{name.strip()[:20]}" is not a day of the week', suggestion, at=(key,))


def _under(key: str | int, rejection: RejectedError) -> RejectedError:
    return RejectedError(rejection.message, rejection.suggestion, (key, *rejection.at))


def _text(window: Window) -> str:
    def clock(minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"

    end = window.end if window.end <= 1440 else window.end - 1440
    return f"{clock(window.start)}-{clock(end)}"
