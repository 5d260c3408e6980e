"""``engagewatch relief``: the provider's misses that our time explains, and notices on record."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import date

from engagewatch.cli.contract import month_asked
from engagewatch.cli.documents import document, plain
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.views import relief, wording
from engagewatch.views.attending import local_day
from engagewatch.views.period import month_of
from engagewatch.views.relief import ReliefBlock, ReliefRow

_MONTHS = 3
"""Months looked through for the ticket of a notice, the current one included."""


def run(options: Namespace) -> int:
    """Print the misses of the month, or note that the provider gave notice."""
    loaded, at = load(options), now()
    with open_store(options, read_only=options.action is None) as store:
        if options.action is not None:
            _note(store, loaded.engagements, options, at)
            return 0
        found = [
            (one, relief.build(store, one, at, month_asked(options, one, at)))
            for one in loaded.engagements
        ]
    if options.json:
        print(document(at, [(one, _plain(block)) for one, block in found]))
    else:
        print("\n\n".join("\n".join(_text(one, block)) for one, block in found))
    return 2 if loaded.problems else 0


def _note(store: Store, engagements: Sequence[Engagement], options: Namespace, at: Instant) -> None:
    if options.ticket is None or (options.on is None and not options.undo):
        raise CommandError(
            "say for which ticket and on which day: engagewatch relief notice TICKET --on DATE"
        )
    engagement, row = _chosen(store, engagements, options, at)
    day: date | None = None if options.undo else options.on
    if day is not None and day > local_day(at, engagement.timezone):
        raise CommandError(f"--on: {day} is still to come")
    store.enter([relief.noticed(engagement.id, at, row, day)])
    what = f"{row.reference} {row.obligation_words}"
    if day is None:
        print(f"{what}: no notice on record")
    else:
        print(f"{what}: the provider gave notice on {wording.date_words(day)} {day.year}")


def _chosen(
    store: Store, engagements: Sequence[Engagement], options: Namespace, at: Instant
) -> tuple[Engagement, ReliefRow]:
    named: dict[tuple[str, str], tuple[Engagement, ReliefRow]] = {}
    for engagement in engagements:
        asked = month_asked(options, engagement, at)
        month = asked or month_of(at, engagement.timezone)
        for _ in range(1 if asked else _MONTHS):
            for row in relief.build(store, engagement, at, month).rows:
                subject = relief.notice_subject(*row.ticket, row.obligation)
                # A notice is about a duty of a ticket, whatever round of it.
                if options.ticket in (row.ticket.ticket_id, row.reference, subject):
                    named.setdefault((engagement.id, subject), (engagement, row))
            month = month.previous()
    if len(named) == 1:
        return next(iter(named.values()))
    if not named:
        raise CommandError(
            f'no miss that our time explains is of "{options.ticket}"; engagewatch relief lists '
            "them, --month those of another month",
            1,
        )
    choices = "; ".join(subject for _, subject in named)
    raise CommandError(f'"{options.ticket}" may mean several: {choices}', 1)


def _plain(block: ReliefBlock) -> dict[str, object]:
    excused = {f"{duty}/{priority}": count for (duty, priority), count in block.excused.items()}
    return {**plain(block), "month": block.period.key, "excused": excused}


def _text(engagement: Engagement, block: ReliefBlock) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    yield bold(engagement.name, enabled=colour)
    yield from wrapped(f"{block.period.words}: {block.summary}", limit)
    for row in block.rows:
        yield ""
        head = f"{row.reference} {row.priority} {row.obligation_words} {row.subject}"
        yield from wrapped(head, limit, rest="  ")
        counted = f"the contract counts {row.counted_words}, but for our time {row.without_words}"
        yield from wrapped(counted, limit, first="  ", rest="  ")
        for line in wrapped(row.standing_words, limit, first="  ", rest="  "):
            yield coloured(line, row.tone, enabled=colour)
    if block.rows:
        yield ""
        yield from wrapped(block.terms, limit)
    if block.cost is not None:
        yield from wrapped(block.cost.words, limit)
