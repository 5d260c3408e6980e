"""Services: what is up, what was down over ninety days, and how long it took to tell us."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.model.engagement import RunBy
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.service_page import outage_place
from engagewatch.tui.screens.service_signs import (
    SHOWN,
    candour_lines,
    disagreement_detail,
    disagreement_lines,
    never_detail,
    never_lines,
)
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.columns import (
    GAP,
    Column,
    fitted_to,
    header,
    row_parts,
    table_lines,
)
from engagewatch.tui.widgets.day_strip import Day, day_strip, legend
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    packed,
    part,
    spread,
    wrapped,
)
from engagewatch.views import wording
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.services import ComponentRow, IncidentRow, ServicesView
from engagewatch.views.signs import DisagreementRow, NeverRow, SignsView
from engagewatch.views.two_accounts import TwoAccounts, accounts_of

_SIGNS = {
    ComponentState.UP: "●",
    ComponentState.DEGRADED: "◑",
    ComponentState.PARTIAL: "◑",
    ComponentState.DOWN: "✗",
    ComponentState.MAINTENANCE: "◇",
    ComponentState.UNKNOWN: "?",
}

_ROOMY = 180
"""From this width on a component is one line."""
_BOTH_ACCOUNTS = 90
"""From this width on what we saw and what the provider tells stand side by side."""


def components(view: ServicesView, width: int) -> list[Line]:
    """Return the components with their strips: one line each where there is room, else two."""
    if not view.is_watched:
        words = "No status source is configured: nothing is known of any service."
        return [Line(part(words, "dim"))]
    days = max((len(row.strip) for row in view.components), default=0)
    roomy = width >= _ROOMY
    if roomy:
        fitted = fitted_to(_COMPONENTS, view.components, width - days - GAP)
        strip_width = days
        head = (*header(fitted), Part(" " * GAP), Part(_span(days), "dim"))
    else:
        columns = _COMPONENTS if width >= _BOTH_ACCOUNTS else _NARROW
        fitted = fitted_to(columns, view.components, width)
        strip_width = min(days, width - 2)
        head = header(fitted)
    lines = [Line(head)]
    group = ""
    for row in view.components:
        key = ("component", row.key)
        if row.group != group:
            group = row.group
            lines.append(Line(part(group, "dim")))
        strip = day_strip(_days(row), strip_width)
        if roomy:
            lines.append(Line((*row_parts(fitted, row), Part(" " * GAP), *strip), key))
        else:
            lines += [
                Line(row_parts(fitted, row), key),
                Line((Part("  "), *strip), key),
            ]
    return lines if roomy else [*lines, Line(part(f"  {_span(strip_width)}", "dim"))]


def _span(width: int) -> str:
    """Return the two ends of a strip, under or above it."""
    left = f"{width} days ago"
    return left + "today".rjust(max(0, width - len(left)))


def _whose(row: ComponentRow) -> Parts:
    """Return whose probes tell of it, where they are not the provider's."""
    return part(" ours", "dim") if row.run_by is RunBy.CLIENT else ()


def _seen(row: ComponentRow) -> Parts:
    """Return the uptime we saw ourselves, marked where too little of the time was watched."""
    if row.observed is None:
        return part(row.observed_words, "unknown")
    if row.coverage < COVERAGE_NEEDS:
        return part(f"{row.observed_words} (partial)", "unknown")
    return part(row.observed_words)


_COMPONENTS: tuple[Column[ComponentRow], ...] = (
    Column("name", "Service", lambda row: (
        Part(f"{_SIGNS[row.state]} ", row.tone), Part(row.name, "bold"), *_whose(row)),
        20, 40, 0),
    Column("state", "Now", lambda row: part(row.state_words, row.tone), 12, 32, 0),
    Column("observed", "Up, seen", _seen, 8, 18, 0, right=True),
    Column("reported", "Up, told", lambda row: part(row.reported_words, "dim"), 8, 15, 2,
           right=True),
    Column("promise", "Promised", lambda row: part(row.promise_words, "dim"), 8, 8, 1, right=True),
    Column("verdict", "Verdict", lambda row: part(_verdict(row), row.verdict_tone), 15, 24, 0),
)  # fmt: skip


def _up(row: ComponentRow) -> Parts:
    """Return the uptime the verdict rests on: theirs where we have watched too little of the time.

    A share of the few minutes we watched beside a verdict on the whole month would contradict it.
    """
    theirs = row.reported is not None and row.coverage < COVERAGE_NEEDS
    if theirs:
        return (Part("told ", "dim"), Part(row.reported_words))
    return (
        Part("seen ", "dim"),
        Part(row.observed_words, "unknown" if row.observed is None else ""),
    )


