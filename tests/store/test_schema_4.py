"""A history of schema 3, brought up to date: what moved within it reads as it did."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from store_samples import ENGAGEMENT, SOURCE, contents, fold, ingest, opened, ticket

from engagewatch.model.service import ComponentState
from engagewatch.store.database import APPLICATION_ID, create_private
from engagewatch.store.queries.scope import scope
from engagewatch.store.queries.services import components
from engagewatch.store.recovery import salvage
from engagewatch.store.schema import MIGRATIONS
from engagewatch.store.store import Store

OLD_DATA = """
INSERT INTO meta (key, value) VALUES ('change_seq', '41'),
    ('received from source 1', '7340032 1024'), ('received from source 12', '5 0');
INSERT INTO source (key, engagement, id, adapter, policy_version, requests)
VALUES (1, 'northwind', 'desk', 'eventlog', 'v1', 9),
    (12, 'northwind', 'page', 'statuspage', '', 3),
    (13, 'northwind', 'other', 'statuspage', '', 0);
INSERT INTO ticket (key, source_key, id, reference, subject, status, priority, created_at,
    updated_at, opened_by, change_seq)
VALUES (7, 1, 'a', '#a', 'Subject a v0', 'open', 'P2', 1780000000, 1780000000, 'client', 40);
INSERT INTO event (ticket_key, id, at, kind, side, actor)
VALUES (7, 'a-1', 1780000060, 'replied', 'provider', 'person 1');
INSERT INTO component (source_key, id, name, state, listed)
VALUES (12, 'mail', 'E-mail', 'up', 1), (12, 'erp', 'ERP', 'unknown' || char(10) || 'wobbly', 1);
INSERT INTO entry (id, engagement, at, kind, subject) VALUES ('e', 'northwind', 5, 'snoozed', 'x');
"""


@pytest.fixture
def old(path: Path) -> Path:
    create_private(path)
    connection = apsw.Connection(str(path))
    for step in MIGRATIONS[:3]:
        connection.execute(step)
    connection.execute(OLD_DATA)
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", 3)
    connection.close()
    return path


def told(store: Store) -> list[tuple[str, ComponentState, str]]:
    pages = scope(store, ENGAGEMENT, ["page"])
    found = [one.component for one in components(store, pages)]
    return sorted((one.id, one.state, one.word) for one in found)


def test_what_was_received_and_told_is_carried_over(old: Path) -> None:
    with Store.open(old) as store:
        received = {one.source: (one.received, one.received_last_poll) for one in store.health()}
        assert received == {"desk": (7_340_032, 1024), "page": (5, 0), "other": (0, 0)}
        left = store.connection.execute("SELECT key FROM meta").fetchall()
        assert left == [("change_seq",)]
        assert told(store) == [
            ("erp", ComponentState.UNKNOWN, "wobbly"),
            ("mail", ComponentState.UP, ""),
        ]
        assert store.change_seq() == 41
        assert [row[0] for row in contents(store)["ticket"]] == ["a"]
        assert [row[:2] for row in contents(store)["event"]] == [("a", "a-1")]
        assert store.integrity_problems() == []


def test_it_is_read_and_written_like_a_new_one(old: Path, tmp_path: Path) -> None:
    with Store.open(old) as migrated, opened(tmp_path / "new.db") as fresh:
        schema = "SELECT name, sql FROM sqlite_schema ORDER BY name"
        assert migrated.connection.execute(schema).fetchall() == (
            fresh.connection.execute(schema).fetchall()
        )
        ingest(migrated, [ticket("a", 1), ticket("b")])
        assert migrated.refold(ENGAGEMENT, SOURCE, fold, "v2") == 2
        assert migrated.verify(ENGAGEMENT, SOURCE, fold) == []


@pytest.mark.parametrize("migrated", [False, True])
def test_a_damaged_history_of_either_schema_yields_its_components(
    old: Path, tmp_path: Path, migrated: bool
) -> None:
    if migrated:
        Store.open(old).close()
    with Store.open(tmp_path / "fresh.db") as store:
        writer = store._writer
        assert writer is not None
        assert salvage(old, writer) == 1 + 3 + 2
        assert told(store) == [
            ("erp", ComponentState.UNKNOWN, "wobbly"),
            ("mail", ComponentState.UP, ""),
        ]
