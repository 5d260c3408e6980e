"""A figure: a number in words with its counts beside it, that can say where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.views.keys import FigureKey
from engagewatch.views.tone import Tone


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline number. ``key`` opens its derivation (:func:`engagewatch.views.why.build`)."""

    label: str
    """What is counted, e.g. ``Provider met``."""
    value: str
    """In words and with counts, e.g. ``17 of 20 (85.0%)`` or ``cannot tell yet``."""
    note: str
    """What the reader needs beside it, e.g. ``3 not due yet``; may be empty."""
    tone: Tone
    key: FigureKey
    met: int | None = None
    judged: int | None = None
    percent: float | None = None
    """0 to 100; ``None`` where too few cases allow one."""
    count: int | None = None
    """For figures that are plain counts."""
