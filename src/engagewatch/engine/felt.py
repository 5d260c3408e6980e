"""Felt and recorded: what somebody remembers of a time, held against the record of it.

Whose memory goes wrong which way is not assumed. The factors are of one person and one asking; they
are no validated scale.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from engagewatch.engine.before_after import MONTH
from engagewatch.model.entry import Value
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant

RATIO_NEEDS = 3
"""Recorded events before a guess is held against them as a factor."""

_RANGE = re.compile(r"\s*(?:-|–|to|\.\.)\s*")
_NUMBER = re.compile(r"(?:about|around|~|ca\.?)?\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)")
_LENGTHS = {
    "m": MINUTE, "min": MINUTE, "mins": MINUTE, "minute": MINUTE, "minutes": MINUTE, "h": HOUR,
    "hour": HOUR, "hours": HOUR, "d": DAY, "day": DAY, "days": DAY, "w": 7 * DAY, "week": 7 * DAY,
    "weeks": 7 * DAY, "month": MONTH, "months": MONTH, "mo": MONTH, "y": 12 * MONTH,
    "year": 12 * MONTH, "years": 12 * MONTH,
}  # fmt: skip
_NO_IDEA = frozenset({"", "?", "-", "no idea", "none", "don't know", "dont know", "dunno", "pass"})


@dataclass(frozen=True, slots=True)
class Guess:
    """A number somebody gave, or the range they gave."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


def is_no_idea(text: str) -> bool:
    """Whether an answer says that somebody does not know."""
    return text.strip().casefold() in _NO_IDEA


def parse_count(text: str) -> Guess | None:
    """Return ``12``, ``about 12`` or ``10-15``; ``None`` for no idea.

    Raises:
        ValueError: it is neither.
    """
    return _parsed(text, {"": 1.0}, 'a number such as 12, a range such as 10-15, or "no idea"')


def parse_length(text: str) -> Guess | None:
    """Return a length in seconds: ``3h``, ``2-4 hours``, ``6 months``; ``None`` for no idea.

    Raises:
        ValueError: it is neither.
    """
    return _parsed(text, _LENGTHS, 'a length such as 3h, 2-4 days or 6 months, or "no idea"')


def _parsed(text: str, units: Mapping[str, float], wanted: str) -> Guess | None:
    if is_no_idea(text):
        return None
    parts = [_NUMBER.fullmatch(part.strip()) for part in _RANGE.split(text.strip().casefold())]
    found = [match for match in parts if match is not None]
    if len(found) != len(parts) or len(found) > 2:
        raise ValueError(f"write {wanted}")
    # In "2-4 hours" the unit stands once, behind both.
    last = found[-1][2]
    values = []
    for match in found:
        unit = match[2] or last
        if unit not in units:
            raise ValueError(f"write {wanted}")
        values.append(float(match[1].replace(",", ".")) * units[unit])
    if not all(map(isfinite, values)) or values[0] > values[-1]:
        raise ValueError("the first number of a range is the smaller one")
    return Guess(values[0], values[-1])


@dataclass(frozen=True, slots=True)
class Felt:
    """What somebody answered about the outages of a time; ``None`` where they had no idea."""

    count: Guess | None
    span: Guess | None
    """Seconds over which they were spread."""
    worst: Guess | None
    """Seconds that the longest took."""
    last: date | None
    """The day of the last one."""


@dataclass(frozen=True, slots=True)
class Was:
    """What the record says of the same time."""

    count: int
    span: int
    """Seconds from the first to the last."""
    worst: int | None
    """Seconds; ``None`` where no end is on record."""
    last: date | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Felt against recorded; ``None`` where one of the two is missing."""

    count: Guess | None
    """Felt count / recorded count: above 1, more is remembered than was."""
    span: Guess | None
    """Recorded span / felt span: 6 means that three years felt like half a year."""
    worst: Guess | None
    """Felt / recorded length of the longest."""
    offset_days: int | None
    """The day remembered less the day recorded: above 0, it is remembered as more recent."""


def was(outages: Sequence[tuple[Instant, Instant | None]], day_of_last: date | None) -> Was:
    """Return what the record says of ``outages``: (start, end) in order of their start."""
    lengths = [until - at for at, until in outages if until is not None]
    span = outages[-1][0] - outages[0][0] if outages else 0
    return Was(len(outages), span, max(lengths, default=None), day_of_last)


def factors(felt: Felt, recorded: Was) -> Factors | None:
    """Return the factors; ``None`` under three recorded events, where they would mean nothing."""
    if recorded.count < RATIO_NEEDS:
        return None
    offset = None
    if felt.last is not None and recorded.last is not None:
        offset = (felt.last - recorded.last).days
    span = None
    if felt.span is not None and felt.span.low > 0 and recorded.span:
        span = Guess(recorded.span / felt.span.high, recorded.span / felt.span.low)
    return Factors(
        count=_over(felt.count, recorded.count),
        span=span,
        worst=_over(felt.worst, recorded.worst),
        offset_days=offset,
    )


def _over(guess: Guess | None, recorded: int | None) -> Guess | None:
    if guess is None or not recorded:
        return None
    return Guess(guess.low / recorded, guess.high / recorded)


def values_of(felt: Felt, recorded: Was, over: tuple[Instant, Instant]) -> dict[str, Value]:
    """Return what an entry keeps of an asking: the answers, and the record as it was then."""
    values: dict[str, Value] = {"from": over[0], "until": over[1]}
    for name, guess in (("count", felt.count), ("span", felt.span), ("worst", felt.worst)):
        values[f"{name}_low"] = None if guess is None else guess.low
        values[f"{name}_high"] = None if guess is None else guess.high
    values["last"] = None if felt.last is None else felt.last.isoformat()
    values["recorded_count"] = recorded.count
    values["recorded_span"] = recorded.span
    values["recorded_worst"] = recorded.worst
    values["recorded_last"] = None if recorded.last is None else recorded.last.isoformat()
    return values


def felt_from(values: Mapping[str, Value]) -> Felt:
    """Return the answers that an entry kept."""
    return Felt(
        _guess(values, "count"), _guess(values, "span"), _guess(values, "worst"),
        _day(values.get("last")),
    )  # fmt: skip


def was_from(values: Mapping[str, Value]) -> Was:
    """Return the record as it was when the entry was made."""
    worst = values.get("recorded_worst")
    return Was(
        _whole(values.get("recorded_count")),
        _whole(values.get("recorded_span")),
        None if worst is None else _whole(worst),
        _day(values.get("recorded_last")),
    )


def _guess(values: Mapping[str, Value], name: str) -> Guess | None:
    low, high = values.get(f"{name}_low"), values.get(f"{name}_high")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return Guess(float(low), float(high))
    return None


def _whole(value: Value) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _day(value: Value) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
