"""A scripted adapter, a small engagement and a clock that moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, SourceKind, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind, Ticket
from engagewatch.providers.base import CheckLine, Description
from engagewatch.store.store import Store
from engagewatch.sync.writer import Writer

START: Instant = 1_772_442_000
"""Mon 2 March 2026, 09:00 UTC."""


class ScriptedAdapter:
    """Yields what its script says, page by page; a script entry that is an exception is raised."""

    description = Description(
        name="zendesk",
        kind=SourceKind.TICKETING,
        default_meanings={
            "open": StatusMeaning.PROVIDER,
            "pending": StatusMeaning.CLIENT,
            "solved": StatusMeaning.RESOLVED,
        },
        has_messages=True,
        has_history=True,
    )
    streams = ("tickets",)

    def __init__(self, *polls: list[Batch | Exception]) -> None:
        self.polls = list(polls)
        self.cursors: list[str | None] = []
        self.requests = 0
        self.closed = 0

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        self.cursors.append(cursor)
        for page in self.polls.pop(0) if self.polls else []:
            self.requests += 1
            if isinstance(page, Exception):
                raise page
            yield page

    async def check(self) -> list[CheckLine]:
        return []

    async def aclose(self) -> None:
        self.closed += 1


def page(number: int, *, cursor: str | None = None) -> Batch:
    """One ticket opened at START + number minutes, with its opening event."""
    at = START + number * 60
    ticket = Ticket(
        id=str(number),
        reference=f"#{number}",
        subject=f"Printer {number} jams",
        status="open",
        priority="normal",
        created_at=at,
        updated_at=at,
    )
    event = Event(str(number), f"{number}-open", at, EventKind.OPENED, Side.CLIENT, value="open")
    return Batch(
        "tickets", cursor or f"after-{number}", tickets=(ticket,), events=(event,), records=1
    )


def source(name: str = "desk", **settings: object) -> SourceSettings:
    """A ticketing source polled every five minutes."""
    return SourceSettings(id=name, adapter="zendesk", url="https://desk.example", **settings)  # type: ignore[arg-type]


def engagement_of(*sources: SourceSettings) -> Engagement:
    """An engagement with these sources and no service levels."""
    return Engagement(
        id="northwind",
        name="Northwind / Contoso IT",
        client="Northwind",
        provider="Contoso IT",
        started=date(2026, 3, 2),
        timezone="UTC",
        calendars={"24x7": ALWAYS},
        sources=sources,
    )


class MovableClock:
    """The injected clock, moved by hand."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START + 3600)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "history.db") as opened:
        yield opened


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    with Writer(store) as opened:
        yield opened


OpenScripted = Callable[..., ScriptedAdapter]
