"""Small builders for engine tests: instants written as local time, tickets told as stories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import Clock, Fold, Obligation
from engagewatch.model.instants import HOUR, MINUTE, Instant, to_instant
from engagewatch.model.policy import (
    CalendarSpec,
    Duration,
    Participation,
    Policy,
    Rules,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind, Ticket

LONDON = "Europe/London"


def when(text: str, zone: str = LONDON) -> Instant:
    """Return the instant of a local ``2026-03-02 09:12``."""
    return to_instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def hours(*windows: str) -> tuple[Window, ...]:
    """Return windows written as ``08:00-16:00``; an end before the start is past midnight."""
    made = []
    for window in windows:
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in window.split("-"))
        made.append(Window(start, end if end > start else end + 1440))
    return tuple(made)


def weekdays(*windows: str, name: str = "office", zone: str = LONDON) -> CalendarSpec:
    """Return a Monday-to-Friday calendar."""
    return CalendarSpec(name, zone, (hours(*windows),) * 5 + ((), ()))


OFFICE = weekdays("09:00-17:00")
MEANINGS: Mapping[str, StatusMeaning] = {
    "new": StatusMeaning.PROVIDER,
    "open": StatusMeaning.PROVIDER,
    "pending": StatusMeaning.CLIENT,
    "supplier": StatusMeaning.THIRD_PARTY,
    "parked": StatusMeaning.NOBODY,
    "solved": StatusMeaning.RESOLVED,
    "closed": StatusMeaning.CLOSED,
    "cancelled": StatusMeaning.CANCELLED,
}


def level(priority: str, calendar: str = "office", **targets: Duration) -> ServiceLevel:
    """Return a service level; targets by the obligation's name."""
    return ServiceLevel(
        priority, calendar, {Obligation(name): duration for name, duration in targets.items()}
    )


POLICY = Policy(
    timezone=LONDON,
    calendars={"office": OFFICE},
    service_levels=(
        level(
            "P1",
            "24x7",
            first_response=Duration(15 * MINUTE),
            resolution=Duration(4 * HOUR),
            next_response=Duration(HOUR),
        ),
        level(
            "P2",
            first_response=Duration(2 * HOUR),
            resolution=Duration(8 * HOUR),
            next_response=Duration(4 * HOUR),
        ),
        level("P3", first_response=Duration(4 * HOUR), resolution=Duration(24 * HOUR)),
    ),
    participation=Participation(
        "office",
        {"P1": Duration(30 * MINUTE), "default": Duration(4 * HOUR)},
        Duration(business_days=2),
    ),
    meanings=MEANINGS,
)


def policy(**rules: object) -> Policy:
    """Return the sample policy with other rules."""
    return replace(POLICY, rules=replace(Rules(), **rules))  # type: ignore[arg-type]


class Story:
    """A ticket and what happened to it, written in local time."""

    def __init__(
        self, created: str, priority: str | None = "P2", *, status: str = "new", **ticket: object
    ) -> None:
        self.created = when(created)
        self.ticket = Ticket(
            id="1",
            reference="#1",
            subject="Printer",
            status=status,
            priority=priority,
            created_at=self.created,
            updated_at=self.created,
            requester="client-1",
            assignee="agent-1",
            **ticket,  # type: ignore[arg-type]
        )
        self.events: list[Event] = [
            Event("1", "e0", self.created, EventKind.OPENED, self.ticket.opened_by, value="new")
        ]

    def add(self, at: str, kind: EventKind, side: Side | None = None, **more: object) -> Story:
        event = Event(
            "1",
            f"e{len(self.events)}",
            when(at),
            kind,
            side,
            **more,  # type: ignore[arg-type]
        )
        self.events.append(event)
        return self

    def says(self, at: str, side: Side = Side.PROVIDER, **more: object) -> Story:
        return self.add(at, EventKind.REPLIED, side, **more)

    def asks(self, at: str) -> Story:
        return self.says(at, asks=True)

    def client(self, at: str) -> Story:
        return self.says(at, Side.CLIENT)

    def becomes(self, at: str, status: str, side: Side | None = Side.PROVIDER) -> Story:
        self.ticket = replace(self.ticket, status=status, updated_at=when(at))
        return self.add(at, EventKind.STATUS_CHANGED, side, value=status)

    def priority(self, at: str, before: str, now: str) -> Story:
        self.ticket = replace(self.ticket, priority=now)
        return self.add(at, EventKind.PRIORITY_CHANGED, Side.PROVIDER, value=now, previous=before)

    def fold(self, under: Policy = POLICY) -> Fold:
        return Folder(under).fold(self.ticket, self.events)

    def clock(self, obligation: Obligation, under: Policy = POLICY, number: int = 1) -> Clock:
        """Return one clock; fails if there is not exactly one of that obligation and round."""
        found = [
            clock
            for clock in self.fold(under).clocks
            if clock.obligation is obligation and clock.round == number
        ]
        assert len(found) == 1, found
        return found[0]

    def rounds(self, obligation: Obligation, under: Policy = POLICY) -> list[Clock]:
        return [clock for clock in self.fold(under).clocks if clock.obligation is obligation]
