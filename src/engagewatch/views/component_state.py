"""Component states in words, and what can be said of a component's state at a moment."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.engine.timeline import LONGEST_GAP
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState
from engagewatch.store.queries.services import StoredComponent
from engagewatch.views import wording
from engagewatch.views.tone import Tone

STATE_WORDS = {
    ComponentState.UP: "up",
    ComponentState.DEGRADED: "degraded",
    ComponentState.PARTIAL: "partly down",
    ComponentState.DOWN: "down",
    ComponentState.MAINTENANCE: "planned work",
    ComponentState.UNKNOWN: "unknown",
}
"""What each component state is called on screen."""

STATE_TONES = {
    ComponentState.UP: Tone.GOOD,
    ComponentState.DEGRADED: Tone.WARNING,
    ComponentState.PARTIAL: Tone.BAD,
    ComponentState.DOWN: Tone.BAD,
    ComponentState.MAINTENANCE: Tone.NOTICE,
    ComponentState.UNKNOWN: Tone.UNKNOWN,
}


def state_summary(states: Sequence[ComponentState]) -> tuple[str, Tone]:
    """Return the states of all components in a few words, the worst ones named."""
    total = len(states)
    if not total:
        return "not watched", Tone.UNKNOWN
    if all(state is ComponentState.UP for state in states):
        return f"all {total} up" if total > 1 else "up", Tone.GOOD
    parts = []
    for state in (
        ComponentState.DOWN,
        ComponentState.PARTIAL,
        ComponentState.DEGRADED,
        ComponentState.MAINTENANCE,
        ComponentState.UNKNOWN,
    ):
        count = states.count(state)
        if count:
            parts.append((f"{count} {STATE_WORDS[state]}", STATE_TONES[state]))
    words = ", ".join(part for part, _ in parts)
    return f"{words} of {total}", parts[0][1]


def state_now(
    component: StoredComponent, interval: int, now: Instant
) -> tuple[ComponentState, str]:
    """Return the state that can be said of a component at ``now``, in words too.

    A state last seen longer ago than two polls is not what it is now: it is unknown.
    """
    state = component.component.state
    if not component.listed:
        return ComponentState.UNKNOWN, "no longer listed"
    if component.seen_at is None:
        return ComponentState.UNKNOWN, "never seen"
    if now - component.seen_at > max(2 * interval, LONGEST_GAP):
        ago = wording.ago(component.seen_at, now)
        return ComponentState.UNKNOWN, f"unknown; {STATE_WORDS[state]} {ago}"
    if component.component.word:
        return ComponentState.UNKNOWN, f'unknown; told as "{component.component.word}"'
    return state, STATE_WORDS[state]
