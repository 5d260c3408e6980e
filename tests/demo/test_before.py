"""The time before of the demonstration: every grade and every kind of content, always the same."""

from __future__ import annotations

from pathlib import Path

from engagewatch.demo import before
from engagewatch.demo.profile import NORTHWIND, started_at
from engagewatch.model.baseline import BaselineContent, Grade
from engagewatch.store.queries.baseline import baseline_files, baseline_rows
from engagewatch.store.store import Store

ANCHOR = 1_772_445_600  # Mon 2 Mar 2026 10:00 UTC


def test_every_grade_and_content_is_there_and_lies_before_the_start(tmp_path: Path) -> None:
    with Store.open(tmp_path / "demo.db") as store:
        before.enter(store, ANCHOR)
        files = baseline_files(store, NORTHWIND.key)
        rows = {file.name: baseline_rows(store, NORTHWIND.key, file.name) for file in files}
    assert {file.content for file in files} == set(BaselineContent)
    grades = {(file.content, row.grade or file.grade) for file in files for row in rows[file.name]}
    assert {grade for content, grade in grades if content is BaselineContent.OUTAGES} == set(Grade)
    assert (BaselineContent.TICKETS, Grade.NOTES) in grades
    assert (
        max(row.at for own in rows.values() for row in own)
        < started_at(NORTHWIND, ANCHOR) + 4 * 86400
    )


def test_entering_it_again_changes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "demo.db") as store:
        told = []
        for _ in range(2):
            before.enter(store, ANCHOR)
            files = baseline_files(store, NORTHWIND.key)
            told.append([(file, baseline_rows(store, NORTHWIND.key, file.name)) for file in files])
    assert told[0] == told[1]
