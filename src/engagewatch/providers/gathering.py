"""What is put together for one batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.providers.listing import Rows


@dataclass(slots=True)
class Gathered:
    """Tickets, with what happened to them and who is named; becomes a batch."""

    tickets: list[Ticket] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def add(self, other: Gathered) -> None:
        """Take in all that ``other`` holds."""
        self.tickets += other.tickets
        self.events += other.events
        self.people += other.people
        self.refused += other.refused

    def page(self, stream: str, cursor: str | None, rows: Rows[Any, Any]) -> Batch:
        """Return it as the batch of one page, after which ``cursor`` is true."""
        return self.batch(
            stream, cursor, refused=rows.refused, records=rows.size, server_time=rows.server_time
        )

    def batch(
        self,
        stream: str,
        cursor: str | None = None,
        *,
        refused: Iterable[Refused] = (),
        records: int = 0,
        server_time: Instant | None = None,
    ) -> Batch:
        """Return it as a batch; ``refused`` are records that were refused before."""
        return Batch(
            stream,
            cursor,
            tickets=tuple(self.tickets),
            events=tuple(self.events),
            people=tuple(self.people),
            refused=(*refused, *self.refused),
            records=records,
            server_time=server_time,
        )
