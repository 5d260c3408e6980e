"""One service month by month by every account; one outage minute by minute."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from engagewatch.model.engagement import RunBy
from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.service_signs import disagreement_lines, never_lines
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.chart import chart_legend, chart_lines
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import BLANK, Line, Part, Parts, part, wrapped
from engagewatch.views.incident_page import IncidentPage, Moment, MomentKind
from engagewatch.views.keys import FigureKey
from engagewatch.views.service_page import AccountRow, MonthCell, ServicePage
from engagewatch.views.services import IncidentRow

CHART_ROWS = 7
_SIDE_BY_SIDE = 150
"""From this width on two charts stand beside each other."""
_GUTTER = 3


def _month_lines(view: ServicePage, width: int) -> list[Line]:
    """Return the months, latest first, with a line for each account of each."""
    rows = [
        (month, account, account.months[place], index == 0)
        for place, month in reversed(list(enumerate(view.months)))
        for index, account in enumerate(view.accounts)
        if account.months[place].share is not None
    ]
    if not rows:
        return [Line(part("nothing is known of any month", "dim"))]
    seen: set[str] = set()
    shown = []
    for month, account, cell, _ in rows:
        shown.append((month if month not in seen else "", account, cell))
        seen.add(month)
    fitted = fitted_to(_MONTHS, shown, width)
    return table_lines(fitted, shown, lambda row: ("month", row[1].who, row[2].figure))


_MonthRow = tuple[str, AccountRow, MonthCell]

_MONTHS: tuple[Column[_MonthRow], ...] = (
    Column("month", "Month", lambda row: part(row[0], "bold"), 8, 8, 0),
    Column("who", "By", lambda row: part(row[1].who), 10, 24, 0),
    Column("share", "Up", lambda row: part(
        row[2].words, "" if row[2].share is not None else "unknown"), 8, 10, 0, right=True),
    Column("known", "Coverage", lambda row: part(row[2].coverage_words, "dim"), 10, 12, 0,
           right=True),
    Column("verdict", "Promise", lambda row: part(
        f"{TONE_SIGNS[row[2].tone]} {row[2].verdict}" if row[2].verdict else "", row[2].tone),
        17, 20, 0),
)  # fmt: skip

_INCIDENTS: tuple[Column[IncidentRow], ...] = (
    Column("name", "Incident", lambda row: part(row.name, "bold" if row.is_open else ""),
           20, 50, 0),
    Column("told", "Told us", lambda row: part(row.short_lag_words), 12, 20, 0),
    Column("started", "Started", lambda row: part(row.started_words, "dim"), 16, 22, 1),
    Column("lasted", "Lasted", lambda row: part(row.duration_words), 8, 14, 2, right=True),
)  # fmt: skip


def _charts(view: ServicePage, width: int) -> list[Line]:
    known = [
        account
        for account in view.accounts
        if sum(cell.share is not None for cell in account.months) > 1
    ]
    if not known:
        return []
    beside = width >= _SIDE_BY_SIDE and len(known) > 1
    room = (width - _GUTTER) // 2 if beside else width
    blocks = [_chart(account, room) for account in known]
    lines: list[Line] = []
    step = 2 if beside else 1
    for place in range(0, len(blocks), step):
        if lines:
            lines.append(BLANK)
        lines += _joined(blocks[place : place + step], room)
    legends = dict.fromkeys(
        line for account in known for line in chart_legend(account.chart, width)
    )
    return [*lines, *list(legends)[:1]]


def _chart(account: AccountRow, width: int) -> list[Line]:
    title = Line((Part(f"Up by {account.who}", "dim"),), ("chart", account.who))
    return [title, *chart_lines(account.chart, width, CHART_ROWS)]


def _joined(blocks: list[list[Line]], room: int) -> list[Line]:
    """Return blocks of lines beside each other."""
    lines = []
    for index in range(max(map(len, blocks))):
        parts: list[Part] = []
        for place, block in enumerate(blocks):
            row: Parts = block[index].parts if index < len(block) else ()
            parts += row
            if place + 1 < len(blocks):
                used = sum(len(one.text) for one in row)
                parts.append(Part(" " * (room + _GUTTER - used)))
        lines.append(Line(tuple(parts), blocks[0][index].key if index == 0 else None))
    return lines


class ServicePageScreen(SheetPage[ServicePage]):
    """One service: uptime by month and account, contradictions, incidents."""

    title: ClassVar[str] = "Service"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One service, month by month, by every account of it: the provider's page, and our "
            "own probes. Each counts only the time it knows; the coverage says how much that is, "
            "and the rest is unknown, never up. A hollow point rests on less than 95%, or its "
            "month is not over."
        ),
        (
            "A contradiction is a stretch in which one said up while another said down; planned "
            "work that was announced is left out. The page counts as it stood at the time."
        ),
        "enter on an incident shows it minute by minute; i on a month tells how it is counted.",
    )

    def read(self, views: Views, now: Instant) -> ServicePage:
        """Return the service."""
        return views.service(self.engagement_id, now, str(self.frame.place.subject))

    def lay_out(self, view: ServicePage, width: int) -> list[Line]:
        """Return the service in full."""
        head = (Part(view.name, "bold"), Part(f"  {view.promise_words}", "dim"))
        # The cursor stops at the head and at each chart, so that keys reach them.
        lines = [Line(head, "head")]
        for account in view.accounts:
            whose = "" if account.run_by is RunBy.CLIENT else ", the provider's"
            lines.append(
                Line(
                    (
                        Part(f"{TONE_SIGNS[account.tone]} {account.state_words}", account.tone),
                        Part(f"  by {account.who}{whose}", "dim"),
                    )
                )
            )
        if not view.accounts:
            return [*lines, Line(part("No source tells of it any more.", "dim"))]
        lines += wrapped(f"Outages: {view.base_rate_words}", width)
        charts = _charts(view, width)
        if charts:
            lines += [BLANK, *charts]
        lines += [BLANK, *_month_lines(view, width)]
        heading = (Part("Contradictions  ", "heading"), Part(view.disagree_words, "dim"))
        lines += [BLANK, Line(heading), *disagreement_lines(view.disagreements, width, named=False)]
        if view.never:
            lines += [BLANK, *never_lines(view.never, width)]
        if view.incidents:
            fitted = fitted_to(_INCIDENTS, view.incidents, width)
            lines.append(BLANK)
            lines += table_lines(fitted, view.incidents, lambda row: ("incident", row.key))
        if view.planned:
            lines += [BLANK, Line(part("Planned work announced late", "heading"))]
            for words in view.planned:
                lines += wrapped(words, width)
        return lines

    def place_of(self, key: Hashable) -> Place | None:
        """Lead from an outage to its minutes."""
        return None if self.view is None else outage_place(self.engagement_id, key)

    def figure(self) -> FigureKey | None:
        """Explain the month under the cursor."""
        cursor = self._sheet.cursor
        if isinstance(cursor, tuple) and cursor[0] == "month":
            figure = cursor[2]
            return figure if isinstance(figure, FigureKey) else None
        return None


def outage_place(engagement: str, key: Hashable) -> Place | None:
    """Return the page of an outage, told or never admitted, that a line is about."""
    if isinstance(key, tuple) and key[0] in ("incident", "never"):
        return Place("incident", engagement, key[1], "Outage")
    return None


_SIGNS = {
    MomentKind.POST: "●",
    MomentKind.PROBE: "▲",
    MomentKind.TICKET: "•",
    MomentKind.POLL: "○",
    MomentKind.SIGN: "◆",
}

_MOMENTS: tuple[Column[Moment], ...] = (
    Column("at", "When", lambda row: part(row.at_words, "dim"), 16, 22, 0),
    Column("offset", "", lambda row: part(row.offset_words), 7, 8, 0, right=True),
    Column("who", "By", lambda row: (
        Part(f"{_SIGNS[row.kind]} ", row.tone), Part(row.who, "dim")), 10, 20, 0),
    Column("words", "What", lambda row: part(
        row.words, "bold" if row.kind is MomentKind.SIGN else row.tone), 20, 140, 0),
)  # fmt: skip


class IncidentPageScreen(SheetPage[IncidentPage | None]):
    """One outage: signs, posts, tickets and probes, minute by minute."""

    title: ClassVar[str] = "Outage"
    about: ClassVar[tuple[str, ...]] = (
        (
            "One outage minute by minute: what our probes saw, who wrote, and what the page "
            "posted. The times in the second column run from the first sign on our side."
        ),
        (
            "Nobody counts who could not work. At least: those who wrote, each from then on. At "
            "most: everybody who is served, all the time. One outage is no verdict: the line "
            "“How often” says how many there were."
        ),
        "enter on a ticket shows its time.",
    )

    def read(self, views: Views, now: Instant) -> IncidentPage | None:
        """Return the outage."""
        return views.incident(self.engagement_id, now, str(self.frame.place.subject))

    def lay_out(self, view: IncidentPage | None, width: int) -> list[Line]:
        """Return the outage in full."""
        if view is None:
            return wrapped("This outage is no longer known.", width, "dim")
        lines = [
            *wrapped(view.title, width, "bold"),
            *wrapped(f"{TONE_SIGNS[view.tone]} {view.status_words}", width, view.tone),
        ]
        for label, words in (
            ("Told", view.candour_words),
            ("Lasted", view.lasted_words),
            ("User-minutes", view.users_words),
            ("How often", view.base_rate_words),
        ):
            lines += _field(label, words, width) if words else []
        if view.url:
            lines += wrapped(view.url, width, "dim")
        fitted = fitted_to(_MOMENTS, view.moments, width)
        return [*lines, BLANK, *table_lines(fitted, view.moments, lambda row: row.key)]

    def detail(self, view: IncidentPage | None, key: Hashable, width: int) -> list[Line]:
        """Return what the moment under the cursor says, in full."""
        for row in view.moments if view is not None else ():
            if row.key == key:
                return wrapped(row.words, width, row.tone)
        return []

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        for row in self.view.moments if self.view is not None else ():
            if row.key == key and row.ticket is not None:
                return Place("clock", self.engagement_id, row.ticket, row.words.split(" ")[0])
        return None

    def link(self) -> str | None:
        """Return the address of the incident on the page."""
        return self.view.url or None if self.view is not None else None


_LABEL = 14


def _field(label: str, words: str, width: int) -> list[Line]:
    rows = wrapped(words, width - _LABEL)
    head = Line((Part(label.ljust(_LABEL), "dim"), *rows[0].parts))
    return [head, *(Line((Part(" " * _LABEL), *row.parts)) for row in rows[1:])]
