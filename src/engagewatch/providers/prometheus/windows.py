"""A range of query steps into what was seen: a step without a sample is unknown, never down."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.service import ComponentState, StateSpan
from engagewatch.model.text import safe_text

_ID_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Range:
    """The steps of one query: windows that end at ``start + step``, ..., ``end``."""

    start: Instant
    end: Instant
    step: int


def component_id(labels: Mapping[str, str]) -> str:
    """Return what tells a series from all others: its labels, whatever their order."""
    named = sorted((name, value) for name, value in labels.items() if name != "__name__")
    text = ",".join(f"{name}={value}" for name, value in named)
    if len(text) > _ID_LIMIT:
        text = f"{text[:100]}#{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    return safe_text(text, _ID_LIMIT)


def window_length(times: Iterable[Sequence[float]], most: float) -> int:
    """Return the seconds of a window that has a sample each time: a little over the usual gap.

    ``times`` are when the latest samples of each series were taken; where they are too few to tell,
    ``most`` is how many there are in the last hour.
    """
    gaps = [b - a for one in times for a, b in pairwise(one)]
    usual = median_low(gaps) if gaps else HOUR / max(most - 1, 1)
    return max(min(math.ceil(usual * 1.02), HOUR), 1)


def ranges(start: Instant, end: Instant, step: int, points: int) -> list[Range]:
    """Split the time from ``start`` to ``end`` into queries of at most ``points`` steps.

    The steps lie on the same grid whenever they are asked for.
    """
    first, last = start // step * step, end // step * step
    length = points * step
    return [Range(at, min(at + length, last), step) for at in range(first, last, length)]


def state_of(value: str) -> ComponentState:
    """Return what the share of good samples in a window means; one bad sample is down.

    Raises:
        ValueError: it is no number.
    """
    share = float(value)
    if share == 1:
        return ComponentState.UP
    return ComponentState.DOWN if 0 <= share < 1 else ComponentState.UNKNOWN


def spans_of_windows(
    key: str, windows: Sequence[tuple[Instant, ComponentState]], of: Range, *, is_last: bool
) -> list[StateSpan]:
    """Return the stretches of one series from its windows, each told by the instant it ends.

    Windows that have no value are unknown; the ``is_last`` range's very last ones may only not have
    come in yet.
    """
    spans: list[StateSpan] = []

    def add(state: ComponentState, from_at: Instant, until_at: Instant) -> None:
        if spans and spans[-1].state is state and spans[-1].until_at == from_at:
            from_at = spans.pop().from_at
        spans.append(StateSpan(key, state, from_at, until_at))

    known = of.start
    for ends, state in windows:
        begins = ends - of.step
        if begins < known:
            continue
        if begins > known:
            add(ComponentState.UNKNOWN, known, begins)
        add(state, begins, ends)
        known = ends
    if known < of.end and not (is_last and of.end - known <= 2 * of.step):
        add(ComponentState.UNKNOWN, known, of.end)
    return spans
