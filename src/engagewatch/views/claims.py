"""What the provider's own tool says of a clock, in words beside our count."""

from __future__ import annotations

from engagewatch.model.clock import Clock
from engagewatch.model.ticket import Claim
from engagewatch.views import wording

NOTHING = "says nothing"


def claimed_met(claim: Claim | None, clock: Clock) -> bool | None:
    """Return the provider's verdict on a clock; ``None`` where none is given or follows.

    Where its tool gives no verdict, one follows from the time it counted against the target, or
    from the due instant it tells. A time over the target proves no miss where the clock was paused:
    tools count on through pauses. The store's tallies of claims follow the same rule.
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


def claim_words(claim: Claim | None, clock: Clock) -> str:
    """Return the claim, e.g. ``met: 0m of 30m``, ``met``, ``3h 5m``, ``says nothing``."""
    if claim is None:
        return NOTHING
    verdict = claimed_met(claim, clock)
    parts = [] if verdict is None else ["met" if verdict else "missed"]
    if claim.elapsed is not None:
        target = clock.target if claim.target is None else claim.target
        allowed = "" if target is None else f" of {wording.working_span(target)}"
        parts.append(f"{wording.working_span(claim.elapsed)}{allowed}")
    return ": ".join(parts) or NOTHING
