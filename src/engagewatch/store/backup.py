"""Putting a copy of the database back while the database is in use."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import apsw

from engagewatch.store.changes import change_seq
from engagewatch.store.copying import copy_into
from engagewatch.store.database import check_ours, connect_writer
from engagewatch.store.errors import StoreCorrupt, StoreMissing, translated
from engagewatch.store.migrations import migrate
from engagewatch.store.rebuild import integrity_problems


def put_back(writer: apsw.Connection, copy: Path, folder: Path) -> None:
    """Make the database hold what ``copy`` holds; the caller holds the write gate.

    The copy itself is only read: it is brought up to date and checked in a folder of its own within
    ``folder``. Readers see the database as it was until all of it is replaced.

    Raises:
        StoreError: the copy is missing, damaged, not ours, or of a newer version.
    """
    workshop = Path(tempfile.mkdtemp(prefix="restore.", dir=folder))
    try:
        staged = _staged(copy, workshop / copy.name)
        try:
            seq = max(change_seq(writer), change_seq(staged)) + 1
            staged.execute("UPDATE meta SET value = ? WHERE key = 'change_seq'", (str(seq),))
            with writer.backup("main", staged, "main") as replacing:
                replacing.step(-1)
        finally:
            staged.close()
    finally:
        shutil.rmtree(workshop)
    # Whoever reads now keeps needing the log; a later write cuts it back.
    writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)


def _staged(copy: Path, stage: Path) -> apsw.Connection:
    """Return a connection to a sound duplicate of ``copy``, in the present schema."""
    if not copy.is_file():
        raise StoreMissing(f"there is no file {copy}. Name a copy made by `engagewatch db backup`.")
    try:
        original = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            if check_ours(original, copy) == 0:
                raise StoreMissing(f"{copy} is empty. Name a copy made by `engagewatch db backup`.")
            copy_into(original, stage)
        finally:
            original.close()
        staged = connect_writer(stage)
        try:
            migrate(staged, stage)
            problems = integrity_problems(staged)
            if problems:
                raise apsw.CorruptError(problems[0])
        except BaseException:
            staged.close()
            raise
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreCorrupt(
            f"{copy} is damaged ({error}) and was not used. Choose another copy."
        ) from error
    except (apsw.Error, OSError):
        with translated(copy):
            raise
    return staged
