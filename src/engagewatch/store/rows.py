"""Rows to nouns and back. Every column is named, in one order, in one place.

The tuples follow the column lists of the statements in :mod:`.tickets`. Enums
are stored by value (they are ``str``), flags as 0 and 1, lists of words joined by line feeds, which
no stored word can contain.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, TypeAlias

from engagewatch.model.clock import Clock, ClockState, CourtTime, Obligation, Standing
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.model.unsealed import UnsealedEvent, UnsealedTicket

Row: TypeAlias = tuple[Any, ...]

_SIDES: dict[str | None, Side | None] = {None: None, **{str(side): side for side in Side}}
_SIDES_OF_TICKETS = {str(side): side for side in Side}
_EVENT_KINDS = {str(kind): kind for kind in EventKind}
_OBLIGATIONS = {str(obligation): obligation for obligation in Obligation}
_CLOCK_STATES = {str(state): state for state in ClockState}
_EVENT_AT = itemgetter(1)


def joined(words: Iterable[str]) -> str:
    """Return ``words`` as one stored text."""
    return "\n".join(words)


def split(text: str) -> tuple[str, ...]:
    """Return the words that :func:`joined` put together."""
    return tuple(text.split("\n")) if text else ()


def named(alias: str, columns: Iterable[str]) -> str:
    """Return columns of a table as a statement names them: ``t.id, t.reference, ...``."""
    return ", ".join(f"{alias}.{column}" for column in columns)


TICKET_COLUMNS = (
    "id",
    "reference",
    "subject",
    "status",
    "priority",
    "created_at",
    "updated_at",
    "requester",
    "assignee",
    "team",
    "category",
    "opened_by",
    "url",
    "deleted",
    "merged_into",
    "tags",
)
"""The columns of ``ticket`` besides its keys, in the order they are read and written in."""

EVENT_COLUMNS = (
    "id",
    "at",
    "kind",
    "side",
    "actor",
    "value",
    "previous",
    "automatic",
    "asks",
)
"""The columns of ``event`` after its ticket, in the order they are read and written in."""

CLAIM_COLUMNS = ("obligation", "met", "elapsed", "target", "due_at", "source_field")
"""The columns of ``claim`` after its ticket, in the order they are read and written in."""


def ticket_row(ticket: Ticket) -> Row:
    """Return the stored columns of a ticket: :data:`TICKET_COLUMNS`."""
    return (
        ticket.id,
        ticket.reference,
        ticket.subject,
        ticket.status,
        ticket.priority,
        ticket.created_at,
        ticket.updated_at,
        ticket.requester,
        ticket.assignee,
        ticket.group,
        ticket.category,
        ticket.opened_by,
        ticket.url,
        1 if ticket.deleted else 0,
        ticket.merged_into,
        "\n".join(ticket.tags) if ticket.tags else "",
    )


TICKET_PRIORITY, TICKET_CREATED_AT, TICKET_UPDATED_AT = 4, 5, 6
"""Where these columns stand in a ticket's row."""
TICKET_DELETED = 13


def ticket_from(row: Row, claims: tuple[Claim, ...]) -> Ticket:
    """Return the ticket of a row as :func:`ticket_row` makes it."""
    ticket = UnsealedTicket(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        _SIDES_OF_TICKETS[row[11]],
        row[12],
        row[13] == 1,
        row[14],
        split(row[15]),
        claims,
    )
    ticket.__class__ = Ticket
    return ticket


def event_row(ticket: int | str, event: Event) -> Row:
    """Return the stored columns of an event after its ticket (key, or id of one not yet known)."""
    return (
        ticket,
        event.id,
        event.at,
        event.kind,
        event.side,
        event.actor,
        event.value,
        event.previous,
        1 if event.automatic else 0,
        1 if event.asks else 0,
    )


def event_from(ticket_id: str, row: Row) -> Event:
    """Return the event of a row of :data:`EVENT_COLUMNS`."""
    event = UnsealedEvent(
        ticket_id,
        row[0],
        row[1],
        _EVENT_KINDS[row[2]],
        _SIDES[row[3]],
        row[4],
        row[5],
        row[6],
        row[7] == 1,
        row[8] == 1,
    )
    event.__class__ = Event
    return event


