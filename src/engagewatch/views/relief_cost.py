"""What relief for our own time costs us: the credit of a month with all misses, and after it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from engagewatch.engine.credits import MonthCredit, assess
from engagewatch.engine.relief import Standing
from engagewatch.model.credits import Credits
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views.credit_counts import Excused, after_relief, by_contract, first_day
from engagewatch.views.measures import Measures
from engagewatch.views.period import Period, month_of
from engagewatch.views.quantities import money_words

if TYPE_CHECKING:
    from engagewatch.store.store import Store


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
    excused: Excused,
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
    plain = [(first_day(month), by_contract(clause, measures, month)) for month in months]
    spared = [
        (first, after_relief(clause, by_rule, excused) if first == first_day(period) else by_rule)
        for first, by_rule in plain
    ]
    before, after = (assess(clause, run)[1] for run in (plain, spared))
    return ReliefCost(
        all_misses=before.amount,
        after_relief=after.amount,
        currency=clause.currency,
        words=_words(clause, before, after, standing, complete=now >= period.end),
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
