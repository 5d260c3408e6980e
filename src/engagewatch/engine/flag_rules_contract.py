"""Flag rules on the contract's money: credits that lapse if nobody claims them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.engine.phrases import counted
from engagewatch.engine.situation import Situation
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.sides import Side

if TYPE_CHECKING:
    from engagewatch.engine.situation_contract import ClaimableCredit

SOON = 14
"""Days left to claim from which on it needs attention."""


def credit_flags(credit: ClaimableCredit, situation: Situation) -> list[Flag]:
    """Flag a credit that is owed and not claimed: to claim it is the client's move."""
    soon = credit.days_left is not None and credit.days_left <= SOON
    until = "The contract sets no day to claim it by."
    if credit.days_left is not None:
        left = counted(credit.days_left, "day")
        until = f"It lapses after {credit.claim_by_words}: {left} left."
    return [
        Flag(
            rule="credit_unclaimed",
            key=f"credit_unclaimed:{credit.month}",
            severity=Severity.ATTENTION if soon else Severity.NOTICE,
            side=Side.CLIENT,
            title=f"{credit.amount_words} of {credit.month_words} can be claimed",
            detail=f"{situation.provider} fell short of what the credit clause asks. {until}",
            next_step="Claim it as the contract says, then note that on the Credits screen.",
            weight=420.0 - (credit.days_left or 0) if soon else 200.0,
            screen="credits",
        )
    ]
