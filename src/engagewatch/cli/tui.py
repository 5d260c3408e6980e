"""``engagewatch`` without a command: the terminal interface."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from engagewatch.cli.errors import CommandError
from engagewatch.cli.setting import directories, load, now
from engagewatch.config.edits import Edits
from engagewatch.config.locations import store_path
from engagewatch.config.preferences import Preferences, load_preferences
from engagewatch.config.problems import ConfigError
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.tui.app import run_tui
from engagewatch.tui.context import Edited, Polling, TuiContext
from engagewatch.tui.themes import DEFAULT_THEME, THEME_TITLES


def run(options: Namespace) -> int:
    """Open the terminal interface on the stored data, with polling behind it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "the terminal interface needs a terminal; for text there are: "
            "engagewatch brief and engagewatch status"
        )
    config, data = directories(options)
    edits = Edits(config)
    loaded = load(options)
    engagements = loaded.engagements
    problems = [str(problem) for problem in loaded.problems]
    preferences = _preferences(config, problems)
    path = store_path(data)
    # Opened for writing once, so that the file exists in its newest form; kept for what is seen.
    with Store.open(path) as store:
        if store.recovered is not None:
            problems.insert(0, str(store.recovered))

        def start_polling() -> Polling:
            from engagewatch.sync.poller import Poller

            poller = Poller(lambda: Store.open(path), engagements, now)
            poller.start()
            return poller

        def take_in_edits() -> Edited | None:
            nonlocal engagements
            found = edits.taken_in(engagements, options.engagement)
            if found is None:
                return None
            engagements = found.engagements
            folder = f"{config / 'engagements'}/"
            told = tuple(str(problem).removeprefix(folder) for problem in found.problems)
            return Edited(engagements, told)

        def mark_seen(engagement: str, at: Instant) -> None:
            store.mark_seen(engagement, at)

        return run_tui(
            TuiContext(
                engagements=engagements,
                open_store=store.reader,
                now=now,
                start_polling=start_polling,
                take_in_edits=take_in_edits,
                mark_seen=mark_seen,
                enter=store.enter,
                crash_file=data / "crash.txt",
                leaving=_leave,
                problems=tuple(problems),
                theme=preferences.theme or DEFAULT_THEME,
                ascii_signs=preferences.ascii or not _can_draw(),
            )
        )


def _leave(code: int) -> None:
    from engagewatch.cli.ending import end_soon

    end_soon(code)


def _preferences(config: Path, problems: list[str]) -> Preferences:
    """Return how the interface is to look; a wrong file is told and does without."""
    try:
        return load_preferences(config, THEME_TITLES)
    except ConfigError as error:
        problems.extend(str(problem) for problem in error.problems)
        return Preferences()


def _can_draw() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "cp65001")
