"""``engagewatch participation``: how both sides take part this month, part by part."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views import participation
from engagewatch.views.evidence import WaitPart, WaitsView
from engagewatch.views.participation import PartCell, ParticipationView, PartRow
from engagewatch.views.relief import ReliefBlock


def run(options: Namespace) -> int:
    """Print how both sides take part in every engagement; the exit code is 2 if a file is wrong."""
    loaded, at = load(options), now()
    with open_store(options) as store:
        found = [
            (one, participation.build(store, one, at, roles_only=options.json))
            for one in loaded.engagements
        ]
    if options.json:
        print(_json(found, at))
    else:
        print("\n\n".join("\n".join(_text(view)) for _, view in found))
    return 2 if loaded.problems else 0


def _text(view: ParticipationView) -> Iterator[str]:
    colour, limit = wants_colour(), width()
    yield bold(f"{view.engagement}, {view.period_words}", enabled=colour)
    for who, words, tone in (
        ("us", view.headline, view.tone),
        (view.provider, view.their_headline, view.their_tone),
    ):
        first, *more = wrapped(words, limit, first=f"{who}: ", rest="  ")
        yield coloured(first, tone, enabled=colour)
        yield from more
    yield ""
    rows = [("", "us", view.provider)]
    rows += [(row.title, _cell(row.us), _cell(row.them)) for row in view.rows]
    yield from table(rows, indent="  ", limit=limit)
    for row in view.rows:
        for sentence in row.extra:
            yield from wrapped(sentence, limit, first="  ")
    yield ""
    yield bold("Waiting for us", enabled=colour)
    yield from table(
        [(part.words, part.span_words) for part in view.waits.parts], indent="  ", limit=limit
    )
    yield from wrapped(view.waits.summary, limit, first="  ")
    yield ""
    yield bold("Their misses that our time explains", enabled=colour)
    yield from _relief(view.relief, limit)
    if view.not_known:
        yield ""
        yield bold("What is not known", enabled=colour)
    for sentence in view.not_known:
        yield from wrapped(sentence, limit, first="  - ", rest="    ")


def _cell(cell: PartCell) -> str:
    return f"{cell.value}, {cell.verdict}" if cell.verdict else cell.value


def _relief(block: ReliefBlock, limit: int) -> Iterator[str]:
    yield from wrapped(block.summary, limit, first="  ")
    for row in block.rows:
        duty = f"{row.priority} {row.obligation_words}".strip()
        counted = f"{row.counted_words}, but for our time {row.without_words}"
        words = f"{row.reference}  {duty}: {counted}; {row.standing_words}"
        yield from wrapped(words, limit, first="  ", rest="    ")
    for sentence in (block.terms, "" if block.cost is None else block.cost.words):
        if sentence:
            yield from wrapped(sentence, limit, first="  ")


def _json(found: Sequence[tuple[Engagement, ParticipationView]], at: Instant) -> str:
    return written(at, engagements=[_engagement(one, view) for one, view in found])


def _engagement(engagement: Engagement, view: ParticipationView) -> dict[str, Any]:
    return {
        "id": engagement.id,
        "name": engagement.name,
        "period": view.period.key,
        "complete": view.is_complete,
        "headline": {"client": view.headline, "provider": view.their_headline},
        "parts": [_part(row) for row in view.rows],
        "waits": _waits(view.waits),
        "relief": _excused(view.relief),
        "not_known": list(view.not_known),
        "rules": view.rule_version,
    }


def _part(row: PartRow) -> dict[str, Any]:
    return {
        "part": row.part.value,
        "client": _side(row.us),
        "provider": _side(row.them),
        "words": list(row.extra),
    }


def _side(cell: PartCell) -> dict[str, Any]:
    return {
        "applies": cell.applies,
        "met": cell.met,
        "judged": cell.judged,
        "percent": None if cell.percent is None else round(cell.percent, 2),
        "target": cell.target_words if cell.target_words.endswith("%") else None,
        "verdict": cell.verdict or None,
        "evidence": cell.evidence_words or None,
        "about": cell.about,
        "months": [
            {"period": month.period, "met": month.met, "judged": month.judged}
            for month in cell.months
        ],
        "trend": cell.trend_words or None,
    }


def _waits(view: WaitsView) -> dict[str, Any]:
    def told(part: WaitPart) -> dict[str, Any]:
        return {"seconds": part.seconds, "tickets": part.tickets}

    return {
        "claimed": told(view.claimed),
        "evidenced": told(view.evidenced),
        "paused_without_question": told(view.unasked),
        "paused_after_reply": told(view.stale),
        "not_paused_for": told(view.uncredited),
        "tickets": [
            {
                "source": row.ticket.source,
                "id": row.ticket.ticket_id,
                "reference": row.reference,
                "paused_without_question": row.unasked,
                "paused_after_reply": row.stale,
                "not_paused_for": row.uncredited,
            }
            for row in view.rows
        ],
    }


def _excused(block: ReliefBlock) -> dict[str, Any]:
    cost = block.cost
    return {
        "misses": block.misses,
        "but_for_our_time_met": len(block.rows),
        "cannot_tell": block.untold,
        "credit": None
        if cost is None
        else {
            "currency": cost.currency,
            "all_misses": None if cost.all_misses is None else str(cost.all_misses),
            "after_relief": None if cost.after_relief is None else str(cost.after_relief),
        },
        "tickets": [
            {
                "source": row.ticket.source,
                "id": row.ticket.ticket_id,
                "reference": row.reference,
                "priority": row.priority,
                "obligation": row.obligation.value,
                "standing": row.standing_words,
            }
            for row in block.rows
        ],
    }
