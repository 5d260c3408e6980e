"""Services: what is up, what was down over ninety days, and how long it took to tell us."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import COMPONENT_SIGNS, TONE_SIGNS
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.day_strip import Day, day_strip, legend
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip,
    fit,
    packed,
    part,
    spread,
    wrapped,
)
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet
from engagewatch.views.keys import FigureKey
from engagewatch.views.services import ComponentRow, IncidentRow, ServicesView

_ROOMY = 150
"""From this width on a component is one line."""
_NAME, _STATE, _SHARE = 22, 14, 16


def components(view: ServicesView, width: int) -> list[Line]:
    """Return the components with their strips: one line each where there is room, else two."""
    if not view.is_watched:
        return [
            Line(part("No status source is configured: nothing is known of any service.", "dim"))
        ]
    roomy = width >= _ROOMY
    days = max((len(row.strip) for row in view.components), default=0)
    verdict = max((len(_verdict(row)) for row in view.components), default=0)
    room = width - _NAME - _STATE - _SHARE - 8 - verdict if roomy else width - 2
    strip_width = min(days, room)
    lines = [_strip_header(view, strip_width, roomy=roomy)]
    group = ""
    for row in view.components:
        if row.group != group:
            group = row.group
            lines.append(Line(part(group, "dim")))
        lines += _component(row, strip_width, width, roomy=roomy)
    return lines


def _strip_header(view: ServicesView, strip_width: int, *, roomy: bool) -> Line:
    left = f"{strip_width} days ago"
    span = left + "today".rjust(max(0, strip_width - len(left)))
    if not roomy:
        return Line(part(f"  {span}", "dim"))
    return Line(
        (
            Part(fit("Service", _NAME), "dim"),
            Part("  "),
            Part(fit("Now", _STATE), "dim"),
            Part("  "),
            Part(span, "dim"),
            Part("  "),
            Part(fit(f"Up in {view.period.words.split()[0]}", _SHARE), "dim"),
            Part("  "),
            Part("Promise", "dim"),
        )
    )


def _component(row: ComponentRow, strip_width: int, width: int, *, roomy: bool) -> list[Line]:
    key = ("component", row.key)
    strip = day_strip(_days(row), strip_width)
    sign = Part(f"{COMPONENT_SIGNS[row.state]} ", row.tone)
    name = Part(fit(row.name, _NAME - 2), "bold")
    verdict = (Part(_verdict(row), row.verdict_tone),)
    if roomy:
        return [
            Line(
                (
                    sign,
                    name,
                    Part("  "),
                    Part(fit(row.state_words, _STATE), row.tone),
                    Part("  "),
                    *strip,
                    Part("  "),
                    Part(fit(row.observed_words, _SHARE)),
                    Part("  "),
                    *verdict,
                ),
                key,
            )
        ]
    head = (sign, name, Part("  "), Part(fit(row.state_words, _STATE), row.tone))
    facts: Parts = (Part(f"{row.observed_words} up  ", ""), *verdict)
    return [Line(spread(head, facts, width), key), Line((Part("  "), *strip), key)]


def _verdict(row: ComponentRow) -> str:
    return row.verdict if row.promise is None else f"{row.promise_words} {row.verdict}"


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
    Column("told", "Told us", lambda row: part(row.posted_lag_words), 14, 20, 1),
    Column("started", "Started", lambda row: part(row.started_words, "dim"), 16, 22, 2),
    Column("lasted", "Lasted", lambda row: part(row.duration_words), 8, 14, 1, right=True),
    Column("where", "Services", lambda row: part(", ".join(row.components), "dim"), 12, 40, 3),
)  # fmt: skip


def incidents(view: ServicesView, width: int) -> list[Line]:
    """Return the incidents as the provider tells them, open ones first."""
    lines = [Line(part("Incidents", "heading"))]
    if not view.incidents:
        return [*lines, Line(part("none told in the last ninety days", "dim"))]
    fitted = fitted_to(_INCIDENTS, view.incidents, width)
    return lines + table_lines(fitted, view.incidents, lambda row: ("incident", row.key))


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


class ServicesPage(Page[ServicesView]):
    """Components, incidents and planned work on one sheet."""

    title: ClassVar[str] = "Services"
    about: ClassVar[tuple[str, ...]] = (
        (
            "What the provider's status pages tell, and what our own polls saw. A day nobody "
            "looked at is unknown, never up. “Told us” is how long the provider took from the "
            "start of an incident to its first public word."
        ),
        "On a service, i tells how its uptime is counted.",
    )

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the sheet."""
        super().__init__(frame, engagement)
        self._sheet = Sheet(self._lay_out, frame.list_state())

    def compose(self) -> ComposeResult:
        """Show the sheet."""
        yield self._sheet

    def read(self, views: Views, now: Instant) -> ServicesView:
        """Return the services."""
        return views.services(self.engagement_id, now)

    def show(self) -> None:
        """Lay the sheet out again."""
        self._sheet.redraw()

    def _lay_out(self, width: int) -> list[Line]:
        view = self.view
        if view is None:
            return [Line(part("reading…", "dim"))]
        quiet = f"{view.quiet_days} quiet of {view.watched_days} watched days"
        lines = [
            Line(
                spread(
                    (
                        Part(f"{TONE_SIGNS[view.summary_tone]} ", view.summary_tone),
                        Part(clip(view.summary, width - 4), f"{view.summary_tone} bold"),
                    ),
                    part(quiet, "dim") if view.is_watched else (),
                    width,
                )
            ),
            BLANK,
            *components(view, width),
        ]
        if view.is_watched:
            lines += [*strip_legend(view, width), BLANK, *incidents(view, width)]
        work = planned(view, width)
        if work:
            lines += [BLANK, *work]
        for sentence in view.not_known:
            lines += wrapped(f"? {sentence}", width, "dim")
        return lines

    @property
    def listing(self) -> Listing:
        """The sheet."""
        return self._sheet

    def figure(self) -> FigureKey | None:
        """Return the uptime of the component under the cursor."""
        return next(
            (
                row.figure.key
                for row in (self.view.components if self.view is not None else ())
                if self._sheet.cursor == ("component", row.key)
            ),
            None,
        )
