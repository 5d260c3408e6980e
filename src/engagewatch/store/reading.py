"""What the store itself answers; everything else is asked in :mod:`.queries`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.store import changes
from engagewatch.store import health as source_health
from engagewatch.store.database import check_ours
from engagewatch.store.errors import translated
from engagewatch.store.opened import OpenDatabase

if TYPE_CHECKING:
    from engagewatch.model.freshness import SourceHealth
    from engagewatch.model.instants import Instant
    from engagewatch.store.disappearance import Shrinkage


class Reading(OpenDatabase):
    """Whether anything changed, and where polling stands."""

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
