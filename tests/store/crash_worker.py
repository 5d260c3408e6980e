"""Run as a process of its own by the crash tests: writes to a store until it ends or is killed.

crash_worker.py pages DATABASE LAST [STEPS]   store pages up to LAST, going on from the cursor;
                                              kill itself after STEPS virtual machine steps
crash_worker.py batches DATABASE SOURCE N     store N batches of one ticket each
crash_worker.py migrations DATABASE           die at each statement of a migration in turn
crash_worker.py storm DATABASE KILLS SEED     kill a child that does all a writer does, KILLS times
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
from store_samples import ENGAGEMENT, NOW, SOURCE, contents, fold, ingest, opened, page, ticket

from engagewatch.store import database, migrations
from engagewatch.store.store import Store


def die() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return True


def pages(path: Path, last: int, steps: int | None) -> None:
    if steps is not None:
        countdown = iter(range(steps))

        def progress() -> bool:
            return False if next(countdown, None) is not None else die()

        apsw.connection_hooks.append(lambda made: made.set_progress_handler(progress, 10))
    with opened(path) as store:
        done = store.cursor(ENGAGEMENT, SOURCE, "tickets")
        for number in range(0 if done is None else int(done) + 1, last + 1):
            store.ingest(ENGAGEMENT, SOURCE, page(number), fold, NOW)
            print(number, flush=True)


def batches(path: Path, source: str, count: int) -> None:
    with Store.open(path) as store:
        store.register_source(ENGAGEMENT, source, "eventlog")
        for number in range(count):
            batch = page(number, size=1)
            store.ingest(ENGAGEMENT, source, batch, fold, NOW)


NEXT_STEP = """
CREATE TABLE note (key INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
INSERT INTO note (text) SELECT subject FROM ticket;
ALTER TABLE ticket ADD COLUMN site TEXT NOT NULL DEFAULT '';
UPDATE ticket SET site = 'unknown';
CREATE INDEX ticket_by_site ON ticket (site);
"""


def migrate_killed_at(path: Path, statement: int) -> bool:
    """Open ``path`` with one more step in a child that dies at a statement; return if it died."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(_event: object) -> None:
            nonlocal seen
            seen += 1
            if seen == statement:
                die()

        apsw.connection_hooks.append(lambda made: made.trace_v2(apsw.SQLITE_TRACE_STMT, count))
        Store.open(path).close()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def kill_migrations(path: Path) -> None:
    """Print, for every statement died at, the version found and whether nothing was lost."""
    with opened(path) as store:
        ingest(store, [ticket(str(n)) for n in range(20)])
    steps = (*migrations.MIGRATIONS, NEXT_STEP)
    database.MIGRATIONS = steps
    migrations.migrate.__defaults__ = (steps,)
    statement = 1
    while migrate_killed_at(path, statement):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        version = connection.pragma("user_version")
        tables = connection.execute("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'note'").get
        tickets = connection.execute("SELECT COUNT(*) FROM ticket").get
        sound = connection.pragma("quick_check") == "ok"
        connection.close()
        print(version, tables, tickets, int(sound), flush=True)
        if version == len(steps):
            break
        statement += 1
    with Store.open(path) as store:
        print("end", store.connection.execute("SELECT COUNT(*) FROM note").get, flush=True)


def work(path: Path, told: int, killer: Callable[[], None]) -> None:
    """Do everything a writer does, from where the cursor stands; tell each page that is stored."""
    killer()
    with opened(path) as store:
        done = store.cursor(ENGAGEMENT, SOURCE, "tickets")
        number = -1 if done is None else int(done)
        while True:
            number += 1
            if number % 3 == 0:
                store.mark_seen(ENGAGEMENT, number)
            store.ingest(ENGAGEMENT, SOURCE, page(number, size=5), fold, NOW)
            os.write(told, f"{number}\n".encode())
            if number % 7 == 0:
                store.refold(ENGAGEMENT, SOURCE, fold, str(number))
            if number % 11 == 0:
                copy = path.with_name("copy.db")
                copy.unlink(missing_ok=True)
                store.backup(copy)
                store.restore(copy)


def at_a_step(chance: random.Random) -> Callable[[], None]:
    """Die after some of the database's own steps, in whatever statement that is."""
    left = chance.randrange(1, 4000)

    def progress() -> bool:
        nonlocal left
        left -= 1
        return False if left else die()

    return lambda: apsw.connection_hooks.append(lambda made: made.set_progress_handler(progress, 7))


def last_told(tell: int, chance: random.Random, child: int, *, from_outside: bool) -> int:
    """Let the child die and return the last page it told of; -1 if none."""
    text = b""
    wanted, wait = chance.randrange(6), chance.random() * 0.004
    while True:
        if from_outside and text.count(b"\n") >= wanted:
            # Not when it has just told of a page, but at any moment after.
            select.select([], [], [], wait)
            os.kill(child, signal.SIGKILL)
            from_outside = False
        read = os.read(tell, 4096)
        if not read:
            return int(text.split()[-1]) if text else -1
        text += read


def storm(path: Path, kills: int, seed: int) -> None:
    """Print a line for each death: what was told, what is stored, and what is wrong with it."""
    chance = random.Random(seed)
    for number in range(kills):
        from_outside = number % 2 == 0
        killer: Callable[[], None] = (lambda: None) if from_outside else at_a_step(chance)
        tell, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(tell)
            work(path, told, killer)
        os.close(told)
        acknowledged = last_told(tell, chance, child, from_outside=from_outside)
        os.close(tell)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL
        with opened(path) as store:
            cursor = store.cursor(ENGAGEMENT, SOURCE, "tickets")
            stored = -1 if cursor is None else int(cursor)
            held = contents(store)
            wrong = store.integrity_problems() + store.verify(ENGAGEMENT, SOURCE, fold)
            seen = store.seen_at(ENGAGEMENT)
            print(
                acknowledged,
                stored,
                len(held["ticket"]),
                len(held["event"]),
                len(held["clock"]),
                -1 if seen is None else seen,
                len(wrong) + (store.recovered is not None),
                flush=True,
            )
            if stored > 60:
                # Start over before a check of everything costs more than it tells.
                for table in (
                    "clock",
                    "standing",
                    "claim",
                    "event",
                    "ticket",
                    "sync_cursor",
                    "seen",
                ):
                    store._writer.execute(f"DELETE FROM {table}")


if __name__ == "__main__":
    command, file, *rest = sys.argv[1:]
    if command == "pages":
        pages(Path(file), int(rest[0]), int(rest[1]) if len(rest) > 1 else None)
    elif command == "batches":
        batches(Path(file), rest[0], int(rest[1]))
    elif command == "storm":
        storm(Path(file), int(rest[0]), int(rest[1]))
    else:
        kill_migrations(Path(file))
