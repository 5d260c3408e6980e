"""``engagewatch waiting``: what waits on us, on whom, since when, and what it holds up."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.output import bold, coloured, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.engine.consequence import HOLDS_WORDS
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, isoformat
from engagewatch.views import waiting
from engagewatch.views.waiting import WaitingItem, WaitingView


def run(options: Namespace) -> int:
    """Print what waits on us in every engagement; the exit code is 2 if a file is wrong."""
    loaded, at = load(options), now()
    with open_store(options) as store:
        found = [
            (one, waiting.build(store, one, at, roles_only=options.json))
            for one in loaded.engagements
        ]
    if options.json:
        print(_json(found, at))
    else:
        print("\n\n".join("\n".join(_text(one, view)) for one, view in found))
    return 2 if loaded.problems else 0


def _text(engagement: Engagement, view: WaitingView) -> Iterator[str]:
    colour, limit = wants_colour(), width()
    yield bold(engagement.name, enabled=colour)
    yield from wrapped(view.summary, limit)
    for item in view.items:
        yield ""
        yield from _item(item, limit, colour=colour)
    for item in view.put_off:
        yield ""
        words = f"{item.reference} {item.subject}: {item.put_off_words}"
        yield from wrapped(words, limit, first=f"({item.short}) ", rest="         ")
    if view.nudges.words:
        yield ""
        yield from wrapped(f"Nudges: {view.nudges.words}.", limit)
    if view.not_known:
        yield ""
        yield bold("What is not known", enabled=colour)
    for sentence in view.not_known:
        yield from wrapped(sentence, limit, first="  - ", rest="    ")


def _item(item: WaitingItem, limit: int, *, colour: bool) -> Iterator[str]:
    rest = " " * 8
    title = f"{item.reference} {item.subject}"
    first, *more = wrapped(title, limit, first=f"{item.short}  ", rest=rest)
    tone = "" if item.acknowledged else item.tone
    yield bold(coloured(first, tone, enabled=colour), enabled=colour and not item.acknowledged)
    yield from more
    owed = f"{item.kind_words} owed by {item.person}, since {item.since_words} ({item.age_words})"
    yield from wrapped(f"{owed}; {item.due_words}", limit, first=rest)
    money = f"; {item.credit_words} hangs on it" if item.credit_words else ""
    yield from wrapped(f"holds up: {item.blocks.removeprefix('pauses ')}{money}", limit, first=rest)
    said = [words for words in (item.assigned_words, item.noted_words, item.nudged_words) if words]
    if said:
        yield from wrapped("; ".join(said), limit, first=rest)


def _json(found: list[tuple[Engagement, WaitingView]], at: Instant) -> str:
    return written(
        at,
        engagements=[
            {
                "id": engagement.id,
                "name": engagement.name,
                "total": view.total,
                "overdue": view.overdue,
                "oldest": None if view.oldest_since is None else isoformat(view.oldest_since),
                "items": [_item_json(item) for item in view.items],
                "put_off": [_item_json(item) for item in view.put_off],
                "nudges": {
                    "followed": view.nudges.effect.met,
                    "judged": view.nudges.effect.judged,
                    "pending": view.nudges.effect.pending,
                },
                "not_known": list(view.not_known),
            }
            for engagement, view in found
        ],
    )


def _item_json(item: WaitingItem) -> dict[str, Any]:
    consequence = item.consequence
    until = item.handling.until
    return {
        "key": item.short,
        "subject": item.key,
        "reference": item.reference,
        "title": item.subject,
        "kind": item.kind_words,
        "owner": item.person if item.person_known else None,
        "since": isoformat(item.since),
        "due": None if item.due_at is None else isoformat(item.due_at),
        "overdue": item.overdue,
        "asked": item.asked.value,
        "holds_up": item.blocks,
        "gravity": HOLDS_WORDS[consequence.holds],
        "credit": f"{consequence.credit:.2f}" if consequence.credit else None,
        "plan_days": consequence.plan_days or None,
        "acknowledged": item.acknowledged,
        "note": item.handling.note if item.acknowledged else "",
        "put_off_until": until.isoformat() if item.put_off_words and until else None,
        "nudged": [isoformat(at) for at in item.handling.nudges],
    }
