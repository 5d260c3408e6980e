"""What the flag rules look at of the contract: credits that can be claimed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClaimableCredit:
    """The credit of a month that is over, owed and not claimed yet."""

    month: str
    """Stable, e.g. ``2026-03``."""
    month_words: str
    amount_words: str
    claim_by_words: str
    """The last day, in words; empty where the contract sets none."""
    days_left: int | None
