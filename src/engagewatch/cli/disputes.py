"""``engagewatch disputes``: where figures differ, to read, to export, and to note how far it is."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator

from engagewatch.cli.contract import month_asked
from engagewatch.cli.documents import document
from engagewatch.cli.entries import harmless
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.views import disputes
from engagewatch.views.disputes import (
    DisputeRow,
    DisputeState,
    DisputesView,
    disputed,
    parse_state,
)

_COLUMNS = (
    "engagement", "month", "ticket", "duty", "claimed", "counted", "favours", "their account",
    "our account", "cause", "explanations", "state",
)  # fmt: skip


def run(options: Namespace) -> int:
    """Print the disputes of every engagement, or note the state of one."""
    state = _state(options)
    loaded, at = load(options), now()
    with open_store(options, read_only=state is None) as store:
        found = [
            (one, disputes.build(store, one, at, month_asked(options, one, at)))
            for one in loaded.engagements
        ]
        if state is not None:
            engagement, row = _chosen(found, options.key)
            store.enter([disputed(engagement.id, at, row.key, state, options.note or "")])
            print(f"{row.reference} {row.duty_words}: {state}")
            return 0
    if options.json:
        print(document(at, found))
    elif options.csv:
        _write_csv(found)
    else:
        print("\n\n".join("\n".join(_text(one, view)) for one, view in found))
    return 2 if loaded.problems else 0


def _state(options: Namespace) -> DisputeState | None:
    """Return how far one dispute has come; ``None`` if they are only to be printed."""
    if options.key is None and options.state is None and options.note is None:
        return None
    if options.key is None or options.state is None:
        raise CommandError(
            "say which, and how far it has come: engagewatch disputes KEY --state STATE"
        )
    try:
        return parse_state(options.state)
    except ValueError as error:
        raise CommandError(f"--state: {error}") from None


def _chosen(
    found: Iterable[tuple[Engagement, DisputesView]], key: str
) -> tuple[Engagement, DisputeRow]:
    named = [
        (engagement, row)
        for engagement, view in found
        for row in view.rows
        if key in (row.key, row.short, row.reference)
    ]
    if len(named) == 1:
        return named[0]
    if not named:
        raise CommandError(
            f'no dispute of the month is called "{key}"; engagewatch disputes prints what they are '
            "called, --month shows another month",
            1,
        )
    choices = "; ".join(f"{row.short} ({row.reference} {row.duty_words})" for _, row in named)
    raise CommandError(f'"{key}" may mean several: {choices}')


def _text(engagement: Engagement, view: DisputesView) -> Iterator[str]:
    colour, limit = wants_colour(), width()
    yield bold(engagement.name, enabled=colour)
    yield from wrapped(view.summary, limit)
    for cause, theirs, ours in view.causes:
        words = f"{cause}: {theirs} in the provider's favour, {ours} in ours"
        yield from wrapped(words, limit, first="  ")
    for row in view.rows:
        yield ""
        head = f"{row.reference} {row.duty_words} {row.subject}"
        first, *more = wrapped(head, limit, first=f"{row.short}  ", rest=" " * 8)
        yield bold(coloured(first, row.tone, enabled=colour), enabled=colour)
        yield from more
        account = f"they say {row.claim_words}; we count {row.our_words}"
        yield from wrapped(account, limit, first=" " * 8)
        why = f"their tool {row.explanations[0]}" if row.explanations else row.cause
        yield from wrapped(f"{why}; {row.state_words}", limit, first=" " * 8)
    if view.total > len(view.rows):
        yield ""
        yield f"and {view.total - len(view.rows):,} more"


def _write_csv(found: Iterable[tuple[Engagement, DisputesView]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for engagement, view in found:
        for row in view.rows:
            cells = (
                engagement.id,
                view.period.key,
                row.reference,
                row.duty_words,
                row.claimed,
                row.ours,
                row.in_favour_of.value,
                row.claim_words,
                row.our_words,
                row.cause,
                "; ".join(row.explanations),
                row.state_words,
            )
            writer.writerow([harmless(cell) for cell in cells])
