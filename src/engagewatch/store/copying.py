"""Copying the database while it is in use: for a backup, and before its schema changes."""

from __future__ import annotations

from pathlib import Path

import apsw

from engagewatch.store.database import create_private
from engagewatch.store.errors import StoreFull, StoreUnavailable


def copy_into(connection: apsw.Connection, target: Path) -> None:
    """Write a compact, consistent copy of the database to ``target`` (mode 0600).

    Writers and readers go on meanwhile. What was begun is removed when it fails.

    Raises:
        StoreUnavailable: ``target`` exists already.
        StoreFull: there is no space for it.
        OSError: it cannot be made.
    """
    if not create_private(target):
        raise StoreUnavailable(f"{target} exists already. Choose another name for the copy.")
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    except apsw.FullError as error:
        target.unlink(missing_ok=True)
        raise StoreFull(f"no space left for the copy {target}. Choose another disk.") from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
