"""What waiting on us costs, and which of two waits costs more.

Minutes of a contract's clock, money and days of a plan have no common unit, so nothing is added up
and no score is shown. There is only an order, by this one rule:

1. what the wait holds up, by the ladder :class:`Holds`, the gravest first;
2. on one rung: the larger amount of credit, then the more days of the plan, then what is past our
   own target, then the contract's more urgent priority, then what has waited longest.

How recently something came in plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from engagewatch.model.instants import Instant

UNRANKED = 99
"""Rank of what the contract gives no priority."""


class Holds(IntEnum):
    """What a wait holds up, the gravest first."""

    FIRST_PRIORITY = 1
    """A clock of the contract's first priority: people cannot work meanwhile."""
    GO_LIVE = 2
    """A gate or the end of the plan: each further day moves it by a day."""
    CREDIT = 3
    """A clock on which a service credit hangs."""
    CONTRACT = 4
    """Another clock of the contract."""
    WORK = 5
    """Work or decisions of others that are not on the critical path."""
    OURS = 6
    """Nothing of the provider's; we set ourselves a target."""
    NOTHING = 7
    """Nothing that is known."""


HOLDS_WORDS = {
    Holds.FIRST_PRIORITY: "a clock of the first priority",
    Holds.GO_LIVE: "a gate or the end of the plan",
    Holds.CREDIT: "a clock on which a credit hangs",
    Holds.CONTRACT: "a clock of the contract",
    Holds.WORK: "other people's work",
    Holds.OURS: "our own target",
    Holds.NOTHING: "nothing that is known",
}
"""What each rung is called."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one wait costs, as far as it is known."""

    holds: Holds
    credit: Decimal = Decimal(0)
    """Money that hangs on the clock held up."""
    plan_days: int = 0
    """Working days of the plan held up."""
    rank: int = UNRANKED
    """0 for the contract's first priority, 1 for the next, ..."""
    overdue: bool = False
    """Past our own target."""


def grave_first(
    consequence: Consequence, since: Instant, key: str
) -> tuple[int, Decimal, int, bool, int, Instant, str]:
    """Return the key by which waits are sorted, the most consequential first.

    ``since`` is when the wait began; ``key`` makes the order of equals the same every time.
    """
    return (
        int(consequence.holds),
        -consequence.credit,
        -consequence.plan_days,
        not consequence.overdue,
        consequence.rank,
        since,
        key,
    )


def of_clock(*, rank: int, has_target: bool, credit: Decimal, ours: bool) -> Holds:
    """Return the rung of a wait that bears on a ticket.

    ``has_target``: the provider has a clock with a target in it that is not over; ``ours``: we
    allow ourselves a time for it.
    """
    if has_target:
        if rank == 0:
            return Holds.FIRST_PRIORITY
        return Holds.CREDIT if credit else Holds.CONTRACT
    return Holds.OURS if ours else Holds.NOTHING
