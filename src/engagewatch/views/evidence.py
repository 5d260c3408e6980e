"""Claimed and evidenced waiting: what the status said of us, against what we were asked.

Both directions are told in neutral words: paused without a question on record, paused on after our
reply, and our own silence that nobody paused for. Where messages are unseen nothing is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.evidence import Spans, Waits, seconds
from engagewatch.engine.fold import Folder
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.histories import may_have_waited
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import StoredTicket
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import policy_of, ticketing_without_messages
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

UNASKED = "paused without a question on record"
STALE = "paused on after our reply"
UNCREDITED = "our silence, not paused for"


@dataclass(frozen=True, slots=True)
class WaitPart:
    """One kind of waiting, over all tickets of a period."""

    words: str
    """What it is."""
    seconds: int | None
    """Calendar seconds; ``None`` where it cannot be told of any ticket."""
    tickets: int
    span_words: str
    """E.g. ``9d 3h in 6 tickets``, ``none``, ``cannot tell yet``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One ticket whose claimed and evidenced waits differ."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    claimed: int
    evidenced: int
    unasked: int
    stale: int
    uncredited: int
    words: str
    """E.g. ``paused without a question on record 1d 3h, paused on after our reply 2h``."""
    url: str

    @property
    def difference(self) -> int:
        """All seconds in which the two differ."""
        return self.unasked + self.stale + self.uncredited


@dataclass(frozen=True, slots=True)
class WaitsView:
    """The claimed and the evidenced waits of a month."""

    as_of: Instant
    period: Period
    period_words: str
    claimed: WaitPart
    evidenced: WaitPart
    unasked: WaitPart
    stale: WaitPart
    uncredited: WaitPart
    rows: tuple[WaitRow, ...]
    """Tickets with a difference worth a look, the largest first."""
    minor: int
    """Tickets whose difference is within the time in which a question and its status belong
    together."""
    summary: str
    figure: Figure
    not_known: tuple[str, ...]

    @property
    def parts(self) -> tuple[WaitPart, ...]:
        """The five kinds, in the order they are shown."""
        return (self.claimed, self.evidenced, self.unasked, self.stale, self.uncredited)


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> WaitsView:
    """Return the waits of ``period``, the current month unless given, as known at ``now``."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    end = max(period.start, min(period.end, now))
    with snapshot(store):
        stored = may_have_waited(store, of, period.start, end)
    found = _waits(store, engagement, stored, period.start, end)
    compared = [waits for _, waits in found if waits.evidenced is not None]
    rows, minor = _rows(engagement, found)
    unasked = _part(UNASKED, [waits.unasked for waits in compared], Tone.NOTICE)
    stale = _part(STALE, [waits.stale for waits in compared], Tone.NOTICE)
    uncredited = _part(UNCREDITED, [waits.uncredited for waits in compared], Tone.NOTICE)
    claimed = _part("status says they wait for us", [waits.claimed for _, waits in found])
    evidenced = _part("a question to us stood open", [waits.evidenced for waits in compared])
    if not compared and any(waits.claimed for _, waits in found):
        evidenced, unasked, stale, uncredited = map(
            _untold, (evidenced, unasked, stale, uncredited)
        )
    return WaitsView(
        as_of=now,
        period=period,
        period_words=period.words,
        claimed=claimed,
        evidenced=evidenced,
        unasked=unasked,
        stale=stale,
        uncredited=uncredited,
        rows=rows,
        minor=minor,
        summary=_summary(rows, evidenced),
        figure=Figure(
            label=f"Waiting on us, {period.words}",
            value=f"claimed {claimed.span_words}; evidenced {evidenced.span_words}",
            note="",
            tone=Tone.PLAIN,
            key=FigureKey(FigureKind.WAITS, period=period.key),
        ),
        not_known=_not_known(engagement, [waits for _, waits in found]),
    )


def difference_words(waits: Waits) -> str:
    """Return in what a ticket's claimed and evidenced waits differ; empty where in nothing."""
    kinds = ((UNASKED, waits.unasked), (STALE, waits.stale), (UNCREDITED, waits.uncredited))
    return ", ".join(
        f"{words} {wording.span(length)}" for words, spans in kinds if (length := seconds(spans))
    )


def _waits(
    store: Store,
    engagement: Engagement,
    stored: Iterable[StoredTicket],
    start: Instant,
    end: Instant,
) -> list[tuple[StoredTicket, Waits]]:
    folders: dict[str, Folder] = {}
    found = []
    for one in stored:
        if one.source not in folders:
            folders[one.source] = Folder(
                policy_of(store, engagement, engagement.source(one.source))
            )
        waits = folders[one.source].waits(one.ticket, one.events, start, end)
        if waits.claimed or waits.evidenced or waits.unseen:
            found.append((one, waits))
    return found


def _rows(
    engagement: Engagement, found: Iterable[tuple[StoredTicket, Waits]]
) -> tuple[tuple[WaitRow, ...], int]:
    """Return the tickets worth a look, and how many others differ by a little."""
    rows = []
    for one, waits in found:
        if waits.evidenced is None:
            continue
        row = WaitRow(
            key=f"{one.source}/{one.ticket.id}",
            ticket=TicketKey(one.source, one.ticket.id),
            reference=one.ticket.reference,
            subject=one.ticket.subject,
            claimed=seconds(waits.claimed),
            evidenced=seconds(waits.evidenced),
            unasked=seconds(waits.unasked),
            stale=seconds(waits.stale),
            uncredited=seconds(waits.uncredited),
            words=difference_words(waits),
            url=one.ticket.url,
        )
        if row.difference:
            rows.append(row)
    shown = [row for row in rows if row.difference > engagement.rules.question_window]
    shown.sort(key=lambda row: (-row.difference, row.key))
    return tuple(shown), len(rows) - len(shown)


def _part(words: str, spans: Sequence[Spans | None], tone: Tone = Tone.PLAIN) -> WaitPart:
    lengths = [length for length in map(seconds, spans) if length]
    total = sum(lengths)
    told = f"{wording.span(total)} in {wording.counted(len(lengths), 'ticket')}"
    return WaitPart(
        words, total, len(lengths), told if total else "none", tone if total else Tone.PLAIN
    )


def _untold(part: WaitPart) -> WaitPart:
    return WaitPart(part.words, None, 0, wording.UNKNOWN, Tone.UNKNOWN)


def _summary(rows: Sequence[WaitRow], evidenced: WaitPart) -> str:
    if evidenced.seconds is None:
        return "Whether we were asked cannot be told: no source shows messages."
    if not rows:
        return "What the status claims and what we were asked agree."
    pauses = sum(bool(row.unasked or row.stale) for row in rows)
    silences = sum(bool(row.uncredited) for row in rows)
    parts = [
        f"{count} {what}"
        for count, what in (
            (pauses, "paused beyond our questions"),
            (silences, "not paused for our silence"),
        )
        if count
    ]
    return f"{', '.join(parts)}."


def _not_known(engagement: Engagement, found: Iterable[Waits]) -> tuple[str, ...]:
    words = [
        f"Whether {source} really asked: it shows statuses, but no messages."
        for source in ticketing_without_messages(engagement)
    ]
    listed = list(found)
    blind = sum(seconds(waits.claimed) for waits in listed if waits.evidenced is None)
    if blind:
        words.append(f"What was asked during {wording.span(blind)} of the time claimed.")
    unseen = sum(seconds(waits.unseen) for waits in listed)
    if unseen:
        words.append(f"What the status was for {wording.span(unseen)}: nobody saw it.")
    return tuple(words)
