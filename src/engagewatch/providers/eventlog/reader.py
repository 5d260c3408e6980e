"""The rows of a log file, each as the mapped fields in one fixed order."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TypeAlias

import msgspec

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.eventlog.mapping import LogMapping
from engagewatch.providers.wire import decode

Row: TypeAlias = tuple[int, tuple[str, ...]]
"""Line number, and one text per field of the mapping; empty where no column is mapped."""

_REASON_LIMIT = 200


def read_rows(lines: Iterator[str], mapping: LogMapping) -> Iterator[Row | Refused]:
    """Yield the rows of a log; what is no row is refused by itself and the rest goes on.

    Raises:
        SourceError: the file is empty, has no header, or lacks a mapped column.
    """
    return _jsonl(lines, mapping) if mapping.format == "jsonl" else _csv(lines, mapping)


def refusal(line: int, reason: str) -> Refused:
    """Return the refusal of one line; ``reason`` may hold text from the file."""
    return Refused(f"line {line}", safe_text(reason, _REASON_LIMIT))


def _csv(lines: Iterator[str], mapping: LogMapping) -> Iterator[Row | Refused]:
    reader = csv.reader(lines, delimiter=mapping.delimiter)
    try:
        header = next(reader)
    except StopIteration:
        raise SourceError(
            Failure.CONTRACT, f"{mapping.path.name} is empty; it should start with column names"
        ) from None
    except csv.Error as error:
        raise SourceError(
            Failure.CONTRACT, f"{mapping.path.name} does not start with column names: {error}"
        ) from None
    width = len(header)
    # Fields without a column read the empty text that is appended to every row.
    indices = [width if index is None else index for index in mapping.locate(header)]
    pick = itemgetter(*indices)
    while True:
        try:
            for row in reader:
                if len(row) == width:
                    row.append("")
                    yield reader.line_num, pick(row)
                elif row:
                    yield refusal(
                        reader.line_num,
                        f"it has {len(row)} columns where the header has {width}",
                    )
        except csv.Error as error:
            yield refusal(reader.line_num, f"it is not CSV: {error}")
        else:
            return


def _jsonl(lines: Iterator[str], mapping: LogMapping) -> Iterator[Row | Refused]:
    names = [mapping.columns.get(field) for field in mapping.fields]
    decoder = msgspec.json.Decoder()
    located = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = decode(decoder, line.encode())
        except ValueError as error:
            yield refusal(number, f"it is not JSON: {error}")
            continue
        if not isinstance(record, dict):
            yield refusal(number, "it is not a JSON object")
            continue
        if not located:
            _check_keys(mapping, list(record))
            located = True
        yield number, tuple("" if name is None else _text(record.get(name)) for name in names)


def _check_keys(mapping: LogMapping, keys: Sequence[str]) -> None:
    """Refuse a mapping none of whose required keys the first record has; others may come later."""
    required = mapping.required_columns()
    if any(name not in keys for name in required):
        mapping.locate(keys)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value).decode()
