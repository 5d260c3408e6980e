"""How one ticket's time is laid out: each part of the clock view as lines."""

from __future__ import annotations

from collections.abc import Collection, Hashable

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.sides import Side
from engagewatch.tui.glyphs import CLOCK_SIGNS, COURT_FILLS
from engagewatch.tui.widgets.columns import Column, fitted_to, header, row_parts, table_lines
from engagewatch.tui.widgets.court_bar import (
    CLOSED_TIME,
    COUNTED_TIME,
    PAUSED_TIME,
    Stretch,
    TimeScale,
    clock_bar,
    court_bar,
    event_marks,
    time_axis,
)
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip,
    clip_parts,
    fit,
    joined,
    packed,
    part,
    wrapped,
)
from engagewatch.tui.widgets.meter import meter
from engagewatch.views.clock_view import ClockView, ObligationLine, ReadingRow, TimeSegment
from engagewatch.views.tone import Tone

_LABEL = 17
"""Cells of the names left of the bars."""
_AHEAD = 0.35
"""How far past now the scale may reach to show a due instant, as a share of the time so far."""
_METER = 10
_STRETCHES = 6
"""Stretches of waiting listed; more than a few are of one kind, and their sum says the same."""


def heading(view: ClockView, width: int) -> list[Line]:
    """Return the ticket, where it stands, and the sentence that explains the verdict."""
    lines = wrapped(f"{view.reference}  {view.subject}", width, "bold")
    facts = [
        part(view.priority),
        part(view.status),
        part(view.court_words, view.court.value),
        part(f"opened {view.created_words} by {view.requester}", "dim"),
        part(f"owner {view.owner}" if view.owner else "", "dim"),
        part(view.category, "dim"),
    ]
    lines += packed([fact for fact in facts if fact[0].text], width)
    return [*lines, BLANK, *_verdict(view, width)]


def _verdict(view: ClockView, width: int) -> list[Line]:
    """Return the sentence that explains the verdict, under the sign and name of its own clock."""
    of = next((line for line in view.obligations if line.key == view.explained), None)
    if of is None:
        sign, sentence = Part("→ ", "dim"), view.explanation
    else:
        sign = Part(f"{CLOCK_SIGNS[of.state]} ", of.tone)
        sentence = f"{of.title[:1].upper()}{of.title[1:]}. {view.explanation}"
    return [
        Line((sign if index == 0 else Part("  "), *line.parts))
        for index, line in enumerate(wrapped(sentence, width - 2))
    ]


def scale_of(view: ClockView, width: int) -> TimeScale:
    """Return the scale of all bars: from opening to now or the end, or to a due instant ahead."""
    end = view.finished_at if view.finished_at is not None else view.as_of
    limit = end + int(_AHEAD * max(1, end - view.created_at))
    dues = [line.due_at for line in view.obligations if line.due_at is not None]
    if view.is_open:
        end = max([end, *(due for due in dues if due <= limit)])
    return TimeScale(view.created_at, max(end, view.created_at + 60), max(10, width))


def time_line(
    view: ClockView, width: int, provider: str, timezone: str, marked: Instant | None
) -> list[Line]:
    """Return the bars: the axis, the courts, what happened, and one bar per kind of duty."""
    scale = scale_of(view, width - _LABEL)
    names = {
        Side.PROVIDER: clip(provider, 24),
        Side.CLIENT: "us",
        Side.THIRD_PARTY: "third party",
        Side.NOBODY: "nobody",
    }
    courts = [Stretch(item.from_at, item.until_at, item.side.value) for item in view.bar]
    events = [(event.at, event.side.value if event.side else "dim") for event in view.events]
    rows: list[tuple[str, str, Parts]] = [
        ("", "", time_axis(scale, timezone)),
        ("whose court", "", court_bar(courts, scale, names)),
        ("what happened", "dim", event_marks(events, scale)),
    ]
    duties = dict.fromkeys(line.obligation for line in view.obligations)
    rows += [_duty_row(view, obligation, scale) for obligation in duties]
    lines = [Line((Part(fit(label, _LABEL), role), *parts)) for label, role, parts in rows]
    if marked is not None:
        lines[0] = Line((Part(" " * _LABEL), *_mark(marked, scale, timezone)))
    return lines + _legend(view, width)


