"""What no single value shows: names that must exist, names that must not repeat.

The checks read the unvalidated document, so they report together with everything else that is
wrong. They pass over whatever has the wrong shape: validation says that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from engagewatch.config.addresses import is_in_clear
from engagewatch.config.crosschecks_credits import check_credits
from engagewatch.config.crosschecks_onboarding import check_onboarding
from engagewatch.config.crosschecks_promises import check_promises
from engagewatch.config.findings import Finding
from engagewatch.config.positions import KeyPath
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.config.tables import keys, model_at
from engagewatch.model.policy import ALWAYS

SECRETS = ("token", "password")
"""What the kinds of sources call their secret."""
TARGETS = ("first_response", "next_response", "update", "resolution")


def crosschecks(document: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong between the parts of a document."""
    return [
        *_calendars(document),
        *_sources(document),
        *_priorities(document),
        *_reply_targets(document),
        *_components(document),
        *_dates(document),
        *_versions(document),
        *_maintenance(document),
        *_meetings(document),
        *check_credits(document),
        *check_promises(document),
        *check_onboarding(document),
    ]


def refused_commands(document: Mapping[str, Any]) -> list[Finding]:
    """Return a finding for each command of a document that somebody else could have written."""
    return [
        Finding(
            ("sources", index, key, "command"),
            "commands run only from a file that you own and nobody else can write to",
            "take it over with chown, and chmod go-w",
        )
        for index, row in _rows(document, "sources")
        for key, value in row.items()
        if isinstance(value, dict) and "command" in value
    ]


def _calendars(document: Mapping[str, Any]) -> Iterator[Finding]:
    defined = _table(document, "calendars")
    if ALWAYS.name in defined:
        yield Finding(
            ("calendars", ALWAYS.name),
            f'"{ALWAYS.name}" is built in and cannot be redefined',
            "choose another name",
            on_key=True,
        )
    for name, calendar in defined.items():
        for at, table in _calendar_tables(name, calendar):
            hours = table.get("hours")
            if isinstance(hours, dict) and hours and not any(hours.values()):
                yield Finding(
                    (*at, "hours"),
                    "this calendar is never open",
                    'write hours like { mon-fri = ["08:00-18:00"] }',
                )
    names = [*defined, ALWAYS.name]
    for at, name in _calendar_names(document):
        if name not in names:
            close = did_you_mean(name, names) or f"there are {one_of(names)}"
            yield Finding(at, f'there is no calendar "{name[:40]}"', close)


