"""``engagewatch forget``: a pseudonym takes the place of a person in the history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import width, wrapped
from engagewatch.cli.setting import directories, load, now, open_store
from engagewatch.config.locations import store_path
from engagewatch.model.engagement import Engagement
from engagewatch.store.forgetting import AmbiguousPersonError, Forgotten, earlier_copies
from engagewatch.views import wording

_COUNTED = (
    ("person", "account", "accounts"),
    ("ticket", "ticket field", "ticket fields"),
    ("event", "event field", "event fields"),
    ("orphan_event", "waiting event", "waiting events"),
    ("clock", "clock", "clocks"),
    ("meeting", "meeting", "meetings"),
    ("entry", "entry", "entries"),
)


def run(options: Namespace) -> int:
    """Forget a person in every engagement, or the one named; 1 if nobody is named so."""
    loaded, at = load(options), now()
    who = options.person.strip()
    _, data = directories(options)
    with open_store(options, read_only=False) as store:
        done: list[tuple[Engagement, Forgotten]] = []
        for engagement in loaded.engagements:
            try:
                forgotten = store.forget(engagement.id, who, at)
            except AmbiguousPersonError as error:
                raise CommandError(
                    f'"{who}" fits several people of {engagement.id}; say which by key or address: '
                    + "; ".join(error.choices),
                    1,
                ) from None
            if forgotten is not None:
                done.append((engagement, forgotten))
    if not done:
        raise CommandError(
            f'the history names nobody "{who}": give an address, a name or a key as its source '
            "writes it, or SOURCE/KEY",
            1,
        )
    limit = width()
    for line in _told(done, who, earlier_copies(store_path(data))):
        print("\n".join(wrapped(line, limit, rest="  ")))
    return 2 if loaded.problems else 0


def _told(
    done: Iterable[tuple[Engagement, Forgotten]], who: str, copies: Iterable[Path]
) -> Iterator[str]:
    for engagement, forgotten in done:
        counts = [
            wording.counted(forgotten.changed[table], one, many)
            for table, one, many in _COUNTED
            if table in forgotten.changed
        ]
        changed = ", ".join(counts) or "nothing else named them"
        yield f"{engagement.id}: stands as {forgotten.pseudonym} from now on ({changed})."
        if forgotten.subjects:
            holding = wording.counted(forgotten.subjects, "subject of a ticket", "ticket subjects")
            yield (
                f"{engagement.id}: {holding} with the name stay as the source tells them; "
                "subjects = false under [privacy] keeps none."
            )
        for role in engagement.people:
            if who.casefold() in {role.name.casefold(), *role.matches}:
                yield (
                    f"{engagement.id}: the engagement file names them as {role.role} under "
                    "[[people]]; take the row out there."
                )
    yield "No later poll brings the name back. The provider's own system still has it."
    named = [f"  {path}" for path in copies]
    if named:
        yield "Copies made earlier still hold the name; delete them if it must be gone from them:"
        yield from named
    yield (
        "Copies and exports that were put elsewhere are not known here. Names within notes are "
        "replaced where they are spelled as the source spells them."
    )