def history_from(ticket_id: str, rows: Iterable[Row]) -> list[Event]:
    """Return the events of rows, by instant: stored by id, they would have to be sorted to fold."""
    return [event_from(ticket_id, row) for row in sorted(rows, key=_EVENT_AT)]


def claim_row(claim: Claim) -> Row:
    """Return the stored columns of a claim: :data:`CLAIM_COLUMNS`."""
    return (
        claim.obligation,
        None if claim.met is None else int(claim.met),
        claim.elapsed,
        claim.target,
        claim.due_at,
        claim.source_field,
    )


def claim_from(row: Row) -> Claim:
    """Return the claim of a row as :func:`claim_row` makes it."""
    return Claim(
        obligation=_OBLIGATIONS[row[0]],
        met=None if row[1] is None else row[1] == 1,
        elapsed=row[2],
        target=row[3],
        due_at=row[4],
        source_field=row[5],
    )


STANDING_COLUMNS = (
    "court",
    "court_since",
    "elapsed_provider",
    "elapsed_client",
    "elapsed_third_party",
    "elapsed_nobody",
    "business_provider",
    "business_client",
    "business_third_party",
    "business_nobody",
    "finished_at",
    "reopened",
    "last_provider_word",
    "last_client_word",
    "claimed_wait",
    "evidenced_wait",
    "unmapped",
)
"""The derived columns of ``standing``, in the order they are read and written in."""


def standing_row(source_key: int, ticket_key: int, standing: Standing) -> Row:
    """Return the columns of a standing: its keys, then :data:`STANDING_COLUMNS`."""
    elapsed = standing.elapsed
    business = standing.business
    return (
        source_key,
        ticket_key,
        standing.court,
        standing.court_since,
        elapsed.provider,
        elapsed.client,
        elapsed.third_party,
        elapsed.nobody,
        business.provider,
        business.client,
        business.third_party,
        business.nobody,
        standing.finished_at,
        standing.reopened,
        standing.last_provider_word,
        standing.last_client_word,
        standing.claimed_wait,
        standing.evidenced_wait,
        joined(standing.unmapped),
    )


def standing_from(row: Row) -> Standing:
    """Return the standing of a row of :data:`STANDING_COLUMNS`."""
    return Standing(
        court=Side(row[0]),
        court_since=row[1],
        elapsed=CourtTime(row[2], row[3], row[4], row[5]),
        business=CourtTime(row[6], row[7], row[8], row[9]),
        finished_at=row[10],
        reopened=row[11],
        last_provider_word=row[12],
        last_client_word=row[13],
        claimed_wait=row[14],
        evidenced_wait=row[15],
        unmapped=split(row[16]),
    )


CLOCK_COLUMNS = (
    "obligation",
    "round",
    "state",
    "started_at",
    "stopped_at",
    "consumed",
    "running_since",
    "target",
    "due_at",
    "calendar",
    "priority",
    "felt",
    "paused",
    "client_wait",
    "owner",
    "reason",
)
"""The columns of ``clock`` besides its keys, in the order they are read and written in."""


def clock_row(source_key: int, ticket_key: int, clock: Clock) -> Row:
    """Return the columns of a clock: its keys, then :data:`CLOCK_COLUMNS`."""
    return (
        source_key,
        ticket_key,
        clock.obligation,
        clock.round,
        clock.state,
        clock.started_at,
        clock.stopped_at,
        clock.consumed,
        clock.running_since,
        clock.target,
        clock.due_at,
        clock.calendar,
        clock.priority,
        clock.felt,
        clock.paused,
        clock.client_wait,
        clock.owner,
        clock.reason,
    )


def clock_from(row: Row) -> Clock:
    """Return the clock of a row of :data:`CLOCK_COLUMNS`."""
    return Clock(
        obligation=_OBLIGATIONS[row[0]],
        round=row[1],
        state=_CLOCK_STATES[row[2]],
        started_at=row[3],
        stopped_at=row[4],
        consumed=row[5],
        running_since=row[6],
        target=row[7],
        due_at=row[8],
        calendar=row[9],
        priority=row[10],
        felt=row[11],
        paused=row[12],
        client_wait=row[13],
        owner=row[14],
        reason=row[15],
    )
