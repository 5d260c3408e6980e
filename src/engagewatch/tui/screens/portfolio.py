"""The portfolio: all engagements, the one that needs a person most first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, clip_parts, packed, part, wrapped
from engagewatch.views.portfolio import EngagementLine, FlagCounts, PortfolioView
from engagewatch.views.tone import Tone

COLUMNS: tuple[Column[EngagementLine], ...] = (
    Column("state", "State", lambda row: part(f"{TONE_SIGNS[row.tone]} {row.state}", row.tone),
           17, 18, 0),
    Column("name", "Engagement", lambda row: part(row.name, "bold"), 18, 40, 0,
           value=lambda row: row.name.casefold()),
    Column("waiting", "Waits on us", lambda row: part(row.waiting_words, _count(row.waiting)),
           18, 18, 0, value=lambda row: row.waiting, largest_first=True),
    Column("risk", "At risk", lambda row: part(_risk(row), _count(row.at_risk)), 16, 24, 1,
           value=lambda row: row.at_risk, largest_first=True),
    Column("services", "Services", lambda row: part(row.services, row.services_tone), 12, 24, 2),
    Column("theirs", "They met", lambda row: part(
        row.provider_ledger.value, row.provider_ledger.tone), 16, 22, 3,
        value=lambda row: row.provider_ledger.percent),
    Column("ours", "We met", lambda row: part(row.client_ledger.value, row.client_ledger.tone),
           16, 22, 4, value=lambda row: row.client_ledger.percent),
    Column("freshness", "Data", lambda row: part(
        row.freshness, "dim" if row.freshness_tone is Tone.GOOD else row.freshness_tone),
        14, 44, 5),
)  # fmt: skip


def _risk(row: EngagementLine) -> str:
    """Return what is at risk in the words of a narrow column; the brief has them in full."""
    return row.at_risk_words.replace(" due soon", " soon")


def _count(count: int | None) -> str:
    return "unknown" if count is None else "" if count else "dim"


def detail_lines(row: EngagementLine, width: int) -> list[Line]:
    """Return one engagement in full."""
    lines = [Line((Part(row.name, "bold"), Part(f"  {row.state}", row.tone)))]
    lines += wrapped(row.headline or "nothing needs a person right now", width)
    moves: list[Parts] = [
        (Part("their move  ", "provider"), Part(_flags(row.provider_flags))),
        (Part("our move  ", "client"), Part(_flags(row.client_flags))),
    ]
    lines += packed(moves, width)
    for figure in (row.provider_ledger, row.client_ledger):
        note = f"  {figure.note}" if figure.note else ""
        parts = (
            Part(f"{figure.label.split(', ')[0]} this month: ", "dim"),
            Part(figure.value, f"{figure.tone} bold"),
            Part(note, "dim"),
        )
        lines.append(Line(clip_parts(parts, width)))
    return [*lines, *wrapped(row.freshness, width, row.freshness_tone)]


def _flags(counts: FlagCounts) -> str:
    if not counts.total:
        return "no flags"
    parts = [
        f"{count} {words}"
        for count, words in (
            (counts.urgent, "urgent"),
            (counts.attention, "attention"),
            (counts.notice, "notice"),
        )
        if count
    ]
    return ", ".join(parts)


class PortfolioPage(TablePage[PortfolioView, EngagementLine]):
    """One row per engagement."""

    title: ClassVar[str] = "Portfolio"
    about: ClassVar[tuple[str, ...]] = (
        (
            "One line per engagement, worst first: what waits on us, what is about to breach, "
            "what is down, how both ledgers stand this month, and how old the data is."
        ),
    )

    def read(self, views: Views, now: Instant) -> PortfolioView:
        """Return all engagements."""
        return views.portfolio(now)

    def columns(self) -> Sequence[Column[EngagementLine]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: PortfolioView) -> Sequence[EngagementLine]:
        """Return the engagements."""
        return view.lines

    def key_of(self, row: EngagementLine) -> Hashable:
        """Return an engagement's identity."""
        return row.engagement

    def headline(self, view: PortfolioView) -> Parts:
        """Say how many engagements need a person."""
        pressing = sum(row.tone in (Tone.BAD, Tone.WARNING) for row in view.lines)
        unknown = sum(row.tone is Tone.UNKNOWN for row in view.lines)
        total = len(view.lines)
        words = f"{pressing} of {total} engagements need a person" if pressing else "all calm"
        tail = f"; nothing is known of {unknown}" if unknown else ""
        return (Part(words, "bold"), Part(tail, "unknown"))

    def detail(self, row: EngagementLine, width: int) -> list[Line]:
        """Return an engagement in full."""
        return detail_lines(row, width)

    def nothing(self, _view: PortfolioView) -> str:
        """Say how to begin."""
        return "No engagement is configured. engagewatch init writes a file to begin with."

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the engagement's brief."""
        return Place("brief", str(key))
