"""The meetings of the simulated engagement: a calendar, and what people wrote down of them.

The finance approver has missed the last two steering committees and not answered the invitation to
the next. What was to be decided there was not, and what was taken on is carried from one meeting to
the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from engagewatch.demo.profile import NORTHWIND, ZONE, started_at
from engagewatch.engine.meetings import TYPED_IN
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, to_instant, zone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

CALENDAR = "northwind.ics"

SETTINGS = f"""
[[sources]]
id = "calendar"
kind = "ics"
path = "{CALENDAR}"
interval = "1m"
client_domains = ["{NORTHWIND.client_domain}"]
provider_domains = ["{NORTHWIND.provider_domain}"]
days_back = 400

[[meetings]]
series = "Steering committee"
title = "*steering committee*"
required = ["Managing director", "Finance approver", "IT liaison", "Service delivery manager"]

[[meetings]]
series = "Service review"
title = "*service review*"
required = ["IT liaison", "Service delivery manager"]
"""
"""What the engagement file says of meetings."""

_PEOPLE = {
    "Managing director": ("Graham Pell", f"g.pell@{NORTHWIND.client_domain}"),
    "Finance approver": ("Ruth Okafor", f"r.okafor@{NORTHWIND.client_domain}"),
    "IT liaison": ("Tom Ainsley", f"t.ainsley@{NORTHWIND.client_domain}"),
    "HR lead": ("Helen Marsh", f"h.marsh@{NORTHWIND.client_domain}"),
    "Service delivery manager": ("Claire Donnelly", f"c.donnelly@{NORTHWIND.provider_domain}"),
}
_ORGANISER = "Service delivery manager"
_STEERING = ("Managing director", "Finance approver", "IT liaison", _ORGANISER)
_REVIEW = ("IT liaison", _ORGANISER)


@dataclass(frozen=True, slots=True)
class _Held:
    """One occurrence of a series that is over."""

    uid: str
    at: Instant
    roles: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"calendar/{self.uid}@{to_datetime(self.at):%Y%m%dT%H%M%SZ}"


def with_meetings(files: Mapping[str, str], anchor: Instant) -> dict[str, str]:
    """Return the engagement files with what they say of meetings, and the calendar beside them."""
    name = f"{NORTHWIND.key}.toml"
    return {**files, name: files[name] + SETTINGS, CALENDAR: calendar_text(anchor)}


def calendar_text(anchor: Instant) -> str:
    """Return the calendar as it is at the time the story begins to be watched."""
    first = _first_steering(anchor)
    monday = _monday_after(started_at(NORTHWIND, anchor))
    handover = to_datetime(anchor + 9 * DAY, zone(ZONE)).date()
    events = [
        *_event(
            "steering",
            "Steering committee",
            first,
            60,
            dict.fromkeys(_STEERING, "ACCEPTED") | {"Finance approver": "NEEDS-ACTION"},
            f"RRULE:FREQ=MONTHLY;BYDAY={_nth_wednesday(first)}WE",
        ),
        *_event(
            "review",
            "Weekly service review",
            datetime.combine(monday, time(10)),
            30,
            dict.fromkeys(_REVIEW, "ACCEPTED"),
            "RRULE:FREQ=WEEKLY",
        ),
        *_event(
            "joiners",
            "Joiners and leavers: how we tell the desk",
            datetime.combine(handover, time(11)),
            45,
            {"HR lead": "NEEDS-ACTION", _ORGANISER: "ACCEPTED"},
        ),
    ]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//engagewatch//demo//EN", *events]
    return "\r\n".join((*lines, "END:VCALENDAR", ""))


def enter(store: Store, anchor: Instant) -> None:
    """Write down what people recorded of the meetings so far; doing so again changes nothing."""
    store.enter(list(_entries(anchor)))


def _entries(anchor: Instant) -> Iterator[Entry]:
    steering = [_Held("steering", at, _STEERING) for at in _steerings(anchor)]
    reviews = [_Held("review", at, _REVIEW) for at in _reviews(anchor)]
    for back, held in enumerate(reversed(steering)):
        for role in held.roles:
            came = not (role == "Finance approver" and back < 2)
            yield _entry(held.at + HOUR, f"{role}-{held.at}", EntryKind.ATTENDED, held.key,
                         who=role, came=came)  # fmt: skip
    for back, held in enumerate(reversed(reviews)):
        if back == 0:
            continue  # nobody has come round to the latest one yet
        for role in held.roles:
            came = not (role == _ORGANISER and back % 6 == 3) and not (
                role == "IT liaison" and back % 9 == 4
            )
            yield _entry(held.at + HOUR, f"{role}-{held.at}", EntryKind.ATTENDED, held.key,
                         who=role, came=came)  # fmt: skip
    if len(steering) >= 3:
        yield from _results(steering, anchor)
    moved = anchor - 20 * DAY - anchor % HOUR
    yield _entry(moved - 9 * DAY, "clinic", EntryKind.MEETING_HELD, f"{TYPED_IN}clinic",
                 title="Printer clinic at the warehouse", from_at=moved - 6 * DAY,
                 until_at=moved - 6 * DAY + HOUR)  # fmt: skip
    yield _entry(moved - 7 * DAY, "clinic-moved", EntryKind.MEETING_HELD, f"{TYPED_IN}clinic",
                 from_at=moved, moved_by="client")  # fmt: skip
    for role, side in ((_ORGANISER, "provider"), ("Warehouse lead", "client")):
        yield _entry(moved + HOUR, f"clinic-{role}", EntryKind.ATTENDED, f"{TYPED_IN}clinic",
                     who=role, side=side, came=True)  # fmt: skip


def _results(steering: list[_Held], anchor: Instant) -> Iterator[Entry]:
    earlier, before, last = steering[-3:]
    decision, action = EntryKind.DECISION, EntryKind.ACTION
    yield _entry(earlier.at - DAY, "d-wifi", decision, earlier.key,
                 text="Replace the warehouse wireless", state="needed")  # fmt: skip
    yield _entry(earlier.at + HOUR, "d-wifi-made", decision, earlier.key,
                 decision=_id(earlier.at - DAY, "d-wifi"), state="made")  # fmt: skip
    for name, held, text in (
        ("d-erp", before, "Release the budget for the ERP upgrade"),
        ("d-laptops", before, "Lease or buy the next forty laptops"),
        ("d-backup", last, "Keep backups for three years instead of one"),
    ):
        yield _entry(held.at - DAY, name, decision, held.key, text=text, state="needed")
    yield _entry(last.at + HOUR, "d-laptops-made", decision, last.key,
                 decision=_id(before.at - DAY, "d-laptops"), state="made")  # fmt: skip
    yield _entry(last.at - DAY, "d-erp-again", decision, last.key,
                 decision=_id(before.at - DAY, "d-erp"), state="needed")  # fmt: skip
    yield _entry(earlier.at + HOUR, "a-leavers", action, earlier.key,
                 text="Send the list of last quarter's leavers", side="client", owner="HR lead",
                 due=_day(earlier.at + 14 * DAY))  # fmt: skip
    yield _entry(before.at + HOUR, "a-leavers-moved", action, before.key,
                 action=_id(earlier.at + HOUR, "a-leavers"),
                 due=_day(anchor - 3 * DAY))  # fmt: skip
    yield _entry(before.at + HOUR, "a-report", action, before.key,
                 text="Show restore times in the monthly report", side="provider",
                 owner=_ORGANISER, due=_day(before.at + 21 * DAY))  # fmt: skip
    yield _entry(last.at + HOUR, "a-report-done", action, last.key,
                 action=_id(before.at + HOUR, "a-report"), state="done")  # fmt: skip
    yield _entry(last.at + HOUR, "a-quote", action, last.key,
                 text="Bring two quotes for laptops on lease", side="provider",
                 owner=_ORGANISER, due=_day(anchor + 8 * DAY))  # fmt: skip


def _entry(at: Instant, name: str, kind: EntryKind, subject: str, **values: Value) -> Entry:
    return Entry(_id(at, name), NORTHWIND.key, at, kind, subject, values)


def _id(at: Instant, name: str) -> str:
    return f"{at:012d}-demo-{name.replace(' ', '-').lower()}"


def _day(at: Instant) -> str:
    return to_datetime(at, zone(ZONE)).date().isoformat()


def _first_steering(anchor: Instant) -> datetime:
    """Return the local begin of the first meeting: the first Wednesday after the start."""
    start = to_datetime(started_at(NORTHWIND, anchor), zone(ZONE)).date()
    day = start + timedelta(days=(2 - start.weekday()) % 7)
    if day.day > 28:  # not every month has a fifth Wednesday
        day += timedelta(days=7)
    return datetime.combine(day, time(14))


def _nth_wednesday(first: datetime) -> int:
    return (first.day - 1) // 7 + 1


def _steerings(anchor: Instant) -> list[Instant]:
    first = _first_steering(anchor)
    nth = _nth_wednesday(first)
    found: list[Instant] = []
    year, month = first.year, first.month
    while True:
        begins = date(year, month, 1)
        day = begins + timedelta(days=(2 - begins.weekday()) % 7 + 7 * (nth - 1))
        at = _instant(datetime.combine(day, time(14)))
        if at + HOUR > anchor:
            return found
        found.append(at)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _reviews(anchor: Instant) -> list[Instant]:
    day = _monday_after(started_at(NORTHWIND, anchor))
    found = []
    while (at := _instant(datetime.combine(day, time(10)))) + HOUR // 2 <= anchor:
        found.append(at)
        day += timedelta(days=7)
    return found


def _monday_after(at: Instant) -> date:
    start = to_datetime(at, zone(ZONE)).date()
    return start + timedelta(days=(7 - start.weekday()) % 7)


def _instant(local: datetime) -> Instant:
    return to_instant(local.replace(tzinfo=zone(ZONE)))


def _event(
    uid: str, title: str, begin: datetime, minutes: int, answers: dict[str, str], *more: str
) -> Iterator[str]:
    end = begin + timedelta(seconds=minutes * MINUTE)
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{to_datetime(_instant(begin)):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID={ZONE}:{begin:%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID={ZONE}:{end:%Y%m%dT%H%M%S}"
    yield f"SUMMARY:{title}"
    name, address = _PEOPLE[_ORGANISER]
    yield f"ORGANIZER;CN={name}:mailto:{address}"
    for role, answer in answers.items():
        name, address = _PEOPLE[role]
        yield f"ATTENDEE;CN={name};ROLE=REQ-PARTICIPANT;PARTSTAT={answer}:mailto:{address}"
    yield from more
    yield "END:VEVENT"
