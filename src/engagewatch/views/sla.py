"""SLA: both ledgers by priority and obligation for a month, beside what the provider claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from engagewatch.engine.budget import budget
from engagewatch.engine.readings import claimed_verdict
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.policy import CountBy, Duration, Pause
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import (
    ClaimTallies,
    PeriodClock,
    Tally,
    claim_tallies,
    disagreements,
    tallies,
)
from engagewatch.store.queries.measures import felt_tallies
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import rule_versions, scope, snapshot
from engagewatch.views import relief, wording
from engagewatch.views.claims import NOTHING, claim_words
from engagewatch.views.clock_words import how_it_counts, state_of
from engagewatch.views.figure import Figure
from engagewatch.views.kept import NO_LONGER_KEPT, is_emptied, removed_words
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.ledger import (
    CONTRACT_TONES,
    EVIDENCE_TONES,
    LevelCount,
    attainment_figure,
    contract_of,
    level_counts,
    met_words,
    percent_of,
    span_of,
    total,
)
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import rules_named
from engagewatch.views.relief import ReliefBlock
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
    felt_words: str
    """Met by the calendar with nothing taken off, as those who waited felt it; empty for none."""
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
    relief: ReliefBlock
    """Which of the provider's misses our own time explains, and what that costs us."""
    not_known: tuple[str, ...]


MOST_DISAGREEMENTS = 200

_FELT = tuple(one for one in Obligation if one is not Obligation.SURVEY)
"""Duties that somebody waits for."""

_COUNT_BY_WORDS = {
    CountBy.DUE: "counted in the month they were due",
    CountBy.STOPPED: "counted in the month they ended",
    CountBy.STARTED: "counted in the month they began",
}

_PAUSE_WORDS = {
    Pause.NONE: "no pauses",
    Pause.CLAIMED: "paused while the status says that we are awaited",
    Pause.EVIDENCED: "paused while a question to us stood open",
}


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> SlaView:
    """Return both ledgers of ``period``, the current month unless given, as known at ``now``."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    span = span_of(engagement, period, now)
    with snapshot(store):
        found = tallies(store, of, span)
        claims = claim_tallies(store, of, span)
        felt = felt_tallies(store, of, span, _FELT)
        versions = rule_versions(store, of)
        contested = [
            one
            for obligation in sorted(
                {key[0] for key, claim in claims.items() if claim.disagreements}
            )
            for one in disagreements(store, of, span, obligation, MOST_DISAGREEMENTS)
        ]
        excused = relief.build(store, engagement, now, period)
        emptied = kept_since(store, of)
    contested.sort(key=lambda one: (-(one.clock.due_at or one.clock.started_at), one.ticket_id))
    engagement = contract_of(engagement, period, now)
    for key in promised(engagement):
        found.setdefault(key, Tally())
    rows = level_counts(engagement, found)
    unknown = sum(row.attainment.unknown for row in rows)
    readings = _Readings(claims, felt, emptied)
    return SlaView(
        as_of=now,
        period=period,
        period_words=period.words,
        is_complete=now >= period.end,
        provider=_block(Side.PROVIDER, engagement, rows, readings, period),
        client=_block(Side.CLIENT, engagement, rows, readings, period),
        disagreements=tuple(
            _disagreement(one, engagement, now) for one in contested[:MOST_DISAGREEMENTS]
        ),
        disagreement_count=sum(claim.disagreements for claim in claims.values()),
        claims_compared=sum(claim.judged for claim in claims.values()),
        rule_version=rules_named(versions),
        rules_words=rules_words(engagement),
        relief=excused,
        not_known=(
            *removed_words(engagement, period, emptied, now),
            *((f"How {wording.counted(unknown, 'clock')} ended.",) if unknown else ()),
        ),
    )


def rules_words(engagement: Engagement) -> str:
    """Return how clocks are counted under the contract, in a sentence."""
    rules = engagement.rules
    overdue = "missed" if rules.open_overdue_is_missed else "not judged until it ends"
    return (
        f"Clocks are {_COUNT_BY_WORDS[rules.count_by]}; one that is open and overdue is {overdue}; "
        f"resolution: {_PAUSE_WORDS[rules.pause]}."
    )


def promised(engagement: Engagement) -> list[tuple[Obligation, str]]:
    """Return every obligation with a target, so that one without any clock is shown as such."""
    keys = [
        (obligation, level.priority)
        for level in engagement.service_levels
        for obligation in level.targets
    ]
    return keys + [
        (Obligation.REPLY, level.priority)
        for level in engagement.service_levels
        if target_of(engagement, Obligation.REPLY, level.priority) is not None
    ]


def target_of(engagement: Engagement, obligation: Obligation, priority: str) -> Duration | None:
    """Return the time allowed for an obligation at a priority; ``None`` where none is set."""
    name = priority.casefold()
    participation = engagement.participation
    if obligation is Obligation.APPROVAL:
        return participation.approval
    if obligation is Obligation.SURVEY:
        return participation.survey_within
    if obligation is Obligation.REPLY:
        replies = {key.casefold(): value for key, value in participation.reply.items()}
        return replies.get(name) or replies.get("default")
    for level in engagement.service_levels:
        if level.priority.casefold() == name:
            return level.targets.get(obligation)
    return None


class _Readings(NamedTuple):
    """What the same clocks come to by other accounts than the contract's."""

    claims: ClaimTallies
    felt: Mapping[tuple[Obligation, str], tuple[int, int]]
    """Met and missed by the calendar."""
    emptied: Instant | None
    """The instant before which finished tickets were removed."""


