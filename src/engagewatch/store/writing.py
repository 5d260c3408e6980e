"""What is written: what sources told, what follows from it, what people entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engagewatch.store import changes
from engagewatch.store import health as source_health
from engagewatch.store.errors import translated
from engagewatch.store.opened import OpenDatabase

# Imported by the methods that write: a command that reads the store and prints starts sooner.
if TYPE_CHECKING:
    from engagewatch.model.baseline import BaselineFile, BaselineRow
    from engagewatch.model.batch import Absence, Batch
    from engagewatch.model.entry import Entry
    from engagewatch.model.freshness import SourceHealth
    from engagewatch.model.instants import Instant
    from engagewatch.store.disappearance import Swept
    from engagewatch.store.folding import FoldTicket
    from engagewatch.store.forgetting import Forgotten
    from engagewatch.store.ingest import Ingested


class Writing(OpenDatabase):
    """Every method is one transaction, or says that it is several."""

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

    def remove_finished(self, engagement: str, source: str, before: Instant) -> int | None:
        """Remove the next tickets of a source that finished before an instant, with their history.

        A bounded number, in one transaction. Returns how many; ``None`` if there were none left.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import retention

        with self._transaction(wiping=True) as connection:
            key = source_health.source_key(connection, engagement, source)
            return retention.remove_finished(connection, key, before) or None

    def finish_retention(self, engagement: str, source: str, now: Instant) -> int:
        """Remove people whom nothing of a source names any more; return how many.

        Call it when :meth:`remove_finished` has nothing left. ``now`` is noted as when.

        Raises:
            UnknownSource: the source was never registered.
        """
        from engagewatch.store import retention

        with self._transaction(wiping=True) as connection:
            key = source_health.source_key(connection, engagement, source)
            return retention.finish(connection, key, now)

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
            changes.bump_change_seq(connection)
            if chunk.last is None:
                connection.execute(
                    "UPDATE source SET policy_version = ? WHERE key = ?", (version, key)
                )
                return None
            rebuild.replace_chunk(connection, key, chunk.folded)
            return chunk.last, len(chunk.folded)

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

    def forget(self, engagement: str, who: str, now: Instant) -> Forgotten | None:
        """Put a pseudonym in the place of a person, by key, ``source/key``, address or name.

        What the file held of the name is overwritten; copies made earlier are not touched. Later
        polls do not bring the person back. Returns ``None`` if nobody is named so.

        Raises:
            AmbiguousPersonError: it fits several people.
        """
        from engagewatch.store import forgetting, keepsake

        with self._transaction(durable=True, wiping=True) as connection:
            forgotten = forgetting.forget(connection, engagement, who, now)
            if forgotten is not None:
                changes.bump_change_seq(connection)
                keepsake.keep(connection, self.path)
        if forgotten is not None:
            self._rewrite()
        return forgotten

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
