"""The text of a calendar into its events, each for itself: a broken one takes no other along.

A parser takes a calendar as a whole, and gives up at the first thing it cannot place. So the text
is cut at the lines that open and close events and time zones before anything is parsed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.wire import refusal

Component: TypeAlias = Any
"""A component as the parser gives it: its properties have whatever types the text makes of them."""

FEED_LIMIT = 16 << 20
"""Characters of one calendar. Parsing takes about a second for each million."""

_MARK = re.compile(r"(?im)^(BEGIN|END):(VCALENDAR|VEVENT|VTIMEZONE)[ \t]*\r?$")
_FOLD = re.compile(r"\r?\n[ \t]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no calendar may hold (RFC 5545, section 3.1). The parser drops a line whose parameters do,
and with it who was invited."""
_UID = re.compile(r"(?im)^UID(?:;[^:\r\n]*)?:(.*?)\r?$")
_ZONE = re.compile(r"(?im)^X-WR-TIMEZONE(?:;[^:\r\n]*)?:(.*?)\r?$")
_NEEDED = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
"""What must be readable of an event: all that says when it takes place."""

_zones = threading.Lock()
"""The parser keeps time zones by name for the whole process, and names like "Customized Time Zone"
mean another thing in every calendar: one calendar is parsed at a time, with nothing kept."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What one calendar holds."""

    events: tuple[Component, ...]
    refused: tuple[Refused, ...]
    listed: int
    """Events in the text, whether they can be read or not."""
    complete: bool
    """Whether the text ends as a calendar does."""
    timezone: str
    """Zone the calendar names for itself, or empty."""


def read_feed(text: str) -> Feed:
    """Return the events of a calendar.

    Raises:
        SourceError: it is none, or longer than :data:`FEED_LIMIT`.
    """
    if len(text) > FEED_LIMIT:
        raise SourceError(
            Failure.CONTRACT,
            f"the calendar is longer than {FEED_LIMIT >> 20} million characters; "
            "publish one that holds only the meetings with the provider",
        )
    text = _CONTROL.sub(lambda found: safe_text(found[0]), _FOLD.sub("", text))
    cut = _cut(text)
    if not cut.is_calendar:
        raise SourceError(
            Failure.CONTRACT,
            "what came is no calendar: it has no BEGIN:VCALENDAR; "
            "use the address that ends in .ics, not that of the calendar's page",
        )
    refused = list(cut.refused)
    with _zones:
        import icalendar

        icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]
        zones = "".join(zone for zone in cut.zones if _parsed([zone]) is not None)
        found = _parsed([zones, *cut.events])
        if found is None:
            found = []
            for place, event in enumerate(cut.events, 1):
                alone = _parsed([zones, event])
                if alone:
                    found += alone
                else:
                    refused.append(refusal(_named(event, place), ValueError("it is no event")))
    events = []
    for place, component in enumerate(found, 1):
        try:
            _check_times(component)
        except ValueError as error:
            named = f"event {safe_text(str(component.get('UID') or place), 80)}"
            refused.append(refusal(named, error))
        else:
            events.append(component)
    zone = _ZONE.search(text)
    return Feed(
        tuple(events),
        tuple(refused),
        cut.listed,
        cut.is_complete,
        zone.group(1).strip() if zone else "",
    )


@dataclass(slots=True)
class _Cut:
    """The text, cut at its marks."""

    is_calendar: bool
    is_complete: bool
    zones: list[str]
    events: list[str]
    refused: list[Refused]

    @property
    def listed(self) -> int:
        return len(self.events) + len(self.refused)


def _cut(text: str) -> _Cut:
    cut = _Cut(False, False, [], [], [])
    blocks = {"VEVENT": cut.events, "VTIMEZONE": cut.zones}
    opened: tuple[str, int] | None = None

    def give_up() -> None:
        if opened is not None and opened[0] == "VEVENT":
            place = cut.listed + 1
            named = _named(text[opened[1] : opened[1] + 4000], place)
            cut.refused.append(refusal(named, ValueError("it does not end")))

    for mark in _MARK.finditer(text):
        begins, what = mark.group(1).upper() == "BEGIN", mark.group(2).upper()
        if what == "VCALENDAR":
            cut.is_calendar, cut.is_complete = cut.is_calendar or begins, not begins
            give_up()
            opened = None
        elif begins:
            give_up()
            opened = what, mark.start()
        elif opened is not None and opened[0] == what:
            blocks[what].append(text[opened[1] : mark.end()].rstrip("\r") + "\n")
            opened = None
    give_up()
    return cut


def _parsed(parts: Iterable[str]) -> list[Component] | None:
    """Return the events of a calendar of these parts; ``None`` if the parser gives up."""
    import icalendar

    body = "".join(parts)
    if not body:
        return []
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-\n{body}END:VCALENDAR\n"
    try:
        found: list[Component] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        # Whatever a stranger's text makes the parser stumble over.
        return None
    return found


def _named(event: str, place: int) -> str:
    uid = _UID.search(event)
    return f"event {safe_text(uid.group(1), 80) if uid else place}"


def _check_times(event: Component) -> None:
    """Refuse an event that does not say when it takes place.

    Raises:
        ValueError: it does not.
    """
    wrong = next((what for name, what in event.errors if name in _NEEDED), None)
    if wrong is not None:
        raise ValueError(wrong)
    start = event.get("DTSTART")
    if start is None:
        raise ValueError("it has no DTSTART")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        value = event.get(name)
        if isinstance(value, list):
            raise ValueError(f"it has more than one {name}")
        zone = "" if value is None else value.params.get("TZID", "")
        if zone and getattr(value.dt, "tzinfo", None) is None:
            raise ValueError(f'its time zone "{zone}" is not known')
