"""Service credits of a run of months, from exact counts.

A credit is arithmetic, not inference: thresholds are compared with ``k / n`` as a fraction, and
money is rounded half to even, to the cent, once per month.

The three shapes follow published contracts: percentages by tier (the monthly-uptime commitments of
cloud providers, e.g. https://aws.amazon.com/compute/sla/), an amount at risk that is allotted to
service levels (https://www.lawinsider.com/clause/service-level-credits), and service points with
doubling on repeated failure (the model services contract of the UK government,
https://www.gov.uk/government/publications/model-services-contract). Earning back is described at
https://www.slaw.ca/2013/09/03/service-level-earn-backs-in-outsourcing-thinking-about-the-issues/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise

from engagewatch.model.credits import CreditRule, Credits, CreditShape, Tripwire

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one rule came to in one month: met of judged tickets, or seconds up of seconds known."""

    met: int
    judged: int

    @property
    def share(self) -> Fraction | None:
        """Met over judged; ``None`` while nothing is judged."""
        return Fraction(self.met, self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class RuleCredit:
    """What one rule brings in one month."""

    rule: CreditRule
    measured: Measured | None
    """``None`` where nothing could be measured."""
    tier: int | None
    """Which tier it fell below, 0 for the mildest; ``None``: no shortfall, or nothing to judge."""
    share: Decimal
    """Of the month's fee, before caps; 0 in shape ``points``."""
    points: int
    repeated: bool
    """It also fell short in the month before, and the contract makes that dearer."""
    earned_back: bool
    """The shortfall was forgiven because of the good months after it."""


@dataclass(frozen=True, slots=True)
class MonthCredit:
    """What one month's shortfalls come to."""

    month: date
    """Its first day."""
    fee: Decimal | None
    """``None`` where the file names no fee for the month: then there is no amount either."""
    rules: tuple[RuleCredit, ...]
    points: int
    uncapped: Decimal
    """Share of the fee before cap and minimum."""
    amount: Decimal | None
    """What the contract pays back."""
    capped: bool
    too_small: bool
    """The contract pays nothing because the amount is under its minimum."""
    claim_by: date | None
    """The last day to claim it; ``None`` where the contract sets no such day."""

    def days_left(self, today: date) -> int | None:
        """Return the days left to claim; 0 on the last one, negative after it."""
        return None if self.claim_by is None else (self.claim_by - today).days


def assess(
    clause: Credits, months: Sequence[tuple[date, Mapping[str, Measured]]]
) -> list[MonthCredit]:
    """Return the credit of each of ``months``: first days, each with what was measured by rule.

    Months are given in order and without gaps; what is repeated, and what is earned back, is told
    by their neighbours.

    Raises:
        ValueError: a month does not follow the one before it.
    """
    for (before, _), (after, _) in pairwise(months):
        if _months_after(before, 1) != after:
            raise ValueError(f"{after} does not follow {before}")
    by_rule = {rule.name: _run_of(clause, rule, months) for rule in clause.rules}
    found = []
    for place, (month, _) in enumerate(months):
        parts = tuple(by_rule[rule.name][place] for rule in clause.rules)
        found.append(_month(clause, month, parts))
    return found


def money(amount: Decimal) -> Decimal:
    """Return an amount to the cent, halves to even."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def tier_of(rule: CreditRule, measured: Measured | None) -> int | None:
    """Return the lowest tier that was fallen below; ``None`` for none, or too few to count."""
    if measured is None or measured.share is None or measured.judged < rule.needs:
        return None
    below = [
        place for place, tier in enumerate(rule.tiers) if measured.share < Fraction(tier.below)
    ]
    return max(below, default=None)


def _run_of(
    clause: Credits, rule: CreditRule, months: Sequence[tuple[date, Mapping[str, Measured]]]
) -> list[RuleCredit]:
    measured = [by_rule.get(rule.name) for _, by_rule in months]
    tiers = [tier_of(rule, one) for one in measured]
    run = []
    for place, (one, tier) in enumerate(zip(measured, tiers, strict=True)):
        repeated = (
            tier is not None
            and clause.repeat_factor != 1
            and place > 0
            and tiers[place - 1] is not None
        )
        share, points = _worth(clause, rule, tier, repeated)
        forgiven = _is_earned_back(clause, rule, tier, measured[place + 1 :], tiers[place + 1 :])
        if forgiven:
            share, points = Decimal(0), 0
        run.append(RuleCredit(rule, one, tier, share, points, repeated, forgiven))
    return run


def _worth(
    clause: Credits, rule: CreditRule, tier: int | None, repeated: bool
) -> tuple[Decimal, int]:
    if tier is None:
        return Decimal(0), 0
    factor = rule.multiplier * (clause.repeat_factor if repeated else 1)
    if clause.shape is CreditShape.POINTS:
        return Decimal(0), int(rule.tiers[tier].points * factor)
    if clause.shape is CreditShape.POOL:
        return clause.at_risk * rule.allocation * rule.weight * factor, 0
    return rule.tiers[tier].credit * factor, 0


def _is_earned_back(
    clause: Credits,
    rule: CreditRule,
    tier: int | None,
    later: Sequence[Measured | None],
    later_tiers: Sequence[int | None],
) -> bool:
    """Return whether the months after a mild shortfall were good for long enough.

    A month in which too few tickets were judged neither counts as good nor breaks the run.
    """
    if clause.earn_back_months is None or tier != 0:
        return False
    good = 0
    for measured, shortfall in zip(later, later_tiers, strict=True):
        if shortfall is not None:
            return False
        good += measured is not None and measured.judged >= rule.needs
        if good >= clause.earn_back_months:
            return True
    return False


def _month(clause: Credits, month: date, parts: tuple[RuleCredit, ...]) -> MonthCredit:
    points = sum(part.points for part in parts)
    if clause.shape is CreditShape.POINTS:
        reached = [share for least, share in clause.points_table if points >= least]
        uncapped = max(reached, default=Decimal(0)) if points else Decimal(0)
    else:
        uncapped = sum((part.share for part in parts), Decimal(0))
    limits = [Decimal(1)]
    if clause.cap is not None:
        limits.append(clause.cap)
    if clause.shape is CreditShape.POOL:
        limits.append(clause.at_risk)
    share = min(uncapped, *limits)
    fee = clause.fee_on(month)
    amount = None if fee is None else money(fee * share)
    too_small = amount is not None and Decimal(0) < amount < clause.minimum
    return MonthCredit(
        month=month,
        fee=fee,
        rules=parts,
        points=points,
        uncapped=uncapped,
        amount=Decimal("0.00") if too_small else amount,
        capped=share < uncapped,
        too_small=too_small,
        claim_by=_claim_by(clause, month),
    )


def _claim_by(clause: Credits, month: date) -> date | None:
    after = _months_after(month, 1)
    if clause.claim_days is not None:
        return after + timedelta(days=clause.claim_days - 1)
    if clause.claim_months is not None:
        return _months_after(after, clause.claim_months) - timedelta(days=1)
    return None


def _months_after(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class TripwireState:
    """How near a tripwire is."""

    tripwire: Tripwire
    below: int
    """Months below within the last ones that it looks at."""
    seen: int
    """Months among them in which something was judged."""
    tripped_in: date | None
    """The first month that tripped it, whatever came later."""

    @property
    def left(self) -> int:
        """Further months below that would trip it; 0 when it is tripped now."""
        return max(0, self.tripwire.months - self.below)


def tripwires(
    clause: Credits, months: Sequence[tuple[date, Mapping[str, Measured]]]
) -> list[TripwireState]:
    """Return where each tripwire stands after ``months`` (in order, without gaps)."""
    states = []
    for wire in clause.tripwires:
        shares = [
            None if (one := by_rule.get(wire.rule)) is None else one.share for _, by_rule in months
        ]
        low = [share is not None and share < Fraction(wire.below) for share in shares]
        tripped = next(
            (
                months[place][0]
                for place in range(len(low))
                if sum(low[max(0, place + 1 - wire.within) : place + 1]) >= wire.months
            ),
            None,
        )
        recent = slice(max(0, len(low) - wire.within), None)
        seen = sum(share is not None for share in shares[recent])
        states.append(TripwireState(wire, sum(low[recent]), seen, tripped))
    return states


def without(measured: Measured, excused: int) -> Measured:
    """Return ``measured`` as it is when ``excused`` of its misses are not held against anybody.

    Raises:
        ValueError: there are not so many misses.
    """
    if excused > measured.judged - measured.met:
        raise ValueError(f"{excused} of {measured.judged - measured.met} misses cannot be excused")
    return replace(measured, judged=measured.judged - excused)
