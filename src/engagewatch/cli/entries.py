"""``engagewatch entries``: everything that people entered, to read or to take along."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.output import width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant, isoformat
from engagewatch.store.queries.entries import entries
from engagewatch.views import wording

_COLUMNS = ("id", "engagement", "at", "kind", "subject", "values")


def run(options: Namespace) -> int:
    """Print the entries of every engagement in the order they were made.

    What somebody guessed of the time before is that person's own and printed only when asked for.
    """
    loaded, at = load(options), now()
    with open_store(options) as store:
        found = [
            (one, entry)
            for one in loaded.engagements
            for entry in entries(store, one.id)
            if options.include_guesses or entry.kind is not EntryKind.GUESSED
        ]
    found.sort(key=lambda pair: pair[1].at)
    if options.json:
        print(written(at, entries=[_fields(entry) for _, entry in found]))
    elif options.csv:
        _write_csv(entry for _, entry in found)
    else:
        limit = width()
        for one, entry in found:
            when = wording.moment(entry.at, one.timezone, at)
            said = (
                f"{entry.kind.replace('_', ' ')} {entry.subject}: {_said(entry, one.timezone, at)}"
            )
            print("\n".join(wrapped(said, limit, first=f"{when}  ", rest="    ")))
        if not found:
            print("nothing was entered yet")
    return 2 if loaded.problems else 0


def _write_csv(found: Iterable[Entry]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in found:
        fields = _fields(entry)
        values = json.dumps(fields["values"], ensure_ascii=False, sort_keys=True)
        writer.writerow([*(harmless(str(fields[name])) for name in _COLUMNS[:-1]), values])


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "engagement": entry.engagement,
        "at": isoformat(entry.at),
        "kind": entry.kind.value,
        "subject": entry.subject,
        "values": dict(entry.values),
    }


def _said(entry: Entry, timezone: str, now: Instant) -> str:
    return ", ".join(_words(entry, timezone, now)) or "-"


def _words(entry: Entry, timezone: str, now: Instant) -> Iterator[str]:
    for name, value in entry.values.items():
        if value not in ("", None) and name != "state":
            said = value
            if isinstance(value, bool):
                said = "yes" if value else "no"
            elif isinstance(value, int) and name.endswith("_at"):
                said = wording.moment(value, timezone, now)
            yield f"{name.replace('_', ' ')}: {said}"
