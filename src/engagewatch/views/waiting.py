"""Waiting on us: everything in the client's court, who holds it and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views.keys import TicketKey
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class Asked(StrEnum):
    """Whether a question to us is on record, or only a status says that we are awaited."""

    EVIDENCED = "evidenced"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    """The source shows no messages, so nobody can tell."""


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One thing that waits on the client."""

    key: str
    """Identity of the row across refreshes."""
    ticket: TicketKey
    reference: str
    subject: str
    kind: Obligation
    """``REPLY`` or ``APPROVAL``: what is owed."""
    kind_words: str
    """``reply`` or ``approval``."""
    status: str
    """The provider's word for it."""
    person: str
    """Name or role of the one who holds it, as privacy allows; ``nobody named``."""
    person_known: bool
    since: Instant
    since_words: str
    age: int
    """Calendar seconds it has waited."""
    age_words: str
    working_age: int | None
    """The same in seconds of our own business calendar; ``None`` where it cannot be told."""
    working_age_words: str
    target: int | None
    """Business seconds we allow ourselves; ``None`` where we set no target."""
    due_at: Instant | None
    due_words: str
    """E.g. ``due Tue 3 Mar 11:00``, ``overdue by 3h``, ``no target set``."""
    overdue: bool
    asked: Asked
    asked_words: str
    """E.g. ``a question is on record``, ``status only: no question on record``."""
    priority: str
    blocks: str
    """What it holds up: ``pauses resolution, 1h 20m left``, or ``nothing we can see``."""
    blocked_obligation: Obligation | None
    blocked_remaining: int | None
    """Business seconds left on the provider's paused clock."""
    consequence: float
    """Sort key: larger is more consequential."""
    tone: Tone
    nudge: str
    """A polite reminder, ready to paste; the tool never sends it."""
    url: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Everything in the client's court, the most consequential first."""

    as_of: Instant
    items: tuple[WaitingItem, ...]
    total: int
    overdue: int
    oldest_since: Instant | None
    summary: str
    """E.g. ``4 items wait on us, oldest 6d; 1 past our own target``."""
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> WaitingView:
    """Return what waits on the client at ``now``; ``roles_only`` hides names (for exports)."""
    raise NotImplementedError
