"""ServiceNow's ways of writing times, durations and ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from engagewatch.model.instants import Instant, to_instant
from engagewatch.providers.servicenow.wire import Cell, raw
from engagewatch.providers.wire import instant

_KEY = re.compile(r"[0-9A-Za-z]{1,64}")
_LONGEST = 100 * 365 * 86400


def time_of(cell: Cell, latest: Instant) -> Instant | None:
    """Return the instant of a stored time, which is UTC without saying so."""
    text = raw(cell)
    return instant(f"{text[:10]}T{text[11:]}Z", latest) if len(text) == 19 else None


def written(at: Instant) -> str:
    """Return an instant as queries take it: UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def seconds_of(cell: Cell) -> int | None:
    """Return the seconds of a duration, which is written as that long after 1970 began."""
    text = raw(cell)
    try:
        seconds = to_instant(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
    except ValueError:
        return None
    return seconds if 0 <= seconds < _LONGEST else None


def key_of(cell: Cell) -> str | None:
    """Return the id of a record, ``None`` for none or for what is no id.

    Ids go into queries, where a comma or a caret would change what is asked.
    """
    text = raw(cell)
    return text if _KEY.fullmatch(text) else None


def is_true(cell: Cell) -> bool | None:
    """Return a truth value, ``None`` where there is none."""
    return {"true": True, "1": True, "false": False, "0": False}.get(raw(cell).lower())
