"""How an event log is to be read: the options of an ``eventlog`` source, checked and compiled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import cast

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.plan import Owner
from engagewatch.net.errors import SourceError


class Rows(StrEnum):
    """What one row of a log is."""

    STATES = "states"
    """The state of a ticket after an update."""
    ACTIVITIES = "activities"
    """Something that happened to a ticket."""
    TICKETS = "tickets"
    """A ticket as it stands, with the instants that matter in columns."""
    TASKS = "tasks"
    """A task of the on-boarding plan."""


FIELDS = (
    "ticket",
    "at",
    "status",
    "activity",
    "created_at",
    "priority",
    "subject",
    "assignee",
    "group",
    "requester",
    "category",
    "actor",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "claimed_first_response_met",
    "claimed_first_response_due",
    "claimed_resolution_met",
    "claimed_resolution_due",
    "approver",
    "decision",
    "score",
    "approval_requested_at",
    "approval_decided_at",
    "survey_sent_at",
    "survey_answered_at",
)
"""The fields a column can be mapped to, in the order a translated row has them."""

TASK_FIELDS = (
    "task",
    "title",
    "owner",
    "due",
    "phase",
    "role",
    "start",
    "client_hours",
    "depends",
    "evidence",
    "gate",
    "done_at",
    "called_off",
)
"""The same where a row is a task of the plan."""

REQUIRED: Mapping[Rows, tuple[str, ...]] = {
    Rows.STATES: ("ticket", "at", "status"),
    Rows.ACTIVITIES: ("ticket", "at", "activity"),
    Rows.TICKETS: ("ticket", "created_at"),
    Rows.TASKS: ("task", "owner", "due"),
}

_TICKET_FIELDS = (
    "first_response_at",
    "resolved_at",
    "closed_at",
    "approval_requested_at",
    "approval_decided_at",
    "survey_sent_at",
    "survey_answered_at",
)
_FACT_FIELDS = ("approver", "decision", "score")

RESPONDED = "responded"
"""Activity word: the provider answered."""
CLIENT_REPLIED = "client_replied"
"""Activity word: the client answered."""
IGNORED = "ignored"
"""Activity word: it says nothing about the ticket's status."""
APPROVAL_REQUESTED = "approval_requested"
"""Activity word: the client was asked to decide; the column ``approver`` says whom it waits on."""
APPROVAL_DECIDED = "approval_decided"
"""Activity word: the client decided; the column ``decision`` says what."""
SURVEYED = "surveyed"
"""Activity word: the client was asked to rate the service."""
RATED = "rated"
"""Activity word: the client rated it; the column ``score`` says how."""


@dataclass(frozen=True, slots=True)
class LogMapping:
    """Where a log is and what its columns mean."""

    path: Path
    format: str
    """``csv`` or ``jsonl``."""
    delimiter: str
    encoding: str
    timezone: str
    """For times that carry no offset."""
    time_format: str | None
    """As ``strptime`` takes it; ``None`` for ISO 8601."""
    missing: frozenset[str]
    """What the file writes where it knows nothing."""
    rows: Rows
    columns: Mapping[str, str]
    """Field to the name of its column."""
    activities: Mapping[str, str]
    """Activity to the status it puts a ticket in, or one of the activity words."""
    owners: Mapping[str, Owner]
    """The plan's words for who a task belongs to."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row, in the order a translated row has them."""
        return TASK_FIELDS if self.rows is Rows.TASKS else FIELDS

    @property
    def fingerprint(self) -> str:
        """A short hash of all that decides which events a file gives; the path is not part."""
        parts = [
            self.format,
            self.delimiter,
            self.encoding,
            self.timezone,
            self.time_format,
            sorted(self.missing),
            self.rows.value,
            sorted(self.columns.items()),
            sorted(self.activities.items()),
            *([sorted(self.owners.items())] if self.owners else []),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def required_columns(self) -> tuple[str, ...]:
        """Return the names of the columns without which no row can be read."""
        return tuple(self.columns[field] for field in REQUIRED[self.rows])

    def idle_columns(self) -> tuple[str, ...]:
        """Return the mapped fields that this kind of rows does not read."""
        idle: tuple[str, ...] = ()
        if self.rows is Rows.TICKETS:
            idle = ("activity", "actor")
        elif self.rows is not Rows.TASKS:
            idle = _TICKET_FIELDS if self.rows is Rows.ACTIVITIES else _TICKET_FIELDS + _FACT_FIELDS
        return tuple(field for field in idle if field in self.columns)

    def locate(self, header: Sequence[str]) -> list[int | None]:
        """Return, for each of :data:`FIELDS`, the index of its column in ``header``.

        Raises:
            SourceError: columns are named that the file does not have; all are listed at once.
        """
        at: dict[str, int] = {}
        for index, name in enumerate(header):
            at.setdefault(name.strip(), index)
        wrong = [
            f'columns.{field} = "{name}"{_suggestion(name, list(at))}'
            for field, name in self.columns.items()
            if name not in at
        ]
        if wrong:
            raise SourceError(
                Failure.CONFIGURATION,
                f"{self.path.name} lacks {'; '.join(wrong)}. It has: {', '.join(at)}",
            )
        return [at[self.columns[field]] if field in self.columns else None for field in self.fields]


def read_mapping(settings: SourceSettings, engagement: Engagement) -> LogMapping:
    """Return the mapping that the options of ``settings`` describe.

    Raises:
        SourceError: a column that the kind of rows needs is not mapped, or there is no path.
    """
    options = settings.options
    rows = Rows(str(options.get("rows", Rows.STATES)))
    columns = {
        field: str(name)
        for field, name in cast("Mapping[str, object]", options.get("columns", {})).items()
        if field in (*FIELDS, *TASK_FIELDS) and name
    }
    lacking = [field for field in REQUIRED[rows] if field not in columns]
    if lacking:
        raise SourceError(
            Failure.CONFIGURATION,
            f'source "{settings.id}": rows = "{rows}" needs '
            + " and ".join(f"columns.{field}" for field in lacking),
        )
    path = Path(str(options.get("path", ""))).expanduser()
    if engagement.path is not None:
        path = engagement.path.parent / path
    named = path.name.removesuffix(".gz")
    guessed = "jsonl" if named.endswith((".jsonl", ".ndjson")) else "csv"
    time_format = options.get("time_format")
    return LogMapping(
        path=path,
        format=str(options.get("format") or guessed),
        delimiter=str(options.get("delimiter") or ","),
        encoding=str(options.get("encoding") or "utf-8"),
        timezone=str(options.get("timezone") or engagement.timezone),
        time_format=str(time_format) if time_format else None,
        missing=frozenset(
            str(word) for word in cast("Sequence[object]", options.get("missing", ("",)))
        )
        | {""},
        rows=rows,
        columns=columns,
        activities={
            str(name).strip(): str(status)
            for name, status in cast(
                "Mapping[str, object]", options.get("activities") or {}
            ).items()
        },
        owners={
            str(word).strip(): Owner(str(owner))
            for word, owner in cast("Mapping[str, object]", options.get("owners") or {}).items()
        },
    )


def _suggestion(name: str, known: list[str]) -> str:
    folded = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), list(folded), n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(folded[match] for match in near)}?)" if near else ""
