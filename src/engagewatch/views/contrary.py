"""What speaks against a figure: the facts that a reader who likes it would rather not look at.

Up to three, the weightiest first: how far the count can be off, what was not judged, who counts it
otherwise, and what it was before. It is asked of good news and of bad news alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment, EvidenceVerdict
from engagewatch.engine.silence import COVERAGE_NEEDS, PERCENT_NEEDS
from engagewatch.engine.statistics import percent, share_text, wilson
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.clocks import Tally, claim_tallies, tallies
from engagewatch.store.queries.measures import felt_tallies
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.views import freshness, services, wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.ledger import attainment_of, contract_of, promised_share, span_of
from engagewatch.views.measures import ALL, ATTAINMENTS, Measures
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.policy import ticketing_without_messages
from engagewatch.views.quantities import interval_words, reading_words

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST = 3
"""Facts that are told: more would be an argument and not a check."""


@dataclass(frozen=True, slots=True)
class ContraryView:
    """What speaks against a figure."""

    facts: tuple[str, ...]
    """The weightiest first; empty where nothing on record does."""
    as_of_words: str


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> ContraryView:
    """Return what speaks against ``figure``, good or bad, as known at ``now``."""
    if figure.kind is FigureKind.THEN_NOW:
        from engagewatch.views import then_now_why

        facts = then_now_why.against(store, engagement, now, figure)
        return ContraryView(facts[:MOST], wording.moment(now, engagement.timezone, now))
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    case = _Case(store, engagement, of, now, figure)
    with snapshot(store):
        found = [fact for fact in case.facts() if fact]
    return ContraryView(tuple(found[:MOST]), wording.moment(now, engagement.timezone, now))


class _Case:
    """One figure, and what can be asked of it."""

    def __init__(
        self, store: Store, engagement: Engagement, of: Scope, now: Instant, figure: FigureKey
    ) -> None:
        self._store = store
        self._engagement = engagement
        self._of = of
        self._now = now
        self._figure = figure

    def facts(self) -> Iterator[str]:
        kind, figure = self._figure.kind, self._figure
        if kind is FigureKind.ATTAINMENT:
            yield from self._of_attainment(figure.obligation, figure.priority)
        elif kind is FigureKind.METRIC and figure.metric in ATTAINMENTS:
            priority = None if figure.scope == ALL else figure.scope
            yield from self._of_attainment(ATTAINMENTS[figure.metric], priority)
        elif kind is FigureKind.METRIC:
            yield from self._of_metric()
        elif kind is FigureKind.UPTIME:
            yield from self._of_uptime()
        yield from self._of_what_is_seen()

    @property
    def _period(self) -> Period:
        timezone = self._engagement.timezone
        if self._figure.period is None:
            return month_of(self._now, timezone)
        return parse_period(self._figure.period[:7], timezone)

    def _of_attainment(self, obligation: Obligation | None, priority: str | None) -> Iterator[str]:
        period = self._period
        obligations = [
            one
            for one in Obligation
            if one is obligation
            or (obligation is None and self._figure.ledger in (None, one.ledger))
        ]
        tally = self._tally(period, obligations, priority)
        contract = contract_of(self._engagement, period, self._now)
        promised = (
            promised_share(contract, obligation, priority) if obligation is not None else None
        )
        attainment = attainment_of(tally, promised)
        if not attainment.judged:
            return
        yield _interval(attainment)
        yield _not_judged(attainment)
        yield self._claimed(period, obligations, priority, attainment)
        yield self._felt(period, obligations, priority, attainment)
        yield self._before(period, obligations, priority, attainment)

    def _tally(self, period: Period, obligations: list[Obligation], priority: str | None) -> Tally:
        found = tallies(
            self._store, self._of, span_of(self._engagement, period, self._now), obligations
        )
        return sum(
            (tally for (_, name), tally in found.items() if priority in (None, name)), Tally()
        )

    def _claimed(
        self,
        period: Period,
        obligations: list[Obligation],
        priority: str | None,
        attainment: Attainment,
    ) -> str:
        span = span_of(self._engagement, period, self._now)
        found = claim_tallies(self._store, self._of, span, obligations)
        own = [one for (_, name), one in found.items() if priority in (None, name)]
        differ = sum(one.disagreements for one in own)
        if not differ:
            return ""
        judged = sum(one.judged for one in own)
        met = sum(one.met for one in own)
        return (
            f"The provider's own tool counts {wording.k_of_n(met, judged)} met; on "
            f"{wording.counted(differ, 'clock')} it contradicts our count of "
            f"{wording.k_of_n(attainment.met, attainment.judged)}."
        )

    def _felt(
        self,
        period: Period,
        obligations: list[Obligation],
        priority: str | None,
        attainment: Attainment,
    ) -> str:
        span = span_of(self._engagement, period, self._now)
        found = felt_tallies(self._store, self._of, span, obligations)
        own = [one for (_, name), one in found.items() if priority in (None, name)]
        met, missed = sum(one[0] for one in own), sum(one[1] for one in own)
        if met + missed == 0 or met * attainment.judged >= attainment.met * (met + missed):
            return ""
        return (
            f"By the calendar, without pauses and closing hours, "
            f"{wording.k_of_n(met, met + missed)} were in time: that is what people felt."
        )

    def _before(
        self,
        period: Period,
        obligations: list[Obligation],
        priority: str | None,
        attainment: Attainment,
    ) -> str:
        before = self._tally(period.previous(), obligations, priority)
        if not before.judged:
            return f"Nothing was judged in {period.previous().words}: there is no month beside it."
        was, now = before.met / before.judged, attainment.met / attainment.judged
        if abs(was - now) < 0.005:
            return ""
        other = "better" if was > now else "worse"
        return (
            f"The month before was {other}: "
            f"{wording.k_of_n(before.met, before.judged)} met in {period.previous().words}."
        )

    def _of_metric(self) -> Iterator[str]:
        metric, period = self._figure.metric, self._period
        assert metric is not None
        measures = Measures(self._store, self._engagement, period.previous().start, self._now)
        reading = measures.reading(metric, period, self._figure.scope)
        if reading.is_thin:
            yield f"It rests on {reading.count}; under {reading.needs} it is a list, not a figure."
        elif reading.interval is not None:
            interval = interval_words(metric, reading.interval)
            yield f"With {reading.count:,} cases the true value may be anywhere from {interval}."
        if period.end > self._now:
            yield f"{period.words} is not over: the slow ones are still to come."
        before = measures.reading(metric, period.previous(), self._figure.scope)
        if before.value is not None:
            yield (
                f"In {period.previous().words} it was {reading_words(metric, before)}; one month "
                "beside another shows no trend."
            )

    def _of_uptime(self) -> Iterator[str]:
        view = services.build(self._store, self._engagement, self._now, self._period)
        for row in view.components:
            if (row.source, row.component_id) != self._figure.component:
                continue
            if row.coverage < COVERAGE_NEEDS:
                yield f"Nobody watched for part of the time: {row.coverage_words}."
            if row.reported is not None and row.reported != row.observed:
                yield (
                    f"We saw {row.observed_words}; the provider's page tells {row.reported_words}."
                )

    def _of_what_is_seen(self) -> Iterator[str]:
        """Say what bears on every figure: sources that are old, or that hide who wrote when."""
        lines = freshness.lines(
            self._engagement, self._store.health(self._engagement.id), self._now
        )
        old = [line.source for line in lines if not line.is_current]
        if old:
            yield f"Not up to date: {wording.listed(old)}."
        silent = ticketing_without_messages(self._engagement)
        if silent:
            yield f"Who wrote when is not shown by {wording.listed(silent)}."


def _interval(attainment: Attainment) -> str:
    verdict = attainment.judgement()
    interval = wilson(attainment.met, attainment.judged)
    reach = f"{100 * interval.low:.1f}% to {100 * interval.high:.1f}%"
    if attainment.target is None:
        return f"{attainment.judged} cases allow a true rate of anything from {reach}."
    if verdict.evidence is EvidenceVerdict.CANNOT_TELL:
        return (
            f"{attainment.judged} cases allow a true rate from {reach}, on either side of the "
            f"promised {share_text(attainment.target)}."
        )
    return ""


def _not_judged(attainment: Attainment) -> str:
    """Say what the count would be if everything that was not judged had gone the other way."""
    left = attainment.pending + attainment.unknown
    if not left:
        return ""
    share = attainment.share or 0.0
    bad = attainment.target is None or share >= attainment.target
    met = attainment.met if bad else attainment.met + left
    judged = attainment.judged + left
    way = "missed" if bad else "met"
    told = percent(met, judged) if judged >= PERCENT_NEEDS else ""
    shown = f"{wording.k_of_n(met, judged)}{f' ({told})' if told else ''}"
    return f"{left:,} are open or cannot be told: were they all {way}, it would be {shown}."


NOTHING = "Nothing on record speaks against it."
