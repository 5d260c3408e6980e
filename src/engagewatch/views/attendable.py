"""Everything that something can be said about, by the short name that is typed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views.keys import handle_of
from engagewatch.views.situation import gather
from engagewatch.views.waiting_items import WaitingItem

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_SHORTEST = 4
"""Letters of a short name that are enough, where only one begins so."""


@dataclass(frozen=True, slots=True)
class Attendable:
    """An item that waits on us, or a flag."""

    engagement: Engagement
    subject: str
    """Under which something is entered about it."""
    short: str
    about: str
    """What it is called."""
    words: str
    state: str
    """As it is now."""
    put_off: bool
    item: WaitingItem | None
    """``None`` for a flag that is about nothing on the list of what waits on us."""


def attendables(store: Store, engagement: Engagement, now: Instant) -> list[Attendable]:
    """Return all items and flags of an engagement, also those that are put off."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        gathered = gather(store, engagement, of, now)
    waiting = gathered.waiting
    found = {
        item.key: Attendable(
            engagement,
            item.key,
            item.short,
            item.reference,
            f"{item.reference} {item.subject}: {item.kind_words} owed by {item.person}",
            item.state,
            item in waiting.put_off,
            item,
        )
        for item in (*waiting.items, *waiting.put_off)
    }
    for flag in (*gathered.flags, *gathered.put_off_flags):
        found.setdefault(
            flag.subject,
            Attendable(
                engagement,
                flag.subject,
                handle_of(flag.subject),
                flag.title,
                flag.title,
                gathered.state_of(flag),
                flag in gathered.put_off_flags,
                None,
            ),
        )
    return list(found.values())


def called(things: Sequence[Attendable], name: str) -> list[Attendable]:
    """Return those that ``name`` means: by short name or its beginning, reference or subject."""
    wanted = name.strip().casefold()
    exact = [
        thing
        for thing in things
        if wanted in (thing.short, thing.subject.casefold())
        # People leave out the number sign, which shells take for a comment.
        or (thing.item is not None and wanted.lstrip("#") == thing.about.casefold().lstrip("#"))
    ]
    if exact or len(wanted) < _SHORTEST:
        return exact
    return [thing for thing in things if thing.short.startswith(wanted)]
