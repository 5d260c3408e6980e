"""Killed at any moment, or written to by two processes at once: nothing half done, nothing lost."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from store_samples import ENGAGEMENT, SOURCE, contents, fold, opened, page

from engagewatch.store.schema import MIGRATIONS
from engagewatch.store.store import Store

WORKER = Path(__file__).with_name("crash_worker.py")


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def last_stored(path: Path, acknowledged: int, expected: dict[int, int]) -> int:
    """Check that the store holds exactly the pages up to its cursor, and return that cursor."""
    with Store.open(path) as store:
        cursor = store.cursor(ENGAGEMENT, SOURCE, "tickets") if store.health() else None
        stored = -1 if cursor is None else int(cursor)
        assert stored >= acknowledged
        held = contents(store)
        assert len(held["ticket"]) == len(held["standing"]) == expected[stored]
        assert len(held["event"]) == len(held["clock"]) == 2 * expected[stored]
        assert store.integrity_problems() == []
        assert store.health() == [] or store.verify(ENGAGEMENT, SOURCE, fold) == []
    return stored


def tickets_up_to(last: int) -> dict[int, int]:
    names: set[str] = set()
    counts = {-1: 0}
    for number in range(last + 1):
        names.update(ticket.id for ticket in page(number).tickets)
        counts[number] = len(names)
    return counts


def test_killed_from_outside_again_and_again(path: Path) -> None:
    chance = random.Random(20261123)
    last, stored, kills = 150, -1, 0
    expected = tickets_up_to(last)
    while stored < last:
        worker = start("pages", path, last)
        assert worker.stdout is not None
        acknowledged = stored
        for _ in range(chance.randrange(1, 25)):
            line = worker.stdout.readline()
            if line:
                acknowledged = int(line)
        worker.kill()
        rest, errors = worker.communicate()
        assert errors == ""
        acknowledged = int(rest.split()[-1]) if rest else acknowledged
        stored = last_stored(path, acknowledged, expected)
        kills += 1
    assert kills >= 5


def test_killed_in_the_middle_of_a_transaction(path: Path) -> None:
    chance = random.Random(1)
    last, stored, kills = 12, -1, 0
    expected = tickets_up_to(last)
    while stored < last:
        worker = start("pages", path, last, chance.randrange(3500))
        output, errors = worker.communicate()
        assert errors == ""
        kills += worker.returncode == -9
        acknowledged = int(output.split()[-1]) if output else stored
        stored = last_stored(path, acknowledged, expected)
    assert kills >= 3


def test_an_incremental_history_survives_as_one_rebuild_would_make_it(path: Path) -> None:
    with opened(path) as store:
        for number in range(10):
            batch = page(number)
            store.ingest(ENGAGEMENT, SOURCE, batch, fold, 0)
        before = contents(store)
        assert store.refold(ENGAGEMENT, SOURCE, fold, "v1") == 250
        assert contents(store) == before
        assert store.policy_version(ENGAGEMENT, SOURCE) == "v1"


def test_two_processes_write_at_once(path: Path) -> None:
    count = 150
    Store.open(path).close()
    workers = [start("batches", path, source, count) for source in ("one", "two", "three")]
    with Store.open(path, read_only=True) as reader:
        seen = reader.change_seq()
        while any(worker.poll() is None for worker in workers):
            now = reader.change_seq()
            assert now >= seen
            seen = now
        for worker in workers:
            _, errors = worker.communicate()
            assert (worker.returncode, errors) == (0, "")
        assert reader.change_seq() == 3 * count
        assert len(contents(reader)["ticket"]) == 3 * count
        assert reader.integrity_problems() == []


def test_a_migration_killed_at_any_statement_happens_wholly_or_not_at_all(path: Path) -> None:
    worker = start("migrations", path)
    output, errors = worker.communicate()
    assert (worker.returncode, errors) == (0, "")
    *deaths, end = output.splitlines()
    assert end == "end 20"
    released = len(MIGRATIONS)
    before, after = f"{released} 0 20 1", f"{released + 1} 1 20 1"
    assert deaths.count(before) > 10
    assert set(deaths) <= {before, after}
    copy = path.with_name(f"{path.name}.v{released}.backup")
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.rename(path)
    with opened(path) as store:
        assert len(contents(store)["ticket"]) == 20


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_deaths_while_everything_is_written(path: Path, seed: int) -> None:
    path.parent.mkdir()
    worker = start("storm", path, 105, seed)
    output, errors = worker.communicate()
    assert (worker.returncode, errors) == (0, "")
    deaths = [tuple(map(int, line.split())) for line in output.splitlines()]
    assert len(deaths) == 105
    for told, stored, tickets, events, clocks, seen, wrong in deaths:
        assert stored >= told
        assert tickets == 5 * (stored + 1)
        assert events == clocks == 2 * tickets
        # Before every third page something is entered.
        assert seen >= stored // 3 * 3
        assert wrong == 0
    assert max(stored for _, stored, *_ in deaths) > 20
