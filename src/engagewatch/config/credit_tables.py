"""``[credits]``: the credit clause as an engagement file writes it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from engagewatch.config.fields import CreditShapeField, Table, Text
from engagewatch.config.problems import RejectedError
from engagewatch.config.shares import parse_percentage
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import (
    CreditRule,
    Credits,
    CreditTier,
    Fee,
    Tripwire,
)

UPTIME = "uptime"
_MEASURES = Literal["first_response", "next_response", "update", "resolution", "uptime"]
_AMOUNT = re.compile(r"\d+(\.\d+)?")
_WINDOW = re.compile(r"\s*(\d{1,4})\s*(d|days?|months?)\s*")


def _amount(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Decimal(value)
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise RejectedError(
        "an amount is a whole number, or text with a decimal point", 'write it like "4100.00"'
    )


def _window(value: object) -> tuple[int | None, int | None]:
    """Read how long a credit can be claimed: (days, months), one of them set."""
    found = _WINDOW.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise RejectedError("this is not a time to claim in", 'write "30d" or "2 months"')
    number = int(found[1])
    return (number, None) if found[2].startswith("d") else (None, number)


_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$"}
ExactShareField = Annotated[
    Decimal, PlainValidator(parse_percentage), WithJsonSchema(_PERCENT_SCHEMA)
]
AmountField = Annotated[
    Decimal,
    PlainValidator(_amount),
    WithJsonSchema(
        {"type": ["integer", "string"], "minimum": 0, "pattern": f"^{_AMOUNT.pattern}$"}
    ),
]
WindowField = Annotated[
    tuple[int | None, int | None],
    PlainValidator(_window),
    WithJsonSchema({"type": "string", "pattern": _WINDOW.pattern}),
]
Count = Annotated[int, Field(ge=1, le=1200)]


class FeeRow(Table):
    """What a month costs from a date on."""

    since: date = Field(alias="from", examples=[date(2026, 3, 2)])
    amount: AmountField = Field(examples=["4100.00"])


class TierRow(Table):
    """What falling below a share brings; the mildest first."""

    below: ExactShareField = Field(examples=["95%"])
    credit: ExactShareField | None = Field(default=None, examples=["5%"])
    """Share of the month's fee (shape "tiers")."""
    points: Annotated[int, Field(ge=0)] | None = Field(default=None, examples=[2])
    """Points scored (shape "points")."""


class PointsRow(Table):
    """From so many points on, this share of the month's fee."""

    least: Count = Field(alias="from", examples=[3])
    credit: ExactShareField = Field(examples=["5%"])


class CreditRuleRow(Table):
    """``[[credits.rules]]``: one measured promise that credits hang on."""

    name: Text = Field(examples=["P1 resolution"])
    measure: _MEASURES = Field(examples=["resolution"])
    scope: Text = Field(default="*", examples=["P1"])
    """A priority, or for uptime a component; left out, all of them."""
    tiers: list[TierRow] = Field(
        min_length=1,
        examples=[[{"below": "95%", "credit": "5%"}, {"below": "90%", "credit": "10%"}]],
    )
    allocation: ExactShareField = Field(default=Decimal(1), examples=["50%"])
    """Part of the pool that the rule's category may take (shape "pool")."""
    weight: ExactShareField = Field(default=Decimal(1), examples=["40%"])
    """Part of its category that the rule may take (shape "pool")."""
    multiplier: AmountField = Field(default=Decimal(1), examples=["1.5"])
    needs: Count = Field(default=1, examples=[10])
    """Fewer judged tickets in a month than this bring no credit."""


class TripwireRow(Table):
    """``[[credits.tripwires]]``: a failure so chronic that it gives a right."""

    name: Text = Field(examples=["may end the contract"])
    rule: Text = Field(examples=["P1 resolution"])
    """Name of the credit rule that is watched."""
    below: ExactShareField = Field(examples=["85%"])
    months: Count = Field(examples=[3])
    within: Count = Field(examples=[6])


class CreditsTable(Table):
    """``[credits]``: what the contract pays back when a month falls short."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(examples=["EUR"])
    """ISO 4217 code."""
    shape: CreditShapeField = Field(examples=["tiers"])
    fee: AmountField | None = Field(default=None, examples=["4100.00"])
    """What a month costs."""
    fees: list[FeeRow] = Field(
        default_factory=list, examples=[[{"from": date(2026, 3, 2), "amount": "4100.00"}]]
    )
    """In its place, where it changes: what a month costs from a date on."""
    rules: list[CreditRuleRow] = Field(min_length=1)
    cap: ExactShareField | None = Field(default=None, examples=["15%"])
    at_risk: ExactShareField | None = Field(default=None, examples=["10%"])
    """Share of the fee in the pool (shape "pool")."""
    points: list[PointsRow] = Field(
        default_factory=list, examples=[[{"from": 1, "credit": "1%"}, {"from": 4, "credit": "5%"}]]
    )
    """What a month's points come to (shape "points")."""
    repeat_factor: AmountField = Field(default=Decimal(1), examples=[2])
    """What a shortfall is multiplied by if the month before fell short as well."""
    earn_back_months: Count | None = Field(default=None, examples=[3])
    """A mildest shortfall is forgiven after so many good months in a row."""
    minimum: AmountField = Field(default=Decimal(0), examples=["20.00"])
    claim_within: WindowField | None = Field(default=None, examples=["30d"])
    """How long after the month's end a credit can be claimed."""
    tripwires: list[TripwireRow] = Field(default_factory=list)


def build_credits(table: CreditsTable, started: date) -> Credits:
    """Return the credit clause; a single fee holds from ``started`` on."""
    fees = (
        [Fee(date(started.year, started.month, 1), table.fee)]
        if table.fee is not None
        else [Fee(row.since, row.amount) for row in table.fees]
    )
    days, months = table.claim_within or (None, None)
    return Credits(
        currency=table.currency,
        shape=table.shape,
        fees=tuple(sorted(fees, key=lambda fee: fee.since)),
        rules=tuple(_rule(row) for row in table.rules),
        cap=table.cap,
        at_risk=table.at_risk or Decimal(0),
        points_table=tuple(sorted((row.least, row.credit) for row in table.points)),
        repeat_factor=table.repeat_factor,
        earn_back_months=table.earn_back_months,
        minimum=table.minimum,
        claim_days=days,
        claim_months=months,
        tripwires=tuple(
            Tripwire(row.name, row.rule, row.below, row.months, row.within)
            for row in table.tripwires
        ),
    )


def _rule(row: CreditRuleRow) -> CreditRule:
    tiers = [
        CreditTier(tier.below, tier.credit or Decimal(0), tier.points or 0) for tier in row.tiers
    ]
    return CreditRule(
        name=row.name,
        obligation=None if row.measure == UPTIME else Obligation(row.measure),
        scope=row.scope,
        tiers=tuple(sorted(tiers, key=lambda tier: tier.below, reverse=True)),
        allocation=row.allocation,
        weight=row.weight,
        multiplier=row.multiplier,
        needs=row.needs,
    )
