"""Regions whose public holidays a calendar keeps: ``GB``, ``GB-ENG``, ``DE-BY``."""

from __future__ import annotations

from engagewatch.config.problems import RejectedError
from engagewatch.config.suggestions import did_you_mean, one_of

_HOW = 'use a country code, or a country and region such as "GB-ENG"'
_LISTED = 12
"""A country with more regions than this is not worth listing in a message."""


def parse_region(text: object) -> str:
    """Return ``text`` when the public holidays of that country and subdivision are known.

    Raises:
        RejectedError: there is no such country or subdivision.
    """
    # Slow to import, and most files checked at start-up were validated on an earlier run.
    from holidays import list_supported_countries

    if not isinstance(text, str):
        raise RejectedError("a region is text", _HOW)
    country, _, subdivision = text.partition("-")
    known = list_supported_countries(include_aliases=False)
    if country not in known:
        suggestion = f'did you mean "{text.upper()}"?' if country.upper() in known else _HOW
        raise RejectedError(f'there are no public holidays for "{text[:20]}"', suggestion)
    if subdivision and subdivision not in known[country]:
        raise RejectedError(
            f'{country} has no region "{subdivision[:20]}"', _suggest(subdivision, known[country])
        )
    return text


def _suggest(subdivision: str, known: list[str]) -> str:
    if not known:
        return "use the country alone"
    close = did_you_mean(subdivision, known)
    return close or (f"use {one_of(known)}" if len(known) <= _LISTED else _HOW)
