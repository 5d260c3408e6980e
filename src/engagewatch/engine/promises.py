"""Promises against their glide paths: on path, ahead, behind, or cannot tell yet and when it can.

A verdict is an inference wherever the reading is one. *Behind* is said when the whole interval is
on the wrong side of the path, *ahead* when it is on the right side. Where the interval holds the
path, an improvement on the baseline has to be shown before it is called *on path*; otherwise
nothing can be told yet. Values that are counted rather than sampled (a backlog, an uptime) are
compared as they are, and on path within a twentieth of the way from baseline to target.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, isinf

from engagewatch.engine.attainment import FORESEEABLE
from engagewatch.engine.metrics import Reading
from engagewatch.engine.statistics import Interval
from engagewatch.model.baseline import Grade
from engagewatch.model.entry import Entry, Value
from engagewatch.model.instants import Instant
from engagewatch.model.metric import CATALOGUE
from engagewatch.model.promise import PathShape, Promise

_TOLERANCE = 0.05
"""Of the way from baseline to target: so near the path a counted value is on it."""


class PromiseState(StrEnum):
    """Where a promise stands."""

    AHEAD = "ahead"
    ON_PATH = "on_path"
    BEHIND = "behind"
    CANNOT_TELL = "cannot_tell"
    UNMEASURABLE = "unmeasurable"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class PromiseVerdict:
    """Where a promise stands on a day, and what it rests on."""

    state: PromiseState
    path: float | None
    """What is asked on that day, in the metric's unit; ``None``: nothing yet."""
    reading: Reading | None
    can_tell_on: date | None
    """About when enough will have been seen, at the present pace; ``None``: settled, or not in
    sight."""


def path_on(promise: Promise, day: date) -> float | None:
    """Return what the promise asks on ``day``; ``None`` before it asks anything."""
    if promise.target is None or day < promise.starts:
        return None
    if promise.shape is PathShape.AT_ONCE or (promise.by is not None and day >= promise.by):
        return promise.target
    if promise.shape is PathShape.STEPS:
        reached = [step.value for step in promise.steps if step.on <= day]
        return reached[-1] if reached else None
    if promise.baseline is None or promise.by is None:
        return None
    passed = (day - promise.starts).days / max(1, (promise.by - promise.starts).days)
    start = promise.baseline.value
    return start + (promise.target - start) * passed


def judge(promise: Promise, reading: Reading | None, day: date, days_seen: float) -> PromiseVerdict:
    """Judge what was read up to ``day``; ``days_seen`` is how long the reading took to gather."""
    if promise.metric is None or promise.target is None:
        return PromiseVerdict(PromiseState.UNMEASURABLE, None, None, None)
    if day < promise.starts:
        return PromiseVerdict(PromiseState.NOT_STARTED, None, reading, None)
    path = path_on(promise, day)
    if reading is None or reading.value is None:
        return PromiseVerdict(PromiseState.CANNOT_TELL, path, reading, None)
    less = CATALOGUE[promise.metric].less_is_better
    if path is None:
        return PromiseVerdict(PromiseState.NOT_STARTED, None, reading, None)
    state = _state(promise, reading, path, less)
    can_tell = None
    if state is PromiseState.CANNOT_TELL:
        can_tell = _can_tell_on(reading, path, day, days_seen)
    return PromiseVerdict(state, path, reading, can_tell)


def _state(promise: Promise, reading: Reading, path: float, less: bool) -> PromiseState:
    assert reading.value is not None
    if reading.interval is None:
        if reading.needs > 1:
            # An inference that has no interval yet.
            return PromiseState.CANNOT_TELL
        return _state_of_level(promise, reading.value, path, less)
    best, worst = _ends(reading.interval, less)
    if not _at_least_as_good(best, path, less):
        return PromiseState.BEHIND
    if reading.is_thin:
        return PromiseState.CANNOT_TELL
    if _at_least_as_good(worst, path, less):
        return PromiseState.AHEAD
    if _is_improvement(promise, worst, less):
        return PromiseState.ON_PATH
    return PromiseState.CANNOT_TELL


