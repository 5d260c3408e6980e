"""Damage, copies, and the size of the log."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from store_samples import (
    ENGAGEMENT,
    NOW,
    SOURCE,
    contents,
    event,
    fold,
    ingest,
    opened,
    page,
    ticket,
)

from engagewatch.model.batch import Batch
from engagewatch.model.service import Component, ComponentState, Incident
from engagewatch.store.database import WAL_LIMIT
from engagewatch.store.errors import StoreCorrupt, StoreMissing, StoreUnavailable
from engagewatch.store.store import Store


def fill(path: Path) -> None:
    """Make a database with tickets, a seen mark and what a status page showed."""
    with opened(path) as store:
        store.mark_seen(ENGAGEMENT, 77)
        batch = Batch(
            "page",
            None,
            components=(Component("mail", "E-mail", ComponentState.UP),),
            incidents=(Incident("i", "Slow", "open", "minor", 1, 2, None),),
            server_time=100,
            observed=True,
        )
        store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)
        names = [str(n) for n in range(2000)]
        ingest(store, map(ticket, names), (event(name, 1) for name in names), cursor="far")


def root_page(path: Path, table: str) -> int:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    number: int = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
    ).get
    connection.close()
    return number


def damage(path: Path, offset: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xa5" * length)


def test_a_destroyed_header_is_set_aside_and_replaced(path: Path) -> None:
    fill(path)
    damage(path, 0, 100)
    ruined = path.read_bytes()
    with Store.open(path) as store:
        assert store.recovered is not None
        assert store.recovered.damaged.read_bytes() == ruined
        assert store.recovered.damaged.name.startswith("engagewatch.db.corrupt.")
        assert str(store.recovered.damaged) in str(store.recovered)
        assert store.recovered.kept == 1
        assert store.seen_at(ENGAGEMENT) == 77
        assert store.health() == []
        store.register_source(ENGAGEMENT, SOURCE, "eventlog")
        ingest(store, [ticket("a")])
    with Store.open(path) as store:
        assert store.recovered is None
        assert len(contents(store)["ticket"]) == 1


def test_damage_met_while_running_is_dealt_with_at_the_next_start(path: Path) -> None:
    fill(path)
    damage(path, (root_page(path, "ticket") - 1) * 4096, 4096)
    with Store.open(path) as store:
        assert store.recovered is None
        with pytest.raises(StoreCorrupt, match="engagewatch sync"):
            ingest(store, [ticket("5", 9)])
    with Store.open(path) as store:
        assert store.recovered is not None
        assert store.recovered.kept == 5
        assert store.seen_at(ENGAGEMENT) == 77
        assert store.cursor(ENGAGEMENT, SOURCE, "tickets") is None
        assert contents(store)["ticket"] == []
        statement = "SELECT component_id, state, from_at FROM state_span"
        assert store.connection.execute(statement).fetchall() == [("mail", "up", 100)]
        assert store.connection.execute("SELECT name FROM incident").get == "Slow"
        assert store.integrity_problems() == []
        ingest(store, [ticket("a")])
    with Store.open(path) as store:
        assert store.recovered is None


def test_what_the_user_entered_comes_back_even_if_its_table_is_unreadable(path: Path) -> None:
    fill(path)
    damage(path, (root_page(path, "seen") - 1) * 4096, 4096)
    entered = path.with_name(path.name + ".entered.jsonl")
    assert entered.stat().st_mode & 0o777 == 0o600
    with entered.open("a") as file:
        file.write('["seen"]\n["elsewhere", 1]\nnonsense\n')
    with Store.open(path) as store, pytest.raises(StoreCorrupt):
        store.seen_at(ENGAGEMENT)
    with Store.open(path) as store:
        assert store.recovered is not None
        assert store.recovered.kept == 5
        assert store.seen_at(ENGAGEMENT) == 77


def test_an_index_that_went_wrong_is_made_anew_and_nothing_is_lost(path: Path) -> None:
    fill(path)
    connection = apsw.Connection(str(path))
    connection.pragma("writable_schema", 1)
    (name,) = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL LIMIT 1"
    ).fetchone()
    statement = "SELECT sql FROM sqlite_schema WHERE name = ?"
    sql = connection.execute(statement, (name,)).get
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (f"{sql} WHERE 0", name))
    connection.close()
    connection = apsw.Connection(str(path))
    connection.execute(f"REINDEX {name}")
    connection.pragma("writable_schema", 1)
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, name))
    connection.close()
    with Store.open(path, read_only=True) as store:
        assert "entries in index" in store.integrity_problems()[0]
    path.with_name(path.name + ".damaged").touch()
    with Store.open(path) as store:
        assert store.recovered is None
        assert store.integrity_problems() == []
        assert len(contents(store)["ticket"]) == 2000


def test_a_truncated_file_is_replaced(path: Path) -> None:
    fill(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with Store.open(path) as store:
        if store.recovered is None:
            with pytest.raises(StoreCorrupt):
                ingest(store, map(ticket, map(str, range(2000))))
    with opened(path) as store:
        assert ingest(store, [ticket("a")]).tickets == 1
        assert store.integrity_problems() == []


def test_a_false_alarm_costs_one_check(path: Path) -> None:
    fill(path)
    alarm = path.with_name(path.name + ".damaged")
    alarm.touch()
    with Store.open(path) as store:
        assert store.recovered is None
        assert store.seen_at(ENGAGEMENT) == 77
    assert not alarm.exists()


def test_a_reader_reports_damage_and_touches_nothing(path: Path) -> None:
    fill(path)
    damage(path, 0, 100)
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="no longer reads as a database"):
        Store.open(path, read_only=True)
    assert path.read_bytes() == before


def test_a_copy_is_complete_while_writing_goes_on(store: Store, tmp_path: Path) -> None:
    ingest(store, map(ticket, "abc"), [event("a", 1)])
    before = contents(store)
    with store.reader() as reader:
        reader.backup(tmp_path / "copy.db")
        ingest(store, [ticket("d")])
    with Store.open(tmp_path / "copy.db", read_only=True) as copy:
        assert contents(copy) == before
        assert copy.integrity_problems() == []
    with pytest.raises(StoreUnavailable, match="exists already"):
        store.backup(tmp_path / "copy.db")
    assert not store.path.with_name(store.path.name + ".damaged").exists()


def test_going_back_to_a_copy_while_others_read(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    ingest(store, map(ticket, "abc"), [event("a", 1)], cursor="then")
    before = contents(store)
    store.backup(copy)
    content = copy.read_bytes()
    ingest(store, [ticket("d")], cursor="later")
    later = store.change_seq()
    with store.reader() as reader:
        reader.connection.execute("BEGIN")
        assert len(contents(reader)["ticket"]) == 4
        store.restore(copy)
        assert len(contents(reader)["ticket"]) == 4
        reader.connection.execute("COMMIT")
        assert reader.changed()
        assert contents(reader) == before
        assert reader.change_seq() > later
        assert reader.cursor(ENGAGEMENT, SOURCE, "tickets") == "then"
    ingest(store, [ticket("e")])
    assert store.integrity_problems() == []
    assert store.verify(ENGAGEMENT, SOURCE, fold) == []
    assert copy.read_bytes() == content
    assert store.connection.pragma("journal_mode") == "wal"


def test_a_copy_that_is_no_good_changes_nothing(store: Store, tmp_path: Path) -> None:
    ingest(store, map(ticket, "abc"))
    before = contents(store)
    bad = tmp_path / "bad.db"
    with pytest.raises(StoreMissing, match="no file"):
        store.restore(bad)
    bad.write_bytes(b"")
    with pytest.raises(StoreMissing, match="empty"):
        store.restore(bad)
    bad.write_text("not a database at all" * 100)
    with pytest.raises(StoreCorrupt, match="Choose another copy"):
        store.restore(bad)
    bad.unlink()
    store.backup(bad)
    damage(bad, (root_page(bad, "ticket") - 1) * 4096, 4096)
    with pytest.raises(StoreCorrupt, match="Choose another copy"):
        store.restore(bad)
    assert contents(store) == before
    assert {file.name for file in store.path.parent.iterdir() if file.is_dir()} == set()
    assert not store.path.with_name(store.path.name + ".damaged").exists()


def test_the_log_shrinks_again_once_a_long_reader_is_gone(store: Store) -> None:
    log = store.path.with_name(store.path.name + "-wal")
    with store.reader() as reader:
        reader.connection.execute("BEGIN")
        assert contents(reader)["ticket"] == []
        for number in range(400):
            store.ingest(ENGAGEMENT, SOURCE, page(number, size=200), fold, NOW)
            if log.stat().st_size > 2 * WAL_LIMIT:
                break
        assert log.stat().st_size > 2 * WAL_LIMIT
        reader.connection.execute("COMMIT")
    for number in range(500, 503):
        store.ingest(ENGAGEMENT, SOURCE, page(number), fold, NOW)
    assert log.stat().st_size <= WAL_LIMIT


def test_closing_leaves_one_file(path: Path) -> None:
    with opened(path) as store, store.reader():
        ingest(store, [ticket("a")])
    left = {file.name.removeprefix(path.name) for file in path.parent.iterdir()}
    assert left == {"", ".gate", ".gate.queue"}
    with opened(path) as store, store.reader() as reader:
        reader.connection.execute("BEGIN")
        assert len(contents(reader)["ticket"]) == 1
        ingest(store, [ticket("b")])
        store.close()
        store.close()
        assert len(contents(reader)["ticket"]) == 1
    with opened(path) as store:
        assert len(contents(store)["ticket"]) == 2
