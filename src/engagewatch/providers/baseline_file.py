"""Files of the record from before the engagement: tickets, outages or headcounts, row by row.

CSV (comma, semicolon or tab) or JSON lines, plain or gzip. Columns are recognised by the names such
files usually give them, or named by whoever imports. A row that cannot be read is refused by itself
and told; the rest is kept.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import msgspec

from engagewatch.model.baseline import BaselineContent, BaselineRow, Grade
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import HOUR, MINUTE, Instant
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.net.files import open_lines
from engagewatch.providers.baseline_file_columns import fields_of, find_columns
from engagewatch.providers.eventlog.times import TimeReader
from engagewatch.providers.wire import decode

_DELIMITERS = ",;\t"
_MISSING = frozenset({"", "-", "?", "n/a", "na", "none", "null", "unknown"})
_TITLE_LIMIT = 200
_MOST_USERS = 10_000_000

_Cells: TypeAlias = tuple[int, Mapping[str, str]]
"""Line number and the text of each field that has a column."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BaselineRead:
    """What a file of the record from before holds."""

    rows: tuple[BaselineRow, ...]
    refused: tuple[RefusedRow, ...]
    columns: Mapping[str, str]
    """Which column each field was read from."""
    digest: str
    """SHA-256 of the file, in hexadecimal."""