def _is_improvement(promise: Promise, worst: float, less: bool) -> bool:
    """Return whether even the worse end of an interval is better than it was before.

    Memory is no measure: what somebody remembers is drawn beside a chart and never tested against.
    """
    before = promise.baseline
    return (
        before is not None
        and before.grade is not Grade.MEMORY
        and _better(worst, before.value, less)
    )


def _state_of_level(promise: Promise, value: float, path: float, less: bool) -> PromiseState:
    assert promise.target is not None
    start = path if promise.baseline is None else promise.baseline.value
    margin = abs(promise.target - start) * _TOLERANCE
    if abs(value - path) <= margin:
        return PromiseState.ON_PATH
    return PromiseState.AHEAD if _better(value, path, less) else PromiseState.BEHIND


def _can_tell_on(reading: Reading, path: float, day: date, days_seen: float) -> date | None:
    """Return when the interval will be half as wide as the way to the path needs.

    Intervals shrink with the square root of what they rest on, and it goes on coming at the pace
    seen so far.
    """
    if reading.value is None or reading.interval is None or not reading.count or days_seen <= 0:
        return None
    distance = abs(reading.value - path)
    towards = reading.interval.low if path < reading.value else reading.interval.high
    half = abs(towards - reading.value)
    if distance == 0 or isinf(half):
        return None
    needed = max(reading.needs, ceil(reading.count * (half / distance) ** 2)) - reading.count
    if needed > FORESEEABLE:
        return None
    return day + timedelta(days=max(1, ceil(needed / (reading.count / days_seen))))


def _ends(interval: Interval, less: bool) -> tuple[float, float]:
    """Return the better end of an interval, then the worse one."""
    return (interval.low, interval.high) if less else (interval.high, interval.low)


def _better(value: float, other: float, less: bool) -> bool:
    return value < other if less else value > other


def _at_least_as_good(value: float, other: float, less: bool) -> bool:
    return value <= other if less else value >= other


def terms_of(promise: Promise) -> dict[str, Value]:
    """Return what is sealed of a promise, by field, in a form that never changes by itself."""
    baseline = promise.baseline
    return {
        "text": promise.text,
        "said_in": promise.said_in,
        "starts": promise.starts.isoformat(),
        "by": None if promise.by is None else promise.by.isoformat(),
        "metric": promise.metric,
        "scope": promise.scope,
        "target": promise.target,
        "baseline": None if baseline is None else baseline.value,
        "baseline_grade": None if baseline is None else baseline.grade,
        "baseline_source": None if baseline is None else baseline.source,
        "shape": promise.shape,
        "steps": "; ".join(f"{step.on.isoformat()} {step.value:g}" for step in promise.steps),
    }


def digest_of(terms: Mapping[str, Value]) -> str:
    """Return the SHA-256 of a promise's terms, in hexadecimal."""
    plain = json.dumps(dict(terms), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Amendment:
    """A promise's terms were changed after they had been sealed."""

    at: Instant
    digest: str
    changes: tuple[tuple[str, Value, Value], ...]
    """(field, before, after)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """When a promise was first seen, as what, and what was changed since."""

    at: Instant
    digest: str
    amendments: tuple[Amendment, ...]

    @property
    def latest(self) -> str:
        """The digest of the terms as they were last sealed."""
        return self.amendments[-1].digest if self.amendments else self.digest


def seal_of(entries: Sequence[Entry]) -> Seal | None:
    """Return the seal of one promise from its entries, in order; ``None`` if it has none."""
    if not entries:
        return None
    first, *later = entries
    amendments = []
    before = first
    for entry in later:
        changed = tuple(
            (field, before.values.get(field), entry.values.get(field))
            for field in dict.fromkeys((*before.values, *entry.values))
            if before.values.get(field) != entry.values.get(field)
        )
        if changed:
            amendments.append(Amendment(entry.at, digest_of(entry.values), changed))
            before = entry
    return Seal(first.at, digest_of(first.values), tuple(amendments))
