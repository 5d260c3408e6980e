"""An open database: its connections, its gate, its transactions."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import apsw

from engagewatch.store.database import connect_reader, connect_writer, create_private
from engagewatch.store.errors import StoreBusy, StoreReadOnly, translated
from engagewatch.store.gate import KernelLock, WriteGate

# What only writing needs is imported by the methods that do: a command that reads the store and
# prints starts sooner.
if TYPE_CHECKING:
    from engagewatch.store.recovery import Recovered


class OpenDatabase:
    """The file, opened: what reading, writing and keeping it have in common."""

    def __init__(self, path: Path) -> None:
        """Use :meth:`open`: this opens nothing."""
        self.path = path
        self.recovered: Recovered | None = None
        """Set if the database was found damaged when opened, and replaced."""
        self._writer: apsw.Connection | None = None
        self._gate = WriteGate(path)
        self._local = threading.local()
        self._readers: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._readers_lock = threading.Lock()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open the database at ``path``; for writing, make it or migrate it first where needed.

        A damaged database is set aside and replaced (see :attr:`recovered`).

        Raises:
            StoreMissing: ``read_only``, and there is none.
            StoreTooNew: a newer engagewatch wrote it.
            StoreTooOld: ``read_only``, and it needs a migration.
            StoreForeign: it is something else.
            StoreCorrupt: ``read_only``, and it is damaged.
        """
        store = cls(path)
        try:
            with translated(path):
                if not read_only:
                    store._open_writer()
                store._local.data_version = store.connection.pragma("data_version")
        except BaseException:
            store.close()
            raise
        return store

    def _open_writer(self) -> None:
        from engagewatch.store import recovery

        create_private(self.path)
        with self._gate.passed():
            try:
                self._writer = self._checked_writer(recovery.is_suspect(self.path))
            except (apsw.CorruptError, apsw.NotADBError):
                damaged = recovery.set_aside(self.path)
                create_private(self.path)
                self._writer = self._checked_writer(suspect=False)
                kept = recovery.salvage(damaged, self._writer)
                from engagewatch.store import keepsake

                kept += keepsake.put_back(self._writer, self.path)
                self.recovered = recovery.Recovered(damaged, kept)
            recovery.clear_suspicion(self.path)

    def _checked_writer(self, suspect: bool) -> apsw.Connection:
        from engagewatch.store.migrations import migrate

        writer = connect_writer(self.path)
        try:
            if suspect:
                self._repair(writer)
            migrate(writer, self.path)
        except BaseException:
            writer.close()
            raise
        return writer

    @staticmethod
    def _repair(writer: apsw.Connection) -> None:
        from engagewatch.store.rebuild import integrity_problems

        if integrity_problems(writer):
            # What is wrong may be wrong in an index only, which follows from its table.
            writer.execute("REINDEX")
            if integrity_problems(writer):
                raise apsw.CorruptError("found damaged by an earlier run")

    @property
    def connection(self) -> apsw.Connection:
        """This thread's own connection; it can only read."""
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with translated(self.path):
                connection = connect_reader(self.path)
            self._local.connection = connection
            with self._readers_lock:
                self._readers.add(connection)
        return connection

    def poller_lock(self) -> KernelLock:
        """Return the lock whose holder polls; every other process on this database watches."""
        return KernelLock(self.path.with_name(self.path.name + ".poller"))

    @property
    def is_read_only(self) -> bool:
        """Whether it was opened for reading only."""
        return self._writer is None

    def reader(self) -> Self:
        """Open the same database once more, for reading only."""
        return type(self).open(self.path, read_only=True)

    def close(self) -> None:
        """Close every connection of this store, folding the log into the file where possible.

        A query that another thread is still running ends with an error there.
        """
        with self._readers_lock:
            readers = list(self._readers)
            self._readers.clear()
        for connection in readers:
            connection.interrupt()
            # One that is busy at this very moment closes with the thread that uses it.
            with suppress(apsw.ThreadingViolationError):
                connection.close()
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._close_writer(writer)
        self._gate.close()

    def _close_writer(self, writer: apsw.Connection) -> None:
        try:
            with self._gate.passed(timeout=2.0):
                # Readers elsewhere may still need the log; the next writer folds it in then.
                writer.set_busy_timeout(0)
                with suppress(apsw.Error):
                    writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                writer.close()
        except StoreBusy:
            writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _rewrite(self) -> None:
        """Write the whole file anew, so that no free space in it holds what was there before."""
        assert self._writer is not None
        with translated(self.path), self._gate.passed():
            self._writer.execute("VACUUM")
            # A reader that needs the log keeps it for now; a later write cuts it back.
            with suppress(apsw.BusyError, apsw.LockedError):
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    @contextmanager
    def _transaction(
        self, *, durable: bool = False, wiping: bool = False
    ) -> Iterator[apsw.Connection]:
        """Pass the gate and commit what the block writes, or nothing if it raises.

        A page that a power cut takes back is fetched again; what cannot be is written ``durable``.
        What is deleted while ``wiping`` is overwritten in the file and not merely unlinked.
        """
        if self._writer is None:
            raise StoreReadOnly(f"{self.path} was opened for reading only.")
        connection = self._writer
        with translated(self.path), self._gate.passed():
            if durable:
                connection.pragma("synchronous", "FULL")
            if wiping:
                connection.pragma("secure_delete", 1)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back on its own.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if durable:
                    connection.pragma("synchronous", "NORMAL")
                if wiping:
                    connection.pragma("secure_delete", 0)
