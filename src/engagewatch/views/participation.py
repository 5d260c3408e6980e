"""Participation: five parts, both sides on the same rows, the worst one named, none averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment, ContractVerdict
from engagewatch.engine.participation import (
    PartCount,
    direction,
    latency,
    satisfied_bounds,
    worst,
)
from engagewatch.engine.ratings import is_satisfied
from engagewatch.engine.silence import GROUP_NEEDS, PERCENT_NEEDS, TREND_NEEDS
from engagewatch.engine.statistics import share_text
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import begun_clocks, survey_ratings
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import rule_versions, snapshot
from engagewatch.views import evidence, relief, wording
from engagewatch.views.evidence import WaitsView
from engagewatch.views.figure import Figure
from engagewatch.views.kept import emptied_since, removed_words, whole_months
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.ledger import CONTRACT_TONES, EVIDENCE_TONES, met_words, percent_of
from engagewatch.views.measures import months_until
from engagewatch.views.open_time import OpenTime
from engagewatch.views.participation_counts import PartCounts, answered
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import rules_named
from engagewatch.views.relief import ReliefBlock
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MONTHS = 12
"""Months looked back on for a trend."""

_LATENCY_MONTHS = 6
"""Months of requests for approval whose waiting is told together: one month has too few."""

SIDES = (Side.CLIENT, Side.PROVIDER)

TITLES = {
    Part.REPLIES: "Replies",
    Part.APPROVALS: "Approvals",
    Part.TASKS: "Tasks",
    Part.ATTENDANCE: "Attendance",
    Part.SURVEYS: "Surveys",
}

_LATE = {Part.ATTENDANCE: "missed", Part.SURVEYS: "unanswered"}
"""What a miss of a part is called where it is not ``late``."""

_VERDICTS = {
    ContractVerdict.KEPT: "kept",
    ContractVerdict.BREACHED: "lagging",
    ContractVerdict.NOTHING_TO_JUDGE: "none yet",
    ContractVerdict.NO_TARGET: "no target",
}

_DIRECTIONS = {1: "rising", -1: "falling", 0: "no trend shown"}


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One part of one side in one month."""

    period: str
    """E.g. ``2026-03``."""
    words: str
    """E.g. ``Mar 7/9``, ``Mar −``."""
    met: int
    judged: int


