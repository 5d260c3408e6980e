"""Loading a real event log: the public UCI incident log, end to end, against only reading it.

Both sides run in processes of their own, in turn: the yardstick reads every row with the csv
module and parses its time; engagewatch reads, translates, stores and folds the same file. The
ratio says what everything beyond reading costs.

    ENGAGEWATCH_TEST_DATA=folder python benchmarks/public_log.py
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = 3
LOG = "uci_incident_event_log.csv.gz"
EXAMPLE = Path(__file__).parent.parent / "config" / "examples" / "uci-servicenow.toml"

READ_ONLY = """
import csv, gzip, resource, sys
from datetime import datetime
rows = 0
with gzip.open(sys.argv[1], "rt", encoding="utf-8-sig", newline="") as file:
    for row in csv.DictReader(file):
        datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M")
        rows += 1
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

SYNC = """
import resource, sys
from engagewatch.cli.main import run
code = run(["--config", sys.argv[1], "--data", sys.argv[2], "sync", "--once"])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> int:
    """Print rows per second, peak memory and the ratio."""
    data = os.environ.get("ENGAGEWATCH_TEST_DATA")
    if not data or not (Path(data) / LOG).is_file():
        print(f"ENGAGEWATCH_TEST_DATA names no folder with {LOG}; nothing measured")
        return 0
    log = Path(data) / LOG
    read_seconds: list[float] = []
    sync_seconds: list[float] = []
    size = 0
    with tempfile.TemporaryDirectory(prefix="engagewatch-bench-") as folder:
        home = Path(folder)
        config = engagement_for(log, home)
        for _ in range(RUNS):
            seconds, (rows, read_memory) = timed(READ_ONLY, str(log))
            read_seconds.append(seconds)
            shutil.rmtree(home / "data", ignore_errors=True)
            seconds, (_, sync_memory) = timed(SYNC, str(config), str(home / "data"))
            sync_seconds.append(seconds)
            size = sum(file.stat().st_size for file in (home / "data").rglob("*.db"))
    read, sync = statistics.median(read_seconds), statistics.median(sync_seconds)
    count = int(rows)
    print(f"{'':<24} {'seconds':>8} {'rows/s':>10} {'peak MiB':>9}")
    print(f"{'reading rows only':<24} {read:>8.2f} {count / read:>10,.0f} {read_memory:>9.0f}")
    print(f"{'sync --once':<24} {sync:>8.2f} {count / sync:>10,.0f} {sync_memory:>9.0f}")
    print(f"{count:,} rows; ratio {sync / read:.1f}x; the store is {size / 1e6:.0f} MB")
    return 0


def engagement_for(log: Path, home: Path) -> Path:
    """Write the example engagement with the log's real place; return the configuration folder."""
    text = re.sub(r'(?m)^path = "[^"]*"', f'path = "{log}"', EXAMPLE.read_text(encoding="utf-8"))
    (home / "engagements").mkdir()
    (home / "engagements" / "uci.toml").write_text(text, encoding="utf-8")
    return home


def timed(program: str, *arguments: str) -> tuple[float, Sequence[float]]:
    """Run a program; return its seconds and the numbers on its last line."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    numbers = [float(word) for word in done.stdout.splitlines()[-1].split()]
    return time.perf_counter() - started, numbers


if __name__ == "__main__":
    raise SystemExit(main())
