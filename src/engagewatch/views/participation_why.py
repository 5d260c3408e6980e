"""Why a figure of participation is what it is: a part, the waits, the misses our time explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.model.policy import Duration
from engagewatch.model.sides import Side
from engagewatch.store.queries.scope import rule_versions, scope
from engagewatch.views import evidence, participation_part, relief, wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.participation_part import CaseLine
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.policy import rules_named
from engagewatch.views.sla import rules_words
from engagewatch.views.tone import Tone
from engagewatch.views.why import WhyTicket, WhyView

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_CASES = 500
"""Cases listed; ``total`` tells how many there are."""


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    """Return the derivation of a part, of the waits, or of the excused misses."""
    timezone = engagement.timezone
    period = parse_period(figure.period, timezone) if figure.period else month_of(now, timezone)
    if figure.kind is FigureKind.WAITS:
        return _waits(store, engagement, now, period)
    if figure.kind is FigureKind.RELIEF:
        return _relief(store, engagement, now, period)
    return _part(store, engagement, now, period, figure)


def _part(
    store: Store, engagement: Engagement, now: Instant, period: Period, figure: FigureKey
) -> WhyView:
    part = figure.part or Part.REPLIES
    view = participation_part.build(store, engagement, now, part, period)
    cells = [cell for cell in (view.row.us, view.row.them) if figure.ledger in (None, cell.side)]
    names = {Side.CLIENT: "we", Side.PROVIDER: engagement.provider}
    lines: list[CaseLine] = [
        line for one in view.sides if figure.ledger in (None, one.side) for line in one.cases
    ]
    counted = "; ".join(f"{names[cell.side]}: {cell.about}" for cell in cells)
    targets = _targets(engagement, part) if figure.ledger is not Side.PROVIDER else ""
    single = cells[0] if len(cells) == 1 else None
    return _why(
        store,
        engagement,
        now,
        title=f"{view.row.title}, {view.period_words}",
        value="; ".join(f"{names[cell.side]} {cell.value}" for cell in cells),
        formula=f"What is counted: {counted}.{targets} The parts are never averaged. "
        f"{rules_words(engagement)}",
        counts=(None, None) if single is None else (single.met, single.judged),
        not_counted=[f"{names[cell.side]}: {cell.left_out}" for cell in cells if cell.left_out],
        tickets=[
            WhyTicket(line.key, line.ticket, line.reference, line.subject, line.words, line.tone)
            for line in lines
        ],
    )


def _targets(engagement: Engagement, part: Part) -> str:
    """Return what we hold ourselves to, as the engagement file writes it."""
    ours = engagement.participation
    within: Duration | None = None
    if part is Part.APPROVALS:
        within = ours.approval
    elif part is Part.SURVEYS:
        within = ours.survey_within
    elif part is Part.REPLIES and ours.reply:
        each = ", ".join(f"{name} {duration}" for name, duration in ours.reply.items())
        return f" We allow ourselves {each}."
    return "" if within is None else f" We allow ourselves {within}."


def _waits(store: Store, engagement: Engagement, now: Instant, period: Period) -> WhyView:
    view = evidence.build(store, engagement, now, period)
    left_out = [*view.not_known]
    if view.minor:
        within = wording.span(engagement.rules.question_window)
        left_out.insert(
            0,
            f"{wording.counted(view.minor, 'ticket')} with a difference of at most {within}, the "
            "time within which a question and its status belong together",
        )
    return _why(
        store,
        engagement,
        now,
        title=view.figure.label,
        value=view.figure.value,
        formula="Claimed is the calendar time in which the status said that the provider waits "
        "for us; evidenced the time in which a question or a request for approval to us stood "
        "open: from the message that asks to our answer, or until the provider took it back. "
        "Where the two differ, the difference is named.",
        counts=(None, None),
        not_counted=left_out,
        tickets=[
            WhyTicket(row.key, row.ticket, row.reference, row.subject, row.words, Tone.NOTICE)
            for row in view.rows
        ],
    )


def _relief(store: Store, engagement: Engagement, now: Instant, period: Period) -> WhyView:
    block = relief.build(store, engagement, now, period)
    left_out = [f"{block.misses - len(block.rows) - block.untold} that our time does not explain"]
    if block.untold:
        left_out.append(f"{block.untold} of which it cannot be told what was asked")
    return _why(
        store,
        engagement,
        now,
        title=block.figure.label,
        value=block.figure.value,
        formula="Each clock that the provider missed is counted once more with the time taken off "
        "for which a question or a request for approval to us stood open. Only duties that the "
        f"contract can pause at all are asked about. {block.terms}".rstrip()
        + ("" if block.cost is None else f" {block.cost.words}"),
        counts=(None, None),
        not_counted=left_out if block.misses else [],
        tickets=[
            WhyTicket(
                row.key,
                row.ticket,
                row.reference,
                row.subject,
                f"{row.priority} {row.obligation_words} took {row.counted_words}, "
                f"but for our time {row.without_words}; {row.standing_words}",
                row.tone,
            )
            for row in block.rows
        ],
    )


def _why(
    store: Store,
    engagement: Engagement,
    now: Instant,
    *,
    title: str,
    value: str,
    formula: str,
    counts: tuple[int | None, int | None],
    not_counted: Sequence[str],
    tickets: Sequence[WhyTicket],
) -> WhyView:
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    return WhyView(
        title=title,
        value=value,
        formula=formula,
        met=counts[0],
        judged=counts[1],
        not_counted=tuple(not_counted),
        rule_version=rules_named(rule_versions(store, of)),
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(tickets[:MOST_CASES]),
        total=len(tickets),
    )
