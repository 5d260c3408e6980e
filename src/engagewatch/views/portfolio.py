"""The portfolio: one line per engagement, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import Instant
from engagewatch.views.figure import Figure
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """How many flags stand on one side's move, by severity."""

    urgent: int = 0
    attention: int = 0
    notice: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.urgent + self.attention + self.notice


@dataclass(frozen=True, slots=True)
class EngagementLine:
    """One engagement at a glance. ``None`` in a count means that it cannot be told yet."""

    engagement: str
    """The engagement's id: identity of the row."""
    name: str
    client: str
    provider: str
    state: str
    """The worst thing in words: ``urgent``, ``needs attention``, ``calm``, ``cannot tell yet``."""
    tone: Tone
    headline: str
    """Title of the most consequential flag; empty when calm."""
    provider_flags: FlagCounts
    """Flags where the next move is the provider's."""
    client_flags: FlagCounts
    """Flags where the next move is ours."""
    waiting: int | None
    """Items in the client's court."""
    oldest_waiting: Instant | None
    """Since when the oldest of them waits."""
    waiting_words: str
    """E.g. ``4, oldest 6d``."""
    at_risk: int | None
    """Open provider clocks missed or due within a working day."""
    at_risk_words: str
    """E.g. ``3 due soon, 1 missed``."""
    services: str
    """E.g. ``all 12 up``, ``1 of 12 down``, ``2 of 12 unknown``, ``not watched``."""
    services_tone: Tone
    provider_ledger: Figure
    """Provider clocks met of judged, this month."""
    client_ledger: Figure
    """Client clocks met of judged, this month."""
    freshness: str
    freshness_state: FreshnessState
    freshness_tone: Tone


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """All engagements, the one that needs a person most first."""

    as_of: Instant
    lines: tuple[EngagementLine, ...]


def build(store: Store, engagements: Sequence[Engagement], now: Instant) -> PortfolioView:
    """Return the portfolio as known at ``now``."""
    raise NotImplementedError
