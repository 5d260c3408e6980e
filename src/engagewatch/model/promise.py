"""Promises: efficiencies that the provider said would come, by when, and where it said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engagewatch.model.baseline import Grade
from engagewatch.model.metric import Metric


class PathShape(StrEnum):
    """How a promise is to be approached."""

    LINEAR = "linear"
    """Evenly from the baseline to the target."""
    STEPS = "steps"
    """In steps that the contract names; between them nothing more is asked."""
    AT_ONCE = "at_once"
    """The target holds from the start."""


@dataclass(frozen=True, slots=True)
class PromiseBaseline:
    """What it was before."""

    value: float
    """In the metric's unit."""
    grade: Grade
    source: str
    """Where the value comes from, in words."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """What is to be reached on the way."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised efficiency."""

    id: str
    text: str
    """What was promised, in the words of whoever promised it; may be empty."""
    said_in: str
    """Contract clause, proposal page, e-mail or meeting."""
    starts: date
    by: date | None = None
    metric: Metric | None = None
    """``None`` where nothing in the catalogue measures it: then it is only kept in mind."""
    scope: str = "*"
    """A priority, or for uptime a component; ``*`` for all."""
    target: float | None = None
    baseline: PromiseBaseline | None = None
    shape: PathShape = PathShape.LINEAR
    steps: tuple[PathStep, ...] = ()
    """In order of time."""
