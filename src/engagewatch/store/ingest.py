"""Storing one batch: everything it brings and where to go on from, in the caller's transaction.

Re-delivery is normal (overlapping windows, retried pages), so every step is idempotent, and what
brings nothing new costs no refold. Work is proportional to the batch, not to the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from operator import attrgetter

import apsw

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.clock import Fold
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Claim, Event, Person, Ticket
from engagewatch.store import orphans, tickets
from engagewatch.store.appointments import put_appointments
from engagewatch.store.changes import bump_change_seq, change_seq
from engagewatch.store.disappearance import forget_absences
from engagewatch.store.folding import FoldTicket, fold_or_refuse, record_name
from engagewatch.store.recognising import without_forgotten
from engagewatch.store.retention import without_removed
from engagewatch.store.rows import (
    TICKET_UPDATED_AT,
    Row,
    claim_from,
    claim_row,
    event_from,
    event_row,
    ticket_from,
    ticket_row,
)
from engagewatch.store.services import put_services
from engagewatch.store.silent_edits import (
    Edit,
    edits_of_claims,
    edits_of_events,
    edits_of_ticket,
    note_edits,
)

_EVENT_AT = attrgetter("at")

MOST_REFUSED = 1000
"""Refused records remembered per source; a wholly unreadable file must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a batch changed."""

    tickets: int
    """Tickets that were new or had changed."""
    events: int
    """Events not seen before, of known tickets."""
    refolded: int
    """Tickets whose standing and clocks were derived again."""
    change_seq: int
    """The store's change number afterwards; unchanged if the batch brought nothing new."""


def ingest(
    connection: apsw.Connection,
    source_key: int,
    batch: Batch,
    fold: FoldTicket | None,
    now: Instant,
) -> Ingested:
    """Store ``batch`` of a source; runs inside a write transaction of the caller.

    Without a ``fold``, tickets are stored uncounted, and the source as one to be counted again.
    """
    seq = change_seq(connection)
    before = connection.total_changes()
    batch = without_removed(connection, source_key, batch)
    batch = without_forgotten(connection, source_key, batch, now)
    news = _find_news(connection, source_key, batch, counting=fold is not None)
    note_edits(connection, source_key, _edits(news), now)
    _write_news(connection, source_key, news)
    if fold is None:
        refolded = 0
        uncounted: list[Refused] = []
        connection.execute(
            "UPDATE source SET policy_version = '' WHERE key = ? AND policy_version <> ''",
            (source_key,),
        )
    else:
        refolded, uncounted = _refold(connection, source_key, news, fold)
    forget_absences(connection, source_key, news.delivered)
    put_services(connection, source_key, batch, now)
    put_appointments(connection, source_key, batch, now)
    _put_people(connection, source_key, batch.people)
    _note_refused(connection, source_key, batch, uncounted, now)
    if connection.total_changes() != before:
        seq = bump_change_seq(connection)
    if batch.cursor is not None:
        _save_cursor(connection, source_key, batch.stream, batch.cursor, now)
    return Ingested(
        tickets=len(news.fresh) + len(news.changed),
        events=sum(map(len, news.events.values())),
        refolded=refolded,
        change_seq=seq,
    )


@dataclass(frozen=True, slots=True)
class _News:
    """What of a batch's tickets and events the store did not know yet."""

    delivered: Collection[str]
    """Ids of all tickets in the batch."""
    fresh: dict[str, Ticket]
    changed: dict[str, Ticket]
    told: dict[str, dict[str, Event]]
    """All events of known or fresh tickets, new or not, by ticket id and id."""
    events: dict[str, list[Event]]
    """By ticket id; only of tickets that are known or fresh."""
    known: dict[str, tuple[int, Row]]
    """Key and stored columns of the batch's own tickets that are known."""
    known_claims: dict[int, list[Row]]
    stored_events: dict[int, list[Row]]
    """By ticket key: of known tickets that may need a refold, or whose events were told again."""
    key_of: dict[str, int]
    """Of all tickets that the batch brings or tells of."""