_NARROW: tuple[Column[ComponentRow], ...] = (
    _COMPONENTS[0],
    Column("state", "Now", lambda row: part(row.state_words.split("; ")[0], row.tone), 12, 20, 0),
    Column("up", "Up", _up, 11, 20, 0, right=True),
    *_COMPONENTS[4:],
)
"""Where room is short: the state without how old it is, and one uptime instead of two."""


def _verdict(row: ComponentRow) -> str:
    """Return the verdict without whose account it rests on; the detail tells."""
    return row.verdict.split(", ")[0]


def component_detail(
    row: ComponentRow, period: str, width: int, both: TwoAccounts | None = None
) -> list[Line]:
    """Return one component in full; ``both`` sides' accounts of it, where each watches it."""
    promised = f"{row.promise_words} promised: " if row.promise is not None else ""
    seen = (
        f"Up in {period}: {row.observed_words} as we saw it ({row.coverage_words}); "
        f"{row.reported_words} by the provider's account."
    )
    lines = [
        Line((Part(row.name, "bold"), Part("  "), Part(row.state_words, row.tone))),
        *(wrapped(seen, width) if both is None else two_sides(both, width)),
        *wrapped(f"{promised}{row.verdict}", width, row.verdict_tone),
    ]
    if row.strip:
        lines += wrapped(row.strip[-1].words, width, "dim")
    return lines


def two_sides(both: TwoAccounts, width: int) -> list[Line]:
    """Return what each side's account says, one under the other."""
    told = (
        ("The provider's page", both.provider_words),
        ("Our own probes", both.client_words),
    )
    room = max(len(who) for who, _ in told) + GAP
    lines = []
    for who, words in told:
        first, *more = wrapped(words, width - room)
        lines.append(Line((Part(who.ljust(room), "dim"), *first.parts)))
        lines += [Line((Part(" " * room), *line.parts)) for line in more]
    return lines


def incident_detail(row: IncidentRow, width: int) -> list[Line]:
    """Return one incident in full."""
    where = ", ".join(row.components) or "no service named"
    return [
        *wrapped(row.name, width, "bold")[:2],
        *wrapped(f"{row.status}, {row.impact}: {where}", width, row.tone),
        *wrapped(
            f"Started {row.started_words}, lasted {row.duration_words}; "
            f"{row.lag_words or row.posted_lag_words}.",
            width,
        ),
        *wrapped(row.url, width, "dim"),
    ]


def _is_told(words: str) -> bool:
    return words.endswith("by the provider's account")


def strip_legend(view: ServicesView, width: int) -> list[Line]:
    """Return what the signs in the strips mean."""
    days = [day for row in view.components for day in _days(row)]
    return packed(legend(days), width)


def _days(row: ComponentRow) -> list[Day]:
    return [Day(cell.state, _is_told(cell.words), cell.partial) for cell in row.strip]


_INCIDENTS: tuple[Column[IncidentRow], ...] = (
    Column("state", "", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.status}", row.tone), 10, 16, 0),
    Column("name", "Incident", lambda row: part(row.name, "bold" if row.is_open else ""),
           20, 60, 0),
    Column("told", "Told us", lambda row: part(
        row.short_lag_words or row.posted_lag_words), 17, 20, 0),
    Column("started", "Started", lambda row: part(row.started_words, "dim"), 16, 22, 2),
    Column("lasted", "Lasted", lambda row: part(row.duration_words), 8, 14, 1, right=True),
    Column("where", "Services", lambda row: part(", ".join(row.components), "dim"), 12, 40, 3),
)  # fmt: skip


def incidents(view: ServicesView, width: int) -> list[Line]:
    """Return the incidents as the provider tells them, open ones first."""
    lines = [Line(part("Incidents", "heading"))]
    if view.signs is not None:
        lines += candour_lines(view.signs, width)
    if not view.incidents:
        return [*lines, Line(part("none told in the last ninety days", "dim"))]
    fitted = fitted_to(_INCIDENTS, view.incidents, width)
    return lines + table_lines(fitted, view.incidents, lambda row: ("incident", row.key))


