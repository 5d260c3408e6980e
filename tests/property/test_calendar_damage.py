"""Whatever a calendar's text holds, reading it ends in meetings, refusals or one told error."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as some

from engagewatch.model.instants import DAY
from engagewatch.model.meeting import MeetingSeries
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.ics.feed import read_feed
from engagewatch.providers.ics.invited import Sides
from engagewatch.providers.ics.occurrences import Choice, Span, meetings_of
from engagewatch.providers.roles import KnownRoles

NOW = 1_772_442_000
WHOLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:one
DTSTART;TZID=Own:20260302T100000
DTEND;TZID=Own:20260302T110000
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Own:20260316T100000
RDATE;TZID=Own:20260401T100000
ORGANIZER;CN=Dana:mailto:dana@contoso.example
ATTENDEE;CN="Okafor, R.";PARTSTAT=ACCEPTED:mailto:r.okafor@northwind.example
SUMMARY:Steering
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:one
RECURRENCE-ID;TZID=Own:20260309T100000
DTSTART;TZID=Own:20260310T150000
DURATION:PT1H
SUMMARY:Steering
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:day
DTSTART;VALUE=DATE:20260304
SUMMARY:Steering
CATEGORIES:A,B
END:VEVENT
END:VCALENDAR
"""
LINES = WHOLE.splitlines()
ODD = some.sampled_from(
    ["", ":", ";", "=", "\t", "\x00", "\u202e", "99999999T999999Z", "-1", "BEGIN:VEVENT",
     "END:VEVENT", "END:VCALENDAR", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;INTERVAL=0",
     "RRULE:FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2",
     "DTSTART:00010101", "DTEND:99991231T235959Z", "DURATION:P99999999D", "UID:", "EXDATE:x",
     "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:FREQ=DAILY;UNTIL=20260401",
     "RDATE;VALUE=PERIOD:20260302T100000Z/PT1H", "DTSTART:20260302T100000Z"]
)  # fmt: skip


def read(text: str) -> None:
    try:
        feed = read_feed(text)
    except SourceError:
        return
    sides = Sides(KnownRoles(()), ["northwind.example"], ["contoso.example"])
    choice = Choice((), (), (), (), (MeetingSeries("Steering", "*"),))
    span = Span(NOW - 120 * DAY, NOW - 120 * DAY, NOW + 90 * DAY)
    meetings, _ = meetings_of(feed.events, choice, sides, ZoneInfo("Europe/Lisbon"), span)
    assert len({one.id for one in meetings}) == len(meetings)
    for one in meetings:
        assert one.from_at <= one.until_at
        assert safe_text(one.title) == one.title


@settings(max_examples=150, deadline=None)
@given(
    some.lists(some.tuples(some.integers(0, len(LINES) - 1), ODD, some.integers(0, 3)), max_size=4)
)
def test_lines_that_are_lost_doubled_or_odd_break_nothing(
    changes: list[tuple[int, str, int]],
) -> None:
    lines = list(LINES)
    for place, odd, how in changes:
        at = place % len(lines)
        if how == 0:
            lines[at] = odd
        elif how == 1:
            lines.insert(at, odd)
        elif how == 2:
            lines.insert(at, lines[at])
        elif len(lines) > 1:
            del lines[at]
    read("\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(some.integers(0, len(WHOLE)), some.text(max_size=12), some.integers(0, 40))
def test_text_that_is_cut_out_or_put_in_breaks_nothing(at: int, put: str, cut: int) -> None:
    read(WHOLE[:at] + put + WHOLE[at + cut :])
