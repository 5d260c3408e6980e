"""One ticket's waiting for us: what its status said, what was asked, and what that excuses."""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.engine.evidence import Waits, seconds
from engagewatch.engine.fold import Folder
from engagewatch.engine.relief import ButFor, Miss
from engagewatch.model.instants import Instant
from engagewatch.store.queries.tickets import StoredTicket
from engagewatch.views import wording
from engagewatch.views.evidence import STALE, UNASKED, UNCREDITED, difference_words


@dataclass(frozen=True, slots=True)
class WaitStretch:
    """A stretch of time in which status and record differ."""

    from_at: Instant
    until_at: Instant
    kind: str
    """E.g. ``paused without a question on record``."""
    words: str
    """E.g. ``Mon 2 Mar 10:00 to Tue 3 Mar 09:00 (23h)``."""


@dataclass(frozen=True, slots=True)
class TicketWaits:
    """How long a ticket waited for us under both readings."""

    claimed_words: str
    """Calendar time that its status said so, e.g. ``6d 2h``."""
    evidenced_words: str
    """Calendar time that a question to us stood open; ``cannot tell yet`` without messages."""
    difference_words: str
    """In what the two differ; empty where in nothing, or where it cannot be told."""
    stretches: tuple[WaitStretch, ...]
    """In order of time."""
    excused: tuple[str, ...]
    """A sentence for each miss that would have been met but for our time."""


def ticket_waits(
    folder: Folder, found: StoredTicket, timezone: str, now: Instant
) -> TicketWaits | None:
    """Return how long a ticket has waited for us by ``now``; ``None`` if it never did."""
    waits = folder.waits(found.ticket, found.events, found.ticket.created_at, now)
    if not waits.claimed and not waits.evidenced:
        return None
    known = waits.evidenced is not None
    return TicketWaits(
        claimed_words=wording.span(seconds(waits.claimed)),
        evidenced_words=wording.span(seconds(waits.evidenced)) if known else wording.UNKNOWN,
        difference_words=difference_words(waits),
        stretches=_stretches(waits, timezone, now),
        excused=tuple(
            _excused(miss)
            for miss in folder.misses(found.ticket, found.events, now)
            if miss.outcome is ButFor.MET
        ),
    )


def _stretches(waits: Waits, timezone: str, now: Instant) -> tuple[WaitStretch, ...]:
    kinds = ((UNASKED, waits.unasked), (STALE, waits.stale), (UNCREDITED, waits.uncredited))
    found = []
    for kind, spans in kinds:
        for since, until in spans or ():
            end = "now" if until >= now else wording.moment(until, timezone, now)
            words = f"{wording.moment(since, timezone, now)} to {end}"
            found.append(
                WaitStretch(since, until, kind, f"{words} ({wording.span(until - since)})")
            )
    return tuple(sorted(found, key=lambda one: one.from_at))


def _excused(miss: Miss) -> str:
    clock = miss.clock
    duty = wording.duty(clock.obligation)
    name = f"{duty} {clock.round}" if clock.round > 1 else duty
    would = "would not be overdue" if clock.is_open else "would have been met"
    return (
        f"The {name} {would} but for our time: "
        f"{wording.working_span(miss.without_us or 0)} of "
        f"{wording.working_span(clock.target or 0)} without it."
    )
