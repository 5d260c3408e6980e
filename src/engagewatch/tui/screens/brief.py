"""The brief: what needs a person, what changed, how both ledgers stand, what is not known."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.two_columns import TwoColumnPage
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip,
    clip_parts,
    fit,
    fit_parts,
    joined,
    packed,
    part,
    spread,
    width_of,
    wrap,
    wrapped,
)
from engagewatch.views.brief import AttentionLine, BriefView, Change
from engagewatch.views.keys import FigureKey, FigureKind

# The first frame is a brief: what only a key press needs is imported by then.
if TYPE_CHECKING:
    from engagewatch.tui.attending import Thing

_SEVERITY = 19
"""Cells of the column with the severity."""
_FIRST_ROWS = 2
"""Rows for what waits first."""
_INDENT = 2
"""Cells before the text of a narrow card."""
_ROOMY = 96
"""From this width on a card has three lines and changes name their tickets."""

_MOVES = {
    Side.CLIENT: "our move",
    Side.PROVIDER: "their move",
    Side.THIRD_PARTY: "a third party's move",
    Side.NOBODY: "nobody's move",
}

_FIGURE_SCREENS = {
    FigureKind.WAITING: "waiting",
    FigureKind.AT_RISK: "at_risk",
    FigureKind.OPEN: "tickets",
    FigureKind.UPTIME: "services",
    FigureKind.ATTAINMENT: "sla",
}


def waiting_lines(view: BriefView, width: int) -> list[Line]:
    """Return what waits on us, on whom, since when and at what price; ``2`` leads there."""
    first = view.waiting_first
    words = view.waiting_words.rstrip(".")
    role = "bold" if first is not None else "good"
    head = (Part("2 ", "key"), Part(words, role))
    if first is None:
        return [Line(clip_parts(head, width))]
    money = first.credit_words.removesuffix(" of service credit")
    price = f"{first.blocks}; {money}" if money else first.blocks
    who = f"First: {first.reference} {first.kind_words}, {first.person}"
    for since in (f"since {first.since_words} ({first.age_words})", f"for {first.age_words}"):
        rows = wrap(f"{who}, {since}: {price}", width - _INDENT)
        if len(rows) <= _FIRST_ROWS:
            break
    pad = Part(" " * _INDENT)
    tone = "client" if not first.overdue else "bad"
    return [
        Line(clip_parts(head, width)),
        *(Line((pad, Part(row, tone))) for row in rows[:_FIRST_ROWS]),
    ]


def attention_lines(
    view: BriefView, width: int, *, everything: bool = False, gaps: bool = False
) -> list[Line]:
    """Return the flags, the most consequential first; ``everything`` shows the rest of them too."""
    words = view.checks_words
    if everything:
        put_off = f", {len(view.put_off)} of them put off" if view.put_off else ""
        number = len(view.all_flags) + len(view.put_off)
        words = f"{view.checks:,} checks run, all {number:,} flags shown{put_off}"
    lines = [_section("Needs a person", words, width)]
    flags = (*view.all_flags, *view.put_off) if everything else view.attention
    if not flags:
        lines.append(Line((Part("● ", "good"), Part("nothing needs a person right now"))))
    for index, flag in enumerate(flags):
        if gaps and index:
            lines.append(BLANK)
        lines += _card(flag, width)
    return lines


def _card(flag: AttentionLine, width: int) -> list[Line]:
    move = Part(_MOVES[flag.side], "dim" if flag.side is Side.NOBODY else flag.side.value)
    tone = "dim" if flag.quiet else flag.tone
    severity = Part(f"{TONE_SIGNS[flag.tone]} {flag.severity_words}", tone)
    if flag.quiet:
        parts = (severity, Part(f" {flag.title}", "dim"), Part(f"  {flag.said_words}", "dim"))
        return [Line(clip_parts(parts, width), ("flag", flag.key))]
    lay_out = _roomy_card if width >= _ROOMY else _narrow_card
    return [Line(parts, ("flag", flag.key)) for parts in lay_out(flag, severity, move, width)]


def _narrow_card(flag: AttentionLine, severity: Part, move: Part, width: int) -> list[Parts]:
    who = part(flag.owner, "dim") if flag.owner else ()
    since = part(flag.since_words, "dim") if flag.since_words else ()
    head = joined([(severity,), (move,), who])
    pad = Part(" " * _INDENT)
    return [
        spread(head, since, width) if width_of((*head, *since)) + 2 <= width else head,
        *((pad, Part(title, "bold")) for title in wrap(flag.title, width - _INDENT)),
        *((pad, Part(row, "accent")) for row in wrap(f"→ {flag.next_step}", width - _INDENT)),
    ]


def _roomy_card(flag: AttentionLine, severity: Part, move: Part, width: int) -> list[Parts]:
    room = width - _SEVERITY
    facts = joined([part(text, "dim") for text in (flag.owner, flag.since_words) if text])
    rows = [line.parts for line in wrapped(flag.detail, room)]
    rows += [line.parts for line in wrapped(f"→ {flag.next_step}", room, "accent")]
    # The facts stand at the right of the first row that has room for them.
    roomy = (at for at, row in enumerate(rows) if width_of(row) + width_of(facts) + 2 <= room)
    at = next(roomy, len(rows))
    if at == len(rows):
        rows.append(())
    rows[at] = spread(rows[at], facts, room)
    head = (*fit_parts((severity,), _SEVERITY), *spread(part(flag.title, "bold"), (move,), room))
    return [head, *((Part(" " * _SEVERITY), *parts) for parts in rows)]


def change_lines(view: BriefView, width: int, *, named: bool) -> list[Line]:
    """Return what changed since the last look; ``named`` lists the tickets."""
    words = view.seen_words
    title = words[:1].upper() + words[1:]
    lines = [_section(title, "", width)]
    if view.seen_at is None:
        words = "space marks all this as seen; from then on, what changed is listed here"
        return lines + wrapped(words, width, "dim")
    if not view.changes:
        return [*lines, Line(part("nothing changed", "dim"))]
    if not named:
        return lines + packed([(Part(change.words),) for change in view.changes], width)
    column = max(len(change.words) for change in view.changes) + 2
    for change in view.changes:
        lines += _change(change, column, width)
    return lines


def _change(change: Change, column: int, width: int) -> list[Line]:
    if not change.items:
        return [Line((Part(change.words),))]
    lines = []
    for index, item in enumerate(change.items[:3]):
        head = change.words if index == 0 else ""
        lines.append(
            Line(
                (Part(fit(head, column)), Part(clip(item.words, width - column), "dim")),
                ("change", item.key),
            )
        )
    return lines


def figure_lines(view: BriefView, width: int) -> list[Line]:
    """Return the figures, values aligned."""
    lines = [_section("Both ledgers", view.period, width)]
    labels = [figure.label.removesuffix(f", {view.period}") for figure in view.figures]
    label = max((len(text) for text in labels), default=0) + 2
    value = max((len(figure.value) for figure in view.figures), default=0) + 2
    for text, figure in zip(labels, view.figures, strict=True):
        parts = (
            Part(fit(text, label), "dim"),
            Part(fit(figure.value, value), f"{figure.tone} bold"),
            Part(figure.note, "dim"),
        )
        lines.append(Line(clip_parts(parts, width), figure.key))
    return lines


def not_known_lines(view: BriefView, width: int) -> list[Line]:
    """Return what the figures do not cover; nothing if they cover everything."""
    if not view.not_known:
        return []
    lines = [_section("Not known", "", width)]
    for sentence in view.not_known:
        for index, row in enumerate(wrapped(sentence, width - 2, "dim")):
            lines.append(Line((Part("? " if index == 0 else "  ", "unknown"), *row.parts)))
    return lines


def _section(title: str, note: str, width: int) -> Line:
    right: Parts = (Part(note, "dim"),) if note else ()
    return Line(spread((Part(title, "heading"),), right, width))


def _stacked(blocks: Sequence[list[Line]], *, gaps: bool) -> list[Line]:
    lines: list[Line] = []
    for block in blocks:
        if lines and block and gaps:
            lines.append(BLANK)
        lines += block
    return lines


class BriefPage(TwoColumnPage[BriefView]):
    """Flags at the left or above; changes, figures and gaps beside or below them."""

    title: ClassVar[str] = "Brief"
    about: ClassVar[tuple[str, ...]] = (
        (
            "What needs a person today, at most five things, ordered by consequence. Below: "
            "what changed since you last said that you had seen it, and how both ledgers stand "
            "this month."
        ),
        (
            "On a flag, enter leads to the evidence; a says that somebody has seen it: it keeps "
            "its place, and is quiet until it changes; z puts it off until a day. On a figure, i "
            "tells how it is counted."
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f", "all_flags", "All flags", id="all-flags", tooltip="All flags, or the first five"
        ),
        Binding("a", "acknowledge", "Ack", id="acknowledge", tooltip="Say that it was seen"),
        Binding("z", "put_off", "Snooze", id="put-off", tooltip="Put the flag off until a day"),
        Binding("z", "wake", "Wake", id="wake", tooltip="Bring the flag back now"),
        Binding("space", "seen", "Seen", id="seen", tooltip="Mark these changes as seen"),
    ]

    class Seen(Message):
        """The reader has seen what changed."""

        def __init__(self, engagement: str, at: Instant) -> None:
            """Tell of which engagement, up to when."""
            super().__init__()
            self.engagement = engagement
            self.at = at

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Show five flags."""
        super().__init__(frame, engagement)
        self._all = False

    def read(self, views: Views, now: Instant) -> BriefView:
        """Return the brief."""
        return views.brief(self.engagement_id, now)

    def main(self, view: BriefView, width: int) -> list[Line]:
        """Return the flags; spread out where the window is tall enough for all of it."""
        rest = [] if self.wide else self._rest(view, width)
        waiting = waiting_lines(view, width)
        for gaps in (True, False):
            flags = attention_lines(view, width, everything=self._all, gaps=gaps)
            lines = _stacked([waiting, flags, *rest], gaps=gaps or width >= _ROOMY)
            if len(lines) <= self.size.height:
                break
        return lines

    def side(self, view: BriefView, width: int) -> list[Line]:
        """Return the changes, the figures and what is not known."""
        return _stacked(self._rest(view, width), gaps=True)

    def _rest(self, view: BriefView, width: int) -> list[list[Line]]:
        return [
            change_lines(view, width, named=self.wide or width >= _ROOMY),
            figure_lines(view, width),
            not_known_lines(view, width),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer all flags only where five do not tell them all."""
        if action == "all_flags":
            return self.view is not None and bool(self.view.more or self.view.put_off)
        if action in ("acknowledge", "put_off", "wake"):
            flag = self._flag()
            put_off = self.view is not None and flag in self.view.put_off
            return flag is not None and put_off is (action == "wake")
        if action == "seen":
            view = self.view
            return view is not None and (bool(view.changes) or view.seen_at is None)
        return super().check_action(action, parameters)

    def _flag(self) -> AttentionLine | None:
        """Return the flag under the cursor."""
        view, listing = self.view, self.listing
        if view is None or listing is None:
            return None
        for flag in (*view.all_flags, *view.put_off):
            if listing.cursor == ("flag", flag.key):
                return flag
        return None

    def action_acknowledge(self) -> None:
        """Say that somebody has seen the flag."""
        from engagewatch.tui.attending import acknowledge

        self._attend(acknowledge)

    def action_put_off(self) -> None:
        """Put the flag off until a day."""
        from engagewatch.tui.attending import put_off

        self._attend(put_off)

    def action_wake(self) -> None:
        """Bring back a flag that was put off."""
        from engagewatch.tui.attending import wake

        self._attend(wake)

    def _attend(self, act: Callable[[Page[Any], Thing], None]) -> None:
        flag, view, engagement = self._flag(), self.view, self.engagement
        if flag is None or view is None or engagement is None:
            return
        from engagewatch.tui.attending import Thing

        words = f"{flag.title}. {flag.detail}"
        thing = Thing(engagement, flag.subject, flag.title, words, flag.state, view.as_of)
        act(self, thing)

    def action_all_flags(self) -> None:
        """Show every flag, or the first five again."""
        self._all = not self._all
        self.show()

    def action_seen(self) -> None:
        """Remember that the reader has seen the changes up to this view."""
        if self.view is not None:
            self.post_message(self.Seen(self.engagement_id, self.view.as_of))

    def place_of(self, key: Hashable) -> Place | None:
        """Lead from a flag to its evidence, from a figure to its screen."""
        view = self.view
        if view is None:
            return None
        if isinstance(key, FigureKey):
            return Place(_FIGURE_SCREENS[key.kind], self.engagement_id)
        for flag in (*view.all_flags, *view.put_off):
            if key == ("flag", flag.key):
                if flag.ticket is not None:
                    return Place("clock", self.engagement_id, flag.ticket)
                return Place(flag.screen, self.engagement_id) if flag.screen else None
        for change in view.changes:
            for item in change.items:
                if key == ("change", item.key) and item.ticket is not None:
                    return Place("clock", self.engagement_id, item.ticket)
        return None

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor."""
        key = self.listing.cursor
        return key if isinstance(key, FigureKey) else None
