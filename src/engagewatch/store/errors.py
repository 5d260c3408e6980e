"""What can go wrong with the store: one small tree, every message with its way out.

The database library's own exceptions never leave this room through :class:`~.store.Store`;
:func:`translated` turns them into these.
"""

# ruff: noqa: N818 - the names say what is wrong with the store: StoreBusy, StoreFull
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw


class StoreError(Exception):
    """The store cannot do what was asked. ``str(error)`` says why and what to do."""


class StoreMissing(StoreError):
    """There is no database to read yet."""


class StoreTooNew(StoreError):
    """A newer engagewatch wrote the database; it was left untouched."""


class StoreTooOld(StoreError):
    """The database needs a migration, and was opened for reading only."""


class StoreForeign(StoreError):
    """The file is not a database of engagewatch, or not safe to use as one."""


class StoreBusy(StoreError):
    """Another process kept the store locked for too long."""


class StoreCorrupt(StoreError):
    """The file's content is damaged."""


class StoreFull(StoreError):
    """No space was left; what had been stored before is intact."""


class StoreReadOnly(StoreError):
    """The store was opened for reading, or its folder cannot be written."""


class StoreUnavailable(StoreError):
    """The file could not be opened, read or written."""


class UnknownSource(StoreError):
    """The source was never registered."""


_WAY_OUT = (
    " Run `engagewatch sync`: it sets the file aside, keeps what cannot be fetched again and "
    "fetches the rest."
)

_TRANSLATIONS: tuple[tuple[type[apsw.Error], type[StoreError], str], ...] = (
    (
        apsw.BusyError,
        StoreBusy,
        "{path} is locked by another process. Close it (or wait) and try again.",
    ),
    (
        apsw.CorruptError,
        StoreCorrupt,
        "{path} is damaged ({error})." + _WAY_OUT,
    ),
    (
        apsw.NotADBError,
        StoreCorrupt,
        "{path} is damaged: it no longer reads as a database." + _WAY_OUT,
    ),
    (
        apsw.FullError,
        StoreFull,
        "no space left for {path}. Free some disk space; what was stored before is intact.",
    ),
    (
        apsw.ReadOnlyError,
        StoreReadOnly,
        "{path} cannot be written. Check the permissions of the file and of its folder.",
    ),
    (
        apsw.CantOpenError,
        StoreUnavailable,
        "{path} cannot be opened. Check that its folder exists and that you may read it.",
    ),
    (
        apsw.IOError,
        StoreUnavailable,
        "{path} could not be read or written ({error}). Check the disk it is on.",
    ),
)


def suspicion(path: Path) -> Path:
    """Return the file whose existence says that damage was met in the database at ``path``."""
    return path.with_name(path.name + ".damaged")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise errors of the database library and of the file system as :class:`StoreError`.

    ``path`` is the database they are about. Damage is also noted in a file beside it, so that the
    next start checks all of it instead of every start. Errors that only a mistake in this room can
    cause (bad SQL, a violated constraint) pass as they are.
    """
    try:
        yield
    except apsw.Error as error:
        for cause, kind, message in _TRANSLATIONS:
            if isinstance(error, cause):
                if kind is StoreCorrupt:
                    with suppress(OSError):
                        suspicion(path).touch(0o600)
                raise kind(message.format(path=path, error=error)) from error
        raise
    except OSError as error:
        raise StoreUnavailable(
            f"{error.filename or path} cannot be used ({error.strerror}). Check the permissions of "
            "the data folder, or choose another with $ENGAGEWATCH_DATA."
        ) from error
