"""A minute of polling as fast as possible through resets and errors: does anything grow?

    python benchmarks/soak.py              60 seconds
    python benchmarks/soak.py --seconds 10

A desk that changes all the time is polled over a socket that is reset, delayed or answered with an
error every few requests. Memory, open files, threads and the write-ahead log are compared between
the first tenth and the end; the bounds are in the code.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from engagewatch.model.engagement import SourceSettings
from engagewatch.providers.registry import open_adapter
from engagewatch.store.store import Store
from engagewatch.sync.polled_source import PolledSource
from engagewatch.sync.writer import Writer
from tests.fault import server as faults
from tests.fault.server import FaultServer, fault_server
from tests.provider.zendesk_account import TOKEN, Account, audit, change, ticket
from tests.sync.conftest import START, engagement_of

TICKETS = 2000
MEMORY = 12 << 20
WAL = 32 << 20


@dataclass
class Footprint:
    memory: int
    files: int
    threads: int

    @classmethod
    def now(cls) -> Footprint:
        gc.collect()
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
        return cls(memory, len(list(Path("/proc/self/fd").iterdir())), threading.active_count())


def disturb(server: FaultServer, chance: random.Random) -> None:
    """Plan trouble for some of the coming requests; never so much that the host is given up."""
    kinds = (faults.reset, faults.reset_in_body, faults.latency, faults.truncated_json)
    server.plan = [chance.choice(kinds) if chance.random() < 0.05 else None for _ in range(8)]


async def soak(path: Path, seconds: float) -> tuple[int, int, Footprint, Footprint, int]:
    chance = random.Random(1)
    account = Account(tickets=[ticket(n, START - 10**6 + n) for n in range(TICKETS)])
    # The desk is served by this process, so what it holds must not grow either.
    changed = [ticket(n, START - 10**6 + n, status="pending") for n in range(TICKETS)]
    polls = failures = largest = 0
    first: Footprint | None = None
    begun = time.monotonic()
    at = START
    with Store.open(path) as store, Writer(store) as writer:
        async with fault_server(account.answer) as server:
            settings = SourceSettings("desk", "zendesk", server.url, requests_per_minute=10**7)
            source = PolledSource(
                engagement_of(settings),
                settings,
                writer,
                lambda: at,
                lambda given, engagement, _, people: open_adapter(given, engagement, TOKEN, people),
            )
            while (passed := time.monotonic() - begun) < seconds:
                at += 300
                server.server_time = account.server_time = at
                number = chance.randrange(TICKETS)
                account.tickets.append(changed[number])
                server.seen.clear()
                account.audits[:] = [
                    audit(at, at - 100, 5002, change(at, "status", "pending", "open"), of=number)
                ]
                disturb(server, chance)
                health = await source.poll()
                polls, failures = polls + 1, failures + (health.failure is not None)
                if chance.random() < 0.05:
                    await source.close()
                log = path.with_name(path.name + "-wal")
                largest = max(largest, log.stat().st_size if log.exists() else 0)
                if first is None and passed > seconds / 10:
                    first = Footprint.now()
            await source.close()
    assert first is not None
    return polls, failures, first, Footprint.now(), largest


def main() -> int:
    """Run it; return 0 if nothing grew beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        polls, failures, first, last, log = asyncio.run(soak(Path(folder) / "h.db", seconds))
    print(f"{polls} polls in {seconds:.0f} s, {failures} of them failed")
    grown = last.memory - first.memory
    print(f"memory {grown / 2**20:+.1f} MiB, open files {last.files - first.files:+d}, ", end="")
    print(f"threads {last.threads - first.threads:+d}, largest log {log / 2**20:.1f} MiB")
    good = (
        polls > 10
        and failures < polls
        and grown <= MEMORY
        and last.files <= first.files + 2
        and last.threads <= first.threads
        and log <= WAL
    )
    print("nothing grew" if good else "GREW")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
