"""Doubts: the least and the most that a duty may have consumed when part of its time was unseen.

A source without history shows where a ticket stood now and then. In between, the provider's clock
may have stood still or run, and a status first seen at one instant may have begun at any time since
the sight before. A clock is judged only if the least and the most lead to the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engagewatch.engine.courts import union
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.obligations import Duty
from engagewatch.engine.reasons import HISTORY_GAP, PAUSE_UNSEEN
from engagewatch.model.instants import Instant


def least(duty: Duty) -> Duty:
    """Return ``duty`` with its clock stopped during every doubt."""
    return duty._replace(pauses=union((*duty.pauses, *without(duty.doubts, duty.gaps))))


def most(duty: Duty) -> Duty:
    """Return ``duty`` with its clock running during every doubt, from the earliest start."""
    return duty._replace(
        start=earliest_start(duty),
        pauses=without(duty.pauses, duty.doubts),
        gaps=without(duty.gaps, duty.doubts),
    )


def earliest_start(duty: Duty) -> Instant:
    """Return when a duty first seen at its start may have begun."""
    return min((since for since, until in duty.doubts if until == duty.start), default=duty.start)


def reason_for(history: History) -> str:
    """Return the code of what is missing."""
    return HISTORY_GAP if history.doubts else PAUSE_UNSEEN


def without(spans: Iterable[OpenSpan], holes: Sequence[OpenSpan]) -> list[OpenSpan]:
    """Return what is left of ``spans`` outside ``holes``; both disjoint and in order."""
    left: list[OpenSpan] = []
    for span_start, end in spans:
        start: Instant | None = span_start
        for hole_start, hole_end in holes:
            if start is None or (end is not None and hole_start >= end):
                break
            if hole_end is not None and hole_end <= start:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = hole_end
        if start is not None and (end is None or start < end):
            left.append((start, end))
    return left
