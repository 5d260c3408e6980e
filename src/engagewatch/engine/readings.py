"""The three readings of a clock, side by side.

``claimed`` is what the provider's own tool says, ``contract`` our count under the contract, and
``felt`` calendar time with nothing taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.model.clock import Clock, ClockState, Fold, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Claim


@dataclass(frozen=True, slots=True)
class Readings:
    """One clock under the three rules."""

    clock: Clock
    claimed_met: bool | None
    """The provider's verdict, as told or as it follows from what is told; ``None``: none."""
    claimed: int | None
    """Seconds the provider's tool counted."""
    contract_met: bool | None
    """Our verdict; ``None`` while open in time, not judged, or not to be told."""
    contract: int
    """Business seconds counted under the contract."""
    felt: int | None
    """Calendar seconds from start to stop; ``None`` while it runs."""


def readings_of(clock: Clock, claim: Claim | None, now: Instant) -> Readings:
    """Return ``clock`` under the three rules at ``now``."""
    state = clock.state_at(now)
    judged = state in (ClockState.MET, ClockState.MISSED)
    return Readings(
        clock=clock,
        claimed_met=claimed_verdict(claim, clock),
        claimed=None if claim is None else claim.elapsed,
        contract_met=state is ClockState.MET if judged else None,
        contract=clock.consumed,
        felt=clock.felt,
    )


def claimed_verdict(claim: Claim | None, clock: Clock) -> bool | None:
    """Return whether the provider's tool says that ``clock`` was met; ``None`` if it does not say.

    Where it gives no verdict, one follows from the time it counted against the target, or from the
    due instant it tells. A time over the target proves no miss where the clock was paused: tools
    count on through pauses.
    """
    if claim is None:
        return None
    if claim.met is not None:
        return claim.met
    if clock.stopped_at is None:
        return None
    target = clock.target if claim.target is None else claim.target
    if claim.elapsed is not None:
        if target is None or (claim.elapsed > target and clock.paused):
            return None
        return claim.elapsed <= target
    return None if claim.due_at is None else clock.stopped_at <= claim.due_at


def claimed_clock(fold: Fold, obligation: Obligation) -> Clock | None:
    """Return the clock that a claim is about: the last round, for a claim is about the present."""
    rounds = [clock for clock in fold.clocks if clock.obligation is obligation]
    return rounds[-1] if rounds else None
