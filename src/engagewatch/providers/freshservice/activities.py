"""Reading the prose of activities for what was set.

An activity says what was set and never what it was before, and its texts hold words of strangers:
subjects, names of workflows. So only clauses in the places where the tool itself writes them count,
and only a status that the account really has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engagewatch.providers.freshservice.wire import Activity

_CLAUSES = re.compile(r"(?:,\s*|\s+and\s+)(?=set )")
_CLAUSE = re.compile(r"\s*set (.+?) as (.*\S)\s*", re.DOTALL)
_CREATED = re.compile(r"\s*created ticket for ")
_FREE_TEXT = frozenset({"subject", "description"})
_LONGEST = 10_000
AUTOMATIC = frozenset({"system", "ticket workflow"})


class Setting(NamedTuple):
    """One field that was set."""

    field: str
    """In lower case."""
    value: str


class Reading(NamedTuple):
    """What one activity set."""

    settings: tuple[Setting, ...]
    is_creation: bool
    is_doubtful: bool
    """It may have set a status in words that cannot be relied on."""


def read(activity: Activity) -> Reading:
    """Return what an activity set."""
    text = (activity.content or "")[:_LONGEST]
    creation = _CREATED.match(text) is not None
    found: list[Setting] = []
    doubtful = False
    if creation:
        # The subject comes first and may hold anything: of several clauses the last is the tool's.
        last = {one.field: one for one in _settings(text)}
        found += last.values()
    elif text.lstrip().startswith("set "):
        clauses = list(_settings(text))
        doubtful = any(one.field in _FREE_TEXT for one in clauses)
        found += [] if doubtful else clauses
    for sub in _texts(activity.sub_contents):
        if sub.lstrip().startswith("set "):
            found += _settings(sub[:_LONGEST])
    return Reading(tuple(found), creation, doubtful)


def _settings(text: str) -> Iterator[Setting]:
    for clause in _CLAUSES.split(text):
        match = _CLAUSE.fullmatch(clause)
        if match is not None:
            yield Setting(match[1].strip().lower(), match[2])


def _texts(sub_contents: Sequence[str] | str | None) -> Sequence[str]:
    return [sub_contents] if isinstance(sub_contents, str) else sub_contents or ()
