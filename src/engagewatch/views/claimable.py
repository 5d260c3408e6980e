"""Credits that can be claimed now, counted cheaply enough for the brief."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.store.queries.entries import entries
from engagewatch.views import wording
from engagewatch.views.kept import emptied_since, whole_months
from engagewatch.views.period import Period, month_of

if TYPE_CHECKING:
    from engagewatch.engine.situation_contract import ClaimableCredit
    from engagewatch.store.store import Store

_MONTHS = 4
"""Whole months that are looked at: claim windows are seldom longer."""


def claimable_credits(
    store: Store, engagement: Engagement, now: Instant
) -> tuple[ClaimableCredit, ...]:
    """Return the credits of the last months that are owed, unclaimed and still in time.

    Rules on uptime are left out, because measuring it takes long; the Credits screen has them, and
    its amount may be larger.
    """
    clause = engagement.credits
    if clause is None:
        return ()
    # Much to import, for the few contracts with a credit clause.
    from engagewatch.engine.credits import assess
    from engagewatch.engine.situation_contract import ClaimableCredit
    from engagewatch.views.credit_counts import by_contract, first_day
    from engagewatch.views.measures import Measures
    from engagewatch.views.quantities import money_words

    timed = replace(
        clause, rules=tuple(rule for rule in clause.rules if rule.obligation is not None)
    )
    here = zone(engagement.timezone)
    months: list[Period] = []
    month = month_of(now, engagement.timezone).previous()
    while len(months) < _MONTHS and to_datetime(month.end - 1, here).date() >= engagement.started:
        months.append(month)
        month = month.previous()
    months = whole_months(months[::-1], emptied_since(store, engagement))
    if not months or not timed.rules:
        return ()
    measures = Measures(store, engagement, months[0].start, now)
    run = [(first_day(one), by_contract(timed, measures, one)) for one in months]
    claimed = {one.subject for one in entries(store, engagement.id, [EntryKind.CREDIT_CLAIMED])}
    today = to_datetime(now, here).date()
    found = []
    for period, credit in zip(months, assess(timed, run), strict=True):
        left = credit.days_left(today)
        if not credit.amount or period.key in claimed or (left is not None and left < 0):
            continue
        by = credit.claim_by
        found.append(
            ClaimableCredit(
                month=period.key,
                month_words=period.words,
                amount_words=money_words(credit.amount, clause.currency),
                claim_by_words="" if by is None else f"{wording.date_words(by)} {by.year}",
                days_left=left,
            )
        )
    return tuple(found)
