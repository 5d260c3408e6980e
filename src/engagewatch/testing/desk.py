"""What a simulated help desk holds, in nobody's wire format: an adapter's author renders it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

NOW: Instant = 1_772_442_000
"""Mon 2 March 2026, 09:00 UTC: the present of every test of the kit."""


@dataclass(frozen=True)
class Fact:
    """One thing that happened to a ticket."""

    number: int
    """Unique on the desk, rising with time: what a real system would number its records with."""
    at: Instant
    kind: EventKind
    """``REPLIED`` (public), ``NOTED`` (internal) or ``STATUS_CHANGED``."""
    by: Side
    value: str = ""
    """The new status."""
    previous: str = ""
    """The status before."""


@dataclass
class SampleTicket:
    """One ticket: what it is now, and how it came to be so."""

    number: int
    created_at: Instant
    status: str
    """The status now."""
    first_status: str
    """The status it was created with."""
    subject: str | None = "VPN drops every hour"
    priority: str | None = "high"
    facts: list[Fact] = field(default_factory=list)
    """In the order in which they happened."""

    @property
    def updated_at(self) -> Instant:
        """When anything last happened to it."""
        return self.facts[-1].at if self.facts else self.created_at


@dataclass
class Desk:
    """A help desk. The kit changes it between reads; ``answer`` renders it as it stands."""

    tickets: list[SampleTicket] = field(default_factory=list)
    erased: list[SampleTicket] = field(default_factory=list)
    """Tickets that were deleted at the source, in whatever way it deletes."""
    page: int = 100
    """Records on one page of any list. The renderer must page by it."""
    junk: list[Any] = field(default_factory=list)
    """JSON that is no usable record; the renderer puts it on the pages of tickets as it is."""
    now: Instant = NOW
    """The server's own clock, which may be wrong."""
    provider_name: str = "Ada Agent"
    client_name: str = "Nora Client"
    token: str = "kit-s3cret"  # noqa: S105 - known to this test alone

    @property
    def facts(self) -> list[tuple[SampleTicket, Fact]]:
        """Everything that happened on the desk, in order, with its ticket."""
        both = [(ticket, fact) for ticket in self.tickets for fact in ticket.facts]
        return sorted(both, key=lambda pair: pair[1].number)


def sample_desk(
    statuses: tuple[str, str, str], priority: str, *, tickets: int = 5, page: int = 100
) -> Desk:
    """Return a desk of ``tickets`` that waited on the client for a while; every second is done.

    ``statuses`` are a status of the provider's, one that waits for the client and one that ends the
    work, as the simulated system writes them.
    """
    opened, waiting, done = statuses
    desk = Desk(page=page)
    number = 1000
    for index in range(tickets):
        ticket = SampleTicket(
            number=101 + index,
            created_at=NOW - 20 * DAY + index * HOUR,
            status=opened,
            first_status=opened,
            priority=priority,
            subject=f"VPN drops every hour ({index})",
        )
        course = [
            (20, EventKind.REPLIED, Side.PROVIDER, ""),
            (21, EventKind.STATUS_CHANGED, Side.PROVIDER, waiting),
            (55, EventKind.REPLIED, Side.CLIENT, ""),
            (58, EventKind.STATUS_CHANGED, Side.PROVIDER, opened),
            (70, EventKind.NOTED, Side.PROVIDER, ""),
        ]
        if index % 2:
            course.append((90, EventKind.STATUS_CHANGED, Side.PROVIDER, done))
        for minutes, kind, by, value in course:
            number += 7
            happen(ticket, number, ticket.created_at + minutes * MINUTE, kind, by, value)
        desk.tickets.append(ticket)
    return desk


def happen(
    ticket: SampleTicket, number: int, at: Instant, kind: EventKind, by: Side, value: str = ""
) -> None:
    """Let something happen to ``ticket``."""
    previous = ticket.status if kind is EventKind.STATUS_CHANGED else ""
    ticket.facts.append(Fact(number, at, kind, by, value, previous))
    if kind is EventKind.STATUS_CHANGED:
        ticket.status = value
