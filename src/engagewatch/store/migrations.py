"""Bringing a database up to the schema of this version."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path

import apsw

from engagewatch.store.copying import copy_into
from engagewatch.store.database import APPLICATION_ID
from engagewatch.store.errors import StoreCorrupt
from engagewatch.store.schema import MIGRATIONS

_COPY = re.compile(r"\.v\d+\.backup$")


def migrate(
    connection: apsw.Connection, path: Path, steps: Sequence[str] = MIGRATIONS
) -> Path | None:
    """Run the steps the database has not seen, all or none; the caller holds the write gate.

    A database that already holds data is copied first. Returns where to, or ``None``. Once the
    steps are done, copies that earlier migrations left are removed: the newest one suffices.

    Raises:
        StoreCorrupt: the migrated rows refer to rows that do not exist; nothing was changed.
    """
    version: int = connection.pragma("user_version")
    if version >= len(steps):
        return None
    kept = _keep_copy(connection, path, version) if version else None
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            connection.execute(step)
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise StoreCorrupt(
                f"{path} cannot be brought up to date: {len(broken)} rows refer to rows that do "
                "not exist. Run `engagewatch db check`; nothing was changed."
            )
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", len(steps))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if kept is not None:
        for copy in path.parent.glob(glob.escape(path.name) + ".v*.backup"):
            if copy != kept and _COPY.search(copy.name):
                copy.unlink(missing_ok=True)
    return kept


def _keep_copy(connection: apsw.Connection, path: Path, version: int) -> Path:
    copy = path.with_name(f"{path.name}.v{version}.backup")
    # Left by an attempt that did not finish: the database still is what it was then, or newer.
    copy.unlink(missing_ok=True)
    copy_into(connection, copy)
    return copy
