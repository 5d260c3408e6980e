"""Edits a source makes to what it told before, without telling of a change.

History is append-only here, so what was told first stands; what it was changed to is noted beside
it. Two things are told apart by asking when listed, not when noted: a priority may change before
the event that explains it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import apsw

from engagewatch.model.instants import Instant, isoformat
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.store.rows import TICKET_CREATED_AT, TICKET_PRIORITY, TICKET_UPDATED_AT, Row

_COMPARED = {str(EventKind.OPENED), str(EventKind.PRIORITY_CHANGED), str(EventKind.STATUS_CHANGED)}

_NOTE = """
INSERT INTO silent_edit (source_key, ticket_id, field, was, became, known_at, seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """A value that is not what it was."""

    ticket_id: str
    field: str
    """``created``, ``priority``, ``claimed resolution``, ``time of status_changed solved``, ..."""
    was: str
    became: str
    known_at: Instant
    """When the source said that the earlier value was last touched."""


def edits_of_ticket(stored: Row, ticket: Ticket) -> Iterator[Edit]:
    """Yield what differs between a ticket as stored and as delivered and never should unsaid."""
    known_at = stored[TICKET_UPDATED_AT]
    if stored[TICKET_CREATED_AT] != ticket.created_at:
        was, became = isoformat(stored[TICKET_CREATED_AT]), isoformat(ticket.created_at)
        yield Edit(ticket.id, "created", was, became, known_at)
    if stored[TICKET_PRIORITY] != ticket.priority:
        was, became = stored[TICKET_PRIORITY] or "", ticket.priority or ""
        yield Edit(ticket.id, "priority", was, became, known_at)


def edits_of_claims(stored: Iterable[Claim], ticket: Ticket, known_at: Instant) -> Iterator[Edit]:
    """Yield verdicts of the provider's own tool that turned round."""
    before = {claim.obligation: claim.met for claim in stored}
    for claim in ticket.claims:
        was = before.get(claim.obligation)
        if was is not None and claim.met is not None and was != claim.met:
            words = {True: "met", False: "missed"}
            field = f"claimed {claim.obligation}"
            yield Edit(ticket.id, field, words[was], words[claim.met], known_at)


def edits_of_events(
    ticket_id: str, stored: Sequence[Row], delivered: Mapping[str, Event]
) -> Iterator[Edit]:
    """Yield what differs in events that were delivered before: their time, or what they said."""
    for event_id, at, kind, _side, _actor, value, *_ in stored:
        event = delivered.get(event_id)
        if event is None or kind not in _COMPARED or event.kind != kind:
            continue
        name = f"{kind} {value}".rstrip()
        if event.at != at:
            yield Edit(ticket_id, f"time of {name}", isoformat(at), isoformat(event.at), at)
        if event.value != value:
            yield Edit(ticket_id, f"value of {kind} at {isoformat(at)}", value, event.value, at)


def note_edits(
    connection: apsw.Connection, source_key: int, edits: Iterable[Edit], now: Instant
) -> None:
    """Keep edits; one that was noted before keeps the time it was first seen."""
    connection.executemany(
        _NOTE,
        (
            (source_key, one.ticket_id, one.field, one.was, one.became, one.known_at, now)
            for one in edits
        ),
    )
