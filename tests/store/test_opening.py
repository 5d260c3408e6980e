"""Opening the file: privacy, versions, what is not ours, what cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from store_samples import ENGAGEMENT, SOURCE, contents, fold, ingest, opened, ticket

from engagewatch.model.freshness import SourceHealth
from engagewatch.store.errors import (
    StoreBusy,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    StoreTooOld,
    StoreUnavailable,
)
from engagewatch.store.gate import KernelLock, WriteGate
from engagewatch.store.schema import MIGRATIONS
from engagewatch.store.store import Store


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def set_version(path: Path, version: int) -> None:
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", version)
    connection.close()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_any_of_its_files(path: Path, tmp_path: Path, mask: int) -> None:
    with umask(mask), opened(path) as store, store.reader():
        ingest(store, [ticket("a")])
        store.backup(tmp_path / "data" / "copy.db")
        files = {file.name: mode(file) for file in path.parent.iterdir()}
        assert mode(path.parent) == 0o700
    assert {"engagewatch.db", "engagewatch.db-wal", "engagewatch.db-shm", "copy.db"} <= files.keys()
    assert set(files.values()) == {0o600}


def test_a_database_left_readable_is_made_private_again(path: Path) -> None:
    opened(path).close()
    path.chmod(0o644)
    with Store.open(path):
        assert mode(path) == 0o600


def test_a_newer_database_is_refused_and_left_as_it_was(path: Path) -> None:
    opened(path).close()
    set_version(path, 99)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreTooNew, match=r"schema 99.*Upgrade engagewatch"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == before
    log = path.with_name(path.name + "-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_a_newer_database_with_an_unmerged_log_keeps_it(path: Path, tmp_path: Path) -> None:
    left = tmp_path / "left behind.db"
    log = left.with_name(left.name + "-wal")
    with opened(path) as store:
        ingest(store, [ticket("a")])
        newer = apsw.Connection(str(path))
        newer.pragma("user_version", 99)
        shutil.copy(path, left)
        shutil.copy(path.with_name(path.name + "-wal"), log)
        newer.pragma("user_version", 1)
        newer.close()
    before = (left.read_bytes(), log.read_bytes())
    with pytest.raises(StoreTooNew):
        Store.open(left)
    assert (left.read_bytes(), log.read_bytes()) == before


def test_an_older_database_is_not_migrated_by_a_reader(path: Path, monkeypatch) -> None:
    opened(path).close()
    monkeypatch.setattr("engagewatch.store.database.MIGRATIONS", (*MIGRATIONS, ""))
    with pytest.raises(StoreTooOld, match="engagewatch sync"):
        Store.open(path, read_only=True)


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreForeign, match="another program"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    target = tmp_path / "elsewhere.db"
    path.symlink_to(target)
    with pytest.raises(StoreForeign, match="not a plain file"):
        Store.open(path)
    assert not target.exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="ENGAGEWATCH_DATA"):
        Store.open(tmp_path / "file" / "engagewatch.db")


def test_reading_needs_a_database(path: Path) -> None:
    with pytest.raises(StoreMissing, match="engagewatch sync"):
        Store.open(path, read_only=True)
    assert not path.parent.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreMissing):
        Store.open(path, read_only=True)


def test_a_reader_cannot_write(store: Store) -> None:
    ingest(store, [ticket("a")])
    with store.reader() as reader:
        assert reader.is_read_only
        with pytest.raises(StoreReadOnly):
            reader.mark_seen(ENGAGEMENT, 1)
        for connection in (reader.connection, store.connection):
            with pytest.raises(apsw.ReadOnlyError):
                connection.execute("DELETE FROM claim")


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Give up root for the block, where the tests run as root: nothing is forbidden to root."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)


def test_reading_from_a_folder_that_cannot_be_written() -> None:
    with ordinary_user(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "engagewatch.db"
        with opened(path) as store:
            ingest(store, [ticket("a")])
        path.parent.chmod(0o500)
        try:
            with Store.open(path, read_only=True) as reader:
                assert len(contents(reader)["ticket"]) == 1
            with pytest.raises(StoreReadOnly, match="permissions"):
                Store.open(path)
        finally:
            path.parent.chmod(0o700)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run ``work`` in several threads that start together; raise what any of them raised."""
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        work(number)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(run, range(count)))


