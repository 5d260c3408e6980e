"""``engagewatch ack``, ``snooze``, ``assign`` and ``nudge``: saying something about what waits."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from engagewatch.cli.errors import CommandError
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.views import attending, wording
from engagewatch.views.attendable import Attendable, attendables, called


def run(options: Namespace) -> int:
    """Enter what was said, and print what it means."""
    loaded, at = load(options), now()
    with open_store(options, read_only=False) as store:
        things = [thing for one in loaded.engagements for thing in attendables(store, one, at)]
        entry, said = _ACTS[options.command](options, _chosen(things, options.key), at)
        _enter(store, entry)
    print(said)
    return 0


def _enter(store: Store, entry: Entry) -> None:
    store.enter([entry])


def _chosen(things: list[Attendable], name: str) -> Attendable:
    found = called(things, name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(
            f'nothing that waits, and no flag, is called "{name}"; '
            "engagewatch waiting and engagewatch brief print what they are called",
            1,
        )
    choices = "; ".join(
        f"--engagement {thing.engagement.id} {thing.short} ({thing.words})" for thing in found
    )
    raise CommandError(f'"{name}" may mean several: {choices}')


def _acknowledge(options: Namespace, thing: Attendable, at: Instant) -> tuple[Entry, str]:
    entry = attending.acknowledged(
        thing.engagement.id, at, thing.subject, thing.about, thing.state, options.note
    )
    return entry, f"acknowledged {thing.words}; it is quiet until it changes"


def _put_off(options: Namespace, thing: Attendable, at: Instant) -> tuple[Entry, str]:
    if options.wake:
        entry = attending.woken(thing.engagement.id, at, thing.subject, thing.about)
        return entry, f"{thing.words}: back on the list"
    if not options.until or not options.why:
        raise CommandError("say until when and why: engagewatch snooze KEY --until DATE --why TEXT")
    today = attending.local_day(at, thing.engagement.timezone)
    try:
        until = attending.parse_until(options.until, today)
    except ValueError as error:
        raise CommandError(f"--until: {error}") from None
    entry = attending.put_off(
        thing.engagement.id, at, thing.subject, thing.about, thing.state, until, options.why
    )
    back = f"comes back on {wording.date_words(until)}, or when it changes"
    return entry, f"{thing.words}: {back}"


def _assign(options: Namespace, thing: Attendable, at: Instant) -> tuple[Entry, str]:
    entry = attending.assigned(thing.engagement.id, at, thing.subject, thing.about, options.role)
    who = f"with {options.role} now" if options.role else "assigned to nobody now"
    return entry, f"{thing.words}: {who}"


def _nudge(_: Namespace, thing: Attendable, at: Instant) -> tuple[Entry, str]:
    if thing.item is None:
        raise CommandError(f"{thing.words}: no reminder is written for what does not wait on us", 1)
    kind = thing.item.kind_words
    return (
        attending.nudged(thing.engagement.id, at, thing.subject, thing.about, kind),
        thing.item.nudge,
    )


_ACTS: dict[str, Callable[[Namespace, Attendable, Instant], tuple[Entry, str]]] = {
    "ack": _acknowledge,
    "snooze": _put_off,
    "assign": _assign,
    "nudge": _nudge,
}
