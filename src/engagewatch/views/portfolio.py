"""The portfolio: one line per engagement, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.freshness import lines as freshness_lines
from engagewatch.views.freshness import summary as freshness_summary
from engagewatch.views.headlines import at_risk_counts, at_risk_words, figures, tickets_known
from engagewatch.views.situation import gather
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.model.service import ComponentState
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
    """``urgent``, ``needs attention``, ``worth a look``, ``calm`` or ``cannot tell yet``."""
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
    """Open provider clocks missed or due soon."""
    at_risk_words: str
    """E.g. ``1 missed, 3 due soon``."""
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


_STATES = {
    Severity.URGENT: ("urgent", Tone.BAD),
    Severity.ATTENTION: ("needs attention", Tone.WARNING),
    Severity.NOTICE: ("worth a look", Tone.NOTICE),
}


def build(store: Store, engagements: Sequence[Engagement], now: Instant) -> PortfolioView:
    """Return the portfolio as known at ``now``."""
    lines = [_line(store, engagement, now) for engagement in engagements]
    # Only what is known can be calm: an engagement nobody could read comes before the calm ones.
    order = (Tone.BAD, Tone.WARNING, Tone.NOTICE, Tone.UNKNOWN, Tone.GOOD)
    lines.sort(key=lambda line: (order.index(line.tone), line.name.casefold()))
    return PortfolioView(now, tuple(lines))


def _line(store: Store, engagement: Engagement, now: Instant) -> EngagementLine:
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        gathered = gather(store, engagement, of, now)
    known = tickets_known(gathered, engagement)
    since = [item.since for item in gathered.waiting.items]
    soon, missed = at_risk_counts(gathered.flags)
    provider, client, *_ = figures(gathered, engagement, now)
    services, services_tone = _services(gathered.component_states)
    fresh, fresh_state, fresh_tone = freshness_summary(
        freshness_lines(engagement, gathered.healths, now)
    )
    worst = gathered.flags[0] if gathered.flags else None
    if worst is not None:
        state, tone = _STATES[worst.severity]
    elif known or gathered.component_states:
        state, tone = "calm", Tone.GOOD
    else:
        state, tone = wording.UNKNOWN, Tone.UNKNOWN
    return EngagementLine(
        engagement=engagement.id,
        name=engagement.name,
        client=engagement.client,
        provider=engagement.provider,
        state=state,
        tone=tone,
        headline="" if worst is None else worst.title,
        provider_flags=_flag_counts(gathered.flags, Side.PROVIDER),
        client_flags=_flag_counts(gathered.flags, Side.CLIENT),
        waiting=len(since) if known else None,
        oldest_waiting=min(since, default=None) if known else None,
        waiting_words=_waiting_words(since, now) if known else wording.UNKNOWN,
        at_risk=soon + missed if known else None,
        at_risk_words=at_risk_words(soon, missed) if known else wording.UNKNOWN,
        services=services,
        services_tone=services_tone,
        provider_ledger=provider,
        client_ledger=client,
        freshness=fresh,
        freshness_state=fresh_state,
        freshness_tone=fresh_tone,
    )


def _services(states: Sequence[ComponentState]) -> tuple[str, Tone]:
    if not states:
        return "not watched", Tone.UNKNOWN
    # Where no service is watched, nobody need wait for what it imports.
    from engagewatch.views.component_state import state_summary

    return state_summary(states)


def _flag_counts(flags: Iterable[Flag], side: Side) -> FlagCounts:
    severities = [flag.severity for flag in flags if flag.side is side]
    return FlagCounts(
        urgent=severities.count(Severity.URGENT),
        attention=severities.count(Severity.ATTENTION),
        notice=severities.count(Severity.NOTICE),
    )


def _waiting_words(since: Sequence[Instant], now: Instant) -> str:
    if not since:
        return "none"
    return f"{len(since)}, oldest {wording.span(now - min(since))}"
