"""The database file: made private, opened with known settings, told apart from what is not ours."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import apsw

from engagewatch.store.errors import (
    StoreError,
    StoreForeign,
    StoreMissing,
    StoreTooNew,
    StoreTooOld,
)
from engagewatch.store.schema import MIGRATIONS

APPLICATION_ID = 0x65776368
"""``ewch`` in the file's header: it tells this database from anybody else's."""

BUSY_TIMEOUT = 5000
"""Milliseconds to wait where the gate does not rule, e.g. while another process checkpoints."""

WAL_LIMIT = 16 * 1024 * 1024
"""Bytes the write-ahead log is cut back to once nobody reads its older part."""

_PAGES_PER_CHECKPOINT = WAL_LIMIT // 4096
"""A page of the database that many transactions touch is copied into the file once for all of them:
at SQLite's own 1000, moving pages takes a fifth of the time of a first read."""

_NOTHING_YET = "there is no database at {path} yet. Run `engagewatch sync` to fetch data first."

_WRITER_CACHE_KIB = 16 * 1024


def sqlite_version() -> str:
    """Return which SQLite is at work, and what binds it."""
    return f"{apsw.sqlite_lib_version()} (apsw {apsw.apsw_version()})"


def create_private(path: Path) -> bool:
    """Make an empty file that only its owner can read, and its folder likewise where missing.

    The database library would follow the umask; files it adds beside this one copy its mode.
    Returns whether the file was made; one that exists is checked and kept.

    Raises:
        StoreForeign: something that is not a plain file stands there.
        OSError: it cannot be made.
    """
    try:
        if not path.parent.exists():
            path.parent.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        _check_existing(path)
        return False
    return True


def _check_existing(path: Path) -> None:
    # The file is never opened here: closing a descriptor of an SQLite file drops every lock this
    # process holds on it through other connections (POSIX advisory locks).
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise StoreForeign(
            f"{path} is not a plain file (a link, perhaps). Put the database itself there, or "
            "choose another data folder with $ENGAGEWATCH_DATA."
        )
    if status.st_mode & 0o077 and status.st_uid == os.geteuid():
        path.chmod(0o600)


def connect_writer(path: Path) -> apsw.Connection:
    """Open an existing file for writing, having made sure that it is ours to write.

    A database of another program, or of a newer version, is closed again as it was found.

    Raises:
        StoreForeign: it belongs to something else.
        StoreTooNew: its schema is newer than this code.
        StoreError: write-ahead logging does not work in its folder.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        # Until it is known to be ours, not even closing it may move the log into the file.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.set_busy_timeout(BUSY_TIMEOUT)
        check_ours(connection, path)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        if connection.pragma("journal_mode", "WAL") != "wal":
            raise StoreError(
                f"{path.parent} does not support write-ahead logging (a network folder, perhaps). "
                "Choose a local data folder with $ENGAGEWATCH_DATA."
            )
        connection.pragma("synchronous", "NORMAL")
        connection.pragma("journal_size_limit", WAL_LIMIT)
        connection.pragma("wal_autocheckpoint", _PAGES_PER_CHECKPOINT)
        connection.pragma("cache_size", -_WRITER_CACHE_KIB)
        connection.pragma("foreign_keys", 1)
        _harden(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> apsw.Connection:
    """Open the database for reading only, also from a folder that cannot be written.

    Raises:
        StoreMissing: there is no file.
        StoreForeign: it is not ours.
        StoreTooNew: its schema is newer than this code.
        StoreTooOld: its schema is older, and a reader cannot migrate it.
    """
    if not path.exists():
        raise StoreMissing(_NOTHING_YET.format(path=path))
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT)
        try:
            version = check_ours(connection, path)
        except (apsw.CantOpenError, apsw.ReadOnlyError):
            log = path.with_name(path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise
            # No log and no right to make one: nobody writes here, so it can be read as it stands.
            connection.close()
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
            connection = apsw.Connection(path.absolute().as_uri() + "?immutable=1", flags=flags)
            version = check_ours(connection, path)
        if version == 0:
            raise StoreMissing(_NOTHING_YET.format(path=path))
        if version < len(MIGRATIONS):
            raise StoreTooOld(
                f"{path} was written by an older engagewatch. Run `engagewatch sync` once to "
                "bring it up to date."
            )
        connection.pragma("query_only", 1)
        _harden(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def check_ours(connection: apsw.Connection, path: Path) -> int:
    """Return the schema version of a database of ours; 0 for an empty file.

    Raises:
        StoreForeign: it is another program's database.
        StoreTooNew: a newer engagewatch wrote it.
    """
    version: int = connection.pragma("user_version")
    application = connection.pragma("application_id")
    if application != APPLICATION_ID and (
        version or application or connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get
    ):
        raise StoreForeign(
            f"{path} is the database of another program and was left untouched. Move it away, or "
            "choose another data folder with $ENGAGEWATCH_DATA."
        )
    if version > len(MIGRATIONS):
        raise StoreTooNew(
            f"{path} was written by a newer engagewatch (schema {version}; this one knows up to "
            f"{len(MIGRATIONS)}) and was left untouched. Upgrade engagewatch."
        )
    return version


def _harden(connection: apsw.Connection) -> None:
    # A tampered file must not be able to run functions through its schema or rewrite it.
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
