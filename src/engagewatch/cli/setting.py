"""What a command works on: its directories, the engagements, the history."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch.cli.errors import CommandError
from engagewatch.config.cache import EngagementCache
from engagewatch.config.loader import Loaded, load_all
from engagewatch.config.locations import config_dir, data_dir, store_path
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def now() -> Instant:
    """Return the present instant. Commands read it once and pass it on."""
    return int(time.time())


def directories(options: Namespace) -> tuple[Path, Path]:
    """Return the configuration directory and the data directory."""
    return config_dir(options.config), data_dir(options.data)


def load(options: Namespace) -> Loaded:
    """Load the engagements a command is about, and tell what is wrong with the other files.

    Raises:
        CommandError: there are none, or not the one asked for.
    """
    config, data = directories(options)
    loaded = load_all(config, EngagementCache(data))
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    if not loaded.engagements:
        if loaded.problems:
            raise CommandError("no engagement file can be used; put right what is listed above")
        raise CommandError(
            f"there are no engagement files in {config / 'engagements'}; "
            "write one with: engagewatch init (or look around first with: engagewatch demo)"
        )
    return Loaded(_chosen(loaded, options.engagement), loaded.problems)


def _chosen(loaded: Loaded, wanted: str | None) -> tuple[Engagement, ...]:
    if wanted is None:
        return loaded.engagements
    ids = [engagement.id for engagement in loaded.engagements]
    if wanted in ids:
        return (loaded.engagements[ids.index(wanted)],)
    from engagewatch.config.suggestions import did_you_mean, one_of

    hint = did_you_mean(wanted, ids) or f"there is {one_of(ids)}"
    raise CommandError(f'there is no engagement "{wanted}"; {hint}')


def only_one(engagements: Sequence[Engagement], what: str) -> Engagement:
    """Return the engagement a command is about.

    Raises:
        CommandError: there are several; the user is asked to say ``what`` is meant.
    """
    if len(engagements) > 1:
        names = ", ".join(engagement.id for engagement in engagements)
        raise CommandError(f"say {what} with --engagement; there are {names}")
    return engagements[0]


def open_store(options: Namespace, *, read_only: bool = True) -> Store:
    """Open the history.

    Raises:
        CommandError: there is none to read yet.
        StoreError: it cannot be opened.
    """
    from engagewatch.store.errors import StoreMissing
    from engagewatch.store.store import Store

    _, data = directories(options)
    try:
        return Store.open(store_path(data), read_only=read_only)
    except StoreMissing:
        raise CommandError(
            "there is no history yet; fetch it with: engagewatch sync --once"
        ) from None


def open_to_enter(options: Namespace) -> Store:
    """Open the history to read and to write, as a new one where there is none.

    What people enter may come before anything was ever polled.

    Raises:
        StoreError: it cannot be opened.
    """
    from engagewatch.store.store import Store

    _, data = directories(options)
    data.mkdir(parents=True, exist_ok=True)
    return Store.open(store_path(data))
