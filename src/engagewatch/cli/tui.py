"""``engagewatch`` without a command: the terminal interface."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from engagewatch.cli.errors import CommandError
from engagewatch.cli.setting import directories, load, now
from engagewatch.config.loader import Loaded
from engagewatch.config.locations import store_path
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.tui.app import run_tui
from engagewatch.tui.context import Polling, TuiContext


def run(options: Namespace) -> int:
    """Open the terminal interface on the stored data, with polling behind it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "the terminal interface needs a terminal; for text there are: "
            "engagewatch brief and engagewatch status"
        )
    loaded = load(options)
    _, data = directories(options)
    return open_tui(loaded, store_path(data))


def open_tui(loaded: Loaded, path: Path) -> int:
    """Show engagements on the history at ``path``, which is made if there is none yet."""
    # Opened for writing once, so that the file exists in its newest form; kept for what is seen.
    with Store.open(path) as store:

        def start_polling() -> Polling:
            from engagewatch.sync.poller import Poller

            poller = Poller(lambda: Store.open(path), loaded.engagements, now)
            poller.start()
            return poller

        def mark_seen(engagement: str, at: Instant) -> None:
            store.mark_seen(engagement, at)

        return run_tui(
            TuiContext(
                engagements=loaded.engagements,
                open_store=store.reader,
                now=now,
                start_polling=start_polling,
                mark_seen=mark_seen,
                problems=tuple(str(problem) for problem in loaded.problems),
            )
        )
