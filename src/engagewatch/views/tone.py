"""Tones: what a value means for the reader, so that every face can mark it its own way.

A tone never stands alone: the words beside it carry the same meaning without colour.
"""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """How a value reads. ``UNKNOWN`` is a calm state of its own, neither good nor bad."""

    GOOD = "good"
    PLAIN = "plain"
    NOTICE = "notice"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"
