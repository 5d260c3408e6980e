"""How much service credit hangs on one clock of the provider's that a wait of ours holds up.

It is the difference between the month's credit if the clock is missed and if it is met, all else as
it stands. A miss that our own time explains may be excused: then that much can no longer be
claimed. What hangs on two clocks together is not the sum of both.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views.period import month_of

if TYPE_CHECKING:
    from datetime import date

    from engagewatch.engine.credits import Measured
    from engagewatch.model.credits import CreditRule, Credits
    from engagewatch.store.store import Store

_EVERY_PRIORITY = "*"
_NOTHING = Decimal(0)


class CreditAtStake:
    """Answers for the clocks of one engagement; counts the months when first asked."""

    def __init__(self, store: Store, engagement: Engagement, now: Instant) -> None:
        """Make ready; nothing is read yet."""
        self._store = store
        self._engagement = engagement
        self._now = now
        self._known: dict[tuple[Obligation, str, bool], Decimal] = {}

    def of(self, clock: Clock) -> Decimal:
        """Return the amount that hangs on ``clock``, in the contract's currency; 0 for nothing."""
        clause = self._engagement.credits
        if clause is None or clock.target is None:
            return _NOTHING
        counted = clock.state_at(self._now) is ClockState.MISSED
        key = clock.obligation, clock.priority.casefold(), counted
        if key not in self._known:
            rules = [rule for rule in clause.rules if _is_about(rule, clock)]
            self._known[key] = self._difference(clause, rules, counted) if rules else _NOTHING
        return self._known[key]

    @cached_property
    def _months(self) -> list[tuple[date, dict[str, Measured]]]:
        """This month, and the one before it where the contract makes repetition dearer."""
        from engagewatch.views.credit_counts import by_contract, first_day
        from engagewatch.views.measures import Measures  # much to import, for few contracts

        clause = self._engagement.credits
        if clause is None:
            return []
        current = month_of(self._now, self._engagement.timezone)
        # Uptime is not what we hold up, and takes long to measure. Only a cap could make it matter.
        timed = replace(
            clause, rules=tuple(rule for rule in clause.rules if rule.obligation is not None)
        )
        months = [current] if clause.repeat_factor == 1 else [current.previous(), current]
        measures = Measures(self._store, self._engagement, months[0].start, self._now)
        return [(first_day(month), by_contract(timed, measures, month)) for month in months]

    def _difference(self, clause: Credits, rules: list[CreditRule], counted: bool) -> Decimal:
        """Return what one miss more, or one less where it is ``counted``, makes of the credit."""
        from engagewatch.engine.credits import assess

        missed, met = self._with(rules, 0, counted), self._with(rules, 1, counted)
        amounts = []
        for this_month in (missed, met):
            *before, (day, _) = self._months
            amounts.append(assess(clause, [*before, (day, this_month)])[-1].amount)
        if amounts[0] is None or amounts[1] is None:
            return _NOTHING
        return max(_NOTHING, amounts[0] - amounts[1])

    def _with(self, rules: list[CreditRule], met: int, counted: bool) -> dict[str, Measured]:
        from engagewatch.engine.credits import Measured

        by_rule = dict(self._months[-1][1])
        for rule in rules:
            before = by_rule.get(rule.name, Measured(0, 0))
            judged = before.judged if counted else before.judged + 1
            by_rule[rule.name] = Measured(before.met + met, judged)
        return by_rule


def _is_about(rule: CreditRule, clock: Clock) -> bool:
    return rule.obligation is clock.obligation and (
        rule.scope == _EVERY_PRIORITY or rule.scope.casefold() == clock.priority.casefold()
    )
