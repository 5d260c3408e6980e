"""Both ledgers of a month: counts per priority and obligation, ready to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment, ContractVerdict, EvidenceVerdict
from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import Span, Tallies, Tally, tallies
from engagewatch.store.queries.scope import Scope
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.period import Period
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

CONTRACT_TONES = {
    ContractVerdict.KEPT: Tone.GOOD,
    ContractVerdict.BREACHED: Tone.BAD,
    ContractVerdict.NOTHING_TO_JUDGE: Tone.UNKNOWN,
    ContractVerdict.NO_TARGET: Tone.PLAIN,
}

EVIDENCE_TONES = {
    EvidenceVerdict.AT_OR_ABOVE: Tone.GOOD,
    EvidenceVerdict.BELOW: Tone.BAD,
    EvidenceVerdict.CANNOT_TELL: Tone.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class LevelCount:
    """One obligation at one priority in a period."""

    priority: str
    """In the contract's words."""
    rank: int
    """0 for the contract's first priority; those it does not name come after all others."""
    obligation: Obligation
    attainment: Attainment


def span_of(engagement: Engagement, period: Period, now: Instant) -> Span:
    """Return the period as the store counts it, at ``now``, by the engagement's rules."""
    return Span(period.start, period.end, now, engagement.rules)


def counts(
    store: Store, engagement: Engagement, of: Scope, period: Period, now: Instant
) -> tuple[LevelCount, ...]:
    """Return the counts of a period: provider's ledger first, by priority and obligation."""
    found = tallies(store, of, span_of(engagement, period, now))
    return level_counts(contract_of(engagement, period, now), found)


def contract_of(engagement: Engagement, period: Period, now: Instant) -> Engagement:
    """Return the engagement with the contract that holds at the end of a period, or now."""
    at = min(now, period.end - 1)
    return engagement.in_force(to_datetime(at, zone(engagement.timezone)).date())


def level_counts(engagement: Engagement, found: Tallies) -> tuple[LevelCount, ...]:
    """Return counted clocks with what is promised of them, in the contract's order."""
    ranks = priority_ranks(engagement)
    rows = [
        LevelCount(
            priority=priority,
            rank=ranks.get(priority.casefold(), len(ranks)),
            obligation=obligation,
            attainment=attainment_of(tally, promised_share(engagement, obligation, priority)),
        )
        for (obligation, priority), tally in found.items()
    ]
    order = tuple(Obligation)
    rows.sort(
        key=lambda row: (
            row.obligation.ledger is not Side.PROVIDER,
            row.rank,
            row.priority.casefold(),
            order.index(row.obligation),
        )
    )
    return tuple(rows)


def priority_ranks(engagement: Engagement) -> Mapping[str, int]:
    """Return the contract's priorities (without case) and their rank, the first being 0."""
    return {level.priority.casefold(): at for at, level in enumerate(engagement.service_levels)}


def promised_share(
    engagement: Engagement, obligation: Obligation, priority: str | None
) -> float | None:
    """Return the share promised to be met, 0 to 1; ``None`` where none is."""
    if obligation is Obligation.SURVEY:
        return engagement.participation.survey
    if obligation.ledger is Side.CLIENT:
        return engagement.participation.attainment
    for level in engagement.service_levels:
        if priority is not None and level.priority.casefold() == priority.casefold():
            return level.attainment
    return None


def attainment_of(tally: Tally, promised: float | None) -> Attainment:
    """Return a tally as an attainment against a promised share."""
    return Attainment(
        met=tally.met,
        judged=tally.judged,
        target=promised,
        excluded=tally.excluded,
        unknown=tally.unknown,
        pending=tally.pending,
    )


def expected_more(attainment: Attainment, period: Period, now: Instant) -> float:
    """Return how many more clocks are expected to be judged in a period, pending ones included.

    The pace so far goes on: nothing is foreseen that has not been seen.
    """
    if now >= period.end:
        return float(attainment.pending)
    passed = max(0, now - period.start)
    if not passed:
        return float(attainment.pending)
    pace = attainment.judged * (period.end - now) / passed
    return max(float(attainment.pending), pace)


def total(rows: Iterable[LevelCount], side: Side, period: Period) -> Figure:
    """Return all judged clocks of one side's ledger as one count; it is no score."""
    own = [row.attainment for row in rows if row.obligation.ledger is side]
    attainment = Attainment(
        met=sum(row.met for row in own),
        judged=sum(row.judged for row in own),
        excluded=sum(row.excluded for row in own),
        unknown=sum(row.unknown for row in own),
        pending=sum(row.pending for row in own),
    )
    broken = any(row.judgement().contract is ContractVerdict.BREACHED for row in own)
    who = "Provider" if side is Side.PROVIDER else "Us"
    tone = Tone.PLAIN if attainment.judged else Tone.UNKNOWN
    return attainment_figure(
        f"{who} in time, {period.words}",
        attainment,
        FigureKey(FigureKind.ATTAINMENT, ledger=side, period=period.key),
        Tone.WARNING if broken else tone,
    )


def surveys(rows: Iterable[LevelCount]) -> Attainment | None:
    """Return the month's surveys as one count; ``None`` where none was to be answered."""
    own = [row.attainment for row in rows if row.obligation is Obligation.SURVEY]
    if not own:
        return None
    return Attainment(
        met=sum(row.met for row in own),
        judged=sum(row.judged for row in own),
        target=own[0].target,
        pending=sum(row.pending for row in own),
    )


def attainment_figure(label: str, attainment: Attainment, key: FigureKey, tone: Tone) -> Figure:
    """Return an attainment as a figure: the count, and a percentage where enough is judged."""
    return Figure(
        label=label,
        value=met_words(attainment),
        note=attainment.left_out_words(),
        tone=tone,
        key=key,
        met=attainment.met,
        judged=attainment.judged,
        percent=percent_of(attainment),
    )


def met_words(attainment: Attainment) -> str:
    """Return ``38 of 40 (95%)``, ``4 of 5`` under ten judged, or ``none judged yet``."""
    words = wording.k_of_n(attainment.met, attainment.judged)
    percent = attainment.percent()
    return words if percent is None else f"{words} ({percent})"


def percent_of(attainment: Attainment) -> float | None:
    """Return the percentage as a number; ``None`` under ten judged."""
    if attainment.judged < PERCENT_NEEDS:
        return None
    return 100 * attainment.met / attainment.judged
