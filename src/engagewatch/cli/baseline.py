"""``engagewatch baseline``: the record from before the engagement, imported from files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import table, width, wrapped
from engagewatch.cli.setting import load, now, only_one, open_to_enter
from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, isoformat, to_instant, zone
from engagewatch.model.text import safe_text
from engagewatch.store.queries.baseline import baseline_files, baseline_rows
from engagewatch.store.store import Store
from engagewatch.views import wording

REFUSED_SHOWN = 10
"""Rows left out that are told one by one."""
_NAME_LIMIT = 80


def run(options: Namespace) -> int:
    """Import a file, list what was imported, or take a file out again."""
    loaded, at = load(options), now()
    with open_to_enter(options) as store:
        if options.action == "import":
            return _import(store, only_one(loaded.engagements, "whose record it is"), at, options)
        if options.action == "drop":
            return _drop(store, only_one(loaded.engagements, "whose record it is"), options.name)
        _list(store, loaded.engagements, at, as_json=options.json)
    return 2 if loaded.problems else 0


def _import(store: Store, engagement: Engagement, at: Instant, options: Namespace) -> int:
    from engagewatch.providers.baseline_file import parse_columns, read_baseline_file

    content, path = BaselineContent(options.content), Path(options.file)
    name = safe_text(options.name or path.name.split(".")[0], _NAME_LIMIT)
    if not path.exists():
        raise CommandError(f"there is no file {path}")
    try:
        columns = parse_columns(options.columns, content) if options.columns else {}
    except ValueError as error:
        raise CommandError(f"--columns: {error}") from None
    read = read_baseline_file(
        path,
        content,
        at,
        timezone=options.timezone or engagement.timezone,
        columns=columns,
        time_format=options.time_format,
    )
    limit = width()
    for row in read.refused[:REFUSED_SHOWN]:
        print("\n".join(wrapped(f"line {row.line}: {row.reason}", limit, rest="    ")))
    if len(read.refused) > REFUSED_SHOWN:
        print(f"and {len(read.refused) - REFUSED_SHOWN:,} more lines that cannot be read")
    if not read.rows:
        raise CommandError(
            f"{path.name}: no row can be read, so nothing was imported; if its times are written "
            'their own way, say how: --time-format "%d/%m/%Y %H:%M"',
            1,
        )
    before = next((one for one in baseline_files(store, engagement.id) if one.name == name), None)
    file = BaselineFile(
        name, content, Grade(options.grade), safe_text(options.source), read.digest, at
    )
    store.import_baseline(engagement.id, file, read.rows)
    print("\n".join(wrapped(_imported(file, read.rows, engagement, at), limit)))
    used = ", ".join(f"{field} from {column}" for field, column in read.columns.items())
    print("\n".join(wrapped(f"Read: {used}.", limit)))
    if before is not None:
        print(f'It takes the place of "{name}" of {wording.day(before.imported_at, "UTC", at)}.')
    if read.refused:
        print(f"Left out: {wording.counted(len(read.refused), 'line')}, told above.")
    return 0


def _imported(
    file: BaselineFile, rows: Sequence[BaselineRow], engagement: Engagement, at: Instant
) -> str:
    first, last = min(row.at for row in rows), max(row.at for row in rows)
    span = (
        f"{wording.day(first, engagement.timezone, at)} to "
        f"{wording.day(last, engagement.timezone, at)}"
    )
    words = (
        f'Imported "{file.name}" for {engagement.name}: {wording.counted(len(rows), "row")} of '
        f"{file.content}, grade {file.grade}, {span}."
    )
    here = zone(engagement.timezone)
    start = to_instant(datetime.combine(engagement.started, datetime.min.time(), here))
    late = sum(row.at >= start for row in rows)
    if late and file.content is not BaselineContent.HEADCOUNT:
        began = f"{wording.date_words(engagement.started)} {engagement.started.year}"
        words += f" {late:,} of them lie after the start of {began} and are not the time before."
    return words


def _drop(store: Store, engagement: Engagement, name: str) -> int:
    names = [file.name for file in baseline_files(store, engagement.id)]
    if name not in names:
        known = f"there is {', '.join(names)}" if names else "nothing was imported"
        raise CommandError(f'no imported file is called "{name}"; {known}', 1)
    dropped = store.drop_baseline(engagement.id, name)
    print(f'Dropped "{name}" with {wording.counted(dropped, "row")}.')
    return 0


def _list(store: Store, engagements: Iterable[Engagement], at: Instant, *, as_json: bool) -> None:
    found = [
        (one, [(file, baseline_rows(store, one.id, file.name)) for file in files])
        for one in engagements
        for files in (baseline_files(store, one.id),)
    ]
    if as_json:
        document = written(
            at,
            engagements=[
                {
                    "id": one.id,
                    "name": one.name,
                    "files": [_fields(file, rows) for file, rows in files],
                }
                for one, files in found
            ],
        )
        print(document)
        return
    for place, (one, files) in enumerate(found):
        if place:
            print()
        print(one.name)
        for line in table([_cells(one, file, rows, at) for file, rows in files], indent="  "):
            print(line)
        if not files:
            print("  nothing imported; engagewatch baseline import --help tells how")


def _cells(
    engagement: Engagement, file: BaselineFile, rows: Sequence[BaselineRow], at: Instant
) -> tuple[str, ...]:
    first, last = rows[0].at, rows[-1].at
    zone_name = engagement.timezone
    return (
        file.name,
        f"{wording.counted(len(rows), 'row')} of {file.content}",
        f"grade {_grades(file, rows)}",
        f"{wording.day(first, zone_name, at)} to {wording.day(last, zone_name, at)}",
        file.provenance,
    )


def _grades(file: BaselineFile, rows: Iterable[BaselineRow]) -> str:
    return ", ".join(sorted({row.grade or file.grade for row in rows}))


def _fields(file: BaselineFile, rows: Sequence[BaselineRow]) -> dict[str, Any]:
    return {
        "name": file.name,
        "content": file.content.value,
        "grade": file.grade.value,
        "source": file.provenance,
        "sha256": file.digest,
        "imported_at": isoformat(file.imported_at),
        "rows": len(rows),
        "first": isoformat(rows[0].at),
        "last": isoformat(rows[-1].at),
    }
