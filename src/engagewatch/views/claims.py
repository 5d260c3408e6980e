"""What the provider's own tool says of a clock, in words beside our count."""

from __future__ import annotations

from engagewatch.engine.readings import claimed_verdict
from engagewatch.model.clock import Clock
from engagewatch.model.ticket import Claim
from engagewatch.views import wording

NOTHING = "says nothing"


def claim_words(claim: Claim | None, clock: Clock) -> str:
    """Return the claim, e.g. ``met: 0m of 30m``, ``met``, ``3h 5m``, ``says nothing``."""
    if claim is None:
        return NOTHING
    verdict = claimed_verdict(claim, clock)
    parts = [] if verdict is None else ["met" if verdict else "missed"]
    if claim.elapsed is not None:
        target = clock.target if claim.target is None else claim.target
        allowed = "" if target is None else f" of {wording.working_span(target)}"
        parts.append(f"{wording.working_span(claim.elapsed)}{allowed}")
    return ": ".join(parts) or NOTHING