def _mark(marked: Instant, scale: TimeScale, timezone: str) -> Parts:
    """Return the axis with nothing but the moment of the event under the cursor."""
    local = to_datetime(marked, zone(timezone))
    label = f"{local:%a} {local.day} {local:%b %H:%M}"
    cell = scale.cell(marked)
    if cell + 1 + len(label) <= scale.width:
        return (Part(" " * cell), Part(f"▼{label}", "accent bold"))
    return (Part(" " * (cell - len(label))), Part(f"{label}▼", "accent bold"))


def _duty_row(view: ClockView, obligation: Obligation, scale: TimeScale) -> tuple[str, str, Parts]:
    lines = [line for line in view.obligations if line.obligation is obligation]
    stretches = [
        Stretch(segment.from_at, segment.until_at, _counting(segment))
        for line in lines
        for segment in line.segments
    ]
    last = lines[-1]
    name = last.title if len(lines) == 1 else obligation.value.replace("_", " ")
    ours = last.ledger is Side.CLIENT
    tones = [line.tone for line in lines]
    role = next((tone.value for tone in (Tone.BAD, Tone.WARNING) if tone in tones), "good")
    if last.tone is Tone.UNKNOWN:
        role = "unknown"
    label = f"our {name}" if ours else name
    return label, "client" if ours else "", clock_bar(stretches, scale, role, last.due_at)


def _counting(segment: TimeSegment) -> str:
    if segment.counted:
        return COUNTED_TIME
    return CLOSED_TIME if segment.seconds == 0 else PAUSED_TIME


def _legend(view: ClockView, width: int) -> list[Line]:
    groups: list[Parts] = []
    for total in view.totals:
        if total.seconds:
            percent = f"{total.share * 100:.0f}%"
            groups.append(
                (
                    Part(f"{COURT_FILLS[total.side]} ", total.side.value),
                    Part(f"{total.words} "),
                    Part(f"{total.span_words} ({percent})", "bold"),
                )
            )
    groups.append((Part(f"elapsed {view.elapsed_words}", "dim"),))
    return [Line((Part(" " * _LABEL), *line.parts)) for line in packed(groups, width - _LABEL)]


_OBLIGATIONS: tuple[Column[ObligationLine], ...] = (
    Column("title", "Clock", lambda row: part(
        f"{CLOCK_SIGNS[row.state]} {'our ' if row.ledger is Side.CLIENT else ''}{row.title}",
        row.tone), 18, 24, 0),
    Column("state", "State", lambda row: part(row.state_words, row.tone), 8, 15, 0),
    Column("used", "Used", lambda row: part(row.consumed_words, "bold"), 14, 22, 0),
    Column("meter", "Share", lambda row: (*meter(row.share, _METER, row.tone), Part(
        "" if row.share is None else f"{min(row.share, 9.99) * 100:4.0f}%", "dim")),
        _METER + 5, _METER + 5, 2),
    Column("due", "Due", lambda row: part(row.due_words, "dim"), 16, 26, 1),
    Column("paused", "Paused", lambda row: part(
        row.paused_words if row.paused else "", "dim"), 10, 24, 3),
)  # fmt: skip


def obligations(
    view: ClockView, width: int, unfolded: Collection[Hashable], timezone: str
) -> list[Line]:
    """Return the clocks with the sentence of each; unfolded ones list their stretches."""
    if not view.obligations:
        return [Line(part("No clock of this ticket is under contract.", "dim"))]
    fitted = fitted_to(_OBLIGATIONS, view.obligations, width)
    lines = [Line(header(fitted))]
    for line in view.obligations:
        key = ("clock", line.key)
        lines.append(Line(row_parts(fitted, line), key))
        lines += wrapped(line.sentence, width, "dim", key=key, indent=2)
        if key in unfolded:
            lines += [
                Line((Part("    "), *_stretch(segment, width - 4, timezone)), key)
                for segment in line.segments
            ]
    return lines


