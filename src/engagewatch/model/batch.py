"""A batch: one page of a source, translated. The unit of a sync transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, Incident, Maintenance, StateSpan
from engagewatch.model.ticket import Event, Person, Ticket

# Few sources tell of these: one that does imports them anyway.
if TYPE_CHECKING:
    from engagewatch.model.meeting import Meeting
    from engagewatch.model.plan import PlannedTask


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that could not be translated. The rest of its page is kept."""

    record: str
    """Which one: a ticket id, ``line 1204``, ..."""
    reason: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A ticket that is kept here and that its source, asked for it, does not show."""

    ticket_id: str
    gone: bool
    """The source says it does not exist (any more). ``False``: it may not be read, which says
    nothing about whether it exists."""
    reason: str
    """What the source answered, in one line; safe to show."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page holds, and where to go on from.

    Everything in it is stored in one transaction together with ``cursor``, so a crash never leaves
    a page half read or a cursor ahead of its page.
    """

    stream: str
    """Which of the source's streams it belongs to, e.g. ``tickets`` or ``ticket_events``."""
    cursor: str | None
    """Where the next poll of the stream starts; stored verbatim, meant for the adapter alone."""
    tickets: tuple[Ticket, ...] = ()
    events: tuple[Event, ...] = ()
    people: tuple[Person, ...] = ()
    components: tuple[Component, ...] = ()
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    refused: tuple[Refused, ...] = ()
    records: int = 0
    """Records (rows, objects) read to make this batch, refused ones included."""
    server_time: Instant | None = None
    """The source's own clock when it answered."""
    observed: bool = False
    """``components`` is the full list as of ``server_time``: states not in it are gone."""
    spans: tuple[StateSpan, ...] = ()
    """What the source's own probes saw, also between our polls; of one component without overlap.
    A known state replaces what is stored of its time; ``unknown`` says that no probe ran then, and
    replaces nothing."""
    lists_open: bool = False
    """``incidents`` has every incident that is still open: any other one is over."""
    meetings: tuple[Meeting, ...] = ()
    meetings_between: tuple[Instant, Instant] | None = None
    """``meetings`` has every meeting that begins in this span: any other one was called off."""
    tasks: tuple[PlannedTask, ...] = ()
    lists_tasks: bool = False
    """``tasks`` has every task of the source: any other one was called off."""
