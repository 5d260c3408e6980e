"""Local files: what is read of them, and what is said of those that cannot be."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.net import files
from engagewatch.net.errors import SourceError
from engagewatch.net.files import fingerprint, open_lines


def lines_of(path: Path, encoding: str = "utf-8") -> list[str]:
    with open_lines(path, encoding) as lines:
        return list(lines)


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz", "log"])
def test_plain_and_packed_files_read_the_same(tmp_path: Path, name: str) -> None:
    plain, packed = tmp_path / f"plain-{name.removesuffix('.gz')}", tmp_path / name
    text = "\ufeffa,b\r\nÅngström,2\n"
    plain.write_bytes(text.encode())
    packed.write_bytes(gzip.compress(text.encode()))
    assert lines_of(plain) == lines_of(packed) == ["a,b\r\n", "Ångström,2\n"]


def test_other_encodings_and_stray_bytes(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes("Å\n".encode("cp1252") + b"b\n")
    assert lines_of(path, "cp1252") == ["Å\n", "b\n"]
    assert lines_of(path) == ["�\n", "b\n"]


def test_a_line_without_an_end_is_handed_out_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINE_LIMIT", 10)
    path = tmp_path / "log.csv"
    path.write_text("x" * 25)
    assert [len(line) for line in lines_of(path)] == [10, 10, 5]


def test_a_file_that_unpacks_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "TEXT_LIMIT", 1000)
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"row\n" * 1000))
    with pytest.raises(SourceError, match="split it by period"):
        lines_of(path)


def test_missing_files_folders_and_pretenders_are_named(tmp_path: Path) -> None:
    fake, cut, pipe = tmp_path / "fake.csv.gz", tmp_path / "cut.csv.gz", tmp_path / "pipe"
    fake.write_text("a,b\n")
    cut.write_bytes(gzip.compress(os.urandom(500))[:-20])
    os.mkfifo(pipe)
    for path, message, failure in (
        (tmp_path / "none.csv", "there is no file", Failure.CONFIGURATION),
        (tmp_path, "a folder", Failure.CONFIGURATION),
        (pipe, "not a regular file", Failure.CONFIGURATION),
        (fake, "not a gzip file", Failure.CONFIGURATION),
        (cut, "damaged or cut off", Failure.CONTRACT),
    ):
        with pytest.raises(SourceError, match=message) as caught:
            lines_of(path)
        assert caught.value.failure is failure
        assert path.name in caught.value.message


def test_an_encoding_nobody_knows_is_a_configuration_error(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("a\n")
    with pytest.raises(SourceError, match="no encoding"):
        lines_of(path, "utf-99")


def test_a_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("a\n")
    first = fingerprint(path)
    assert fingerprint(path) == first
    path.write_text("b\n")
    os.utime(path, ns=(first.modified, first.modified))
    assert fingerprint(path) != first
    with pytest.raises(SourceError, match="there is no file"):
        fingerprint(tmp_path / "none.csv")