def _block(
    side: Side,
    engagement: Engagement,
    rows: Sequence[LevelCount],
    readings: _Readings,
    period: Period,
) -> LedgerBlock:
    own = [row for row in rows if row.obligation.ledger is side]
    name = engagement.provider if side is Side.PROVIDER else engagement.client
    whole = total(own, side, period)
    found = [_row(engagement, row, readings, period) for row in own]
    if is_emptied(period, readings.emptied):
        found = [row if row.judged else _emptied(row) for row in found]
        whole = whole if whole.judged else replace(whole, value=NO_LONGER_KEPT)
    return LedgerBlock(
        side=side,
        title=f"{name}: what it owes {'us' if side is Side.PROVIDER else 'the provider'}",
        rows=tuple(found),
        total=whole,
    )


def _emptied(row: SlaRow) -> SlaRow:
    """Return the row of a month whose tickets were removed: nothing is told by its zero."""
    return replace(
        row,
        met_words=NO_LONGER_KEPT,
        contract_words="cannot tell",
        evidence_words="cannot tell",
        figure=replace(row.figure, value=NO_LONGER_KEPT),
    )


def _row(engagement: Engagement, count: LevelCount, readings: _Readings, period: Period) -> SlaRow:
    attainment = count.attainment
    claim = readings.claims.get((count.obligation, count.priority))
    felt_met, felt_missed = readings.felt.get((count.obligation, count.priority), (0, 0))
    judgement = attainment.judgement()
    target = target_of(engagement, count.obligation, count.priority)
    whole = budget(attainment, attainment.pending)
    left = None if whole is None else whole.left
    low = high = None
    interval_words = ""
    if attainment.judged:
        low, high = 100 * judgement.interval.low, 100 * judgement.interval.high
        interval_words = f"{low:.1f}-{high:.1f}%"
    duty = wording.duty(count.obligation)
    priority = count.priority or "none"
    contract_tone = CONTRACT_TONES[judgement.contract]
    return SlaRow(
        key=f"{count.obligation}/{count.priority}",
        priority=priority,
        obligation=count.obligation,
        obligation_words=duty,
        target_words="none set" if target is None else _target_words(target),
        met=attainment.met,
        judged=attainment.judged,
        missed=attainment.missed,
        pending=attainment.pending,
        excluded=attainment.excluded,
        unknown=attainment.unknown,
        percent=percent_of(attainment),
        low=low,
        high=high,
        met_words=met_words(attainment),
        interval_words=interval_words,
        promised=None if attainment.target is None else 100 * attainment.target,
        contract_words=attainment.contract_words(),
        contract_tone=contract_tone,
        evidence_words=attainment.evidence_words(),
        evidence_tone=Tone.PLAIN
        if attainment.target is None
        else EVIDENCE_TONES[judgement.evidence],
        misses_left=left,
        misses_left_words=_misses_left_words(left),
        claimed_met=None if claim is None else claim.met,
        claimed_judged=None if claim is None else claim.judged,
        claimed_words=NOTHING if claim is None else wording.k_of_n(claim.met, claim.judged),
        disagreements=0 if claim is None else claim.disagreements,
        felt_words=wording.k_of_n(felt_met, felt_met + felt_missed)
        if felt_met + felt_missed
        else "",
        figure=attainment_figure(
            f"{priority} {duty}, {period.words}",
            attainment,
            FigureKey(
                FigureKind.ATTAINMENT,
                ledger=count.obligation.ledger,
                obligation=count.obligation,
                priority=count.priority,
                period=period.key,
            ),
            contract_tone,
        ),
    )


def _target_words(target: Duration) -> str:
    """Return a target in open hours, never in days of them; business days stay what they are."""
    return str(target) if target.business_days else wording.working_span(target.seconds)


def _misses_left_words(left: int | None) -> str:
    if left is None:
        return "no share promised"
    if left < 0:
        return f"{wording.counted(-left, 'miss', 'misses')} too many"
    return f"{wording.counted(left, 'miss', 'misses')} left"


def _disagreement(one: PeriodClock, engagement: Engagement, now: Instant) -> Disagreement:
    clock = one.clock
    in_favour = claimed_verdict(one.claim, clock) is True
    state = state_of(clock, now)
    other = Side.CLIENT if clock.ledger is Side.PROVIDER else Side.PROVIDER
    ours = how_it_counts(clock, engagement.timezone, now)
    return Disagreement(
        key=f"{one.source}/{one.ticket_id}/{clock.obligation}/{clock.round}",
        ticket=TicketKey(one.source, one.ticket_id),
        reference=one.reference,
        subject=one.subject,
        priority=clock.priority,
        obligation=clock.obligation,
        obligation_words=wording.duty(clock.obligation),
        ours=wording.CLOCK_STATES[state],
        claimed="met" if in_favour else "missed",
        in_favour_of=clock.ledger if in_favour else other,
        words=f"claimed {claim_words(one.claim, clock)}; by our count {ours}",
    )
