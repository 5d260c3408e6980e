"""Obligations and the clocks that time them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side


class Obligation(StrEnum):
    """One timed duty of one side."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"
    REPLY = "reply"
    APPROVAL = "approval"
    TASK = "task"
    ATTENDANCE = "attendance"
    SURVEY = "survey"

    @property
    def ledger(self) -> Side:
        """The side that owes it: the provider's or the client's ledger."""
        return Side.PROVIDER if self in _PROVIDER_LEDGER else Side.CLIENT


_PROVIDER_LEDGER = frozenset(
    {
        Obligation.FIRST_RESPONSE,
        Obligation.NEXT_RESPONSE,
        Obligation.UPDATE,
        Obligation.RESOLUTION,
    }
)


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Clock:
    """One obligation of one ticket, evaluated up to its last event.

    ``now`` never enters a clock: a running clock holds what was consumed before ``running_since``
    and the instant at which the target will have been consumed (``due_at``). Where it stands at a
    given moment is :meth:`state_at`.
    """

    obligation: Obligation
    round: int
    """1 for the first; replies and next responses have one clock per exchange."""
    state: ClockState
    """As of the last event. A running clock past ``due_at`` is missed: ask :meth:`state_at`."""
    started_at: Instant
    stopped_at: Instant | None
    consumed: int
    """Business seconds counted up to ``stopped_at`` or ``running_since`` (the latter excluded)."""
    running_since: Instant | None
    target: int | None
    """Business seconds allowed; ``None`` where the contract sets none."""
    due_at: Instant | None
    """When the target is, was or would have been consumed; ``None`` where the contract sets none.

    A paused clock has one only if its target was consumed before the pause: a pause hides no miss.
    """
    calendar: str
    priority: str
    felt: int | None
    """Calendar seconds from start to stop, no pauses; ``None`` while it runs."""
    paused: int = 0
    """Business seconds taken out by pauses."""
    client_wait: int = 0
    """Business seconds between start and stop in the client's court, whether they paused or not."""
    owner: str | None = None
    """Key of the person who holds it, where the source tells."""
    reason: str = ""
    """Why it is excluded or unknown, or why it ended, as a code such as ``merged``."""

    @property
    def ledger(self) -> Side:
        """The side that owes the obligation."""
        return self.obligation.ledger

    def state_at(self, now: Instant) -> ClockState:
        """Return the state at ``now``: an open clock whose due instant has passed is missed."""
        if self.is_open and self.due_at is not None and now > self.due_at:
            return ClockState.MISSED
        return self.state

    @property
    def is_open(self) -> bool:
        """Whether the duty still stands (running or paused)."""
        return self.stopped_at is None and self.state in (ClockState.RUNNING, ClockState.PAUSED)


@dataclass(frozen=True, slots=True)
class CourtTime:
    """How long a ticket was in each court, in seconds. The four sum exactly to the elapsed time."""

    provider: int = 0
    client: int = 0
    third_party: int = 0
    nobody: int = 0

    @property
    def total(self) -> int:
        """Seconds in all four courts."""
        return self.provider + self.client + self.third_party + self.nobody


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose court a ticket is in after its last event, and how its time divides up to then."""

    court: Side
    court_since: Instant
    elapsed: CourtTime
    """Calendar seconds per court from creation to ``court_since``."""
    business: CourtTime
    """Seconds per court within the engagement's own calendar, same span."""
    finished_at: Instant | None
    """When it was resolved, closed or cancelled for good so far; ``None`` while open."""
    reopened: int
    """How often it came back after being resolved."""
    last_provider_word: Instant | None
    """The provider's last public human message."""
    last_client_word: Instant | None
    claimed_wait: int
    """Calendar seconds the status said "waiting on the client"."""
    evidenced_wait: int | None
    """Calendar seconds a question to the client stood open; ``None`` where messages are unseen."""
    unmapped: tuple[str, ...] = ()
    """Statuses met that have no meaning in the engagement file."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Everything the engine derives from one ticket's events: the unit that the store keeps."""

    standing: Standing
    clocks: tuple[Clock, ...]
