"""What the credit clause measures, month by month, under each reading of the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.engine.credits import Measured, without
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditRule, Credits
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.metric import Metric
from engagewatch.store.queries.clocks import Span, claim_tallies
from engagewatch.store.queries.measures import felt_tallies
from engagewatch.store.queries.scope import scope
from engagewatch.views.measures import ALL, Measures
from engagewatch.views.period import Period

if TYPE_CHECKING:
    from engagewatch.store.store import Store

Excused = Mapping[tuple[Obligation, str], int]
"""Misses that relief takes off, by obligation and priority."""

_FINE = 10**9
"""Parts into which a share of time is cut, so that it compares with a promise to nine decimals."""


def first_day(month: Period) -> date:
    """Return the first day of a month."""
    return date(month.year, month.month, 1)


def by_contract(clause: Credits, measures: Measures, month: Period) -> dict[str, Measured]:
    """Return what each rule came to by our count under the contract."""
    found = {}
    for rule in clause.rules:
        if rule.obligation is not None:
            counted = measures.attainment(rule.obligation, month, rule.scope)
            found[rule.name] = Measured(counted.met, counted.judged)
        else:
            up = measures.reading(Metric.UPTIME, month, rule.scope).value
            if up is not None:
                found[rule.name] = Measured(round(up * _FINE), _FINE)
    return found


class OtherReadings:
    """What the rules came to by the provider's own word, and by the calendar."""

    def __init__(self, store: Store, engagement: Engagement, now: Instant) -> None:
        """Make ready to count."""
        self._store = store
        self._engagement = engagement
        self._now = now
        self._of = scope(store, engagement.id, (source.id for source in engagement.sources))

    def claimed(self, clause: Credits, month: Period) -> dict[str, Measured]:
        """Return what the provider's tool claims; rules of which it says nothing are left out."""
        found = claim_tallies(self._store, self._of, self._span(month), _obligations(clause))
        return _summed(clause, {key: (one.met, one.judged - one.met) for key, one in found.items()})

    def felt(self, clause: Credits, month: Period) -> dict[str, Measured]:
        """Return what calendar time without pauses comes to; there is none of uptime."""
        found = felt_tallies(self._store, self._of, self._span(month), _obligations(clause))
        return _summed(clause, found)

    def _span(self, month: Period) -> Span:
        return Span(month.start, month.end, self._now, self._engagement.rules)


def after_relief(
    clause: Credits, by_rule: Mapping[str, Measured], excused: Excused
) -> dict[str, Measured]:
    """Return what the rules come to when excused misses are not judged."""
    rules = {rule.name: rule for rule in clause.rules}
    return {
        name: without(
            measured, sum(count for key, count in excused.items() if _is_about(rules[name], key))
        )
        for name, measured in by_rule.items()
    }


def _obligations(clause: Credits) -> set[Obligation]:
    return {rule.obligation for rule in clause.rules if rule.obligation is not None}


def _summed(
    clause: Credits, found: Mapping[tuple[Obligation, str], tuple[int, int]]
) -> dict[str, Measured]:
    measured = {}
    for rule in clause.rules:
        own = [counts for key, counts in found.items() if _is_about(rule, key)]
        met, missed = sum(one[0] for one in own), sum(one[1] for one in own)
        if met + missed:
            measured[rule.name] = Measured(met, met + missed)
    return measured


def _is_about(rule: CreditRule, key: tuple[Obligation, str]) -> bool:
    obligation, priority = key
    return obligation is rule.obligation and (
        rule.scope == ALL or rule.scope.casefold() == priority.casefold()
    )