def signs_lines(view: SignsView, width: int) -> list[Line]:
    """Return what was never admitted, and where the accounts contradict each other."""
    lines: list[Line] = []
    if view.never:
        lines += [BLANK, *never_lines(view.never, width)]
    if view.disagreements:
        note = f"{len(view.disagreements)} times in {view.since_words}, for five minutes or more"
        lines += [BLANK, Line((Part("Accounts differ  ", "heading"), Part(note, "dim")))]
        lines += disagreement_lines(view.disagreements, width, SHOWN)
    elif len(view.accounts) > 1:
        note = f"no contradiction between {wording.listed(list(view.accounts))}"
        lines += [BLANK, *wrapped(f"{note} in {view.since_words}", width, "dim")]
    return lines


def planned(view: ServicesView, width: int) -> list[Line]:
    """Return the planned work that lies ahead."""
    if not view.maintenances:
        return []
    lines = [Line(part("Planned work", "heading"))]
    for row in view.maintenances:
        state = Part("◇ under way " if row.under_way else "◇ ", "notice")
        where = f"  {', '.join(row.components)}" if row.components else ""
        lines.append(
            Line(
                spread(
                    (state, Part(row.name), Part(where, "dim")), (Part(row.words, "dim"),), width
                )
            )
        )
    return lines


class ServicesPage(SheetPage[ServicesView]):
    """Components, incidents and planned work on one sheet."""

    title: ClassVar[str] = "Services"
    about: ClassVar[tuple[str, ...]] = (
        (
            "What the provider's status pages tell, and what our own polls saw. A day nobody "
            "looked at is unknown, never up. Up is the share of the month: seen by our polls, or "
            "told by the provider where we watched too little. “Told us” is how long the "
            "provider took from the start of an incident to its first public word."
        ),
        (
            "“Admitted” is how long after the first sign on our side, failing probes or two people "
            "who wrote within 15 minutes, the provider told; outages it never told of count too."
        ),
        (
            "enter shows a service month by month, or an outage minute by minute; i tells how a "
            "number is counted."
        ),
    )

    def read(self, views: Views, now: Instant) -> ServicesView:
        """Return the services."""
        return views.services(self.engagement_id, now)

    def lay_out(self, view: ServicesView, width: int) -> list[Line]:
        """Return the components, the incidents and the planned work."""
        quiet = f"{view.quiet_days} of {view.watched_days} known days quiet"
        summary = (
            Part(f"{TONE_SIGNS[view.summary_tone]} ", view.summary_tone),
            Part(view.summary, f"{view.summary_tone} bold"),
        )
        lines = [Line(spread(summary, part(quiet, "dim") if view.is_watched else (), width))]
        lines += components(view, width)
        if view.is_watched:
            lines += [*strip_legend(view, width), BLANK, *incidents(view, width)]
        if view.signs is not None and view.is_watched:
            lines += signs_lines(view.signs, width)
        work = planned(view, width)
        if work:
            lines += [BLANK, *work]
        if view.not_known:
            lines.append(BLANK)
        for sentence in view.not_known:
            lines += wrapped(f"? {sentence}", width, "dim")
        return lines

    def detail(self, view: ServicesView, key: Hashable, width: int) -> list[Line]:
        """Return the component or the incident under the cursor in full."""
        for row in view.components:
            if key == ("component", row.key):
                both = accounts_of(view.two_accounts, row)
                return component_detail(row, view.period.words, width, both)
        for incident in view.incidents:
            if key == ("incident", incident.key):
                return incident_detail(incident, width)
        for one in self._never:
            if key == ("never", one.key):
                return never_detail(one, width)
        for other in self._disagreements:
            if key == ("disagreement", other.key):
                return disagreement_detail(other, width)
        return []

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to a service's months, or to an outage's minutes."""
        for row in self.view.components if self.view is not None else ():
            if key == ("component", row.key):
                return Place("service", self.engagement_id, row.name.casefold(), row.name)
        for one in self._disagreements:
            if key == ("disagreement", one.key):
                return Place("service", self.engagement_id, one.service, one.name)
        return outage_place(self.engagement_id, key)

    @property
    def _never(self) -> tuple[NeverRow, ...]:
        signs = self.view.signs if self.view is not None else None
        return () if signs is None else signs.never

    @property
    def _disagreements(self) -> tuple[DisagreementRow, ...]:
        signs = self.view.signs if self.view is not None else None
        return () if signs is None else signs.disagreements

    def figure(self) -> FigureKey | None:
        """Return the uptime of the component under the cursor, or how soon outages are told."""
        for row in self.view.components if self.view is not None else ():
            if self._sheet.cursor == ("component", row.key):
                return row.figure.key
        if self._sheet.cursor == "candour":
            return FigureKey(FigureKind.CANDOUR)
        return None