def _calendar_tables(name: str, calendar: object) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Yield the table of a calendar and those of its versions."""
    if isinstance(calendar, dict):
        yield ("calendars", name), calendar
        for index, row in _rows(calendar, "versions"):
            yield ("calendars", name, "versions", index), row


def _calendar_names(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for index, row in _rows(document, "sla"):
        for key in ("calendar", "reply_calendar"):
            if isinstance(row.get(key), str):
                yield ("sla", index, key), row[key].strip()
    for index, row in _rows(document, "uptime"):
        if isinstance(row.get("calendar"), str):
            yield ("uptime", index, "calendar"), row["calendar"].strip()
    name = _table(document, "participation").get("calendar")
    if isinstance(name, str):
        yield ("participation", "calendar"), name.strip()


def _sources(document: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, row in _rows(document, "sources"):
        name = row.get("id")
        if isinstance(name, str):
            if name.casefold() in seen:
                yield Finding(
                    ("sources", index, "id"), f'two sources are called "{name[:40]}"', "rename one"
                )
            seen.add(name.casefold())
        yield from _secret_in_clear(index, row)
        yield from _misplaced(document, index, row)
        yield from _event_log_columns(index, row)
        yield from _calendar_place(index, row)


def _secret_in_clear(index: int, row: Mapping[str, Any]) -> Iterator[Finding]:
    """A server without secrets may be read by http, as those inside a network often are."""
    url = row.get("url")
    if any(key in row for key in SECRETS) and isinstance(url, str) and is_in_clear(url):
        yield Finding(
            ("sources", index, "url"),
            "http would send the secret in clear",
            f'write "https{url.strip()[4:]}"',
        )


def _misplaced(
    document: Mapping[str, Any], index: int, row: Mapping[str, Any]
) -> Iterator[Finding]:
    """Settings written below ``[sources.courts]`` belong to that table, which surprises people."""
    model = model_at(("sources", index), document)
    courts = row.get("courts")
    if model is None or not isinstance(courts, dict):
        return
    for key in courts:
        if key in keys(model):
            yield Finding(
                ("sources", index, "courts", key),
                f'"{key}" is a setting of the source, but stands below [sources.courts]',
                "move it above that line",
                on_key=True,
            )


_NEEDED_COLUMNS = {
    "states": ("ticket", "at", "status"),
    "activities": ("ticket", "at", "activity"),
    "tickets": ("ticket", "created_at"),
    "tasks": ("task", "owner", "due"),
}


def _event_log_columns(index: int, row: Mapping[str, Any]) -> Iterator[Finding]:
    columns = row.get("columns")
    rows = row.get("rows", "states")
    if row.get("kind") != "eventlog" or not isinstance(columns, dict):
        return
    for needed in _NEEDED_COLUMNS.get(rows if isinstance(rows, str) else "", ()):
        if needed not in columns:
            yield Finding(
                ("sources", index, "columns"),
                f'"{needed}" is missing, and rows = "{rows}" cannot be read without it',
                f'add {needed} = "the column\'s name"',
            )


def _calendar_place(index: int, row: Mapping[str, Any]) -> Iterator[Finding]:
    if row.get("kind") != "ics":
        return
    url = row.get("url")
    if ("path" in row) is ("url" in row):
        yield Finding(
            ("sources", index),
            "a calendar is read from an address or from a file",
            'write either url = "https://..." or path = "meetings.ics"',
        )
    elif isinstance(url, str) and "{token}" in url and "token" not in row:
        yield Finding(
            ("sources", index, "url"),
            "the address has a place for a secret, but there is none",
            'add token = { env = "NORTHWIND_CALENDAR" }',
        )


def _priorities(document: Mapping[str, Any]) -> Iterator[Finding]:
    owner: dict[tuple[str, str], int] = {}
    for index, row in _rows(document, "sla"):
        own: set[tuple[str, str]] = set()
        for at, name in _priority_names(index, row):
            key = (name.strip().casefold(), str(row.get("from", "")))
            if owner.setdefault(key, index) != index:
                yield Finding(
                    at,
                    f'two [[sla]] rows are for "{name.strip()[:40]}"',
                    "keep one, or say from when the other holds: from = 2026-07-01",
                )
            elif key in own and at[-1] != "priority":
                continue
            own.add(key)
        if not any(target in row for target in TARGETS):
            yield Finding(
                ("sla", index), "this row promises nothing", f"add one of {', '.join(TARGETS)}"
            )
        since, until = row.get("from"), row.get("until")
        if type(since) is date and type(until) is date and until < since:
            yield Finding(
                ("sla", index, "until"),
                "this row ends before it begins",
                f"write a day from {since} on",
            )


def _priority_names(index: int, row: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(row.get("priority"), str):
        yield ("sla", index, "priority"), row["priority"]
    matches = row.get("matches")
    for position, name in enumerate(matches if isinstance(matches, list) else ()):
        if isinstance(name, str):
            yield ("sla", index, "matches", position), name


def _reply_targets(document: Mapping[str, Any]) -> Iterator[Finding]:
    reply = _table(document, "participation").get("reply")
    priorities = [
        row["priority"] for _, row in _rows(document, "sla") if isinstance(row.get("priority"), str)
    ]
    if not isinstance(reply, dict) or not priorities:
        return
    known = [*dict.fromkeys(priorities), "default"]
    for name in reply:
        if name not in known:
            close = did_you_mean(name, known) or f"there are {one_of(known)}"
            yield Finding(
                ("participation", "reply", name),
                f'no [[sla]] row has the priority "{name[:40]}"',
                close,
                on_key=True,
            )


def _components(document: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, row in _rows(document, "uptime"):
        name = row.get("component")
        if not isinstance(name, str):
            continue
        if name.strip().casefold() in seen:
            yield Finding(
                ("uptime", index, "component"),
                f'two [[uptime]] rows are for "{name.strip()[:40]}"',
                "keep one row for each component",
            )
        seen.add(name.strip().casefold())


def _dates(document: Mapping[str, Any]) -> Iterator[Finding]:
    for name, calendar in _table(document, "calendars").items():
        seen: set[str] = set()
        for at, day in _special_days(calendar):
            if day in seen:
                yield Finding(
                    ("calendars", name, *at), f"{day} is listed twice", "keep it in one place"
                )
            seen.add(day)


def _versions(document: Mapping[str, Any]) -> Iterator[Finding]:
    for name, calendar in _table(document, "calendars").items():
        seen: set[str] = set()
        for index, row in _rows(calendar, "versions") if isinstance(calendar, dict) else ():
            since = str(row.get("from"))
            if since in seen:
                yield Finding(
                    ("calendars", name, "versions", index, "from"),
                    f"two versions begin on {since}",
                    "keep one of them",
                )
            seen.add(since)


def _maintenance(document: Mapping[str, Any]) -> Iterator[Finding]:
    for index, row in _rows(document, "maintenance"):
        since, until = row.get("from"), row.get("until")
        if not (isinstance(since, datetime) and isinstance(until, datetime)):
            continue
        if (since.tzinfo is None) is not (until.tzinfo is None):
            yield Finding(
                ("maintenance", index, "until"),
                "one time has an offset and the other has none",
                "write both the same way",
            )
        elif until <= since:
            yield Finding(
                ("maintenance", index, "until"),
                "this maintenance ends before it begins",
                "write a later time",
            )


def _meetings(document: Mapping[str, Any]) -> Iterator[Finding]:
    roles = [
        row["role"] for _, row in _rows(document, "people") if isinstance(row.get("role"), str)
    ]
    seen: set[str] = set()
    for index, row in _rows(document, "meetings"):
        name = row.get("series")
        if isinstance(name, str):
            if name.strip().casefold() in seen:
                yield Finding(
                    ("meetings", index, "series"),
                    f'two [[meetings]] rows are called "{name[:40]}"',
                    "rename one",
                )
            seen.add(name.strip().casefold())
        required = row.get("required")
        for place, role in enumerate(required if isinstance(required, list) else ()):
            if isinstance(role, str) and role.strip() not in [known.strip() for known in roles]:
                close = did_you_mean(role, roles) or "add a [[people]] row with that role"
                yield Finding(
                    ("meetings", index, "required", place),
                    f'no [[people]] row has the role "{role[:40]}"',
                    close,
                )


def _special_days(calendar: object) -> Iterator[tuple[KeyPath, str]]:
    if not isinstance(calendar, dict):
        return
    for key in ("closed", "exceptions"):
        days = calendar.get(key)
        for index, row in enumerate(days if isinstance(days, list) else ()):
            if not isinstance(row, dict):
                yield (key, index), str(row)
            elif "day" in row:
                yield (key, index, "day"), str(row["day"])


def _rows(document: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = document.get(name)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield index, row


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}