def read_baseline_file(
    path: Path,
    content: BaselineContent,
    now: Instant,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    time_format: str | None = None,
) -> BaselineRead:
    """Read one file. Times without an offset are local to ``timezone``.

    ``columns`` names the column of a field where it is not to be found by its usual names;
    ``time_format`` is that of :meth:`datetime.strptime`, ISO 8601 unless given.

    Raises:
        SourceError: the file cannot be read, a column is missing or unknown, or there is no such
            time zone.
    """
    times = TimeReader(timezone, time_format, now)
    rows: list[BaselineRow] = []
    refused: list[RefusedRow] = []
    used: dict[str, str] = {}
    with open_lines(path) as lines:
        for found in _cells(path, lines, content, columns or {}, used):
            if isinstance(found, RefusedRow):
                refused.append(found)
                continue
            line, cells = found
            try:
                rows.append(_row(line, cells, content, times))
            except ValueError as error:
                refused.append(RefusedRow(line, safe_text(str(error), _TITLE_LIMIT)))
    return BaselineRead(tuple(rows), tuple(refused), used, _digest(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cells(
    path: Path,
    lines: Iterator[str],
    content: BaselineContent,
    named: Mapping[str, str],
    used: dict[str, str],
) -> Iterator[_Cells | RefusedRow]:
    """Yield the fields of each row; fills ``used`` once the columns are known."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise SourceError(
            Failure.CONTRACT, f"{path.name} is empty; it should start with column names"
        )
    whole = chain([first], lines)
    if first.lstrip().startswith("{"):
        yield from _objects(path, whole, content, named, used)
    elif first.lstrip().startswith("["):
        raise SourceError(
            Failure.CONTRACT, f"{path.name} is one JSON list; write one JSON object on each line"
        )
    else:
        delimiter = max(_DELIMITERS, key=first.count)
        yield from _csv(path, whole, delimiter, content, named, used)


def _csv(
    path: Path,
    lines: Iterator[str],
    delimiter: str,
    content: BaselineContent,
    named: Mapping[str, str],
    used: dict[str, str],
) -> Iterator[_Cells | RefusedRow]:
    reader = csv.reader(lines, delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    used.update(find_columns(path.name, content, header, named))
    places = {field: header.index(name) for field, name in used.items()}
    while True:
        try:
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) > len(header) or max(places.values()) >= len(row):
                    yield RefusedRow(
                        reader.line_num,
                        f"it has {len(row)} columns where the header has {len(header)}",
                    )
                    continue
                yield reader.line_num, {field: row[place] for field, place in places.items()}
        except csv.Error as error:
            yield RefusedRow(reader.line_num, f"it is not CSV: {error}")
        else:
            return


def _objects(
    path: Path,
    lines: Iterator[str],
    content: BaselineContent,
    named: Mapping[str, str],
    used: dict[str, str],
) -> Iterator[_Cells | RefusedRow]:
    decoder = msgspec.json.Decoder()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = decode(decoder, line.encode())
        except ValueError as error:
            yield RefusedRow(number, safe_text(f"it is not JSON: {error}", _TITLE_LIMIT))
            continue
        if not isinstance(record, dict):
            yield RefusedRow(number, "it is not a JSON object")
            continue
        # Objects leave out what they have no value for: each may bring another column.
        try:
            own = find_columns(path.name, content, list(record), named)
        except SourceError as error:
            if not used:
                raise
            yield RefusedRow(number, error.message)
            continue
        used.update(own)
        yield number, {field: _text(record[name]) for field, name in own.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _row(
    line: int, cells: Mapping[str, str], content: BaselineContent, times: TimeReader
) -> BaselineRow:
    at = _time(cells, "at", times)
    if at is None:
        raise ValueError(f"{fields_of(content)['at']} is missing")
    until = _time(cells, "until", times)
    for field, unit in (("minutes", MINUTE), ("hours", HOUR)):
        length = _number(cells, field)
        if until is None and length is not None:
            until = at + round(length * unit)
    if until is not None and until < at:
        raise ValueError("it ends before it begins")
    responded = _time(cells, "responded", times)
    if responded is not None and responded < at:
        raise ValueError("it was answered before it began")
    users = _number(cells, "users")
    if users is not None and (users != int(users) or users > _MOST_USERS):
        raise ValueError(f'users: "{cells["users"].strip()}" is not a number of people')
    if content is BaselineContent.HEADCOUNT and users is None:
        raise ValueError("the number of users is missing")
    return BaselineRow(
        line=line,
        at=at,
        until_at=until,
        title=_word(cells, "title"),
        category=_word(cells, "category"),
        priority=_word(cells, "priority"),
        users=None if users is None else int(users),
        responded_at=responded,
        grade=_grade(cells),
    )


def _word(cells: Mapping[str, str], field: str) -> str:
    return safe_text(cells.get(field, "").strip(), _TITLE_LIMIT)


def _given(cells: Mapping[str, str], field: str) -> str:
    text = cells.get(field, "").strip()
    return "" if text.casefold() in _MISSING else text


def _time(cells: Mapping[str, str], field: str, times: TimeReader) -> Instant | None:
    text = _given(cells, field)
    if not text:
        return None
    try:
        return times.read(text)
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from None


def _number(cells: Mapping[str, str], field: str) -> float | None:
    text = _given(cells, field)
    if not text:
        return None
    try:
        number = float(text.replace(",", ".") if field != "users" else text.replace(",", ""))
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e12:
        raise ValueError(f'{field}: "{text}" is not a number')
    return number


def _grade(cells: Mapping[str, str]) -> Grade | None:
    text = _given(cells, "grade").upper()
    if not text:
        return None
    try:
        return Grade(text)
    except ValueError:
        raise ValueError(f'grade: "{text}" is none of A, B, C, D') from None


def parse_columns(text: str, content: BaselineContent) -> dict[str, str]:
    """Return the columns written ``at=opened,until=closed``.

    Raises:
        ValueError: it is written otherwise, or names a field that such a file does not have.
    """
    found: dict[str, str] = {}
    known: Sequence[str] = list(fields_of(content))
    for part in text.split(","):
        field, equals, name = part.partition("=")
        field = field.strip()
        if not equals or not name.strip():
            raise ValueError(f'"{part.strip()}" is not written like at=opened')
        if field not in known:
            raise ValueError(f'there is no field "{field}"; there are {", ".join(known)}')
        found[field] = name.strip()
    return found