def _find_news(
    connection: apsw.Connection, source_key: int, batch: Batch, *, counting: bool
) -> _News:
    """Compare ``batch`` with what is stored; what only ``counting`` needs is read only for it."""
    delivered = _newest(batch.tickets)
    events_of = _events_by_ticket(batch.events)
    known = tickets.known_tickets(connection, source_key, delivered.keys())
    known_claims = tickets.claim_rows(connection, [key for key, _ in known.values()])
    fresh = {ticket.id: ticket for ticket in delivered.values() if ticket.id not in known}
    changed = _changed(delivered, known, known_claims)

    # Keys are given out here, so that new tickets need no round trip to learn theirs.
    key_of = {ticket_id: key for ticket_id, (key, _) in known.items()}
    key_of |= tickets.ticket_keys(connection, source_key, events_of.keys() - delivered.keys())
    told_before = [key_of[name] for name in key_of if name in changed or name in events_of]
    key_of.update(zip(fresh, count(tickets.next_ticket_key(connection))))

    _exchange_orphans(connection, source_key, events_of, fresh.keys(), key_of.keys())
    if counting:
        stored_events = tickets.event_rows(connection, told_before)
        seen = {key: {row[0] for row in rows} for key, rows in stored_events.items()}
    else:
        seen = tickets.event_ids(connection, told_before)
    new_events: dict[str, list[Event]] = {}
    told_again: list[int] = []
    for ticket_id, by_id in events_of.items():
        ids = seen.get(key_of[ticket_id], ())
        unseen = [event for event_id, event in by_id.items() if event_id not in ids]
        if unseen:
            new_events[ticket_id] = unseen
        if len(unseen) < len(by_id):
            told_again.append(key_of[ticket_id])
    if not counting:
        stored_events = tickets.event_rows(connection, told_again)
    return _News(
        delivered.keys(),
        fresh,
        changed,
        events_of,
        new_events,
        known,
        known_claims,
        stored_events,
        key_of,
    )


def _edits(news: _News) -> Iterator[Edit]:
    for ticket_id, ticket in news.changed.items():
        key, stored = news.known[ticket_id]
        yield from edits_of_ticket(stored, ticket)
        claims = [claim_from(row) for row in news.known_claims.get(key, ())]
        yield from edits_of_claims(claims, ticket, stored[TICKET_UPDATED_AT])
    for ticket_id, told in news.told.items():
        stored_events = news.stored_events.get(news.key_of[ticket_id], ())
        yield from edits_of_events(ticket_id, stored_events, told)


def _exchange_orphans(
    connection: apsw.Connection,
    source_key: int,
    events_of: dict[str, dict[str, Event]],
    fresh: Collection[str],
    placed: Collection[str],
) -> None:
    """Park the events of tickets not ``placed``; add to ``events_of`` what waited for ``fresh``."""
    strays = [ticket_id for ticket_id in events_of if ticket_id not in placed]
    orphans.park(
        connection,
        source_key,
        (
            event_row(ticket_id, event)
            for ticket_id in strays
            for event in events_of.pop(ticket_id).values()
        ),
    )
    for ticket_id, rows in orphans.take(connection, source_key, fresh).items():
        # Parked events were delivered first, so of one id they are the ones that count.
        parked = {row[0]: event_from(ticket_id, row) for row in rows}
        events_of[ticket_id] = events_of.get(ticket_id, {}) | parked


def _write_news(connection: apsw.Connection, source_key: int, news: _News) -> None:
    key_of = news.key_of
    tickets.insert_tickets(
        connection,
        source_key,
        ((key_of[ticket.id], ticket_row(ticket)) for ticket in news.fresh.values()),
    )
    tickets.update_tickets(
        connection,
        ((key_of[ticket.id], ticket_row(ticket)) for ticket in news.changed.values()),
    )
    reclaimed = [
        ticket
        for ticket in news.changed.values()
        if set(news.known_claims.get(key_of[ticket.id], ())) != _claim_rows(ticket)
    ]
    tickets.replace_claims(
        connection,
        (key_of[ticket.id] for ticket in reclaimed),
        (
            (key_of[ticket.id], *row)
            for ticket in chain(news.fresh.values(), reclaimed)
            for row in _claim_rows(ticket)
        ),
    )
    tickets.insert_events(
        connection,
        [event_row(key_of[name], event) for name, told in news.events.items() for event in told],
    )


def _refold(
    connection: apsw.Connection, source_key: int, news: _News, fold: FoldTicket
) -> tuple[int, list[Refused]]:
    """Fold what is out of date; return how many were, and those that cannot be.

    A ticket that cannot be folded any more keeps what was derived from it last.
    """
    folds: list[tuple[int, Fold]] = []
    uncounted: list[Refused] = []
    current = _to_fold(connection, source_key, news)
    for ticket_id, ticket in current.items():
        key = news.key_of[ticket_id]
        events = [event_from(ticket_id, row) for row in news.stored_events.get(key, ())]
        events.extend(news.events.get(ticket_id, ()))
        events.sort(key=_EVENT_AT)
        folded = fold_or_refuse(fold, ticket, events)
        if isinstance(folded, Refused):
            uncounted.append(folded)
        else:
            folds.append((key, folded))
    fresh = {news.key_of[ticket_id] for ticket_id in news.fresh}
    outdated = [key for key, _ in folds if key not in fresh]
    tickets.replace_folds(connection, source_key, outdated, folds)
    return len(folds), uncounted


