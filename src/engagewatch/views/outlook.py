"""Where a month is heading: budget in tickets, burn, chances, and how it stood when it was over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.budget import Budget, Outlook, budget, certain_outlook
from engagewatch.engine.forecast import (
    Burn,
    BurnAlert,
    burn_alert,
    forecast,
)
from engagewatch.engine.silence import BURN_NEEDS
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind, Value
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import Span, Tally, missed_clocks
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.views import wording
from engagewatch.views.kept import removed_words
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.ledger import (
    LevelCount,
    contract_of,
    counts,
    expected_more,
    level_counts,
    span_of,
)
from engagewatch.views.period import Period, month_of
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One promised share in the month."""

    key: str
    side: Side
    title: str
    """E.g. ``P1 resolution``."""
    met_words: str
    budget_words: str
    """E.g. ``2 misses allowed, 1 used``."""
    left_words: str
    outlook_words: str
    """``clinched``, ``lost already``, ``alive: 23-42%``; how a finished month ended."""
    burn_words: str
    """Empty where the budget is used no faster than it may be."""
    frozen_words: str
    """E.g. ``was 38 of 40 at its end``; empty while nothing differs or nothing was frozen."""
    tone: Tone
    is_lost: bool
    """It cannot be kept any more, and the month is not over."""
    figure: FigureKey


@dataclass(frozen=True, slots=True)
class OutlookView:
    """Every promised share of a month, those that cannot be kept any more first."""

    as_of: Instant
    period: Period
    is_complete: bool
    rows: tuple[OutlookRow, ...]
    summary: str
    tone: Tone
    frozen_words: str
    """When the month was frozen, and whether anything is known otherwise now."""
    terms: tuple[str, ...]
    """What the words rest on."""