def _stretch(segment: TimeSegment, width: int, timezone: str) -> Parts:
    if segment.words:
        return clip_parts((Part(segment.words, "" if segment.counted else "dim"),), width)
    here = zone(timezone)
    start, end = to_datetime(segment.from_at, here), to_datetime(segment.until_at, here)
    span = f"{start:%a} {start.day} {start:%b %H:%M} to {end:%a} {end.day} {end:%b %H:%M}"
    return clip_parts((Part(f"{span}  {segment.why}", "" if segment.counted else "dim"),), width)


_READINGS: tuple[Column[ReadingRow], ...] = (
    Column("duty", "Three readings", lambda row: part(row.words), 15, 18, 0),
    Column("claimed", "Claimed", lambda row: part(
        row.claimed, "dim" if row.agrees is None else ""), 12, 30, 0),
    Column("contract", "Contract", lambda row: part(row.contract, "bold"), 20, 40, 0),
    Column("felt", "Felt", lambda row: part(row.felt), 7, 14, 0),
    Column("agrees", "Do they agree", lambda row: _agreement(row), 8, 14, 1),
    Column("field", "Read from", lambda row: part(row.claimed_field, "dim"), 10, 30, 2),
)  # fmt: skip


def _agreement(row: ReadingRow) -> Parts:
    if row.agrees is None:
        return part("−", "dim")
    return part("✓ agree", "good") if row.agrees else part("✗ differ", "bad")


def readings(view: ClockView, width: int) -> list[Line]:
    """Return what the provider's tool says, what we count, and what it felt like."""
    if not view.readings:
        return []
    return table_lines(fitted_to(_READINGS, view.readings, width), view.readings)


def waits(view: ClockView, width: int) -> list[Line]:
    """Return how long the ticket waited for us, by its status and by what was asked."""
    found = view.waits
    if found is None:
        return []
    lines = [
        Line(
            (
                Part("Waiting for us", "heading"),
                Part("  by its status "),
                Part(found.claimed_words, "bold"),
                Part(", asked "),
                Part(found.evidenced_words, "bold"),
            )
        )
    ]
    for stretch in found.stretches[:_STRETCHES]:
        lines += wrapped(f"{stretch.kind}: {stretch.words}", width - 2, "notice", indent=2)
    more = len(found.stretches) - _STRETCHES
    if more > 0:
        lines.append(Line(part(f"  and {more} more stretches", "dim")))
    for sentence in found.excused:
        lines += wrapped(sentence, width - 2, "client", indent=2)
    return [*lines, BLANK]


def events(view: ClockView, width: int) -> list[Line]:
    """Return what happened, oldest first."""
    lines = [Line((Part("What happened", "heading"), Part(f"  {len(view.events)}", "dim")))]
    when = max((len(event.at_words) for event in view.events), default=0)
    for event in view.events:
        side = event.side.value if event.side is not None else "dim"
        who = event.who or ""
        words = part(event.words, "dim" if event.is_internal else "")
        body = joined([words, part(who, "dim") if who else ()], "  ")
        lines.append(
            Line(
                clip_parts(
                    (
                        Part(fit(event.at_words, when), "dim"),
                        Part("  "),
                        Part("• ", side),
                        *body,
                    ),
                    width,
                ),
                ("event", event.key),
            )
        )
    return lines


def not_known(view: ClockView, width: int) -> list[Line]:
    """Return what the view does not cover, and the rules it was counted with."""
    lines: list[Line] = [BLANK]
    for sentence in view.not_known:
        lines += [
            Line((Part("? " if index == 0 else "  ", "unknown"), *row.parts))
            for index, row in enumerate(wrapped(sentence, width - 2, "dim"))
        ]
    if view.rule_version:
        lines.append(Line(part(f"rules {view.rule_version}", "faint")))
    return lines
