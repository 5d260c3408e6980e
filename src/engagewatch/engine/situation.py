"""What the flag rules look at: plain facts about now, gathered by whoever has the store.

Nothing here computes. Names of people arrive ready to be shown (as the privacy setting says), spans
of business time arrive measured on their calendar. What only some engagements have is described in
modules of its own, so that a start without it need not import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment
from engagewatch.model.clock import Clock, Obligation
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side

if TYPE_CHECKING:
    from engagewatch.engine.situation_contract import ClaimableCredit
    from engagewatch.engine.situation_participation import LateTask, MissedMeetings
    from engagewatch.engine.situation_services import ComponentNow, IncidentNews, PlannedWork


@dataclass(frozen=True, slots=True)
class OpenClock:
    """One duty that still stands."""

    clock: Clock
    left: int | None
    """Business seconds to the target at ``now``, negative when overspent; ``None``: no target."""
    owner: str = ""
    """Who holds it, as it may be shown; empty where the source does not tell."""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """One open ticket with its standing duties."""

    source: str
    id: str
    reference: str
    subject: str
    priority: str
    rank: int
    """0 for the contract's first priority, 1 for the next, ..."""
    court: Side
    court_since: Instant
    clocks: tuple[OpenClock, ...]
    last_provider_word: Instant | None = None
    last_client_word: Instant | None = None
    words_seen: bool = True
    """Whether the source shows who wrote when."""
    unasked_pause: int | None = None
    """Seconds the status says "waiting on the client" without a question on record."""
    unrecorded_wait: int | None = None
    """Seconds a question to the client stood open while the status did not say so."""


@dataclass(frozen=True, slots=True)
class SourceNow:
    """How reading one source goes."""

    health: SourceHealth
    interval: int
    """Seconds between polls."""


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """One obligation's attainment in the period under way."""

    level: str
    """The contract row, e.g. ``P1``."""
    rank: int
    obligation: Obligation
    period: str
    """Stable, e.g. ``2026-03``."""
    period_words: str
    """E.g. ``March 2026``."""
    attainment: Attainment
    expected_more: float
    """How many more are expected to be judged before the period ends, pending ones included."""


@dataclass(frozen=True, slots=True)
class UnmappedStatus:
    """A status that the engagement file gives no meaning to."""

    source: str
    status: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules look at, for one engagement."""

    client: str
    provider: str
    timezone: str
    tickets: tuple[OpenTicket, ...] = ()
    components: tuple[ComponentNow, ...] = ()
    incidents: tuple[IncidentNews, ...] = ()
    planned: tuple[PlannedWork, ...] = ()
    sources: tuple[SourceNow, ...] = ()
    periods: tuple[PeriodCount, ...] = ()
    unmapped: tuple[UnmappedStatus, ...] = ()
    late_tasks: tuple[LateTask, ...] = ()
    missed_meetings: tuple[MissedMeetings, ...] = ()
    credits: tuple[ClaimableCredit, ...] = ()
    surveys: Attainment | None = None
    """Requests to rate the service that were answered, of this month's; ``None`` for none."""

    def name(self, side: Side) -> str:
        """Return what a side is called in a sentence."""
        return _NAMES.get(side) or (self.provider if side is Side.PROVIDER else self.client)


_NAMES = {Side.THIRD_PARTY: "the third party", Side.NOBODY: "nobody"}
