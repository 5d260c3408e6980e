"""Engagements and sources for adapter tests, and how to read a source to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, Privacy, Role, SourceSettings
from engagewatch.model.instants import Instant, parse_iso
from engagewatch.model.policy import ServiceLevel
from engagewatch.model.ticket import Event, EventKind, Person, Ticket
from engagewatch.providers.base import Adapter

NOW: Instant = 1_772_442_000
"""Mon 2 March 2026, 09:00 UTC."""


def at(text: str) -> Instant:
    """Return the instant of an ISO time in UTC."""
    return parse_iso(text + "Z")


def engagement_of(
    *sources: SourceSettings,
    privacy: Privacy | None = None,
    people: tuple[Role, ...] = (),
    timezone: str = "UTC",
    path: Path | None = None,
    service_levels: tuple[ServiceLevel, ...] = (),
) -> Engagement:
    """Return a plain engagement that began in January 2026."""
    return Engagement(
        id="northwind",
        name="Northwind / Contoso",
        client="Northwind",
        provider="Contoso",
        started=date(2026, 1, 5),
        timezone=timezone,
        calendars={},
        sources=sources,
        privacy=privacy or Privacy(),
        people=people,
        path=path,
        service_levels=service_levels,
    )


@dataclass
class Read:
    """Everything that one pull of one stream gave."""

    batches: list[Batch] = field(default_factory=list)

    @property
    def tickets(self) -> Mapping[str, Ticket]:
        """By id, as the last batch that had it told."""
        return {ticket.id: ticket for batch in self.batches for ticket in batch.tickets}

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    @property
    def people(self) -> Mapping[str, Person]:
        return {person.id: person for batch in self.batches for person in batch.people}

    @property
    def refused(self) -> list[Refused]:
        return [refused for batch in self.batches for refused in batch.refused]

    @property
    def records(self) -> int:
        return sum(batch.records for batch in self.batches)

    @property
    def cursor(self) -> str | None:
        return self.batches[-1].cursor if self.batches else None

    def course(self, ticket: str, kind: EventKind) -> list[tuple[Instant, str, str]]:
        """Return (at, previous, value) of the events of one kind, in order of time."""
        return sorted(
            (event.at, event.previous, event.value)
            for event in self.events
            if event.ticket_id == ticket and event.kind is kind
        )


async def read(
    adapter: Adapter, stream: str, cursor: str | None = None, now: Instant = NOW
) -> Read:
    """Pull one stream to its end."""
    return Read([batch async for batch in adapter.pull(stream, cursor, now)])
