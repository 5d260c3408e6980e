"""What the flag rules look at: plain facts about now, gathered by whoever has the store.

Nothing here computes. Names of people arrive ready to be shown (as the privacy setting says), spans
of business time arrive measured on their calendar.
"""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.engine.attainment import Attainment
from engagewatch.model.clock import Clock, Obligation
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState
from engagewatch.model.sides import Side


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
class ComponentNow:
    """A component as last seen."""

    source: str
    id: str
    name: str
    state: ComponentState
    since: Instant | None
    incident_id: str = ""
    """The open incident that names it; empty where the page tells of none."""
    incident: str = ""
    earlier_incidents: int | None = None
    """Incidents on it in the ninety days before, the base rate; ``None`` where nobody knows."""


@dataclass(frozen=True, slots=True)
class IncidentNews:
    """A recent incident: when its first independent sign was there, and when it was posted."""

    source: str
    id: str
    name: str
    first_sign_at: Instant
    sign: str
    """What the sign was, e.g. ``3 tickets within 15m`` or ``our poll saw Mail down``."""
    posted_at: Instant | None
    """The provider's first public word; ``None`` while there is none."""


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """Maintenance ahead or under way."""

    source: str
    id: str
    name: str
    announced_at: Instant
    from_at: Instant
    until_at: Instant
    components: tuple[str, ...]
    """Names."""


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
class LateTask:
    """A task of the plan that only its own side can finish now."""

    id: str
    title: str
    side: Side
    owner: str
    """Who holds it, as it may be shown; empty where the plan does not tell."""
    since: Instant
    days: int
    """Days past the day promised; 0 or fewer: it is not late."""
    holds_up: str
    """The gate, or ``the end of the plan``, that it makes late first; empty for neither."""
    delays: int
    """Days by which it makes that late."""
    spare: int
    """Days it may still lose before it does."""
    moved: int
    """How often its date was moved."""
    about: str = ""
    """Its subject on the list of what waits on the client, if it is on it."""


@dataclass(frozen=True, slots=True)
class MissedMeetings:
    """A required role that did not come to the last meetings of a series."""

    group: str
    """The series, or the meetings' title."""
    who: str
    """Stable name of the role."""
    words: str
    """The same as it may be shown."""
    side: Side
    running: int
    """Meetings missed in a row, the last one included; excused ones neither count nor end it."""
    dates: tuple[str, ...]
    """When these were, in words, the latest first."""


@dataclass(frozen=True, slots=True)
class ClaimableCredit:
    """The credit of a month that is over, owed and not claimed yet."""

    month: str
    """Stable, e.g. ``2026-03``."""
    month_words: str
    amount_words: str
    claim_by_words: str
    """The last day, in words; empty where the contract sets none."""
    days_left: int | None


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
