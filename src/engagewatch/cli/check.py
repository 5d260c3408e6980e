"""``engagewatch check``: every file, every source, and what a contract leaves open."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.cli.output import coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import directories, load, now, open_store
from engagewatch.config import preferences
from engagewatch.config.advice import advice
from engagewatch.config.loader import Loaded
from engagewatch.config.locations import store_path
from engagewatch.config.problems import ConfigError
from engagewatch.engine.phrases import counted
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import to_datetime, zone

if TYPE_CHECKING:
    from engagewatch.providers.base import CheckLine
    from engagewatch.views.sources import RefusedRecord, SourceRow


def run(options: Namespace) -> int:
    """Check the files, then the sources; the exit code is 2 for a wrong file, 1 for a source."""
    looks_fine = _check_preferences(options)
    loaded = load(options)
    today = to_datetime(now()).date()
    for engagement in loaded.engagements:
        print(f"{engagement.id}: the file is fine ({engagement.path})")
        for line in advice(engagement, today):
            print("\n".join(wrapped(line, width(), first="  note: ", rest="        ")))
        looks_fine &= _check_plan(options, engagement)
    failed = False if options.offline else _check_sources(loaded)
    _tell_stored(options, loaded)
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


def _check_plan(options: Namespace, engagement: Engagement) -> bool:
    """Check the file of an on-boarding plan, if there is one; return whether it can be used."""
    settings = engagement.onboarding
    if settings is None or settings.path is None:
        return True
    from engagewatch.config.plan_checks import plan_notes
    from engagewatch.config.plan_file import load_plan

    try:
        plan = load_plan(settings)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return False
    print(f"{engagement.id}: the plan is fine, {len(plan.tasks)} tasks ({plan.path})")
    for note in plan_notes(plan, settings, _polled_on(options, engagement)):
        print("\n".join(wrapped(str(note), width(), first="  note: ", rest="        ")))
    return True


def _polled_on(options: Namespace, engagement: Engagement) -> date | None:
    """Return a day by which the sources had been read; ``None`` if they never were."""
    _, data = directories(options)
    if not store_path(data).exists():
        return None
    with open_store(options) as store:
        read = [one.last_success_at for one in store.health(engagement.id)]
    days = [to_datetime(at, zone(engagement.timezone)).date() for at in read if at is not None]
    return min(days, default=None)


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


def _tell_stored(options: Namespace, loaded: Loaded) -> None:
    """Print what earlier polls brought to light, if there is a history."""
    _, data = directories(options)
    if not store_path(data).exists():
        return
    from engagewatch.views import sources

    with open_store(options) as store:
        views = [(one, sources.build(store, one, now())) for one in loaded.engagements]
    for engagement, view in views:
        for row in view.rows:
            name = f"{engagement.id}, {row.source}"
            # A file was just read anew, its refused lines with it.
            refused = row.refused if engagement.source(row.source).url else ()
            for told in _told(row, refused):
                print("\n".join(wrapped(f"{name}: {told}", width(), first="", rest="  ")))


def _told(row: SourceRow, refused: Sequence[RefusedRecord]) -> Iterator[str]:
    if row.notice:
        yield row.notice
    for one in refused:
        yield f"could not be read: {one.record}: {one.reason}"
    if refused and row.refused_count > len(refused):
        more = row.refused_count - len(refused)
        yield f"and {more:,} more; all are listed by: engagewatch sources {row.source}"
    if row.silent_edits:
        yield (
            f"{counted(row.silent_edits, 'value')} changed later without a word; listed by: "
            f"engagewatch sources {row.source}"
        )
    for unmapped in row.unmapped:
        yield (
            f'the status "{unmapped.status}" of {counted(unmapped.tickets, "ticket")} has no '
            "meaning. Add it to [sources.courts] of this source, with the side whose court it is, "
            'or "resolved", "closed" or "cancelled".'
        )


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
