"""Reading an adapter the way a poll does, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.providers.base import Adapter


@dataclass
class Got:
    """What one or more polls brought, as the store would keep it."""

    cursors: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: dict[tuple[str, str], Event] = field(default_factory=dict)
    """By ticket and id; of one id the first counts."""
    people: dict[str, Person] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)

    def store(self, batch: Batch) -> None:
        """Keep one batch, its cursor included."""
        self.batches.append(batch)
        for ticket in batch.tickets:
            known = self.tickets.get(ticket.id)
            if known is None or ticket.updated_at >= known.updated_at:
                self.tickets[ticket.id] = ticket
        for event in batch.events:
            self.events.setdefault((event.ticket_id, event.id), event)
        self.people.update({person.id: person for person in batch.people})
        if batch.cursor is not None:
            self.cursors[batch.stream] = batch.cursor

    def by_reference(self) -> Mapping[str, Ticket]:
        """Return the tickets by the digits of what people call them."""
        return {_digits(ticket.reference): ticket for ticket in self.tickets.values()}

    def of(self, ticket: Ticket) -> list[Event]:
        """Return the events of one ticket, in order of time."""
        found = [event for event in self.events.values() if event.ticket_id == ticket.id]
        return sorted(found, key=lambda event: (event.at, event.id))


async def poll(adapter: Adapter, got: Got, now: Instant, *, batches: int | None = None) -> Got:
    """Read every stream from its stored cursor; stop dead after so many ``batches``."""
    left = batches
    for stream in adapter.streams:
        pages = adapter.pull(stream, got.cursors.get(stream), now)
        try:
            async for batch in pages:
                if left is not None:
                    if left == 0:
                        return got
                    left -= 1
                got.store(batch)
        finally:
            if isinstance(pages, AsyncGenerator):
                await pages.aclose()
    return got


def texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text within ``value`` with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from texts(getattr(value, one.name), f"{path}.{one.name}")
    elif isinstance(value, tuple | list):
        for item in value:
            yield from texts(item, path)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
