"""What a rating says: satisfied or not, whatever scale the provider's system uses."""

from __future__ import annotations

from contextlib import suppress

_POSITIVE = frozenset(
    {"good", "positive", "satisfied", "very satisfied", "extremely satisfied", "happy",
     "very happy", "great", "excellent", "awesome", "yes", "thumbs up"}
)  # fmt: skip
_OTHER = frozenset(
    {"bad", "negative", "neutral", "neither", "dissatisfied", "unsatisfied", "very dissatisfied",
     "extremely dissatisfied", "very unsatisfied", "extremely unsatisfied", "unhappy",
     "very unhappy", "poor", "not good", "ok", "okay", "no", "thumbs down",
     "neither satisfied nor dissatisfied"}
)  # fmt: skip
_LEAST_POSITIVE = 4
"""Of five: four and five count as satisfied, the usual top-two-box reading."""


def is_satisfied(value: str) -> bool | None:
    """Return whether a rating is a satisfied one; ``None`` if its scale is not known.

    Words are those of Zendesk and Freshservice; numbers are read as one to five.
    """
    word = value.strip().casefold()
    if word in _POSITIVE:
        return True
    if word in _OTHER:
        return False
    with suppress(ValueError):
        number = float(word)
        if 0 < number <= 5:
            return number >= _LEAST_POSITIVE
    return None
