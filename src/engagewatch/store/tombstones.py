"""Marking tickets as deleted: they stay, with their history, and count as open no more."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from engagewatch.model.batch import Refused
from engagewatch.model.clock import Fold
from engagewatch.store import tickets
from engagewatch.store.changes import bump_change_seq
from engagewatch.store.folding import FoldTicket, fold_or_refuse
from engagewatch.store.rows import TICKET_DELETED, Row, claim_from, history_from, ticket_from


def mark_deleted(
    connection: apsw.Connection,
    source_key: int,
    gone: Sequence[tuple[int, Row]],
    fold: FoldTicket,
) -> None:
    """Mark tickets (key and stored columns) as deleted and derive them again.

    The instant of their last update stays, so that a ticket which the source delivers again, in
    whatever version it had, is back.
    """
    gone = [(key, row) for key, row in gone if not row[TICKET_DELETED]]
    if not gone:
        return
    keys = [key for key, _ in gone]
    events = tickets.event_rows(connection, keys)
    claims = tickets.claim_rows(connection, keys)
    marked: list[tuple[int, Row]] = []
    folds: list[tuple[int, Fold]] = []
    for key, stored in gone:
        row = (*stored[:TICKET_DELETED], 1, *stored[TICKET_DELETED + 1 :])
        ticket = ticket_from(row, tuple(claim_from(claim) for claim in claims.get(key, ())))
        history = history_from(ticket.id, events.get(key, ()))
        folded = fold_or_refuse(fold, ticket, history)
        marked.append((key, row))
        if not isinstance(folded, Refused):
            folds.append((key, folded))
    bump_change_seq(connection)
    tickets.update_tickets(connection, marked)
    tickets.replace_folds(connection, source_key, keys, folds)
