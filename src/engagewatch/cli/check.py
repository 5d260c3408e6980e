"""``engagewatch check``: every file, every source, and what a contract leaves open."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from engagewatch.cli.output import coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import directories, load, now, open_store
from engagewatch.config import preferences
from engagewatch.config.advice import advice
from engagewatch.config.loader import Loaded
from engagewatch.config.locations import store_path
from engagewatch.config.problems import ConfigError
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import to_datetime

if TYPE_CHECKING:
    from engagewatch.providers.base import CheckLine


def run(options: Namespace) -> int:
    """Check the files, then the sources; the exit code is 2 for a wrong file, 1 for a source."""
    looks_fine = _check_preferences(options)
    loaded = load(options)
    today = to_datetime(now()).date()
    for engagement in loaded.engagements:
        print(f"{engagement.id}: the file is fine ({engagement.path})")
        for line in advice(engagement, today):
            print("\n".join(wrapped(line, width(), first="  note: ", rest="        ")))
    failed = False if options.offline else _check_sources(loaded)
    _tell_unmapped(options, loaded)
    _conclude(loaded, failed)
    return 2 if loaded.problems or not looks_fine else int(failed)


def _check_preferences(options: Namespace) -> bool:
    config, _ = directories(options)
    if not (config / preferences.FILE).exists():
        return True
    from engagewatch.tui.themes import THEME_TITLES

    try:
        preferences.load_preferences(config, THEME_TITLES)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return False
    return True


def _check_sources(loaded: Loaded) -> bool:
    """Contact every source and print what could be read; return whether any failed."""
    from engagewatch.cli.ending import run_until_told

    failed = False
    for engagement in loaded.engagements:
        for settings in engagement.sources:
            print(f"\n{engagement.id}, {settings.id} ({settings.adapter}):")
            sys.stdout.flush()
            lines = run_until_told(_check_source(engagement, settings))
            colour = wants_colour()
            rows = [(_mark(line.ok), line.what, line.detail) for line in lines]
            for text in table(rows, indent="  "):
                tone = "bad" if text.startswith("  FAILED") else "plain"
                print(coloured(text, tone, enabled=colour))
            failed |= not all(line.ok for line in lines)
    return failed


def _tell_unmapped(options: Namespace, loaded: Loaded) -> None:
    """Print the statuses met so far that the files give no meaning, if there is a history."""
    _, data = directories(options)
    if not store_path(data).exists():
        return
    from engagewatch.views import sources

    with open_store(options) as store:
        views = [(one.id, sources.build(store, one, now())) for one in loaded.engagements]
    for engagement, view in views:
        for row in view.rows:
            for unmapped in row.unmapped:
                told = (
                    f'{engagement}, {row.source}: the status "{unmapped.status}" of '
                    f"{unmapped.tickets:,} ticket{'' if unmapped.tickets == 1 else 's'} has no "
                    f"meaning. Add it to [sources.courts] of this source, with the side whose "
                    'court it is, or "resolved", "closed" or "cancelled".'
                )
                print("\n".join(wrapped(told, width(), first="", rest="  ")))


async def _check_source(engagement: Engagement, settings: SourceSettings) -> list[CheckLine]:
    from engagewatch.config.secrets import SecretError, resolve
    from engagewatch.net.errors import SourceError
    from engagewatch.providers.base import CheckLine
    from engagewatch.providers.registry import open_adapter

    try:
        secret = resolve(settings.secret) if settings.secret is not None else None
    except SecretError as error:
        return [CheckLine(False, "secret", str(error))]
    try:
        adapter = open_adapter(settings, engagement, secret)
    except SourceError as error:
        return [CheckLine(False, "settings", error.message)]
    try:
        return await adapter.check()
    finally:
        await adapter.aclose()


def _mark(ok: bool) -> str:
    return "ok" if ok else "FAILED"


def _conclude(loaded: Loaded, failed: bool) -> None:
    if loaded.problems:
        count = len(loaded.problems)
        print(
            f"\n{count} problem{'s' if count > 1 else ''} in files, listed above.", file=sys.stderr
        )
    if failed:
        print("\nAt least one source could not be read; see FAILED above.", file=sys.stderr)
