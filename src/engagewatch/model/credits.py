"""Service credits: what the contract pays back when a month falls short. Money is decimal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engagewatch.model.clock import Obligation


class CreditShape(StrEnum):
    """How a contract turns a shortfall into money."""

    TIERS = "tiers"
    """The further below, the larger the share of the month's fee."""
    POOL = "pool"
    """A share of the fee is at risk; each shortfall takes its allotted part of it."""
    POINTS = "points"
    """Failures score points; the month's points are looked up in a table of shares."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What a month costs from a date on."""

    since: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditTier:
    """What falling below a share brings. Of several tiers the lowest one fallen below counts."""

    below: Decimal
    """Share, 0 to 1: exactly this much is not below it."""
    credit: Decimal = Decimal(0)
    """Share of the month's fee (shape ``tiers``)."""
    points: int = 0
    """Points scored (shape ``points``)."""


@dataclass(frozen=True, slots=True)
class CreditRule:
    """One measured promise that credits hang on."""

    name: str
    obligation: Obligation | None
    """Whose attainment is measured; ``None`` for uptime."""
    scope: str = "*"
    """A priority, or for uptime a component; ``*`` for all."""
    tiers: tuple[CreditTier, ...] = ()
    """The mildest first. Of shape ``pool`` there is one: the promise itself."""
    allocation: Decimal = Decimal(1)
    """Part of the pool that this rule's category may take (shape ``pool``)."""
    weight: Decimal = Decimal(1)
    """Part of its category that this rule may take (shape ``pool``)."""
    multiplier: Decimal = Decimal(1)
    """The contract makes this rule weigh so many times."""
    needs: int = 1
    """Fewer judged tickets in a month than this bring no credit."""


@dataclass(frozen=True, slots=True)
class Tripwire:
    """A failure so chronic that it gives a right, such as leaving the contract."""

    name: str
    rule: str
    """Name of the credit rule that is watched."""
    below: Decimal
    months: int
    """So many months below ..."""
    within: int
    """... of so many months in a row."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The credit clause of a contract."""

    currency: str
    shape: CreditShape
    fees: tuple[Fee, ...]
    rules: tuple[CreditRule, ...]
    cap: Decimal | None = None
    """Largest share of a month's fee that is paid back."""
    at_risk: Decimal = Decimal(0)
    """Share of the month's fee in the pool (shape ``pool``)."""
    points_table: tuple[tuple[int, Decimal], ...] = ()
    """From so many points on, this share of the fee (shape ``points``)."""
    repeat_factor: Decimal = Decimal(1)
    """What a rule that also failed in the month before is multiplied by."""
    earn_back_months: int | None = None
    """A mildest-tier shortfall is forgiven after so many good months of its rule in a row."""
    minimum: Decimal = Decimal(0)
    """A smaller credit is not paid."""
    claim_days: int | None = None
    """Days after the month's end within which a credit has to be claimed."""
    claim_months: int | None = None
    """Months after the month's end instead; the last one is still in time."""
    tripwires: tuple[Tripwire, ...] = ()

    def fee_on(self, day: date) -> Decimal | None:
        """Return the fee of the month that ``day`` begins; ``None`` before the first fee."""
        current = None
        for fee in self.fees:
            if fee.since <= day:
                current = fee.amount
        return current
