"""Why this number, for what the contract side of a month comes to: its disputes and its credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.scope import rule_versions, scope, snapshot
from engagewatch.views import credits as months
from engagewatch.views import disputes, why, wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.policy import rules_named
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_DISPUTES = (
    "Clocks of the month on which the provider's own tool and our count come to different "
    "verdicts, of all clocks on which it says anything. What explains one is found by exchanging "
    "our rules one at a time, then two, until both agree."
)
_CREDIT = "The contract's clause on our counts."


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> why.WhyView:
    """Return the derivation of a month's disputes, or of its credit."""
    period = (
        parse_period(figure.period, engagement.timezone)
        if figure.period
        else month_of(now, engagement.timezone)
    )
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        versions = rule_versions(store, of)
    rules = rules_named(versions)
    if figure.kind is FigureKind.DISPUTES:
        return _disputes(store, engagement, now, period, rules)
    return _credit(store, engagement, now, period, rules)


def _disputes(
    store: Store, engagement: Engagement, now: Instant, period: Period, rules: str
) -> why.WhyView:
    view = disputes.build(store, engagement, now, period)
    return why.WhyView(
        title=f"Disputes, {period.words}",
        value=f"{view.total:,} of {view.compared:,} differ",
        formula=_DISPUTES,
        met=None,
        judged=None,
        not_counted=(),
        rule_version=rules,
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(
            why.WhyTicket(
                key=row.key,
                ticket=row.ticket,
                reference=row.reference,
                subject=row.subject,
                words=f"{_whose(row)}: they say {row.claimed}, we count {row.ours}; {row.cause}",
                tone=row.tone,
            )
            for row in view.rows
        ),
        total=view.total,
    )


def _whose(row: disputes.DisputeRow) -> str:
    return "for us" if row.in_favour_of is Side.CLIENT else "for them"


def _credit(
    store: Store, engagement: Engagement, now: Instant, period: Period, rules: str
) -> why.WhyView:
    view = months.build(store, engagement, now)
    row = next((row for row in view.rows if row.key == period.key), None)
    clause = " ".join(f"{term}." for term in view.terms)
    return why.WhyView(
        title=f"Credit, {period.words}",
        value=f"{row.contract_words} of {row.fee_words}" if row else wording.UNKNOWN,
        formula=f"{_CREDIT} {clause}".rstrip(),
        met=None,
        judged=None,
        not_counted=row.notes if row else (),
        rule_version=rules,
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(
            why.WhyTicket(
                key=f"rule/{place}",
                ticket=None,
                reference=f"rule {place}",
                subject=rule.name,
                words=f"{rule.measured_words}; {rule.outcome_words}"
                if rule.outcome_words
                else rule.measured_words,
                tone=rule.tone if rule.tone is not Tone.GOOD else Tone.PLAIN,
            )
            for place, rule in enumerate(row.rules if row else (), 1)
        ),
        total=len(row.rules) if row else 0,
    )
