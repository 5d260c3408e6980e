"""Tickets, events and a fold for the store's tests: small, deterministic, easy to tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Clock, ClockState, CourtTime, Fold, Obligation, Standing
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.store.store import Store

START: Instant = 1_780_000_000
NOW: Instant = START + 1_000_000
ENGAGEMENT = "northwind"
SOURCE = "desk"


def ticket(name: str, version: int = 0, **fields: object) -> Ticket:
    """Return version ``version`` of a ticket; a later version was updated later."""
    known: dict[str, object] = {
        "id": name,
        "reference": f"#{name}",
        "subject": f"Subject {name} v{version}",
        "status": "open" if version % 2 == 0 else "pending",
        "priority": "P2",
        "created_at": START,
        "updated_at": START + version,
        "claims": (Claim(Obligation.RESOLUTION, met=version % 2 == 0, elapsed=version),),
    }
    return Ticket(**{**known, **fields})  # type: ignore[arg-type]


def event(name: str, number: int, kind: EventKind = EventKind.REPLIED) -> Event:
    """Return an event of a ticket; its content follows from its number alone."""
    return Event(
        ticket_id=name,
        id=f"{name}-{number}",
        at=START + 60 * number,
        kind=kind,
        side=(Side.CLIENT, Side.PROVIDER, None)[number % 3],
        actor=f"person {number % 4}",
        value=f"value {number}",
        automatic=number % 2 == 0,
        asks=number % 5 == 0,
    )


def fold(of: Ticket, events: Sequence[Event]) -> Fold:
    """Return a fold that shows every input it was made from: any drift makes it differ."""
    history = sorted(events, key=lambda one: (one.at, one.id))
    standing = Standing(
        court=Side.CLIENT if of.status == "pending" else Side.PROVIDER,
        court_since=max([of.created_at, *(one.at for one in history)]),
        elapsed=CourtTime(len(history), of.updated_at - of.created_at, len(of.tags), 0),
        business=CourtTime(0, sum(one.asks for one in history), 0, 0),
        finished_at=of.updated_at if of.deleted else None,
        reopened=sum(claim.elapsed or 0 for claim in of.claims),
        last_provider_word=None,
        last_client_word=history[-1].at if history else None,
        claimed_wait=0,
        evidenced_wait=None,
        unmapped=tuple(sorted({one.value for one in history})),
    )
    clocks = [
        Clock(
            obligation=Obligation.NEXT_RESPONSE,
            round=number,
            state=ClockState.MET if one.automatic else ClockState.MISSED,
            started_at=of.created_at,
            stopped_at=one.at,
            consumed=one.at - of.created_at,
            running_since=None,
            target=3600,
            due_at=of.created_at + 3600,
            calendar="24x7",
            priority=of.priority or "",
            felt=None,
            owner=one.actor,
            reason=one.value,
        )
        for number, one in enumerate(history, 1)
    ]
    return Fold(standing, tuple(clocks))


def opened(path: Path) -> Store:
    """Return a store for writing that knows :data:`SOURCE`."""
    store = Store.open(path)
    store.register_source(ENGAGEMENT, SOURCE, "eventlog")
    return store


def ingest(
    store: Store,
    tickets: Iterable[Ticket] = (),
    events: Iterable[Event] = (),
    cursor: str | None = None,
):
    """Store one batch of :data:`SOURCE`."""
    batch = Batch("tickets", cursor, tuple(tickets), tuple(events))
    return store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)


def page(number: int, size: int = 25) -> Batch:
    """Return page ``number`` of a long listing, the last five tickets of the one before included.

    Every ticket has two events; its cursor is the page's number.
    """
    names = [str(n) for n in range(max(number * size - 5, 0), (number + 1) * size)]
    return Batch(
        "tickets",
        str(number),
        tuple(ticket(name) for name in names),
        tuple(event(name, n) for name in names for n in (1, 2)),
    )


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return what the store holds of tickets, with row keys replaced by the tickets' own ids."""
    statements = {
        "ticket": """SELECT id, reference, subject, status, priority, updated_at, deleted, tags
            FROM ticket ORDER BY id""",
        "event": """SELECT t.id, e.id, e.at, e.kind, e.side, e.actor, e.value, e.automatic, e.asks
            FROM event e JOIN ticket t ON t.key = e.ticket_key ORDER BY t.id, e.id""",
        "claim": """SELECT t.id, c.obligation, c.met, c.elapsed
            FROM claim c JOIN ticket t ON t.key = c.ticket_key ORDER BY 1, 2""",
        "standing": """SELECT t.id, s.court, s.court_since, s.elapsed_provider, s.elapsed_client,
                s.business_client, s.finished_at, s.reopened, s.unmapped
            FROM standing s JOIN ticket t ON t.key = s.ticket_key ORDER BY t.id""",
        "clock": """SELECT t.id, c.obligation, c.round, c.state, c.stopped_at, c.owner, c.reason
            FROM clock c JOIN ticket t ON t.key = c.ticket_key ORDER BY 1, 2, 3""",
        "orphan": "SELECT ticket_id, id FROM orphan_event ORDER BY 1, 2",
    }
    return {
        name: store.connection.execute(statement).fetchall()
        for name, statement in statements.items()
    }
