"""Sources and how polling them went."""

from __future__ import annotations

import apsw

from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.store.errors import UnknownSource


def register_source(
    connection: apsw.Connection, engagement: str, source: str, adapter: str
) -> None:
    """Make the row of a source, or note that another adapter reads it now."""
    connection.execute(
        "INSERT INTO source (engagement, id, adapter) VALUES (?, ?, ?) "
        "ON CONFLICT (engagement, id) DO UPDATE SET adapter = excluded.adapter "
        "WHERE adapter <> excluded.adapter",
        (engagement, source, adapter),
    )


def source_key(connection: apsw.Connection, engagement: str, source: str) -> int:
    """Return the key of a registered source.

    Raises:
        UnknownSource: it was never registered.
    """
    row = connection.execute(
        "SELECT key FROM source WHERE engagement = ? AND id = ?", (engagement, source)
    ).fetchone()
    if row is None:
        raise UnknownSource(
            f"nothing is stored for source {source!r} of engagement {engagement!r}. Check its id, "
            "or run `engagewatch sync` to fetch it."
        )
    key: int = row[0]
    return key


def policy_version(connection: apsw.Connection, engagement: str, source: str) -> str:
    """Return the fingerprint that the source's clocks were counted with; empty if never."""
    version: str = connection.execute(
        "SELECT policy_version FROM source WHERE key = ?",
        (source_key(connection, engagement, source),),
    ).get
    return version


def cursor(connection: apsw.Connection, engagement: str, source: str, stream: str) -> str | None:
    """Return where the next poll of a stream starts; ``None`` at its beginning."""
    row = connection.execute(
        "SELECT cursor FROM sync_cursor WHERE source_key = ? AND stream = ?",
        (source_key(connection, engagement, source), stream),
    ).fetchone()
    return None if row is None else row[0]


def read_health(connection: apsw.Connection, engagement: str | None) -> list[SourceHealth]:
    """Return the health of every source, or of one engagement's, by engagement and id."""
    rows = connection.execute(
        "SELECT engagement, id, last_attempt_at, last_success_at, failing_since, failure, error, "
        "failures, next_attempt_at, polling_since, requests, requests_last_poll, records, refused, "
        "clock_skew, notice, swept_at, received, received_last_poll FROM source "
        "WHERE ?1 IS NULL OR engagement = ?1 ORDER BY engagement, id",
        (engagement,),
    )
    return [
        SourceHealth(
            engagement=row[0],
            source=row[1],
            last_attempt_at=row[2],
            last_success_at=row[3],
            failing_since=row[4],
            failure=None if row[5] is None else Failure(row[5]),
            error=row[6],
            failures=row[7],
            next_attempt_at=row[8],
            polling=row[9] is not None,
            requests=row[10],
            requests_last_poll=row[11],
            records=row[12],
            refused=row[13],
            clock_skew=row[14],
            notice=row[15],
            swept_at=row[16],
            received=row[17],
            received_last_poll=row[18],
        )
        for row in rows
    ]


def record_health(connection: apsw.Connection, health: SourceHealth) -> None:
    """Store what is known about polling a source.

    ``refused`` is not taken from it: the store counts the refused records it holds itself.

    Raises:
        UnknownSource: it was never registered.
    """
    key = source_key(connection, health.engagement, health.source)
    connection.execute(
        "UPDATE source SET last_attempt_at = ?, last_success_at = ?, failing_since = ?, "
        "failure = ?, error = ?, failures = ?, next_attempt_at = ?, polling_since = ?, "
        "requests = ?, requests_last_poll = ?, records = ?, clock_skew = ?, "
        "notice = ?, swept_at = ?, received = ?, received_last_poll = ? WHERE key = ?",
        (
            health.last_attempt_at,
            health.last_success_at,
            health.failing_since,
            health.failure,
            health.error,
            health.failures,
            health.next_attempt_at,
            (health.last_attempt_at or 0) if health.polling else None,
            health.requests,
            health.requests_last_poll,
            health.records,
            health.clock_skew,
            health.notice,
            health.swept_at,
            health.received,
            health.received_last_poll,
            key,
        ),
    )
