"""Why this number, for services: uptime by one account or by all it knows, and candour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views import service_page, services, wording
from engagewatch.views.components import ComponentRow
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.signs import formula
from engagewatch.views.tone import Tone
from engagewatch.views.why import WhyTicket, WhyView, now_view

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    """Return the derivation of an uptime, or of how soon outages are admitted."""
    if figure.kind is FigureKind.CANDOUR:
        return _candour(store, engagement, now)
    return _uptime(store, engagement, now, figure)


def _uptime(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    timezone = engagement.timezone
    period = parse_period(figure.period, timezone) if figure.period else month_of(now, timezone)
    view = services.build(store, engagement, now, period)
    row = next(
        (row for row in view.components if (row.source, row.component_id) == figure.component), None
    )
    if row is not None and figure.subject:
        return _known_uptime(store, engagement, now, figure, row, period)
    return now_view(
        engagement,
        now,
        title="Uptime" if row is None else row.figure.label,
        value=wording.UNKNOWN if row is None else row.observed_words,
        formula="Time seen up, of the time it was watched. Planned work announced ahead is left "
        "out where the promise says so. Time that nobody watched is unknown, never up.",
        not_counted=()
        if row is None
        else (row.coverage_words, f"by the provider's own account {row.reported_words}"),
        tickets=[],
    )


def _known_uptime(
    store: Store,
    engagement: Engagement,
    now: Instant,
    figure: FigureKey,
    row: ComponentRow,
    period: Period,
) -> WhyView:
    page = service_page.build(store, engagement, now, row.name.casefold())
    found = service_page.cell_of(page, figure)
    who, words, known = row.source, wording.UNKNOWN, ""
    if found is not None:
        who, words, known = found[0], found[1].words, found[1].coverage_words
    return now_view(
        engagement,
        now,
        title=f"Uptime of {row.name} by {who}, {period.words}",
        value=f"{words} ({known})" if known else words,
        formula="Time up, of the time that this account knows: what our polls saw, and where "
        "nobody polled what it tells of the time itself. Planned work announced ahead is left out "
        "where the promise says so. What it does not know is unknown, never up.",
        not_counted=(f"seen by our polls alone: {row.observed_words}, {row.coverage_words}",),
        tickets=[],
    )


def _candour(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    view = services.build_with_signs(store, engagement, now)
    found = view.signs
    assert found is not None
    told = [row for row in view.incidents if row.lag is not None]
    rows = [
        WhyTicket(row.key, None, row.started_words, row.name, "never admitted", Tone.WARNING)
        for row in found.never
    ]
    rows += [
        WhyTicket(row.key, None, row.started_words, row.name, row.lag_words, Tone.PLAIN)
        for row in sorted(told, key=lambda row: -(row.lag or 0))
    ]
    left_out = [f"{found.told_first} of {found.told} told before anything showed on our side"]
    if found.stated:
        left_out.append(f"{found.stated} on which nothing showed on our side: their own start did")
    return replace(
        now_view(
            engagement,
            now,
            title=found.candour.label,
            value=f"{found.candour.value}; {found.never_words}",
            formula=formula(found.never),
            not_counted=tuple(left_out),
            tickets=rows,
        ),
        met=found.told,
        judged=found.told + len(found.never),
    )
