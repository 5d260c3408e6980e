"""Variations: every contract that differs from ours in one rule.

A provider's tool counts by *some* rules. Substituting one rule at a time tells which difference of
rules explains a difference of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engagewatch.model.clock import Obligation
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    Duration,
    Pause,
    Policy,
    PriorityChange,
    Reopen,
    ResolutionStop,
    Window,
)


class Cause(StrEnum):
    """What kind of difference explains a disagreement."""

    DEFINITION = "definition"
    """What starts or stops the clock."""
    CALENDAR = "calendar"
    PAUSE = "pause"
    PRIORITY = "priority"
    REOPENING = "reopening"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Variation:
    """One rule changed."""

    cause: Cause
    rule: str
    """Which rule; two variations of one rule exclude each other."""
    words: str
    """What the other side then does, e.g. ``does not pause while waiting for the client``."""
    apply: Callable[[Policy], Policy]


def variations_of(policy: Policy) -> tuple[Variation, ...]:
    """Return every contract that differs from ``policy`` in one rule, the likeliest kinds first."""
    return (
        *_stops(policy),
        *_pauses(policy),
        *_calendars(policy),
        *_priorities(policy),
        *_reopenings(policy),
        *_responses(policy),
    )


def target_variation(obligation: Obligation, priority: str, seconds: int) -> Variation:
    """Return the contract that allows ``seconds`` for ``obligation`` at ``priority`` instead."""

    def apply(policy: Policy) -> Policy:
        levels = tuple(
            replace(level, targets={**level.targets, obligation: Duration(seconds)})
            if level.priority == priority
            else level
            for level in policy.service_levels
        )
        return replace(policy, service_levels=levels)

    return Variation(Cause.TARGET, "target", "allows another time", apply)


def _ruled(cause: Cause, rule: str, value: object, words: str) -> Variation:
    def apply(policy: Policy) -> Policy:
        return replace(policy, rules=replace(policy.rules, **{rule: value}))  # type: ignore[arg-type]

    return Variation(cause, rule, words, apply)


_STOPS = {
    ResolutionStop.RESOLVED: "stops at the resolution, not at the closing",
    ResolutionStop.CLOSED: "stops at the closing, not at the resolution",
}
_PAUSES = {
    Pause.NONE: "does not pause while waiting for the client",
    Pause.CLAIMED: "pauses whenever the status says it waits for the client",
    Pause.EVIDENCED: "pauses only while a question to the client stood open",
}
_PRIORITIES = {
    PriorityChange.FROM_CREATION: "counts the last priority from the creation on",
    PriorityChange.FROM_CHANGE: "starts again when the priority changes",
    PriorityChange.AT_CREATION: "keeps the priority of the creation",
    PriorityChange.WORST: "judges by the strictest priority ever held",
}
_REOPENINGS = {
    Reopen.CONTINUE: "goes on after a reopening, without the time in between",
    Reopen.CONTINUE_WITH_GAP: "goes on after a reopening, with the time in between",
    Reopen.NEW_CYCLE: "starts anew after a reopening",
}
_SWITCHES = {
    "third_party_pauses": ("does not pause with third parties", "pauses with third parties"),
    "nobody_pauses": ("does not pause while parked", "pauses while parked"),
    "first_response_pauses": (
        "does not pause the first response",
        "pauses the first response as well",
    ),
    "resume_at_reply": (
        "resumes when the status changes, not at the client's answer",
        "resumes at the client's answer",
    ),
}
_RESPONSES = {
    "responses_by_automation": (
        "does not take automatic messages for responses",
        "takes automatic messages for responses",
    ),
    "assignment_is_response": (
        "does not take an assignment for a response",
        "takes an assignment for a response",
    ),
    "internal_note_is_response": (
        "does not take internal notes for responses",
        "takes internal notes for responses",
    ),
    "status_change_is_response": (
        "does not take a changed status for a response",
        "takes a changed status for a response",
    ),
}


def _stops(policy: Policy) -> Iterator[Variation]:
    for stop, words in _STOPS.items():
        if stop is not policy.rules.stop:
            yield _ruled(Cause.DEFINITION, "stop", stop, words)


def _pauses(policy: Policy) -> Iterator[Variation]:
    for pause, words in _PAUSES.items():
        if pause is not policy.rules.pause:
            yield _ruled(Cause.PAUSE, "pause", pause, words)
    for rule, (off, on) in _SWITCHES.items():
        value = not getattr(policy.rules, rule)
        yield _ruled(Cause.PAUSE, rule, value, on if value else off)


def _calendars(policy: Policy) -> Iterator[Variation]:
    whole_day = (Window(0, 1440),)
    weekdays = CalendarSpec(
        "weekdays around the clock", policy.timezone, (whole_day,) * 5 + ((), ())
    )
    specs = {ALWAYS.name: ALWAYS, weekdays.name: weekdays, **policy.calendars}
    used = {level.calendar for level in policy.service_levels}
    for name, spec in specs.items():
        if used != {name}:
            yield _calendar(name, spec)


def _calendar(name: str, spec: CalendarSpec) -> Variation:
    def apply(policy: Policy) -> Policy:
        levels = tuple(replace(level, calendar=name) for level in policy.service_levels)
        return replace(policy, calendars={**policy.calendars, name: spec}, service_levels=levels)

    return Variation(Cause.CALENDAR, "calendar", f"counts {name} hours", apply)


def _priorities(policy: Policy) -> Iterator[Variation]:
    for change, words in _PRIORITIES.items():
        if change is not policy.rules.priority_change:
            yield _ruled(Cause.PRIORITY, "priority_change", change, words)
    survives = not policy.rules.breach_survives_downgrade
    words = "lets a miss stand" if survives else "forgets a miss"
    yield _ruled(
        Cause.PRIORITY,
        "breach_survives_downgrade",
        survives,
        f"{words} when the priority is lowered afterwards",
    )


def _reopenings(policy: Policy) -> Iterator[Variation]:
    for reopen, words in _REOPENINGS.items():
        if reopen is not policy.rules.reopen:
            yield _ruled(Cause.REOPENING, "reopen", reopen, words)


def _responses(policy: Policy) -> Iterator[Variation]:
    for rule, (off, on) in _RESPONSES.items():
        value = not getattr(policy.rules, rule)
        yield _ruled(Cause.DEFINITION, rule, value, on if value else off)
