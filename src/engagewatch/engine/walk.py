"""Events into a history: put in order, each once, and walked from the ticket's creation on.

Instants before the creation count as the creation: sources round, and clocks differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.engine.compiled import CompiledPolicy, Sense
from engagewatch.engine.history import History
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, EventKind, Ticket

_ORDER = {kind: place for place, kind in enumerate(EventKind)}
_OPENED = EventKind.OPENED
_REPLIED = EventKind.REPLIED
_NOTED = EventKind.NOTED
_ASSIGNED = EventKind.ASSIGNED
_STATUS = EventKind.STATUS_CHANGED
_PRIORITY = EventKind.PRIORITY_CHANGED
_REQUESTED = EventKind.APPROVAL_REQUESTED
_DECIDED = EventKind.APPROVAL_DECIDED
_MERGED = EventKind.MERGED
_OBSERVED = EventKind.OBSERVED


def read_history(
    ticket: Ticket,
    events: Sequence[Event],
    compiled: CompiledPolicy,
    kind_of_history: type[History] = History,
) -> History:
    """Walk ``events`` of ``ticket``, in any order and with any repetition, into a history."""
    ordered = in_order(events)
    history = kind_of_history(ticket, compiled, _status_at_creation(ticket, ordered, compiled))
    at = history.created
    instants = history.instants
    for event in ordered:
        if event.at > at:
            at = event.at
            instants.append(at)
        kind = event.kind
        if kind is _REPLIED:
            history.on_reply(event, at)
        elif kind is _STATUS:
            history.on_status(event, at)
        elif kind is _OPENED:
            history.on_opened(event, at)
        elif kind is _PRIORITY:
            history.on_priority(event, at)
        elif kind is _ASSIGNED:
            history.on_assignment(event, at)
        elif kind is _NOTED:
            history.on_note(event, at)
        elif kind is _REQUESTED:
            history.on_approval_requested(event, at)
        elif kind is _DECIDED:
            history.on_approval_decided(event, at)
        elif kind is _MERGED:
            history.on_merge(at)
        elif kind is _OBSERVED:
            history.on_sight(event.value, at)
    if not compiled.has_history:
        if ticket.status and ticket.updated_at > at:
            at = ticket.updated_at
            instants.append(at)
        if ticket.status:
            history.on_sight(ticket.status, at)
        history.doubts.extend(_doubts(ticket, ordered, compiled, at))
    history.close_books(at)
    return history


def in_order(events: Sequence[Event]) -> Sequence[Event]:
    """Return ``events`` by instant, at one instant by kind and id, each event once."""
    previous: Event | None = None
    for event in events:
        if previous is not None and event.at <= previous.at:
            tied = event.at == previous.at
            if not tied or _ORDER[event.kind] <= _ORDER[previous.kind]:
                break
        previous = event
    else:
        return events
    ordered = sorted(events, key=lambda event: (event.at, _ORDER[event.kind], event.id))
    return [
        event
        for place, event in enumerate(ordered)
        if place == 0 or event.id != ordered[place - 1].id
    ]


def _status_at_creation(ticket: Ticket, ordered: Sequence[Event], compiled: CompiledPolicy) -> str:
    """Return the raw status a ticket was created with; empty where nothing tells."""
    for event in ordered:
        if event.kind is _OPENED and event.value:
            return event.value
        if event.kind is _STATUS:
            return event.previous
        if event.kind is _OBSERVED:
            return ""
    if compiled.has_history and not compiled.sense(ticket.status).finished:
        return ticket.status
    return ""


def _doubts(
    ticket: Ticket, ordered: Sequence[Event], compiled: CompiledPolicy, last: Instant
) -> list[tuple[Instant, Instant]]:
    """Return when the status of ``ticket`` is not known, where its source gives no history.

    What two sights in a row agree on is taken to have held between them; so is the end of a ticket
    that was ended before. All else between two sights is in doubt.
    """
    doubts: list[tuple[Instant, Instant]] = []
    known: Sense | None = None
    known_at = ticket.created_at

    def see(sense: Sense, at: Instant, before: Sense | None = None) -> None:
        nonlocal known, known_at
        held = known is not None and (
            known is sense or known is before or (known.finished and sense.finished)
        )
        if not held and at > known_at:
            doubts.append((known_at, at))
        known, known_at = sense, max(at, known_at)

    for event in ordered:
        if event.kind is _OPENED and event.value:
            see(compiled.sense(event.value), event.at)
        elif event.kind is _STATUS:
            before = compiled.sense(event.previous) if event.previous else None
            see(compiled.sense(event.value), event.at, before)
        elif event.kind is _OBSERVED:
            see(compiled.sense(event.value), event.at)
    if ticket.status:
        see(compiled.sense(ticket.status), last)
    return doubts
