"""Deriving everything again: after a change of policy, and to prove that nothing drifted.

Both walk a source's tickets in chunks, so memory does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from engagewatch.model.batch import Refused
from engagewatch.model.clock import Fold
from engagewatch.model.ticket import Ticket
from engagewatch.store import tickets
from engagewatch.store.folding import FoldTicket, fold_or_refuse
from engagewatch.store.rows import (
    CLOCK_COLUMNS,
    STANDING_COLUMNS,
    Row,
    claim_from,
    clock_row,
    history_from,
    standing_row,
    ticket_from,
)

CHUNK = 2000
"""Tickets per transaction."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that its ticket's events do not account for."""

    ticket_id: str
    reference: str
    part: str
    """``standing``, or the clock: ``resolution 1``."""
    column: str
    """Empty where the whole part is missing on one side."""
    stored: str
    rebuilt: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some tickets of a source, folded afresh."""

    last: int | None
    """The highest key among them; ``None`` where there are no more."""
    folded: list[tuple[int, Ticket, Fold]]
    """Key, ticket and fold."""
    uncounted: list[tuple[Ticket, Refused]]
    """Those that the fold cannot count, and why."""


def fold_chunk(connection: apsw.Connection, source_key: int, after: int, fold: FoldTicket) -> Chunk:
    """Fold the next tickets with a key above ``after``."""
    chunk = tickets.tickets_after(connection, source_key, after, CHUNK)
    keys = [key for key, _ in chunk]
    events = tickets.event_rows(connection, keys)
    claims = tickets.claim_rows(connection, keys)
    result = Chunk(keys[-1] if keys else None, [], [])
    for key, row in chunk:
        claimed = tuple(map(claim_from, claims[key])) if key in claims else ()
        ticket = ticket_from(row, claimed)
        history = history_from(ticket.id, events.get(key, ()))
        derived = fold_or_refuse(fold, ticket, history)
        if isinstance(derived, Refused):
            result.uncounted.append((ticket, derived))
        else:
            result.folded.append((key, ticket, derived))
    return result


def replace_chunk(
    connection: apsw.Connection,
    source_key: int,
    folded: list[tuple[int, Ticket, Fold]],
) -> None:
    """Store the folds of a chunk in place of the earlier ones."""
    keys = [key for key, _, _ in folded]
    tickets.replace_folds(connection, source_key, keys, [(key, fold) for key, _, fold in folded])


def differences_in_chunk(connection: apsw.Connection, chunk: Chunk) -> Iterator[Difference]:
    """Yield where the stored rows of a chunk differ from its folds."""
    for ticket, refused in chunk.uncounted:
        yield Difference(ticket.id, ticket.reference, "standing", "", "", refused.reason)
    folded = chunk.folded
    keys = [key for key, _, _ in folded]
    standings = tickets.standing_rows(connection, keys)
    clocks = tickets.clock_rows(connection, keys)
    for key, ticket, fold in folded:
        stored = {_clock_name(row): row for row in clocks.get(key, ())}
        if key in standings:
            stored["standing"] = standings[key]
        fresh = (clock_row(0, key, clock)[2:] for clock in fold.clocks)
        rebuilt = {_clock_name(row): row for row in fresh}
        rebuilt["standing"] = standing_row(0, key, fold.standing)[2:]
        if stored != rebuilt:
            yield from _compare(ticket, stored, rebuilt)


def _clock_name(row: Row) -> str:
    return f"{row[0]} {row[1]}"


def _compare(
    ticket: Ticket, stored: dict[str, Row], rebuilt: dict[str, Row]
) -> Iterator[Difference]:
    for part in sorted(stored.keys() | rebuilt.keys()):
        was, should_be = stored.get(part), rebuilt.get(part)
        if was is None or should_be is None:
            yield Difference(
                ticket.id,
                ticket.reference,
                part,
                "",
                "missing" if was is None else "present",
                "missing" if should_be is None else "present",
            )
            continue
        columns = STANDING_COLUMNS if part == "standing" else CLOCK_COLUMNS
        for column, old, new in zip(columns, was, should_be, strict=True):
            if old != new:
                yield Difference(
                    ticket.id, ticket.reference, part, column, _shown(old), _shown(new)
                )


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def integrity_problems(connection: apsw.Connection) -> list[str]:
    """Return what is wrong with the file itself; empty if it is sound."""
    found = [row[0] for row in connection.execute("PRAGMA quick_check(20)")]
    problems = [] if found == ["ok"] else found
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        problems.append(f"{len(broken)} rows refer to rows that do not exist")
    return problems
