"""``engagewatch db verify``: recounts everything and compares it with what is stored."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable

from engagewatch.cli.setting import load, open_store
from engagewatch.model.engagement import Engagement, SourceKind
from engagewatch.providers.registry import describe
from engagewatch.store.errors import UnknownSource
from engagewatch.store.rebuild import Difference
from engagewatch.store.store import Store
from engagewatch.sync.rebuild import poll_target

_SHOWN = 10
"""Differences printed for a source; the count tells the rest."""


def run(options: Namespace) -> int:
    """Verify the history; the exit code is 1 if anything differs, 2 if a file is wrong."""
    loaded = load(options)
    with open_store(options) as store:
        damage = store.integrity_problems()
        for problem in damage:
            print(f"the file is damaged: {problem}")
        if not damage:
            print("the file is sound")
        differing = [_verify(store, engagement) for engagement in loaded.engagements]
    if loaded.problems:
        return 2
    return int(bool(damage) or any(differing))


def _verify(store: Store, engagement: Engagement) -> bool:
    """Recount an engagement's tickets; return whether anything differs from what is stored."""
    differs = False
    for settings in engagement.sources:
        if describe(settings).kind is not SourceKind.TICKETING:
            continue
        target = poll_target(engagement, settings)
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
            "then verify again. If it still differs, that is a bug worth reporting.",
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