def test_each_thread_reads_on_its_own(store: Store) -> None:
    ingest(store, [ticket(str(n)) for n in range(300)])
    connections: list[apsw.Connection] = []

    def count(_: int) -> None:
        connections.append(store.connection)
        for _ in range(10):
            assert store.connection.execute("SELECT COUNT(*) FROM ticket, ticket t").get == 90_000

    in_threads(4, count)
    assert len({id(connection) for connection in connections}) == 4
    assert store.connection is store.connection


def test_threads_write_one_after_another(store: Store) -> None:
    def write(number: int) -> None:
        for n in range(20):
            ingest(store, [ticket(f"{number}-{n}") for _ in range(50)])

    in_threads(4, write)
    assert store.change_seq() == len(contents(store)["ticket"]) == 80


def test_every_write_goes_through_the_gate(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = KernelLock.acquire
    monkeypatch.setattr(KernelLock, "acquire", lambda lock, _timeout: acquire(lock, 0))
    gate = WriteGate(store.path)
    with gate.passed():
        for write in (
            lambda: ingest(store, [ticket("a")]),
            lambda: store.register_source("acme", "desk", "zendesk"),
            lambda: store.record_health(SourceHealth(ENGAGEMENT, SOURCE)),
            lambda: store.mark_seen(ENGAGEMENT, 1),
            lambda: store.refold(ENGAGEMENT, SOURCE, fold, "v1"),
            lambda: Store.open(store.path),
        ):
            with pytest.raises(StoreBusy):
                write()
        assert contents(store)["ticket"] == []
    gate.close()
    assert ingest(store, [ticket("a")]).tickets == 1


def test_closing_ends_the_queries_of_other_threads(store: Store) -> None:
    under_way = threading.Event()

    def endless() -> None:
        connection = store.connection
        connection.set_progress_handler(lambda: bool(under_way.set()), 1000)
        statement = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n"
        )
        with pytest.raises(apsw.InterruptError):
            connection.execute(statement)

    with ThreadPoolExecutor(1) as pool:
        query = pool.submit(endless)
        under_way.wait()
        store.close()
        query.result()


def test_a_full_disk_keeps_what_was_stored(store: Store) -> None:
    ingest(store, [ticket("a")], cursor="one")
    before, seq = contents(store), store.change_seq()
    writer = store._writer
    assert writer is not None
    pages = writer.pragma("page_count")
    writer.pragma("max_page_count", pages + 2)
    many = [ticket(str(n)) for n in range(2000)]
    with pytest.raises(StoreFull, match="Free some disk space"):
        ingest(store, many, cursor="two")
    assert contents(store) == before
    assert (store.cursor(ENGAGEMENT, SOURCE, "tickets"), store.change_seq()) == ("one", seq)
    assert store.integrity_problems() == []
    writer.pragma("max_page_count", 1_000_000)
    assert ingest(store, many, cursor="two").tickets == 2000


def test_a_writer_waits_its_turn_and_says_so_when_it_never_comes(path: Path) -> None:
    path.parent.mkdir()
    gate, other = WriteGate(path), WriteGate(path)
    with gate.passed(), pytest.raises(StoreBusy, match="another engagewatch process"):
        other.passed(timeout=0.01).__enter__()
    with other.passed(timeout=0.01):
        pass
    gate.close()
    other.close()


def test_who_waited_goes_before_who_comes_back(path: Path) -> None:
    path.parent.mkdir()
    gate, other = WriteGate(path), WriteGate(path)
    queue = KernelLock(path.with_name(path.name + ".gate.queue"))
    order: list[str] = []

    def wait_and_pass() -> None:
        with other.passed():
            order.append("waited")

    with ThreadPoolExecutor(1) as pool:
        with gate.passed():
            waiting = pool.submit(wait_and_pass)
            while queue.acquire(0):
                queue.release()
            order.append("leaves")
        with gate.passed():
            order.append("comes back")
        waiting.result()
    assert order == ["leaves", "waited", "comes back"]
    for one in (gate, other, queue):
        one.close()


def test_a_lock_passes_from_thread_to_thread(tmp_path: Path) -> None:
    lock = KernelLock(tmp_path / "lock")
    assert lock.acquire(1)
    assert not lock.acquire(0)
    taken: list[bool] = []
    thread = threading.Thread(target=lambda: taken.append(lock.acquire(10)))
    thread.start()
    lock.release()
    thread.join()
    assert taken == [True]
    lock.release()
    lock.close()
    assert mode(tmp_path / "lock") == 0o600


def test_errors_are_one_tree() -> None:
    kinds = (StoreBusy, StoreForeign, StoreFull, StoreMissing, StoreReadOnly, StoreTooNew)
    assert all(issubclass(kind, StoreError) for kind in kinds)
