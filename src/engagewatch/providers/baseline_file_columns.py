"""Which column of a file from before is which: by the names that exports and lists usually use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from engagewatch.model.baseline import BaselineContent
from engagewatch.model.freshness import Failure
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError

_BEGAN = (
    "at", "start", "started", "started at", "start time", "began", "begin", "from", "down", "date",
    "when", "time",
)  # fmt: skip
_OPENED = (
    "at", "opened", "opened at", "created", "created at", "creation date", "created date",
    "created time", "date created", "date opened", "open date", "reported", "reported at",
    "submitted", "received", "date",
)  # fmt: skip
_SOLVED = (
    "until", "resolved", "resolved at", "resolution date", "resolved time", "solved", "solved at",
    "closed", "closed at", "close date", "closed date", "date closed", "completed", "completed at",
    "end",
)  # fmt: skip
_OVER = (
    "until", "end", "ended", "ended at", "end time", "to", "up", "restored", "restored at",
    "resolved", "resolved at", "over", "fixed", "closed",
)  # fmt: skip
_TITLE = ("title", "subject", "summary", "short description", "description", "what", "name")
_CATEGORY = ("category", "type", "service", "system", "area")
_PRIORITY = ("priority", "severity", "urgency", "impact")
_USERS = ("users", "users hit", "affected", "affected users", "users affected", "people")
_HEADS = (
    "users", "headcount", "employees", "staff", "people", "count", "seats", "number", "total",
)  # fmt: skip
_RESPONDED = (
    "responded", "responded at", "first response", "first response at", "first reply",
    "first reply at", "answered", "answered at",
)  # fmt: skip
_GRADE = ("grade", "provenance grade")
_MINUTES = ("minutes", "duration minutes", "duration min", "minutes down", "downtime minutes")
_HOURS = ("hours", "duration hours", "duration h", "hours down", "downtime hours")

_NAMES: Mapping[BaselineContent, Mapping[str, Sequence[str]]] = {
    BaselineContent.TICKETS: {
        "at": _OPENED, "until": _SOLVED, "title": _TITLE, "category": _CATEGORY,
        "priority": _PRIORITY, "users": _USERS, "responded": _RESPONDED, "grade": _GRADE,
    },
    BaselineContent.OUTAGES: {
        "at": _BEGAN, "until": _OVER, "minutes": _MINUTES, "hours": _HOURS, "title": _TITLE,
        "category": _CATEGORY, "priority": _PRIORITY, "users": _USERS, "grade": _GRADE,
    },
    BaselineContent.HEADCOUNT: {
        "at": ("at", "date", "month", "from", "since", "when"), "users": _HEADS, "grade": _GRADE,
    },
}  # fmt: skip

_MEANS = {
    BaselineContent.TICKETS: {"at": "when it was opened", "until": "when it was resolved"},
    BaselineContent.OUTAGES: {"at": "when it began", "until": "when it was over"},
    BaselineContent.HEADCOUNT: {"at": "the date", "users": "the number of users"},
}

_NEEDED = {
    BaselineContent.TICKETS: ("at",),
    BaselineContent.OUTAGES: ("at",),
    BaselineContent.HEADCOUNT: ("at", "users"),
}


def fields_of(content: BaselineContent) -> Mapping[str, str]:
    """Return the fields that rows of such a file may have, and what they say."""
    means = _MEANS[content]
    return {field: means.get(field, field) for field in _NAMES[content]}


def find_columns(
    file: str, content: BaselineContent, header: Sequence[str], named: Mapping[str, str]
) -> dict[str, str]:
    """Return the column of each field that has one; those ``named`` are taken as they are.

    Raises:
        SourceError: a named column is not there, or a needed one is not recognised.
    """
    found: dict[str, str] = {}
    taken = set(named.values())
    plain = {_plain(name): name for name in reversed(header) if name not in taken}
    for field, usual in _NAMES[content].items():
        if field in named:
            if named[field] not in header:
                raise SourceError(
                    Failure.CONTRACT,
                    f'{file}, line 1: there is no column "{safe_text(named[field], 80)}"'
                    f"{_hint(named[field], header)}",
                )
            found[field] = named[field]
            continue
        match = next((plain.pop(name) for name in usual if name in plain), None)
        if match is not None:
            found[field] = match
    for field in _NEEDED[content]:
        if field not in found:
            raise SourceError(
                Failure.CONTRACT,
                f"{file}, line 1: no column tells {fields_of(content)[field]}; name it with "
                f"--columns {field}=NAME (there are: {_listed(header)})",
            )
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _hint(name: str, header: Sequence[str]) -> str:
    near = get_close_matches(name, header, n=1)
    return (
        f'; did you mean "{safe_text(near[0], 80)}"?' if near else f"; there are: {_listed(header)}"
    )


def _listed(header: Sequence[str]) -> str:
    return safe_text(", ".join(header), 300)
