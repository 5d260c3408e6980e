"""SLA: both ledgers by priority and obligation for a month, beside what the provider claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.views.figure import Figure
from engagewatch.views.keys import TicketKey
from engagewatch.views.period import Period
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class SlaRow:
    """One obligation at one priority in the period."""

    key: str
    """Identity of the row across refreshes."""
    priority: str
    obligation: Obligation
    obligation_words: str
    target_words: str
    """The time allowed, as the engagement file writes it, e.g. ``4h``; ``none set``."""
    met: int
    judged: int
    """Clocks that ended, or whose due instant passed while open (these are missed)."""
    missed: int
    pending: int
    """Open and not due yet, or paused."""
    excluded: int
    unknown: int
    """Could not be told from what the source shows."""
    percent: float | None
    """0 to 100; ``None`` under ten judged."""
    low: float | None
    high: float | None
    """The 95% interval in percent; ``None`` where nothing was judged."""
    met_words: str
    """E.g. ``38 of 40 (95.0%)``, ``4 of 5``, ``none judged yet``."""
    interval_words: str
    """E.g. ``83.5-98.6%``."""
    promised: float | None
    """Promised share met, in percent; ``None`` where none is promised."""
    contract_words: str
    """``kept``, ``broken``, ``no promise``, ``none judged yet``: a count, a fact."""
    contract_tone: Tone
    evidence_words: str
    """``at or above``, ``below``, ``cannot tell yet``: an inference."""
    evidence_tone: Tone
    misses_left: int | None
    """Further misses the promise allows among the clocks judged or pending; negative if spent."""
    misses_left_words: str
    claimed_met: int | None
    claimed_judged: int | None
    """What the provider's own tool says of the same clocks; ``None`` where it says nothing."""
    claimed_words: str
    disagreements: int
    """Clocks where the provider's tool and our count differ."""
    figure: Figure
    """``met of judged`` as a figure that can explain itself."""


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """One side's ledger in the period."""

    side: Side
    title: str
    rows: tuple[SlaRow, ...]
    total: Figure
    """All its judged clocks together, as a count; it is no score."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One clock on which the provider's tool and our count differ."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    priority: str
    obligation: Obligation
    obligation_words: str
    ours: str
    """``met`` or ``missed`` by our count."""
    claimed: str
    """``met`` or ``missed`` by the provider's tool."""
    in_favour_of: Side
    """Whom the claim favours."""
    words: str
    """E.g. ``claimed met; we count 5h 10m of 4h``."""


@dataclass(frozen=True, slots=True)
class SlaView:
    """The two ledgers of one month, under the same rules."""

    as_of: Instant
    period: Period
    period_words: str
    is_complete: bool
    """Whether the month has ended."""
    provider: LedgerBlock
    client: LedgerBlock
    disagreements: tuple[Disagreement, ...]
    """In both directions, newest due first; at most 200."""
    disagreement_count: int
    claims_compared: int
    """Clocks for which the provider's tool says something."""
    rule_version: str
    """Fingerprint of the rules the clocks were counted with."""
    rules_words: str
    """How clocks fall into the month, e.g. ``counted by due date; open and overdue is missed``."""
    not_known: tuple[str, ...]


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> SlaView:
    """Return both ledgers of ``period``, the current month unless given, as known at ``now``."""
    raise NotImplementedError
