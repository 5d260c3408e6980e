"""Sources: how polling goes, what could not be read, and what has no meaning yet."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.freshness_line import STATE_SIGNS
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    fit,
    packed,
    part,
    spread,
    wrapped,
)
from engagewatch.views.keys import TicketKey
from engagewatch.views.source_lists import MissingTicket, SilentEdit, SourceView
from engagewatch.views.sources import SourceRow, SourcesView, doubts
from engagewatch.views.tone import Tone
from engagewatch.views.wording import counted

_LABEL = 14


def source_lines(row: SourceRow, width: int) -> list[Line]:
    """Return one source: its freshness, what it used and gave, and what went wrong."""
    key = row.source
    sign, role = STATE_SIGNS[row.freshness.state]
    head = (
        Part(f"{sign} ", role),
        Part(row.source, "bold"),
        Part(f"  {row.adapter}", "dim"),
        Part(f"  {row.where}", "dim"),
    )
    lines = [Line(spread(head, part(f"polled every {_interval(row.interval)}", "dim"), width), key)]
    calm = row.freshness.state in (FreshnessState.LIVE, FreshnessState.REFRESHING)
    lines += _field("freshness", row.freshness.words, width, key, "" if calm else role)
    if row.error:
        lines += _field("what happened", row.error, width, key, "bad")
    if row.what_to_do:
        lines += _field("what to do", row.what_to_do, width, key, "accent")
    if row.notice:
        lines += _field("know that", row.notice, width, key, "warning")
    facts = [
        # A status page has no tickets; a desk that was read and has none is worth saying.
        *([f"{row.tickets:,} tickets"] if row.tickets or not row.records else []),
        f"{row.records:,} records read",
        f"next poll {row.next_words}",
        f"its clock: {row.clock_skew_words}",
    ]
    if row.failures:
        facts.insert(2, f"{row.failures} failed polls in a row")
    if row.waiting_events:
        facts.append(f"{row.waiting_events:,} events wait for their ticket")
    lines += _facts("so far", [part(fact) for fact in facts], width, key)
    lines += _field("costs it", row.cost_words, width, key)
    lines += _facts("look into", _doubts(row), width, key)
    return lines


def _doubts(row: SourceRow) -> list[Parts]:
    return [part(words, "" if tone is Tone.PLAIN else tone.value) for words, tone in doubts(row)]


def _interval(seconds: int) -> str:
    return f"{seconds}s" if seconds % MINUTE else f"{seconds // MINUTE}m"


def _label(text: str) -> Part:
    return Part(f"  {fit(text, _LABEL)}", "dim")


def _field(label: str, words: str, width: int, key: str, role: str = "") -> list[Line]:
    return _labelled(label, wrapped(words, width - _LABEL - 2, role), key)


def _facts(label: str, facts: Sequence[Parts], width: int, key: str) -> list[Line]:
    return _labelled(label, packed(facts, width - _LABEL - 2), key)


def _labelled(label: str, rows: Sequence[Line], key: str) -> list[Line]:
    return [
        Line((_label(label if index == 0 else ""), *row.parts), key)
        for index, row in enumerate(rows)
    ]


class SourcesPage(SheetPage[SourcesView]):
    """One card per source."""

    title: ClassVar[str] = "Sources"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every source of the engagement: how old its data is, how the last poll went and "
            "what to do if it failed, what polling costs the source, and how much of what it "
            "sent could not be read, was changed later without a word, or is no longer there."
        ),
        "enter lists these one by one; r polls now.",
    )

    def read(self, views: Views, now: Instant) -> SourcesView:
        """Return how polling goes."""
        return views.sources(self.engagement_id, now)

    def lay_out(self, view: SourcesView, width: int) -> list[Line]:
        """Return a card per source."""
        lines = wrapped(view.summary, width, "bold")
        for row in view.rows:
            lines += [BLANK, *source_lines(row, width)]
        return lines

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the lists of a source."""
        return Place("source", self.engagement_id, key, str(key))


class SourcePage(SheetPage[SourceView]):
    """One source, with everything that is listed of it."""

    title: ClassVar[str] = "Source"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One source. Records that could not be read are left out of every number until they "
            "can be. Values that changed after they had been read, without any event that says "
            "so, count here as they were told first. Tickets deleted at the source are kept and "
            "count as open no more; those merely hidden from us count as before."
        ),
        "enter opens the ticket of a change.",
    )

    def read(self, views: Views, now: Instant) -> SourceView:
        """Return the source with its lists."""
        return views.source(self.engagement_id, now, str(self.frame.place.subject))

    def lay_out(self, view: SourceView, width: int) -> list[Line]:
        """Return the source's card, and a list for each of its counts."""
        row = view.row
        lines = source_lines(row, width)
        if not doubts(row):
            return [
                *lines,
                BLANK,
                *wrapped("Everything it sent could be read, and nothing changed.", width),
            ]
        lines += _listed(
            f"Not readable: {counted(row.refused_count, 'record')}, left out of every number",
            [
                packed((part(one.record, "bold"), part(one.reason)), width, key=(one.record,))
                for one in view.refused
            ],
            row.refused_count,
            width,
        )
        lines += _listed(
            f"Changed unsaid: {counted(row.silent_edits, 'value')}; what was told first counts",
            [_edit(one, index, width) for index, one in enumerate(view.silent_edits)],
            row.silent_edits,
            width,
        )
        lines += _listed(
            f"No longer there: {row.deleted:,} deleted, {row.hidden:,} hidden from us",
            [_missing(one, width) for one in view.missing],
            row.deleted + row.hidden,
            width,
        )
        lines += _listed(
            "Without a meaning: give these a court in the file, under [sources.courts]",
            [
                wrapped(
                    f"“{name}” on {counted(number, 'ticket')}", width, "unknown", key=("", name)
                )
                for name, number in ((one.status, one.tickets) for one in row.unmapped)
            ],
            len(row.unmapped),
            width,
        )
        return lines

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket of a change."""
        match key:
            case (TicketKey() as ticket, str(reference), *_):
                return Place("clock", self.engagement_id, ticket, reference)
        return None


def _listed(title: str, entries: list[list[Line]], count: int, width: int) -> list[Line]:
    """Return a list under its title; nothing where nothing is to be listed."""
    if not count:
        return []
    lines = [BLANK, *wrapped(title, width, "bold")]
    for entry in entries:
        lines += entry
    if len(entries) < count:
        lines += wrapped(f"and {count - len(entries):,} more, older than these", width, "dim")
    return lines


def _edit(edit: SilentEdit, index: int, width: int) -> list[Line]:
    facts = (
        part(edit.reference, "bold"),
        part(edit.what),
        part(f"{edit.was} → {edit.became}", "warning"),
        part(f"noticed {edit.seen_words}", "dim"),
    )
    return packed(facts, width, key=(edit.ticket, edit.reference, index))


def _missing(ticket: MissingTicket, width: int) -> list[Line]:
    facts = (
        part(ticket.reference, "bold"),
        part(ticket.what),
        part(ticket.reason, "dim") if ticket.reason else (),
        part(ticket.seen_words, "dim"),
    )
    return packed(facts, width, key=(ticket.ticket, ticket.reference))
