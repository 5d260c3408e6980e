"""What a period can still afford: its budget in tickets, and whether it is clinched or lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, sqrt

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.statistics import allowance, required


@dataclass(frozen=True, slots=True)
class Budget:
    """The misses a whole period can afford, and how many are gone."""

    expected_total: float
    """Tickets judged so far plus those still expected."""
    expected: float
    """Misses affordable on average: ``A = n (1 - T)``."""
    allowance: int
    """Misses the contract allows at the expected volume: ``n - ceil(T n)``."""
    used: int

    @property
    def left(self) -> int:
        """Misses left; negative when overspent."""
        return self.allowance - self.used

    @property
    def consumed(self) -> float | None:
        """Used over the average budget; above 1 when overspent; ``None`` without a budget."""
        return self.used / self.expected if self.expected > 0 else None


def budget(attainment: Attainment, expected_more: float) -> Budget | None:
    """Return the period's budget if ``expected_more`` tickets are yet to be judged.

    ``None`` where no share is promised.
    """
    if attainment.target is None:
        return None
    total = attainment.judged + expected_more
    return Budget(
        expected_total=total,
        expected=total * (1 - attainment.target),
        allowance=allowance(attainment.target, round(total)),
        used=attainment.missed,
    )


class Outlook(StrEnum):
    """What can still become of a period."""

    CLINCHED = "clinched"
    """Kept even if all that is still expected is missed."""
    ALIVE = "alive"
    LOST = "lost"
    """Breached even if all that is still expected is met."""


def outlook(met: int, judged: int, more: int, target: float) -> Outlook:
    """Return the outlook when exactly ``more`` tickets are still to be judged."""
    needed = required(target, judged + more) - met
    if needed <= 0:
        return Outlook.CLINCHED
    return Outlook.LOST if needed > more else Outlook.ALIVE


def certain_outlook(met: int, judged: int, expected_more: float, target: float) -> Outlook:
    """Return the outlook that no plausible volume changes; else alive.

    Plausible are volumes within two Poisson standard deviations of the expected one.
    """
    spread = 2 * sqrt(expected_more)
    volumes = range(max(0, floor(expected_more - spread)), ceil(expected_more + spread) + 1)
    outlooks = {outlook(met, judged, more, target) for more in volumes}
    return outlooks.pop() if len(outlooks) == 1 else Outlook.ALIVE
