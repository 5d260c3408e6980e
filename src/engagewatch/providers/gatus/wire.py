"""The parts of the API's answers that are read."""

from __future__ import annotations

from msgspec import Raw, Struct


class Endpoint(Struct):
    """One thing that is watched, with its latest results, the oldest first."""

    key: str
    name: str | None = None
    group: str | None = None
    results: list[Raw] | None = None
    events: list[Raw] | None = None
    """Changes of health; only in the answer for a single endpoint."""


class Result(Struct):
    """What one probe saw."""

    timestamp: str
    success: bool | None = None


class Event(Struct):
    """From here on it was well, or not."""

    timestamp: str
    type: str


class Hours(Struct):
    """The average response time of each hour that has any, by the millisecond it began."""

    timestamps: list[int] = []
    values: list[float] = []
