"""Files of the record from before: recognised columns, kept rows, told mistakes."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.baseline import BaselineContent, Grade
from engagewatch.model.instants import HOUR, to_instant
from engagewatch.net.errors import SourceError
from engagewatch.providers.baseline_file import BaselineRead, parse_columns, read_baseline_file

NOW = to_instant(datetime(2026, 3, 11, tzinfo=UTC))
TICKETS, OUTAGES, HEADCOUNT = (
    BaselineContent.TICKETS,
    BaselineContent.OUTAGES,
    BaselineContent.HEADCOUNT,
)


def read(path: Path, content: BaselineContent = OUTAGES, **options: object) -> BaselineRead:
    return read_baseline_file(
        path,
        content,
        NOW,
        timezone="Europe/London",
        **options,  # type: ignore[arg-type]
    )


def written(folder: Path, text: str, name: str = "before.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_usual_names_are_recognised_whatever_separates_them(tmp_path: Path, delimiter: str) -> None:
    text = (
        "Short description|Started At|Restored|Users affected\n"
        "Mail|2025-01-07 09:00|2025-01-07 11:30|40\n"
    )
    found = read(written(tmp_path, text.replace("|", delimiter)))
    (row,) = found.rows
    assert (row.title, row.until_at, row.users) == ("Mail", row.at + 9000, 40)
    assert row.at == to_instant(datetime(2025, 1, 7, 9, tzinfo=UTC))
    assert row.line == 2
    assert found.columns["until"] == "Restored"


def test_json_lines_packed_with_a_length_in_minutes(tmp_path: Path) -> None:
    path = tmp_path / "before.jsonl.gz"
    lines = [
        {"began": "2025-07-01T09:00", "minutes": 90, "what": "VPN"},
        {"began": "2025-07-02T09:00", "grade": "c"},
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    first, second = read(path).rows
    assert first.at == to_instant(datetime(2025, 7, 1, 8, tzinfo=UTC))  # British summer time
    assert first.until_at == first.at + 5400
    assert second.until_at is None
    assert second.grade is Grade.NOTES


def test_bad_rows_are_told_with_their_line_and_the_rest_is_kept(tmp_path: Path) -> None:
    text = (
        "opened,resolved,priority,grade\n"
        "2025-01-07 09:00,2025-01-07 08:00,high,\n"
        "soon,,,\n"
        ",2025-01-07 08:00,,\n"
        "2025-01-08 09:00,-,low,E\n"
        "2025-01-09 09:00,?,low,\n"
        "2025-01-09 09:00,a,b,c,d\n"
    )
    found = read(written(tmp_path, text), TICKETS)
    assert [row.line for row in found.rows] == [6]
    assert found.rows[0].until_at is None
    reasons = {one.line: one.reason for one in found.refused}
    assert reasons[2] == "it ends before it begins"
    assert reasons[3] == 'at: "soon" is not an ISO 8601 time'
    assert reasons[4] == "when it was opened is missing"
    assert reasons[5] == 'grade: "E" is none of A, B, C, D'
    assert "5 columns where the header has 4" in reasons[7]


def test_columns_and_formats_may_be_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Logged;Fixed\n07/01/2025 09:00;07/01/2025 10:00\n")
    named = parse_columns("at=Logged, until=Fixed", TICKETS)
    (row,) = read(path, TICKETS, columns=named, time_format="%d/%m/%Y %H:%M").rows
    assert row.until_at == row.at + HOUR


def test_a_wrong_column_names_the_line_and_the_fix(tmp_path: Path) -> None:
    path = written(tmp_path, "Logged,Fixed\n2025-01-07,2025-01-08\n")
    with pytest.raises(
        SourceError, match=r"before.csv, line 1: no column tells when it was opened"
    ):
        read(path, TICKETS)
    with pytest.raises(SourceError, match=r'no column "Loged"; did you mean "Logged"\?'):
        read(path, TICKETS, columns={"at": "Loged"})
    with pytest.raises(ValueError, match='there is no field "begin"; there are at, until'):
        parse_columns("begin=Logged", TICKETS)
    with pytest.raises(ValueError, match="not written like at=opened"):
        parse_columns("Logged", TICKETS)


def test_headcounts_need_a_number(tmp_path: Path) -> None:
    found = read(written(tmp_path, "month,staff\n2025-01-01,140\n2025-02-01,many\n"), HEADCOUNT)
    assert [row.users for row in found.rows] == [140]
    assert found.refused[0].reason == 'users: "many" is not a number'


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ('[{"at": "2025-01-07"}]', "one JSON object on each line")],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(written(tmp_path, text))


def test_titles_are_made_safe(tmp_path: Path) -> None:
    found = read(written(tmp_path, "began,what\n2025-01-07,\x1b[31mred\n"))
    assert "\x1b" not in found.rows[0].title


@given(st.binary(max_size=400))
def test_no_file_does_worse_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "torn.csv"
    path.write_bytes(b"began,until,users\n2025-01-07,,3\n" + tail)
    found = read(path)
    assert found.rows or found.refused
