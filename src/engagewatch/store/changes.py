"""The change number: how readers tell whether data changed."""

from __future__ import annotations

import apsw


def change_seq(connection: apsw.Connection) -> int:
    """Return the store's change number: it grows with every transaction that changed data."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'change_seq'").fetchone()
    return 0 if row is None else int(row[0])


def bump_change_seq(connection: apsw.Connection) -> int:
    """Let readers know that data changed; return the new change number."""
    seq = change_seq(connection) + 1
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('change_seq', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (str(seq),),
    )
    return seq
