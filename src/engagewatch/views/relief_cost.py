"""What relief for our own time costs us: the credit of a month with all misses, and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from engagewatch.engine.credits import Measured, MonthCredit, assess, without
from engagewatch.engine.relief import Standing
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditRule, Credits
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.metric import Metric
from engagewatch.views.measures import ALL, Measures
from engagewatch.views.period import Period, month_of

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_FINE = 10**9
"""Parts into which a share of time is cut, so that it compares with a promise to nine decimals."""


@dataclass(frozen=True, slots=True)
class ReliefCost:
    """The credit of a month twice, and the difference."""

    all_misses: Decimal | None
    """In the contract's currency; ``None`` where the file names no fee for the month."""
    after_relief: Decimal | None
    currency: str
    words: str

    @property
    def difference(self) -> Decimal | None:
        """What our own time costs us, if relief is granted."""
        if self.all_misses is None or self.after_relief is None:
            return None
        return self.all_misses - self.after_relief


def cost_of(
    store: Store,
    engagement: Engagement,
    now: Instant,
    period: Period,
    excused: Mapping[tuple[Obligation, str], int],
    standing: Standing,
) -> ReliefCost | None:
    """Return what relief for ``excused`` misses of ``period`` costs; ``None`` without a clause.

    ``excused`` are counts by obligation and priority. Neighbouring months stay as they are: they
    tell what is repeated and what is earned back.
    """
    clause = engagement.credits
    if clause is None:
        return None
    months = [period.previous(), period]
    while months[-1].start < month_of(now, engagement.timezone).start:
        months.append(months[-1].next())
    measures = Measures(store, engagement, months[0].start, now)
    plain = [(_first(month), _measured(clause, measures, month)) for month in months]
    spared = [
        (first, _spared(clause, by_rule, excused) if first == _first(period) else by_rule)
        for first, by_rule in plain
    ]
    before, after = (assess(clause, run)[1] for run in (plain, spared))
    return ReliefCost(
        all_misses=before.amount,
        after_relief=after.amount,
        currency=clause.currency,
        words=_words(clause, before, after, standing, complete=now >= period.end),
    )


def _first(month: Period) -> date:
    return date(month.year, month.month, 1)


def _measured(clause: Credits, measures: Measures, month: Period) -> dict[str, Measured]:
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


def _spared(
    clause: Credits,
    by_rule: Mapping[str, Measured],
    excused: Mapping[tuple[Obligation, str], int],
) -> dict[str, Measured]:
    rules = {rule.name: rule for rule in clause.rules}
    return {
        name: without(measured, _excused_of(rules[name], excused))
        for name, measured in by_rule.items()
    }


def _excused_of(rule: CreditRule, excused: Mapping[tuple[Obligation, str], int]) -> int:
    return sum(
        count
        for (obligation, priority), count in excused.items()
        if obligation is rule.obligation
        and (rule.scope == ALL or rule.scope.casefold() == priority.casefold())
    )


def _words(
    clause: Credits, before: MonthCredit, after: MonthCredit, standing: Standing, *, complete: bool
) -> str:
    if before.amount is None or after.amount is None:
        return "What it costs cannot be told: the engagement file names no fee for the month."
    so_far = "" if complete else " so far"
    lost = before.amount - after.amount
    counted = (
        f"Credit of the month{so_far}: {money_words(before.amount, clause.currency)} with all "
    )
    if not lost:
        return f"{counted}misses, the same after relief."
    counted += f"misses, {money_words(after.amount, clause.currency)} after relief"
    price = money_words(lost, clause.currency)
    if standing is Standing.NOT_GRANTED:
        return f"{counted}; the contract grants none, so nothing of it is lost."
    if standing is Standing.NOTICE_MISSING:
        return f"{counted}: our time may cost us {price}, if notice was given."
    return f"{counted}: our time costs us {price}."


def money_words(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency, e.g. ``EUR 1,240.00``."""
    return f"{currency} {amount:,.2f}"