@dataclass(frozen=True, slots=True)
class PartCell:
    """One part of one side."""

    side: Side
    applies: bool
    met: int | None
    judged: int | None
    percent: float | None
    """0 to 100; ``None`` under ten judged."""
    value: str
    """E.g. ``38 of 40 (95%)``, ``none judged yet``, ``does not apply``."""
    target_words: str
    """The share to be met, e.g. ``90%``; ``none set``."""
    verdict: str
    """``kept``, ``lagging``, ``none yet``, ``no target``; empty where the part does not apply."""
    tone: Tone
    contract_words: str
    """The verdict by count in full."""
    evidence_words: str
    evidence_tone: Tone
    about: str
    """What is counted, or why nothing is."""
    left_out: str
    """E.g. ``2 not yet due``; may be empty."""
    oldest_words: str
    """E.g. ``oldest open one 12d, Finance approver``; may be empty."""
    months: tuple[MonthCount, ...]
    """The last months that the engagement had, oldest first."""
    trend_words: str
    """Which way the months go, or why that is not told; empty where it was not asked for."""
    figure: Figure


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part, both sides."""

    key: str
    part: Part
    title: str
    us: PartCell
    them: PartCell
    extra: tuple[str, ...]
    """Sentences that only this part has: how long decisions take, what silence may hide."""


@dataclass(frozen=True, slots=True)
class ParticipationView:
    """How both sides take part in a month."""

    as_of: Instant
    as_of_words: str
    engagement: str
    client: str
    provider: str
    period: Period
    period_words: str
    is_complete: bool
    headline: str
    """Our worst part, e.g. ``lagging: approvals, 4 of 9 late, oldest 12d, Finance approver``."""
    tone: Tone
    their_headline: str
    their_tone: Tone
    rows: tuple[PartRow, ...]
    """Always five."""
    waits: WaitsView
    relief: ReliefBlock
    rule_version: str
    not_known: tuple[str, ...]


def build(
    store: Store,
    engagement: Engagement,
    now: Instant,
    period: Period | None = None,
    *,
    roles_only: bool = False,
    trends: bool = True,
) -> ParticipationView:
    """Return how both sides took part in ``period``, the current month unless given.

    Without ``trends`` no direction is told: working one out loads a statistics library first.
    """
    period = period or month_of(now, engagement.timezone)
    with snapshot(store):
        desk = Desk(store, engagement, period, now, roles_only=roles_only, trends=trends)
        rows = tuple(desk.row(part) for part in Part)
        waits = evidence.build(store, engagement, now, period)
        excuses = relief.build(store, engagement, now, period)
        versions = rule_versions(store, desk.counts.of)
        emptied = kept_since(store, desk.counts.of)
    headline, tone = desk.headline(Side.CLIENT)
    their_headline, their_tone = desk.headline(Side.PROVIDER)
    return ParticipationView(
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        engagement=engagement.name,
        client=engagement.client,
        provider=engagement.provider,
        period=period,
        period_words=period.words,
        is_complete=now >= period.end,
        headline=headline,
        tone=tone,
        their_headline=their_headline,
        their_tone=their_tone,
        rows=rows,
        waits=waits,
        relief=excuses,
        rule_version=rules_named(versions),
        not_known=(
            *removed_words(engagement, period, emptied, now),
            *_not_known(rows, waits),
        ),
    )


class Desk:
    """Puts the parts of a month into words."""

    def __init__(
        self,
        store: Store,
        engagement: Engagement,
        period: Period,
        now: Instant,
        *,
        roles_only: bool = False,
        trends: bool = True,
    ) -> None:
        """Count the months up to ``period`` as known at ``now``."""
        self._trends = trends
        known = whole_months(
            months_until(engagement, now, MONTHS * 4), emptied_since(store, engagement)
        )
        self._months = [month for month in known if month.start <= period.start][-MONTHS:]
        since = self._months[0].start if self._months else period.start
        self.counts = PartCounts(store, engagement, since, now, roles_only=roles_only)
        self._store = store
        self._engagement = engagement
        self._period = period
        self._now = now
        self._counted: dict[Side, list[PartCount]] = {side: [] for side in SIDES}

    def row(self, part: Part) -> PartRow:
        """Return one part of both sides."""
        return PartRow(
            key=part.value,
            part=part,
            title=TITLES[part],
            us=self._cell(part, Side.CLIENT),
            them=self._cell(part, Side.PROVIDER),
            extra=tuple(self._extra(part)),
        )

    def headline(self, side: Side) -> tuple[str, Tone]:
        """Return the worst part of a side in words, of the rows made so far."""
        counts = self._counted[side]
        found = worst(counts)
        if found is not None and found.attainment is not None:
            late = wording.k_of_n(found.attainment.missed, found.attainment.judged)
            words = [f"lagging: {found.part}, {late} {_LATE.get(found.part, 'late')}"]
            if found.oldest_open is not None:
                words.append(f"oldest {wording.span(self._now - found.oldest_open)}")
            return ", ".join((*words, found.holder) if found.holder else words), Tone.WARNING
        if not any(one.attainment and one.attainment.judged for one in counts):
            return "nothing to judge yet", Tone.UNKNOWN
        if any(one.verdict is ContractVerdict.KEPT for one in counts):
            return "no part is behind its target", Tone.GOOD
        return "no shares are set to be met", Tone.PLAIN

    def _cell(self, part: Part, side: Side) -> PartCell:
        counted = self.counts.of_part(part, side, self._period)
        self._counted[side].append(counted.count)
        attainment = counted.count.attainment
        if attainment is None:
            return self._empty(part, side, counted.about)
        judgement = attainment.judgement()
        tone = CONTRACT_TONES[judgement.contract]
        if judgement.contract is ContractVerdict.BREACHED:
            tone = Tone.WARNING
        months = self._history(part, side)
        value = met_words(attainment)
        return PartCell(
            side=side,
            applies=True,
            met=attainment.met,
            judged=attainment.judged,
            percent=percent_of(attainment),
            value=value,
            target_words="none set" if attainment.target is None else share_text(attainment.target),
            verdict=_VERDICTS[judgement.contract],
            tone=tone,
            contract_words=attainment.contract_words(),
            evidence_words=attainment.evidence_words(),
            evidence_tone=Tone.PLAIN
            if attainment.target is None
            else EVIDENCE_TONES[judgement.evidence],
            about=counted.about,
            left_out=attainment.left_out_words(),
            oldest_words=self._oldest_words(counted.count),
            months=tuple(_month_count(month, count) for month, count in months),
            trend_words=self._trend_words(months),
            figure=self._figure(part, side, value, tone, attainment),
        )

    def _empty(self, part: Part, side: Side, why: str) -> PartCell:
        value = "does not apply"
        return PartCell(
            side=side,
            applies=False,
            met=None,
            judged=None,
            percent=None,
            value=value,
            target_words="",
            verdict="",
            tone=Tone.PLAIN,
            contract_words="",
            evidence_words="",
            evidence_tone=Tone.PLAIN,
            about=why,
            left_out="",
            oldest_words="",
            months=(),
            trend_words="",
            figure=self._figure(part, side, value, Tone.PLAIN, None),
        )

    def _figure(
        self, part: Part, side: Side, value: str, tone: Tone, attainment: Attainment | None
    ) -> Figure:
        who = "we" if side is Side.CLIENT else self._engagement.provider
        return Figure(
            label=f"{TITLES[part]}, {who}, {self._period.words}",
            value=value,
            note="" if attainment is None else attainment.left_out_words(),
            tone=tone,
            key=FigureKey(
                FigureKind.PARTICIPATION, ledger=side, period=self._period.key, part=part
            ),
            met=None if attainment is None else attainment.met,
            judged=None if attainment is None else attainment.judged,
            percent=None if attainment is None else percent_of(attainment),
        )

    def _oldest_words(self, count: PartCount) -> str:
        if count.oldest_open is None:
            return ""
        age = wording.span(self._now - count.oldest_open)
        holder = f", {count.holder}" if count.holder else ""
        return f"oldest open one {age}{holder}"

    def _history(self, part: Part, side: Side) -> list[tuple[Period, Attainment]]:
        found = ((month, self.counts.attainment(part, side, month)[0]) for month in self._months)
        return [(month, attainment) for month, attainment in found if attainment is not None]

    def _extra(self, part: Part) -> list[str]:
        if part is Part.APPROVALS:
            return [self._latency_words()]
        if part is Part.SURVEYS:
            words = self._bounds_words()
            return [words] if words else []
        return []

    def _trend_words(self, months: Sequence[tuple[Period, Attainment]]) -> str:
        if not self._trends:
            return ""
        return _trend_words([count for month, count in months if month.end <= self._now])

    def _latency_words(self) -> str:
        """Return how long our decisions take, those that are still open counted as at least so."""
        end = min(self._period.end, self._now)
        months = self._months[-_LATENCY_MONTHS:]
        since = months[0].start if months else self._period.start
        time = OpenTime(self._engagement)
        waits = [
            (
                time.consumed(one.clock, self._now),
                one.clock.stopped_at is not None and not one.clock.reason,
            )
            for one in begun_clocks(self._store, self.counts.of, Obligation.APPROVAL, since, end)
        ]
        asked = f"{len(waits)} asked for in {wording.counted(len(months), 'month')}"
        curve = latency(waits)
        if curve is None:
            return f"How long decisions take cannot be told yet: {asked}, {GROUP_NEEDS} needed."
        if curve.open:
            asked += f"; {curve.open} not decided, counted as at least so long"
        median = curve.median()
        if median is None:
            return f"Fewer than half of our approvals came to a decision ({asked})."
        return (
            f"Half of our approvals are decided within {wording.working_span(int(median))} of "
            f"working time ({asked})."
        )

    def _bounds_words(self) -> str:
        """Return what those who did not answer may hide."""
        start, end = self._period.start, self._period.end
        sent = begun_clocks(self._store, self.counts.of, Obligation.SURVEY, start, end)
        asked = [one for one in sent if answered(one.clock) is not None]
        verdicts = [
            is_satisfied(value) for value in survey_ratings(self._store, self.counts.of, start, end)
        ]
        known = [verdict for verdict in verdicts if verdict is not None]
        if not asked:
            return ""
        if len(asked) < PERCENT_NEEDS or len(known) > len(asked):
            return f"{sum(known)} of {wording.counted(len(known), 'answer')} satisfied."
        bounds = satisfied_bounds(sum(known), len(known), len(asked))
        assert bounds is not None
        return (
            f"{sum(known)} of {wording.counted(len(known), 'answer')} satisfied; of all "
            f"{len(asked)} asked between {100 * bounds.low:.0f}% and {100 * bounds.high:.0f}%, "
            "depending on those who did not answer."
        )


def _month_count(month: Period, count: Attainment) -> MonthCount:
    name = wording.month_name(month.year, month.month)[:3]
    shown = f"{count.met}/{count.judged}" if count.judged else "−"
    return MonthCount(month.key, f"{name} {shown}", count.met, count.judged)


def _trend_words(months: Sequence[Attainment]) -> str:
    """Return which way whole ``months`` in a row go, where there are enough to say."""
    found = direction([(month.met, month.judged) for month in months])
    if found is not None:
        return _DIRECTIONS[found]
    run = 0
    for month in months:
        run = run + 1 if month.judged >= GROUP_NEEDS else 0
    enough = f"{wording.counted(run, 'whole month')} in a row with {GROUP_NEEDS} judged"
    return f"no trend told: {enough}, {TREND_NEEDS} needed"


def _not_known(rows: Sequence[PartRow], waits: WaitsView) -> tuple[str, ...]:
    untold = [row for row in rows if not row.us.applies]
    return (
        *(f"Our {row.title.lower()}: {row.us.about}." for row in untold),
        *waits.not_known,
    )
