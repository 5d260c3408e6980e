"""Copies made before a migration: the newest stays, and nothing else beside it is touched."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from store_samples import ingest, opened, ticket

from engagewatch.store.database import connect_writer
from engagewatch.store.migrations import migrate
from engagewatch.store.schema import MIGRATIONS

STEPS = (*MIGRATIONS, "CREATE TABLE further (a INTEGER) STRICT")


@pytest.fixture
def writer(path: Path) -> apsw.Connection:
    with opened(path) as store:
        ingest(store, [ticket("a")])
    return connect_writer(path)


def test_only_the_newest_copy_is_kept(path: Path, writer: apsw.Connection) -> None:
    old = path.with_name(path.name + ".v1.backup")
    others = [
        path.with_name("other.db.v1.backup"),
        path.with_name(path.name + ".v1.backup.mine"),
        path.with_name(path.name + ".vault.backup"),
    ]
    for file in (old, *others):
        file.write_bytes(b"")
    kept = migrate(writer, path, STEPS)
    writer.close()
    assert kept is not None
    assert kept.stat().st_size
    assert not old.exists()
    assert all(file.exists() for file in others)


def test_a_migration_that_fails_removes_no_copy(path: Path, writer: apsw.Connection) -> None:
    old = path.with_name(path.name + ".v1.backup")
    old.write_bytes(b"")
    with pytest.raises(apsw.SQLError):
        migrate(writer, path, (*MIGRATIONS, "CREATE TABLE ticket (a INTEGER) STRICT"))
    writer.close()
    assert old.exists()
