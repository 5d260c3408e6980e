"""At risk: open provider clocks by the time left, and tickets that have gone silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.views.keys import TicketKey
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One open clock of the provider's ledger."""

    key: str
    """Identity of the row across refreshes."""
    ticket: TicketKey
    reference: str
    subject: str
    obligation: Obligation
    obligation_words: str
    round: int
    priority: str
    state: ClockState
    """At ``now``: running, paused or missed."""
    state_words: str
    due_at: Instant | None
    """``None`` while paused, or where the contract sets no target."""
    due_words: str
    """E.g. ``Tue 3 Mar 11:00``; ``paused`` or ``no target`` where there is none."""
    remaining: int | None
    """Business seconds left; negative when overspent; ``None`` without a target."""
    remaining_words: str
    """E.g. ``1h 20m left``, ``over by 3h``, ``paused with 1h 20m left``."""
    consumed: int
    """Business seconds counted up to ``now``."""
    target: int | None
    share: float | None
    """``consumed / target``; above 1 when overspent."""
    calendar_open: bool | None
    """Whether the clock's calendar is open at ``now``, that is whether time is being counted."""
    calendar_words: str
    """E.g. ``counting``, ``closed until Mon 2 Mar 09:00``."""
    court: Side
    court_words: str
    owner: str
    """Name or role at the provider, as privacy allows; ``nobody named``."""
    tone: Tone
    url: str


@dataclass(frozen=True, slots=True)
class SilentRow:
    """An open ticket on which one side has said nothing for long."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    priority: str
    awaited: Side
    """Whose word is missing: the side in whose court it is."""
    awaited_words: str
    since: Instant
    since_words: str
    silence: int
    """Calendar seconds since either side's last public word."""
    silence_words: str
    owner: str
    tone: Tone
    url: str


@dataclass(frozen=True, slots=True)
class AtRiskView:
    """What can still be acted on, the nearest first; missed clocks that stand open come first."""

    as_of: Instant
    rows: tuple[RiskRow, ...]
    silent: tuple[SilentRow, ...]
    """Longest silence first."""
    missed: int
    due_soon: int
    """Due within the next eight hours of calendar time."""
    paused: int
    running: int
    untargeted: int
    """Open clocks that the contract sets no target for; they are in ``rows`` last."""
    summary: str
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> AtRiskView:
    """Return the open provider clocks at ``now``; ``roles_only`` hides names (for exports)."""
    raise NotImplementedError
