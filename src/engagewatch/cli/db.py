"""``engagewatch db``: copies of the history, going back to one, checking it and mending it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path

from engagewatch.cli.errors import CommandError
from engagewatch.cli.setting import directories, load, now, open_store
from engagewatch.config.locations import store_path
from engagewatch.model.engagement import Engagement, SourceKind
from engagewatch.model.instants import to_datetime
from engagewatch.providers.registry import describe
from engagewatch.store.errors import UnknownSource, suspicion
from engagewatch.store.rebuild import Difference
from engagewatch.store.store import Store
from engagewatch.sync.rebuild import poll_target

_SHOWN = 10
"""Differences printed for a source; the count tells the rest."""


def run(options: Namespace) -> int:
    """Do what was asked; the exit code is 1 if the history is not as it should be."""
    actions: dict[str, Callable[[Namespace], int]] = {
        "backup": _backup,
        "restore": _restore,
        "verify": _verify,
        "repair": _repair,
    }
    if options.file and options.action not in ("backup", "restore"):
        raise CommandError(f"{options.action} takes no file; it looks at the history in use")
    if options.file and Path(options.file).expanduser().is_dir():
        raise CommandError(f"{options.file} is a folder; name a file in it")
    return actions[options.action](options)


def _backup(options: Namespace) -> int:
    _, data = directories(options)
    stamp = f"{to_datetime(now()):%Y%m%dT%H%M%SZ}"
    target = Path(options.file or data / "backups" / f"engagewatch-{stamp}.db").expanduser()
    with open_store(options) as store:
        store.backup(target)
    with Store.open(target, read_only=True) as copy:
        problems = copy.integrity_problems()
    if problems:
        print(f"the copy {target} is damaged: {problems[0]}", file=sys.stderr)
        return 1
    print(target)
    return 0


def _restore(options: Namespace) -> int:
    if not options.file:
        raise CommandError("name the copy to go back to: engagewatch db restore FILE")
    _, data = directories(options)
    copy = Path(options.file).expanduser()
    if not copy.exists():
        raise CommandError(
            f"there is no file {copy}; name a copy made by: engagewatch db backup", 1
        )
    stamp = f"{to_datetime(now()):%Y%m%dT%H%M%SZ}"
    with open_store(options, read_only=False) as store:
        before = data / "backups" / f"before-restore-{stamp}.db"
        store.backup(before)
        store.restore(copy)
    print(f"the history is as it was in {copy}; what it was until now is kept in {before}")
    print("the next poll goes on from there", file=sys.stderr)
    return 0


def _verify(options: Namespace) -> int:
    loaded = load(options)
    with open_store(options) as store:
        damage = store.integrity_problems()
        for problem in damage:
            print(f"the file is damaged: {problem}")
        if damage:
            print("mend it with: engagewatch db repair", file=sys.stderr)
        else:
            print("the file is sound")
        differing = [_differs(store, engagement) for engagement in loaded.engagements]
    if loaded.problems:
        return 2
    return int(bool(damage) or any(differing))


def _repair(options: Namespace) -> int:
    """Check the whole file, mend or replace it, and recount what does not follow from events."""
    loaded = load(options)
    _, data = directories(options)
    path = store_path(data)
    if not path.exists():
        raise CommandError(f"there is no history at {path}, so there is nothing to repair")
    lock = Store(path).poller_lock()
    if not lock.acquire(timeout=0):
        raise CommandError(
            "another engagewatch polls this history; end it (its terminal interface, or "
            "sync --watch), then repair",
            1,
        )
    try:
        suspicion(path).touch(0o600)
        with open_store(options, read_only=False) as store:
            print(store.recovered or "the file is sound")
            for engagement in loaded.engagements:
                _recount(store, engagement)
            if store.recovered is not None:
                print("fetch the rest again with: engagewatch sync --once", file=sys.stderr)
    finally:
        lock.release()
        lock.close()
    return 2 if loaded.problems else 0


def _recount(store: Store, engagement: Engagement) -> None:
    from engagewatch.engine.fold import policy_version

    for settings in engagement.sources:
        if describe(settings).kind is not SourceKind.TICKETING:
            continue
        folder = poll_target(store, engagement, settings).folder
        source, name = settings.id, f"{engagement.id}/{settings.id}"
        try:
            if not store.verify(engagement.id, source, folder.fold):
                print(f"{name}: every stored clock follows from its events")
                continue
        except UnknownSource:
            continue
        count = store.refold(engagement.id, source, folder.fold, policy_version(folder.policy))
        print(f"{name}: {count:,} tickets recounted")


def _differs(store: Store, engagement: Engagement) -> bool:
    """Recount an engagement's tickets; return whether anything differs from what is stored."""
    differs = False
    for settings in engagement.sources:
        if describe(settings).kind is not SourceKind.TICKETING:
            continue
        target = poll_target(store, engagement, settings)
        try:
            differences = store.verify(engagement.id, settings.id, target.folder.fold)
        except UnknownSource:
            print(f"{engagement.id}/{settings.id}: never polled")
            continue
        _print(f"{engagement.id}/{settings.id}", differences)
        differs |= bool(differences)
    if differs:
        print(
            "An edited engagement file is applied by the next poll: run engagewatch sync --once, "
            "then verify again. If it still differs, run engagewatch db repair, and report it: "
            "that is a bug.",
            file=sys.stderr,
        )
    return differs


def _print(name: str, differences: list[Difference]) -> None:
    if not differences:
        print(f"{name}: every stored clock follows from its events")
        return
    tickets = {one.ticket_id for one in differences}
    print(f"{name}: {len(tickets):,} tickets differ from their events")
    for line in _lines(differences[:_SHOWN]):
        print(f"  {line}")
    if len(differences) > _SHOWN:
        print(f"  and {len(differences) - _SHOWN:,} more")


def _lines(differences: Iterable[Difference]) -> Iterable[str]:
    for one in differences:
        what = f"{one.part} {one.column}" if one.column else one.part
        yield f"{one.reference}, {what}: stored {one.stored}, recounted {one.rebuilt}"
