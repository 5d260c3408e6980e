"""Events into a history: put in order, each once, and walked from the ticket's creation on.

Instants before the creation count as the creation: sources round, and clocks differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from engagewatch.engine.compiled import CompiledPolicy, Sense
from engagewatch.engine.history import History
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, EventKind, Ticket

_ORDER = {kind: place for place, kind in enumerate(EventKind)}
_OPENED = EventKind.OPENED
_STATUS = EventKind.STATUS_CHANGED
_OBSERVED = EventKind.OBSERVED
_MERGED = EventKind.MERGED
_TELL_STATUS = frozenset({_STATUS, _OBSERVED, _MERGED})

_HANDLERS: dict[EventKind, Callable[[History, Event, Instant], None]] = {
    EventKind.OPENED: History.on_opened,
    EventKind.REPLIED: History.on_reply,
    EventKind.NOTED: History.on_note,
    EventKind.ASSIGNED: History.on_assignment,
    EventKind.PRIORITY_CHANGED: History.on_priority,
    EventKind.APPROVAL_REQUESTED: History.on_approval_requested,
    EventKind.APPROVAL_DECIDED: History.on_approval_decided,
    EventKind.MERGED: History.on_merge,
    EventKind.SURVEYED: History.on_survey,
    EventKind.RATED: History.on_rating,
    EventKind.OBSERVED: History.on_sight,
}
"""What a history does with each kind of event; other kinds start and stop nothing."""

_AnyHistory = TypeVar("_AnyHistory", bound=History)


def read_history(
    ticket: Ticket,
    events: Sequence[Event],
    compiled: CompiledPolicy,
    kind_of_history: type[_AnyHistory],
) -> _AnyHistory:
    """Walk ``events`` of ``ticket``, in any order and with any repetition, into a history."""
    # Events mostly come in order. If these turn out not to, they are sorted and walked again.
    history = _walk(ticket, events, compiled, kind_of_history)
    if history is None:
        history = _walk(ticket, in_order(events), compiled, kind_of_history)
        assert history is not None
    return history


def _walk(
    ticket: Ticket,
    events: Sequence[Event],
    compiled: CompiledPolicy,
    kind_of_history: type[_AnyHistory],
) -> _AnyHistory | None:
    """Walk ``events`` as they come; ``None`` if they are out of order or repeated."""
    if events and events[0].kind is _OPENED and events[0].value:
        status = events[0].value
    else:
        status = _status_at_creation(ticket, events, compiled)
    history = kind_of_history(ticket, compiled, status)
    at = history.created
    instants = history.instants
    previous: Event | None = None
    for event in events:
        if event.at > at:
            at = event.at
            instants.append(at)
        elif previous is not None and _place(event) <= _place(previous):
            return None
        previous = event
        if event.kind is _STATUS:
            history.enter(event.value, at, event)
        else:
            handle = _HANDLERS.get(event.kind)
            if handle is not None:
                handle(history, event, at)
    if not compiled.has_history:
        shown = _shown_status(ticket, events)
        if shown:
            if ticket.updated_at > at:
                at = ticket.updated_at
                instants.append(at)
            history.see(shown, at)
        history.doubts.extend(_doubts(ticket, events, compiled, shown, at))
    history.close_books(at)
    return history


def in_order(events: Sequence[Event]) -> list[Event]:
    """Return ``events`` by instant, at one instant by kind and id, each event once."""
    ordered = sorted(events, key=_place)
    return [
        event
        for number, event in enumerate(ordered)
        if number == 0 or event.id != ordered[number - 1].id
    ]


def _place(event: Event) -> tuple[Instant, int, str]:
    return event.at, _ORDER[event.kind], event.id


def _status_at_creation(ticket: Ticket, ordered: Sequence[Event], compiled: CompiledPolicy) -> str:
    """Return the raw status a ticket was created with; empty where nothing tells."""
    for event in ordered:
        if event.kind is _OPENED and event.value:
            return event.value
        if event.kind is _STATUS:
            return event.previous
        if event.kind is _OBSERVED:
            return ""
    if compiled.has_history and not compiled.senses[ticket.status].finished:
        return ticket.status
    return ""


def _shown_status(ticket: Ticket, events: Sequence[Event]) -> str:
    """Return the status that ``ticket`` shows; empty if an event tells of a later one.

    It is as old as the ticket's last change, which a merge may be itself. A deletion that was
    noticed later, say, leaves the ticket as it was read before: that does not open it again.
    """
    for event in events:
        if event.kind in _TELL_STATUS and (
            event.at > ticket.updated_at
            or (event.kind is _MERGED and event.at == ticket.updated_at)
        ):
            return ""
    return ticket.status


def _doubts(
    ticket: Ticket,
    ordered: Sequence[Event],
    compiled: CompiledPolicy,
    shown: str,
    last: Instant,
) -> list[tuple[Instant, Instant]]:
    """Return when the status of ``ticket`` is not known, where its source gives no history.

    The ticket itself shows the status ``shown`` at ``last``, unless that is empty.

    What two sights in a row agree on is taken to have held between them; so is the end of a ticket
    that was ended before. All else between two sights is in doubt.
    """
    senses = compiled.senses
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
            see(senses[event.value], event.at)
        elif event.kind is _STATUS:
            before = senses[event.previous] if event.previous else None
            see(senses[event.value], event.at, before)
        elif event.kind is _OBSERVED:
            see(senses[event.value], event.at)
    if shown:
        see(senses[shown], last)
    return doubts
