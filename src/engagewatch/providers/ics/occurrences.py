"""Events into meetings: each time one takes place, with exceptions, moves and cancellations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fnmatch import fnmatchcase
from typing import Any

from engagewatch.model.batch import Refused
from engagewatch.model.instants import DAY, EARLIEST, Instant, to_datetime, to_instant
from engagewatch.model.meeting import Invitee, Meeting, MeetingSeries
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.providers.ics.feed import Component
from engagewatch.providers.ics.invited import Sides, invitees_of, organiser_of
from engagewatch.providers.wire import refusal, web_address

MOST_OF_A_SERIES = 1000
"""Occurrences of one event within the window; a series with more is no series of meetings."""
LONGEST = 14 * DAY
"""What takes longer is no meeting."""

POSTPONED = 366 * DAY
"""A single meeting is told so much later than the window: one that was put off by a quarter was not
called off."""

_TITLE_LIMIT = 300
_ID_LIMIT = 200
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_BY_DAYS = frozenset({"DAILY", "WEEKLY"})
_RARE = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_HIDDEN = frozenset({"PRIVATE", "CONFIDENTIAL"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events are meetings of the engagement. All patterns compare without case."""

    titles: tuple[str, ...]
    categories: tuple[str, ...]
    organisers: tuple[str, ...]
    excluded_categories: tuple[str, ...]
    series: tuple[MeetingSeries, ...]

    @property
    def is_told(self) -> bool:
        """Whether the settings say which events to read."""
        return bool(self.titles or self.categories or self.organisers)

    def takes(self, event: Component, invitees: Iterable[Invitee]) -> bool:
        """Return whether an event is read.

        Unless told otherwise, those are that a ``[[meetings]]`` row covers, and those with somebody
        of the provider. What its owner calls private is never read.
        """
        if str(event.get("CLASS", "")).upper() in _HIDDEN:
            return False
        categories = _categories(event)
        if _any(categories, self.excluded_categories):
            return False
        title = _title(event)
        if any(row.covers(title) for row in self.series):
            return True
        if self.is_told:
            return (
                _any((title,), self.titles)
                or _any(categories, self.categories)
                or _any(organiser_of(event), self.organisers)
            )
        return any(one.side is Side.PROVIDER for one in invitees)


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a calendar is read."""

    since: Instant
    """Single events from then on."""
    series_since: Instant
    """Occurrences of series from then on: older ones are known already."""
    until: Instant


def meetings_of(
    events: Sequence[Component], choice: Choice, sides: Sides, local: tzinfo, span: Span
) -> tuple[list[Meeting], list[Refused]]:
    """Return the meetings of a span; an event that makes no sense is refused by itself.

    Times without a zone are local to ``local``, and so are days without a time.
    """
    groups: dict[str, list[Component]] = {}
    for event in events:
        groups.setdefault(_uid(event), []).append(event)
    meetings: dict[str, Meeting] = {}
    refused: list[Refused] = []
    for uid, group in groups.items():
        # An exception may be called otherwise than its series: one that is taken takes all.
        if not any(choice.takes(event, invitees_of(event, sides)) for event in group):
            continue
        try:
            for meeting in _occurrences(uid, group, sides, local, span):
                meetings[meeting.id] = meeting
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            # Whatever a stranger's rules make the expansion stumble over.
            refused.append(refusal(f"event {safe_text(uid, 80)}", error))
    return sorted(meetings.values(), key=lambda one: (one.from_at, one.id)), refused


def _occurrences(
    uid: str, group: Sequence[Component], sides: Sides, local: tzinfo, span: Span
) -> list[Meeting]:
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar()
    for event in group:
        _check_rules(event)
        event["UID"] = uid
        calendar.add_component(event)
    repeats = any(name in event for event in group for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    since = span.series_since if repeats else span.since
    until = span.until if repeats else span.until + POSTPONED
    # Times without a zone may lie a day beside; what is too much is left out below.
    found = recurring_ical_events.of(calendar).between(
        to_datetime(since - LONGEST), to_datetime(until + DAY)
    )
    if len(found) > MOST_OF_A_SERIES:
        raise ValueError(f"it takes place {len(found)} times, more than {MOST_OF_A_SERIES}")
    meetings = [_meeting(uid, event, sides, local, repeats=repeats) for event in found]
    return [one for one in meetings if since <= one.from_at < until]


def _check_rules(event: Component) -> None:
    """Refuse a rule whose expansion could take for ever, or nearly so.

    A rule of days whose day never comes is looked for day by day to the year 9999, whatever end it
    has; one with an interval of nothing has no end at all.

    Raises:
        ValueError: there is one, or the series begins before 1990.
    """
    start = event["DTSTART"].dt
    if start.year < to_datetime(EARLIEST).year:
        raise ValueError(f"it begins in the year {start.year}")
    rules = event.get("RRULE")
    for rule in rules if isinstance(rules, list) else [] if rules is None else [rules]:
        frequency = "/".join(str(one).upper() for one in rule.get("FREQ", []))
        if frequency not in _FREQUENCIES:
            raise ValueError(f"a meeting does not repeat {frequency or 'so'}")
        if any(interval < 1 for interval in rule.get("INTERVAL", ())):
            raise ValueError("it repeats without an interval")
        times = [len(rule.get(name, ())) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        if times[0] * times[1] * times[2] > 24:
            raise ValueError("it repeats too often a day")
        if frequency in _BY_DAYS and (odd := [name for name in _RARE if name in rule]):
            raise ValueError(f"it repeats {frequency} by {odd[0]}, which may never come")


def _meeting(uid: str, event: Component, sides: Sides, local: tzinfo, *, repeats: bool) -> Meeting:
    begin = _instant(event["DTSTART"].dt, local)
    end = _instant(event["DTEND"].dt, local) if "DTEND" in event else begin
    if end - begin > LONGEST:
        raise ValueError("it takes longer than two weeks")
    planned = event.get("RECURRENCE-ID")
    key = _key(uid, planned.dt if repeats and planned is not None else None, local)
    invitees = invitees_of(event, sides)
    organiser, name = organiser_of(event)
    changed = event.get("LAST-MODIFIED") or event.get("DTSTAMP")
    return Meeting(
        id=key,
        title=_title(event) or "(no title)",
        from_at=begin,
        until_at=max(begin, end),
        organiser=organiser,
        organised_by=sides.of(organiser, name) if organiser else None,
        called_off=str(event.get("STATUS", "")).upper() == "CANCELLED",
        invitees=invitees,
        updated_at=None if changed is None else _instant(changed.dt, local),
        url=web_address(str(event.get("URL", ""))),
    )


def _key(uid: str, planned: date | None, local: tzinfo) -> str:
    if planned is None:
        return uid
    if isinstance(planned, datetime):
        return f"{uid}@{to_datetime(_instant(planned, local)):%Y%m%dT%H%M%SZ}"
    return f"{uid}@{planned:%Y%m%d}"


def _uid(event: Component) -> str:
    """Return a stable id of an event: its UID, shortened by a hash where it is none."""
    uid = str(event.get("UID", "")).strip()
    if uid and len(uid) <= _ID_LIMIT and safe_text(uid, _ID_LIMIT) == uid:
        return uid
    told = uid or f"{event.get('SUMMARY', '')}\n{event['DTSTART'].to_ical()!r}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _instant(moment: date, local: tzinfo) -> Instant:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=local)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=local)
    return to_instant(moment)


def _title(event: Component) -> str:
    return safe_text(str(event.get("SUMMARY", "")), _TITLE_LIMIT)


def _categories(event: Component) -> tuple[str, ...]:
    told: Any = event.get("CATEGORIES")
    lists = told if isinstance(told, list) else [] if told is None else [told]
    return tuple(
        safe_text(str(name), _TITLE_LIMIT) for one in lists for name in getattr(one, "cats", ())
    )


def _any(texts: Iterable[str], patterns: Iterable[str]) -> bool:
    folded = [text.casefold() for text in texts if text]
    return any(fnmatchcase(text, pattern.casefold()) for pattern in patterns for text in folded)
