"""Shares as an engagement file writes them: ``95%``, ``99.9%``."""

from __future__ import annotations

import re
from decimal import Decimal

from engagewatch.config.problems import RejectedError

_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")


def parse_share(text: object) -> float:
    """Return a percentage such as ``99.9%`` as a share between 0 (excluded) and 1.

    Raises:
        RejectedError: as :func:`parse_percentage`.
    """
    return float(parse_percentage(text))


def parse_percentage(text: object) -> Decimal:
    """Return a percentage such as ``99.9%`` as an exact share between 0 (excluded) and 1.

    Raises:
        RejectedError: it is not text ending in a per cent sign, is zero, or is over 100 %.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        meant = text * 100 if 0 < text <= 1 else text
        raise RejectedError("a share is text with a per cent sign", f'write "{meant:g}%"')
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise RejectedError("this is not a percentage", 'write it like "95%" or "99.9%"')
    percent = Decimal(match[1])
    if percent == 0:
        raise RejectedError(
            "a target of 0% is always met", "leave the key out if nothing is promised"
        )
    if percent > 100:
        raise RejectedError(
            f"{match[1]}% is more than everything", 'write it like "95%" or "99.9%"'
        )
    return percent / 100
