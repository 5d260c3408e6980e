"""Why this number, for measures of before and after: how it is counted, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.baseline import BaselineContent
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.store.queries.scope import rule_versions, scope
from engagewatch.views import why, wording
from engagewatch.views.keys import FigureKey
from engagewatch.views.then_now_record import Era, Item, Record, read_record
from engagewatch.views.then_now_rows import (
    OUTAGE_LENGTH,
    OUTAGES,
    OUTAGES_PER_USER,
    RESOLVE,
    TICKETS_PER_USER,
    USER_MINUTES,
    rows_of,
)
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_RATE = (
    "The ratio of the two rates with its exact interval (conditional binomial); fewer or more is "
    "said only where the whole interval lies on one side of 1."
)
_LENGTH = (
    "Calendar time on both sides. Medians are Kaplan-Meier's, what is open counting as at least so "
    "long; the test is Mann and Whitney's with the Hodges-Lehmann shift, or the log-rank test "
    "where something is open. It needs twenty a side and grades A or B."
)
_FORMULAS = {
    OUTAGES: f"Outages over the months that are on record, on each side. {_RATE}",
    OUTAGES_PER_USER: "Outages over users times months, as far as the headcount is known, times "
    f"100. {_RATE}",
    OUTAGE_LENGTH: f"From the start of an outage to its end. {_LENGTH}",
    TICKETS_PER_USER: "Tickets opened over users times months, as far as the headcount is known. "
    f"{_RATE} More tickets may mean more trouble, or more that is logged.",
    RESOLVE: f"From the opening of a ticket to its present end. {_LENGTH}",
    USER_MINUTES: "Users hit times minutes of each outage, summed up, over the months on record; "
    "outages whose users or end nobody knows are left out and counted.",
}
_OF_TICKETS = (TICKETS_PER_USER, RESOLVE)
_CONTENTS = {
    OUTAGES: (BaselineContent.OUTAGES,),
    OUTAGES_PER_USER: (BaselineContent.OUTAGES, BaselineContent.HEADCOUNT),
    OUTAGE_LENGTH: (BaselineContent.OUTAGES,),
    TICKETS_PER_USER: (BaselineContent.TICKETS, BaselineContent.HEADCOUNT),
    RESOLVE: (BaselineContent.TICKETS,),
    USER_MINUTES: (BaselineContent.OUTAGES,),
}


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> why.WhyView:
    """Return the derivation of one measure of both eras."""
    record = read_record(store, engagement, now)
    row = next(one for one in rows_of(record) if one.key == figure.subject)
    series = record.tickets if row.key in _OF_TICKETS else record.outages
    listed = [
        *_listed(record, series.before, "before"),
        *_listed(record, series.after, "after"),
    ]
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    counts = (
        f"Before {row.before_words} ({row.before_count}), since {row.after_words} "
        f"({row.after_count}). "
    )
    left_out = [*row.notes, *(f"against it: {words}" for words in row.against)]
    if row.grade is not None:
        files = ", ".join(
            f"{one.name} ({one.grade}: {one.provenance})"
            for one in record.files
            if one.content in _CONTENTS[row.key]
        )
        left_out.append(f"before from {files}")
    return why.WhyView(
        title=f"{row.title}, before and after",
        value=": ".join(words for words in (row.verdict_words, row.effect_words) if words),
        formula=counts + _FORMULAS[row.key],
        met=None,
        judged=None,
        not_counted=tuple(left_out),
        rule_version=", ".join(rule_versions(store, of)) if row.key in _OF_TICKETS else "",
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(listed[: why.MOST_TICKETS]),
        total=len(listed),
    )


def against(
    store: Store, engagement: Engagement, now: Instant, figure: FigureKey
) -> tuple[str, ...]:
    """Return what speaks against one measure, the weightiest first, as whole sentences."""
    rows = rows_of(read_record(store, engagement, now))
    row = next(one for one in rows if one.key == figure.subject)
    return tuple(f"{words[0].upper()}{words[1:]}." for words in (*row.against, *row.notes))


def _listed(record: Record, era: Era | None, name: str) -> list[why.WhyTicket]:
    return [
        why.WhyTicket(
            key=item.key,
            ticket=item.ticket,
            reference=item.reference if item.ticket else _day(record, item.at),
            subject=item.title,
            words=f"{name}, {_length(record, item)}, grade {item.grade}",
            tone=Tone.PLAIN,
        )
        for item in (era.items if era else ())
    ]


def _day(record: Record, at: Instant) -> str:
    return to_datetime(at, zone(record.timezone)).date().isoformat()


def _length(record: Record, item: Item) -> str:
    if item.until is not None:
        return wording.span(item.until - item.at)
    if item.is_open:
        return f"open for {wording.span(record.now - item.at)}"
    return "no end on record"
