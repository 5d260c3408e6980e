"""The store: one SQLite file that holds what was fetched and what was derived from it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import apsw

from engagewatch.store import changes
from engagewatch.store import health as source_health
from engagewatch.store.database import check_ours, connect_reader, connect_writer, create_private
from engagewatch.store.errors import StoreBusy, StoreReadOnly, translated
from engagewatch.store.gate import KernelLock, WriteGate

# What only writing and checking need is imported by the methods that do: a command that reads the
# store and prints starts sooner.
if TYPE_CHECKING:
    from engagewatch.model.baseline import BaselineFile, BaselineRow
    from engagewatch.model.batch import Absence, Batch
    from engagewatch.model.entry import Entry
    from engagewatch.model.freshness import SourceHealth
    from engagewatch.model.instants import Instant
    from engagewatch.store.disappearance import Shrinkage, Swept
    from engagewatch.store.folding import FoldTicket
    from engagewatch.store.ingest import Ingested
    from engagewatch.store.rebuild import Difference
    from engagewatch.store.recovery import Recovered


class Store:
    """An open database: any number of reading threads, and one writer at a time.

    All methods block; an event loop calls them in a thread. Each thread reads through a connection
    of its own (:attr:`connection`). Writes wait for each other at the write gate, within the
    process and between processes, and each is one transaction.

    Every method may raise a :class:`~engagewatch.store.errors.StoreError`; the writing ones raise
    ``StoreReadOnly`` on a store opened for reading.
    """

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
    def open(cls, path: Path, *, read_only: bool = False) -> Store:
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
        from engagewatch.store import keepsake, recovery

        create_private(self.path)
        with self._gate.passed():
            try:
                self._writer = self._checked_writer(recovery.is_suspect(self.path))
            except (apsw.CorruptError, apsw.NotADBError):
                damaged = recovery.set_aside(self.path)
                create_private(self.path)
                self._writer = self._checked_writer(suspect=False)
                kept = recovery.salvage(damaged, self._writer)
                kept += keepsake.put_back(self._writer, self.path)
                self.recovered = recovery.Recovered(damaged, kept)
            recovery.clear_suspicion(self.path)

    def _checked_writer(self, suspect: bool) -> apsw.Connection:
        from engagewatch.store.migrations import migrate
        from engagewatch.store.rebuild import integrity_problems

        writer = connect_writer(self.path)
        try:
            if suspect and integrity_problems(writer):
                # What is wrong may be wrong in an index only, which follows from its table.
                writer.execute("REINDEX")
                if integrity_problems(writer):
                    raise apsw.CorruptError("found damaged by an earlier run")
            migrate(writer, self.path)
        except BaseException:
            writer.close()
            raise
        return writer

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

    def reader(self) -> Store:
        """Open the same database once more, for reading only."""
        return Store.open(self.path, read_only=True)

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

    # Reading

    def changed(self) -> bool:
        """Return whether anything was committed since this thread last asked, by any process.

        Costs microseconds. What changed is the matter of :meth:`change_seq`, which grows with
        data, but not with health, cursors and the like.

        Raises:
            StoreTooNew: a newer engagewatch has taken the database over meanwhile.
        """
        with translated(self.path):
            version: int = self.connection.pragma("data_version")
            before: int | None = getattr(self._local, "data_version", None)
            if version != before:
                # A newer program may have changed what the tables mean.
                check_ours(self.connection, self.path)
        self._local.data_version = version
        return version != before

    def change_seq(self) -> int:
        """Return the number of the last transaction that changed data."""
        with translated(self.path):
            return changes.change_seq(self.connection)

    def cursor(self, engagement: str, source: str, stream: str) -> str | None:
        """Return where the next poll of a stream starts; ``None`` at its beginning.

        Raises:
            UnknownSource: the source was never registered.
        """
        with translated(self.path):
            return source_health.cursor(self.connection, engagement, source, stream)

    def health(self, engagement: str | None = None) -> list[SourceHealth]:
        """Return the health of all sources, or of one engagement's, by engagement and id."""
        with translated(self.path):
            return source_health.read_health(self.connection, engagement)

    def policy_version(self, engagement: str, source: str) -> str:
        """Return the fingerprint that the source's clocks were counted with; empty if never.

        Raises:
            UnknownSource: the source was never registered.
        """
        with translated(self.path):
            return source_health.policy_version(self.connection, engagement, source)

    def open_tickets(self, engagement: str, source: str, limit: int) -> list[str]:
        """Return ids of open tickets, at most ``limit``, the longest unchanged first.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store.disappearance import open_ticket_ids

        with translated(self.path):
            key = source_health.source_key(self.connection, engagement, source)
            return open_ticket_ids(self.connection, key, limit)

    def shrinkages(self, engagement: str, source: str) -> list[Shrinkage]:
        """Return what a source lacks so much of at once that it was not believed.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store.disappearance import shrinkages

        with translated(self.path):
            key = source_health.source_key(self.connection, engagement, source)
            return shrinkages(self.connection, key)

    def seen_at(self, engagement: str) -> Instant | None:
        """Return when the engagement was last marked as seen."""
        with translated(self.path):
            row = self.connection.execute(
                "SELECT at FROM seen WHERE engagement = ?", (engagement,)
            ).fetchone()
            return None if row is None else row[0]

    # Writing

    def register_source(self, engagement: str, source: str, adapter: str) -> None:
        """Make a source known, or note that another adapter reads it now."""
        with self._transaction() as connection:
            source_health.register_source(connection, engagement, source, adapter)

    def record_health(self, health: SourceHealth) -> None:
        """Store what is known about polling a source.

        Raises:
            UnknownSource: the source was never registered.
        """
        with self._transaction() as connection:
            source_health.record_health(connection, health)

    def ingest(
        self, engagement: str, source: str, batch: Batch, fold: FoldTicket | None, now: Instant
    ) -> Ingested:
        """Store a batch, refold what it touched and save its cursor, all in one transaction.

        Without a ``fold`` nothing is counted yet: the source's policy version becomes empty until
        :meth:`refold` has counted everything.

        The newest version of a ticket wins, whatever the order of delivery; events are only ever
        added, and wait where their ticket is not known yet. A batch may come any number of times.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import ingest

        with self._transaction() as connection:
            key = source_health.source_key(connection, engagement, source)
            return ingest.ingest(connection, key, batch, fold, now)

    def forget_strays(self, engagement: str, source: str, now: Instant) -> int:
        """Drop events whose ticket is long overdue; return how many.

        Call it when a source was just read to its end.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import orphans

        with translated(self.path):
            key = source_health.source_key(self.connection, engagement, source)
            if not orphans.any_parked(self.connection, key):
                return 0
        with self._transaction() as connection:
            dropped = orphans.forget_stale(connection, key, now)
            if dropped:
                changes.bump_change_seq(connection)
            return dropped

    def record_absences(
        self,
        engagement: str,
        source: str,
        absences: Sequence[Absence],
        asked: int,
        fold: FoldTicket,
        now: Instant,
    ) -> Swept:
        """Note which of the ``asked`` tickets their source no longer has or shows.

        What is gone is marked as deleted, its history kept; what is only hidden stays as it is. If
        too many are gone at once, nothing is marked.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import disappearance, tombstones

        with self._transaction() as connection:
            key = source_health.source_key(connection, engagement, source)
            swept, gone = disappearance.note_absences(connection, key, absences, asked, now)
            tombstones.mark_deleted(connection, key, gone, fold)
            return swept

    def mark_seen(self, engagement: str, at: Instant) -> None:
        """Remember that the user has seen the engagement's state as of ``at``."""
        from engagewatch.store import keepsake

        with self._transaction(durable=True) as connection:
            connection.execute(
                "INSERT INTO seen (engagement, at) VALUES (?, ?) "
                "ON CONFLICT (engagement) DO UPDATE SET at = excluded.at",
                (engagement, at),
            )
            keepsake.keep(connection, self.path)

    def enter(self, entries: Sequence[Entry]) -> None:
        """Add what people entered, durably, and keep it a second time beside the database.

        Entering the same entry again changes nothing.
        """
        from engagewatch.store import entered, keepsake

        with self._transaction(durable=True) as connection:
            entered.put_entries(connection, entries)
            changes.bump_change_seq(connection)
            keepsake.keep(connection, self.path)

    def import_baseline(
        self, engagement: str, file: BaselineFile, rows: Sequence[BaselineRow]
    ) -> None:
        """Store a file of the record from before, in the place of the one of the same name."""
        from engagewatch.store import entered, keepsake

        with self._transaction(durable=True) as connection:
            entered.replace_baseline(connection, engagement, file, rows)
            changes.bump_change_seq(connection)
            keepsake.keep(connection, self.path, keepsake.Keepsake.BASELINE)

    def drop_baseline(self, engagement: str, name: str) -> int:
        """Take an imported file out again; return how many rows it had."""
        from engagewatch.store import entered, keepsake

        with self._transaction(durable=True) as connection:
            dropped = entered.drop_baseline(connection, engagement, name)
            changes.bump_change_seq(connection)
            keepsake.keep(connection, self.path, keepsake.Keepsake.BASELINE)
            return dropped

    def refold(self, engagement: str, source: str, fold: FoldTicket, version: str) -> int:
        """Derive every ticket of a source again, then note ``version`` as its policy's fingerprint.

        Works in chunks, each a transaction of its own, so that others can write in between; cut
        short, the old fingerprint stands and the next call starts over. Returns the tickets
        refolded.

        Raises:
            UnknownSource: the source was never registered.
        """
        refolded, after = 0, self.refold_some(engagement, source, fold, version, 0)
        while after is not None:
            refolded, after = (
                refolded + after[1],
                self.refold_some(engagement, source, fold, version, after[0]),
            )
        return refolded

    def refold_some(
        self, engagement: str, source: str, fold: FoldTicket, version: str, after: int
    ) -> tuple[int, int] | None:
        """Derive the next tickets of a source again, those with a key above ``after``.

        Returns the highest key among them and how many were refolded; ``None`` if there were no
        more, in which case ``version`` was noted.
        """
        from engagewatch.store import rebuild

        with self._transaction() as connection:
            key = source_health.source_key(connection, engagement, source)
            chunk = rebuild.fold_chunk(connection, key, after, fold)
            seq = changes.bump_change_seq(connection)
            if chunk.last is None:
                connection.execute(
                    "UPDATE source SET policy_version = ? WHERE key = ?", (version, key)
                )
                return None
            rebuild.replace_chunk(connection, key, seq, chunk.folded)
            return chunk.last, len(chunk.folded)

    # Checking and keeping

    def verify(self, engagement: str, source: str, fold: FoldTicket) -> list[Difference]:
        """Derive everything again without storing it; return where the stored rows differ.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import rebuild

        found: list[Difference] = []
        with translated(self.path):
            connection = self.connection
            key = source_health.source_key(connection, engagement, source)
            after = 0
            while True:
                # One chunk, one snapshot: a long-lived one would keep the log from shrinking.
                connection.execute("BEGIN")
                try:
                    chunk = rebuild.fold_chunk(connection, key, after, fold)
                    found.extend(rebuild.differences_in_chunk(connection, chunk))
                finally:
                    connection.execute("COMMIT")
                if chunk.last is None:
                    return found
                after = chunk.last

    def integrity_problems(self) -> list[str]:
        """Return what is wrong with the file itself; empty if it is sound."""
        from engagewatch.store import rebuild

        with translated(self.path):
            return rebuild.integrity_problems(self.connection)

    def backup(self, target: Path) -> None:
        """Copy the database to a new file at ``target`` while it is in use.

        Raises:
            StoreUnavailable: ``target`` exists already, or cannot be made.
            StoreFull: there is no space for it.
        """
        from engagewatch.store.copying import copy_into

        with translated(self.path):
            connection = connect_reader(self.path)
            try:
                # Writing another file counts as writing; this file stays opened for reading.
                connection.pragma("query_only", 0)
                copy_into(connection, target)
            finally:
                connection.close()

    def restore(self, copy: Path) -> None:
        """Go back to what a copy made by :meth:`backup` holds, while the database is in use.

        Other processes see the change like any other, and poll on from where the copy stood.

        Raises:
            StoreMissing: there is no such copy.
            StoreCorrupt: the copy is damaged; the database was left as it is.
            StoreTooNew: a newer engagewatch made the copy.
        """
        from engagewatch.store import keepsake
        from engagewatch.store.backup import put_back

        if self._writer is None:
            raise StoreReadOnly(f"{self.path} was opened for reading only.")
        with translated(self.path), self._gate.passed():
            put_back(self._writer, copy, self.path.parent)
            # What was entered since the copy was made is not taken back: entries are only added.
            keepsake.put_back(self._writer, self.path)
            for kind in keepsake.Keepsake:
                keepsake.keep(self._writer, self.path, kind)

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[apsw.Connection]:
        """Pass the gate and commit what the block writes, or nothing if it raises.

        A page that a power cut takes back is fetched again; what cannot be is written ``durable``.
        """
        if self._writer is None:
            raise StoreReadOnly(f"{self.path} was opened for reading only.")
        connection = self._writer
        with translated(self.path), self._gate.passed():
            if durable:
                connection.pragma("synchronous", "FULL")
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
