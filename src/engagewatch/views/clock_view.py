"""The clock view: one ticket's time, by court, by duty, and under three readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.views.keys import TicketKey
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class TicketNotFoundError(LookupError):
    """No such ticket in the store."""


@dataclass(frozen=True, slots=True)
class CourtSegment:
    """A stretch of the ticket's life in one side's court."""

    side: Side
    from_at: Instant
    until_at: Instant
    """The end, or ``now`` for the last one of an open ticket."""
    seconds: int
    is_open: bool
    words: str
    """E.g. ``us: Mon 2 Mar 09:12 to Tue 3 Mar 10:00 (1d)``."""


@dataclass(frozen=True, slots=True)
class CourtTotal:
    """All the time in one side's court."""

    side: Side
    words: str
    """``provider``, ``us``, ``third party``, ``nobody``."""
    seconds: int
    """Calendar seconds."""
    span_words: str
    share: float
    """Of the elapsed time, 0 to 1; the four sum to 1."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in words."""

    key: str
    at: Instant
    at_words: str
    kind: EventKind
    side: Side | None
    who: str
    """Name or role as privacy allows; empty where the source does not tell."""
    words: str
    """E.g. ``provider replied and asked something``, ``status: Open to Pending``."""
    is_internal: bool


@dataclass(frozen=True, slots=True)
class TimeSegment:
    """A stretch of an obligation's span, counted or not, and why."""

    from_at: Instant
    until_at: Instant
    counted: bool
    seconds: int
    """Business seconds counted in it, or that a pause took out of it."""
    why: str
    """E.g. ``counted``, ``paused: waits on us``, ``calendar closed``."""
    words: str


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """One clock of the ticket."""

    key: str
    obligation: Obligation
    round: int
    title: str
    """E.g. ``first response``, ``reply 2``."""
    ledger: Side
    state: ClockState
    """At ``now``."""
    state_words: str
    tone: Tone
    consumed: int
    """Business seconds up to ``now``."""
    target: int | None
    share: float | None
    """``consumed / target``."""
    consumed_words: str
    """E.g. ``2h 10m of 4h``, ``2h 10m, no target``."""
    due_at: Instant | None
    due_words: str
    paused: int
    paused_words: str
    calendar: str
    segments: tuple[TimeSegment, ...]
    sentence: str
    """Why it stands as it does."""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One obligation under the three readings, side by side."""

    obligation: Obligation
    words: str
    claimed: str
    """What the provider's tool says, e.g. ``met``; ``says nothing``."""
    claimed_field: str
    """Where that was read."""
    contract: str
    """Our count under the contract, e.g. ``missed: 5h 10m of 4h``."""
    felt: str
    """Calendar time without pauses, e.g. ``1d 3h``."""
    agrees: bool | None
    """Whether claim and contract agree; ``None`` where nothing is claimed or judged."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """Everything about one ticket's clocks."""

    ticket: TicketKey
    reference: str
    subject: str
    status: str
    priority: str
    court: Side
    court_words: str
    """E.g. ``in our court since Mon 2 Mar 09:12``."""
    created_at: Instant
    created_words: str
    finished_at: Instant | None
    is_open: bool
    requester: str
    owner: str
    category: str
    url: str
    as_of: Instant
    bar: tuple[CourtSegment, ...]
    """In time order, from creation to finish or ``now``, without holes."""
    totals: tuple[CourtTotal, ...]
    """Always four, provider first."""
    elapsed: int
    elapsed_words: str
    events: tuple[EventLine, ...]
    """In time order."""
    obligations: tuple[ObligationLine, ...]
    readings: tuple[ReadingRow, ...]
    explanation: str
    """The sentence that explains the verdict."""
    rule_version: str
    not_known: tuple[str, ...]
    """E.g. statuses without a meaning, messages the source does not show."""


def build(
    store: Store,
    engagement: Engagement,
    now: Instant,
    source: str,
    ticket_id: str,
    *,
    roles_only: bool = False,
) -> ClockView:
    """Return the clock view of one ticket; ``ticket_id`` may be its id or its reference.

    Raises:
        TicketNotFoundError: the store holds no such ticket.
    """
    raise NotImplementedError
