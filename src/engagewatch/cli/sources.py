"""``engagewatch sources``: how polling goes, and what is to be known of what the sources sent."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engagewatch.cli.documents import written
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, table, wants_colour, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, isoformat
from engagewatch.store.store import Store
from engagewatch.views import sources
from engagewatch.views.sources import SourceRow, doubts
from engagewatch.views.wording import counted

if TYPE_CHECKING:
    from engagewatch.views.source_lists import SourceView


def run(options: Namespace) -> int:
    """Print how every source is read; with the name of one, also what is listed of it."""
    loaded, at = load(options), now()
    found: Sequence[tuple[Engagement, SourceRow | SourceView]]
    with open_store(options) as store:
        if options.source:
            found = _named(store, loaded.engagements, at, options.source)
        else:
            found = [
                (one, row)
                for one in loaded.engagements
                for row in sources.build(store, one, at).rows
            ]
    if options.json:
        told = [{"engagement": engagement.id, **_json(one)} for engagement, one in found]
        print(written(at, sources=told))
    else:
        print("\n\n".join("\n".join(_text(engagement, one)) for engagement, one in found))
    return 0


def _named(
    store: Store, engagements: tuple[Engagement, ...], at: Instant, name: str
) -> list[tuple[Engagement, SourceView]]:
    from engagewatch.views import source_lists

    found = [
        (engagement, source_lists.build(store, engagement, at, settings.id))
        for engagement in engagements
        for settings in engagement.sources
        if name in (settings.id, f"{engagement.id}/{settings.id}")
    ]
    if not found:
        known = sorted({settings.id for one in engagements for settings in one.sources})
        from engagewatch.config.suggestions import did_you_mean, one_of

        hint = did_you_mean(name, known) or f"there is {one_of(known)}"
        raise CommandError(f'there is no source "{name}"; {hint}')
    return found


def source_json(row: SourceRow) -> dict[str, Any]:
    """Return a source for machines. ``null`` is not known, or never."""
    return {
        "id": row.source,
        "adapter": row.adapter,
        "state": row.freshness.state.value,
        "words": row.freshness.words,
        "failing_since": _instant(row.failing_since),
        "failure": None if row.failure is None else row.failure.value,
        "error": row.error,
        "what_to_do": row.what_to_do,
        "notice": row.notice,
        "last_success": _instant(row.last_success_at),
        "last_attempt": _instant(row.last_attempt_at),
        "next_attempt": _instant(row.next_attempt_at),
        "requests": row.requests,
        "requests_last_poll": row.requests_last_poll,
        "bytes": row.received,
        "bytes_last_poll": row.received_last_poll,
        "tickets": row.tickets,
        "deleted": row.deleted,
        "hidden": row.hidden,
        "refused": row.refused_count,
        "silent_edits": row.silent_edits,
        "unmapped": [one.status for one in row.unmapped],
        "clock_skew": row.clock_skew,
    }


def _instant(at: Instant | None) -> str | None:
    return None if at is None else isoformat(at)


def _json(one: SourceRow | SourceView) -> dict[str, Any]:
    if isinstance(one, SourceRow):
        return source_json(one)
    return {
        **source_json(one.row),
        "lists": {
            "refused": [
                {"record": each.record, "reason": each.reason, "seen": isoformat(each.seen_at)}
                for each in one.refused
            ],
            "silent_edits": [
                {
                    "ticket": each.ticket.ticket_id,
                    "reference": each.reference,
                    "what": each.what,
                    "was": each.was,
                    "became": each.became,
                    "seen": isoformat(each.seen_at),
                }
                for each in one.silent_edits
            ],
            "missing": [
                {
                    "ticket": each.ticket.ticket_id,
                    "reference": each.reference,
                    "what": each.what,
                    "reason": each.reason,
                    "seen": isoformat(each.seen_at),
                }
                for each in one.missing
            ],
        },
    }


def _text(engagement: Engagement, one: SourceRow | SourceView) -> Iterator[str]:
    row = one if isinstance(one, SourceRow) else one.row
    colour = wants_colour()
    yield bold(f"{engagement.id}/{row.source}", enabled=colour) + f"  {row.adapter}  {row.where}"
    for line in table(_facts(row), indent="  "):
        tone = row.freshness.tone if line.startswith("  freshness") else "plain"
        yield coloured(line, tone, enabled=colour)
    if not isinstance(one, SourceRow):
        yield from _lists(one)
    elif doubts(row):
        yield from wrapped(f"listed by: engagewatch sources {row.source}", 100, first="  ")


def _facts(row: SourceRow) -> Iterator[tuple[str, str]]:
    yield "freshness", row.freshness.words
    if row.error:
        yield "what happened", row.error
    if row.what_to_do:
        yield "what to do", row.what_to_do
    if row.notice:
        yield "know that", row.notice
    yield "next poll", row.next_words
    yield "holds", f"{counted(row.tickets, 'ticket')}; {counted(row.records, 'record')} read so far"
    yield "costs", row.cost_words
    yield "its clock", row.clock_skew_words
    if told := doubts(row):
        yield "look into", "; ".join(words for words, _ in told)


def _lists(view: SourceView) -> Iterator[str]:
    row = view.row
    yield from _list(
        "not readable, and left out of every number",
        [(one.record, one.reason) for one in view.refused],
        row.refused_count,
    )
    yield from _list(
        "changed later without a word; what was told first counts",
        [
            (one.reference, one.what, f"{one.was} -> {one.became}; noticed {one.seen_words}")
            for one in view.silent_edits
        ],
        row.silent_edits,
    )
    yield from _list(
        "no longer there",
        [
            (one.reference, one.what, f"{one.reason}; {one.seen_words}".removeprefix("; "))
            for one in view.missing
        ],
        row.deleted + row.hidden,
    )
    yield from _list(
        "without a meaning; give each a court in the file, under [sources.courts]",
        [(one.status, counted(one.tickets, "ticket")) for one in row.unmapped],
        len(row.unmapped),
    )


def _list(title: str, rows: list[tuple[str, ...]], count: int) -> Iterator[str]:
    if not count:
        return
    yield ""
    yield f"{title}:"
    yield from table(rows, indent="  ")
    if len(rows) < count:
        yield f"  and {count - len(rows):,} more, older than these"
