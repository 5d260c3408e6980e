"""Keeping the history: checking it, copying it, going back to a copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch.store import health as source_health
from engagewatch.store.database import connect_reader
from engagewatch.store.errors import StoreReadOnly, translated
from engagewatch.store.opened import OpenDatabase

if TYPE_CHECKING:
    from engagewatch.store.folding import FoldTicket
    from engagewatch.store.rebuild import Difference


class Keeping(OpenDatabase):
    """What is done to the history as a whole."""

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
        from engagewatch.store import keepsake, replacing
        from engagewatch.store.backup import put_back

        if self._writer is None:
            raise StoreReadOnly(f"{self.path} was opened for reading only.")
        with translated(self.path), self._gate.passed():
            put_back(self._writer, copy, self.path.parent)
            # What was entered since the copy was made is not taken back: entries are only added.
            keepsake.put_back(self._writer, self.path)
            # Who was forgotten since is forgotten in the copy's rows too.
            with self._writer:
                replacing.apply_everywhere(self._writer)
            for kind in keepsake.Keepsake:
                keepsake.keep(self._writer, self.path, kind)