def _to_fold(connection: apsw.Connection, source_key: int, news: _News) -> dict[str, Ticket]:
    """Return every ticket whose fold is out of date, in its current version."""
    current = news.fresh | news.changed
    told_of = [ticket_id for ticket_id in news.events if ticket_id not in current]
    others = [ticket_id for ticket_id in told_of if ticket_id not in news.known]
    known = news.known | tickets.known_tickets(connection, source_key, others)
    claims = tickets.claim_rows(connection, [news.key_of[ticket_id] for ticket_id in others])
    claims.update(news.known_claims)
    for ticket_id in told_of:
        key, row = known[ticket_id]
        current[ticket_id] = ticket_from(row, tuple(map(claim_from, claims.get(key, ()))))
    return current


def _newest(delivered: Iterable[Ticket]) -> dict[str, Ticket]:
    """Return the last version of each ticket; of equally old ones the later delivered."""
    newest: dict[str, Ticket] = {}
    for ticket in delivered:
        other = newest.get(ticket.id)
        if other is None or ticket.updated_at >= other.updated_at:
            newest[ticket.id] = ticket
    return newest


def _events_by_ticket(events: Iterable[Event]) -> dict[str, dict[str, Event]]:
    """Return events by ticket and id; of one id the first delivered counts."""
    found: defaultdict[str, dict[str, Event]] = defaultdict(dict)
    for event in events:
        found[event.ticket_id].setdefault(event.id, event)
    return dict(found)


def _changed(
    delivered: dict[str, Ticket],
    known: dict[str, tuple[int, Row]],
    known_claims: dict[int, list[Row]],
) -> dict[str, Ticket]:
    changed: dict[str, Ticket] = {}
    for ticket_id, (key, stored) in known.items():
        ticket = delivered.get(ticket_id)
        if ticket is None or ticket.updated_at < stored[TICKET_UPDATED_AT]:
            continue
        if stored != ticket_row(ticket) or set(known_claims.get(key, ())) != _claim_rows(ticket):
            changed[ticket_id] = ticket
    return changed


def _claim_rows(ticket: Ticket) -> set[Row]:
    claims: dict[str, Claim] = {claim.obligation: claim for claim in ticket.claims}
    return {claim_row(claim) for claim in claims.values()}


def _put_people(connection: apsw.Connection, source_key: int, people: Iterable[Person]) -> None:
    connection.executemany(
        "INSERT INTO person (source_key, id, name, side, address) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (source_key, id) DO UPDATE SET "
        "name = excluded.name, side = excluded.side, address = excluded.address "
        "WHERE (name, side, address) "
        "IS DISTINCT FROM (excluded.name, excluded.side, excluded.address)",
        ((source_key, person.id, person.name, person.side, person.address) for person in people),
    )


def _note_refused(
    connection: apsw.Connection,
    source_key: int,
    batch: Batch,
    uncounted: Sequence[Refused],
    now: Instant,
) -> None:
    refused = (*uncounted, *batch.refused)
    if not refused and not _refused_held(connection, source_key):
        return
    # A ticket that can be read by now is no longer refused.
    readable = chain.from_iterable((one.id, record_name(one.id)) for one in batch.tickets)
    connection.execute(
        "DELETE FROM refused WHERE source_key = ? AND record IN (SELECT value FROM json_each(?))",
        (source_key, tickets.as_array(readable)),
    )
    room = max(MOST_REFUSED - _refused_held(connection, source_key), 0)
    noted = refused[:room]
    connection.executemany(
        "INSERT INTO refused (source_key, record, reason, seen_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (source_key, record) DO UPDATE SET "
        "reason = excluded.reason, seen_at = excluded.seen_at WHERE reason <> excluded.reason",
        ((source_key, record.record, record.reason, now) for record in noted),
    )
    connection.execute(
        "UPDATE source SET refused = ?2 WHERE key = ?1 AND refused <> ?2",
        (source_key, _refused_held(connection, source_key)),
    )


def _refused_held(connection: apsw.Connection, source_key: int) -> int:
    held: int = connection.execute(
        "SELECT COUNT(*) FROM refused WHERE source_key = ?", (source_key,)
    ).get
    return held


def _save_cursor(
    connection: apsw.Connection, source_key: int, stream: str, cursor: str, now: Instant
) -> None:
    connection.execute(
        "INSERT INTO sync_cursor (source_key, stream, cursor, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (source_key, stream) DO UPDATE SET "
        "cursor = excluded.cursor, updated_at = excluded.updated_at",
        (source_key, stream, cursor, now),
    )