_ORDER = {Outlook.LOST: 0, Outlook.ALIVE: 1, Outlook.CLINCHED: 2}
_TERMS = (
    (
        "Alive: the chance that the share is kept, if tickets go on coming at the pace so far; the "
        "band says what an uncertain number of them does. Prior: one met, one missed."
    ),
    "Clinched and lost are said only where no plausible number of tickets changes them.",
    f"Burn is told from {BURN_NEEDS} expected tickets on, and from two misses.",
)


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> OutlookView:
    """Return where the shares of ``period``, the current month unless given, are heading."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    complete = now >= period.end
    with snapshot(store):
        found = [
            row
            for row in counts(store, engagement, of, period, now)
            if row.attainment.target is not None
        ]
        missed_at = _missed_at(store, of, span_of(engagement, period, now), found)
        kept = entries(store, engagement.id, [EntryKind.FROZEN], period.key)
        emptied = kept_since(store, of)
    # A month is frozen once: what another installation noted later is no record of how it stood.
    first = kept[0] if kept else None
    frozen: Mapping[str, Value] = first.values if first else {}
    removed = removed_words(engagement, period, emptied, now)
    if removed and first:
        # What is left of a month does not tell how it ended; what was frozen does.
        found = _as_frozen(engagement, frozen, period, now)
    pairs = [
        _row(row, period, now, missed_at.get((row.obligation, row.priority), ()), frozen)
        for row in found
        if row.attainment.judged or row.attainment.pending
    ]
    pairs.sort(key=lambda pair: pair[0])
    rows = tuple(row for _, row in pairs)
    summary, tone = _summary(rows, period, complete=complete)
    frozen_words = _frozen_words(engagement, rows, first.at if first else None, period, now)
    if removed and first:
        frozen_words = f"As it stood when it was frozen: {removed[0]}"
    elif removed:
        summary, tone = removed[0], Tone.UNKNOWN
    return OutlookView(
        as_of=now,
        period=period,
        is_complete=complete,
        rows=rows,
        summary=summary,
        tone=tone,
        frozen_words=frozen_words,
        terms=_TERMS,
    )


def _as_frozen(
    engagement: Engagement, frozen: Mapping[str, Value], period: Period, now: Instant
) -> list[LevelCount]:
    """Return the counts that were noted when a month was over, where a share is promised."""
    found = {}
    for key, counted in frozen.items():
        obligation, _, priority = key.partition("/")
        met, _, judged = str(counted).partition("/")
        found[Obligation(obligation), priority] = Tally(int(met), int(judged) - int(met))
    rows = level_counts(contract_of(engagement, period, now), found)
    return [row for row in rows if row.attainment.target is not None]


def _missed_at(
    store: Store, of: Scope, span: Span, found: Sequence[LevelCount]
) -> dict[tuple[Obligation, str], list[Instant]]:
    """Return when the targets of missed clocks were used up, by obligation and priority."""
    at: dict[tuple[Obligation, str], list[Instant]] = {}
    for obligation in {row.obligation for row in found}:
        for one in missed_clocks(store, of, span, obligation):
            if one.clock.due_at is not None:
                at.setdefault((obligation, one.clock.priority), []).append(one.clock.due_at)
    return at


def _row(
    row: LevelCount,
    period: Period,
    now: Instant,
    missed_at: Sequence[Instant],
    frozen: Mapping[str, Value],
) -> tuple[tuple[int, int, int], OutlookRow]:
    attainment = row.attainment
    target = attainment.target
    assert target is not None
    complete = now >= period.end
    more = expected_more(attainment, period, now)
    whole = budget(attainment, more)
    assert whole is not None
    outlook = certain_outlook(attainment.met, attainment.judged, more, target)
    alert = None if complete else burn_alert(missed_at, now, whole)
    words, tone = _outlook_words(attainment, more, target, outlook, complete=complete)
    key = f"{row.obligation}/{row.priority}"
    now_counted = f"{attainment.met}/{attainment.judged}"
    before = frozen.get(key)
    lost = outlook is Outlook.LOST and not complete
    side = row.obligation.ledger
    made = OutlookRow(
        key=key,
        side=side,
        title=f"{row.priority} {wording.duty(row.obligation)}".strip(),
        met_words=wording.k_of_n(attainment.met, attainment.judged),
        budget_words=_budget_words(whole, complete=complete),
        left_words=_left_words(whole),
        outlook_words=words,
        burn_words="" if alert is None else _burn_words(alert),
        frozen_words=""
        if before is None or before == now_counted
        else f"was {str(before).replace('/', ' of ')} when the month was frozen",
        tone=tone,
        is_lost=lost,
        figure=FigureKey(
            FigureKind.ATTAINMENT,
            ledger=side,
            obligation=row.obligation,
            priority=row.priority,
            period=period.key,
        ),
    )
    return (int(side is not Side.PROVIDER), _ORDER[outlook], row.rank), made


def _outlook_words(
    attainment: Attainment, more: float, target: float, outlook: Outlook, *, complete: bool
) -> tuple[str, Tone]:
    if complete and not attainment.pending:
        if not attainment.judged:
            return "nothing was judged", Tone.UNKNOWN
        kept = outlook is Outlook.CLINCHED
        return ("kept", Tone.GOOD) if kept else ("broken", Tone.BAD)
    if outlook is Outlook.CLINCHED:
        return "clinched", Tone.GOOD
    if outlook is Outlook.LOST:
        return "lost already", Tone.BAD
    chances = forecast(attainment.met, attainment.judged, round(more), target)
    low, high = round(100 * chances.low), round(100 * chances.high)
    band = f"{low}%" if low == high else f"{low}-{high}%"
    return f"alive: {band}", Tone.WARNING if chances.high < 0.5 else Tone.PLAIN


def _budget_words(whole: Budget, *, complete: bool) -> str:
    allowed = wording.counted(max(0, whole.allowance), "miss", "misses")
    about = "" if complete else f" of about {round(whole.expected_total):,}"
    return f"{allowed} allowed{about}, {whole.used} used"


def _left_words(whole: Budget) -> str:
    if whole.left < 0:
        return f"{wording.counted(-whole.left, 'miss', 'misses')} too many"
    if whole.left == 0:
        return "no miss left"
    return f"{wording.counted(whole.left, 'miss', 'misses')} left"


def _burn_words(alert: BurnAlert) -> str:
    """Return how fast the budget goes; fast burn is often a false alarm, and says so."""
    days = wording.counted(alert.days, "day")
    used = f"{alert.misses} misses in {days} used {round(100 * alert.share)}% of the budget"
    return used if alert.burn is Burn.CALM else f"{used}; early, often a false alarm"


def _summary(rows: Sequence[OutlookRow], period: Period, *, complete: bool) -> tuple[str, Tone]:
    own = [row for row in rows if row.side is Side.PROVIDER]
    if not own:
        return f"{period.words}: nothing is promised as a share, or nothing came in.", Tone.UNKNOWN
    if complete:
        broken = [row.title for row in own if row.tone is Tone.BAD]
        if broken:
            return f"{period.words} is over: broken for {wording.listed(broken)}.", Tone.BAD
        return f"{period.words} is over: every promised share was kept.", Tone.GOOD
    lost = [row.title for row in own if row.is_lost]
    if lost:
        return f"{period.words} is lost already for {wording.listed(lost)}.", Tone.BAD
    clinched = sum(row.outlook_words == "clinched" for row in own)
    alive = len(own) - clinched
    words = f"{period.words} is not lost: {clinched} clinched, {alive} alive"
    unlikely = [row.title for row in own if row.tone is Tone.WARNING]
    if unlikely:
        return f"{words}; more likely broken than kept: {wording.listed(unlikely)}.", Tone.WARNING
    return f"{words}.", Tone.PLAIN


def _frozen_words(
    engagement: Engagement,
    rows: Sequence[OutlookRow],
    at: Instant | None,
    period: Period,
    now: Instant,
) -> str:
    if at is None:
        return "" if now < period.end else f"{period.words} was not frozen at its end."
    when = wording.day(at, engagement.timezone, now)
    changed = sum(bool(row.frozen_words) for row in rows)
    if not changed:
        return f"Frozen {when}; nothing is known otherwise now."
    return f"Frozen {when}; {wording.counted(changed, 'count')} known otherwise now."
