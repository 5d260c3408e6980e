"""Meetings: what is coming and what was held, and one of them with who came and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Protocol, TypeVar

from textual.binding import Binding, BindingType

from engagewatch.engine.meetings import ActionState, DecisionState
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.tui import meeting_dialogs
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column, fitted_to, row_parts
from engagewatch.tui.widgets.lines import BLANK, Line, Part, Parts, joined, packed, part, wrapped
from engagewatch.views import meeting_entering
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.meeting_list import (
    ActionRow,
    AttendeeRow,
    DecisionRow,
    MeetingRow,
    MeetingsView,
)
from engagewatch.views.tone import Tone


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


RowT = TypeVar("RowT", bound=_Keyed)

COLUMNS: tuple[Column[MeetingRow], ...] = (
    Column("when", "When", lambda row: part(row.when_words, _quiet(row, "")), 16, 21, 0,
           value=lambda row: row.from_at, largest_first=True),
    Column("title", "Meeting", lambda row: part(row.title, _quiet(row, "bold")), 18, 60, 0,
           fair=30, value=lambda row: row.title.casefold()),
    Column("state", "State", lambda row: part(row.state_words, _quiet(row, "")), 7, 20, 4,
           value=lambda row: row.state_words),
    Column("ours", "Us", lambda row: part(row.ours or "−", _tone(row, row.ours_tone)), 12, 30, 0,
           fair=23, value=lambda row: row.ours),
    Column("theirs", "Provider", lambda row: part(row.theirs or "−", _tone(row, row.theirs_tone)),
           12, 30, 1, fair=23, value=lambda row: row.theirs),
    Column("decided", "Decisions", lambda row: part(row.decided), 11, 34, 3,
           only_if_filled=True, value=lambda row: row.decided),
    Column("to_do", "Actions", lambda row: part(row.to_do), 9, 14, 2,
           only_if_filled=True, value=lambda row: row.to_do),
    Column("moved", "Moved", lambda row: part(row.moved_words, "dim"), 13, 28, 5,
           only_if_filled=True, value=lambda row: row.moved_words),
)  # fmt: skip


def _quiet(row: MeetingRow, role: str) -> str:
    return "dim" if row.called_off else role


def _tone(row: MeetingRow, tone: Tone) -> str:
    return "dim" if row.called_off else tone.value


def meeting_detail(row: MeetingRow, width: int) -> list[Line]:
    """Return one meeting in a few lines."""
    series = f"  {row.series}" if row.series and row.series != row.title else ""
    lines = [Line((Part(row.title, "bold"), Part(series, "dim")))]
    facts = [
        part(f"{row.when_words}, {row.length_words}"),
        part(row.state_words),
        part(row.moved_words, "warning"),
        part(f"actions: {row.to_do}" if row.to_do else ""),
        part(f"decisions: {row.decided}" if row.decided else ""),
    ]
    lines += packed([fact for fact in facts if fact[0].text], width)
    for side in ("us", "provider"):
        named = [one for one in row.attendees if one.required and one.side_words == side]
        if named:
            told = joined(
                [(Part(f"{one.name} "), Part(one.words, one.tone.value)) for one in named], ", "
            )
            lines.append(Line((Part(f"{side}: ", "dim"), *told)))
    return lines


class MeetingsPage(TablePage[MeetingsView, MeetingRow]):
    """All meetings: those to come, then those held."""

    title: ClassVar[str] = "Meetings"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Meetings of both sides: those to come first, then those held. Us and Provider say who "
            "of those that have to come accepted, or came. An accepted invitation is not "
            "attendance: until somebody records it, it is not known and counts for nobody."
        ),
        (
            "enter opens a meeting, to record who came, what was decided and what was taken on. "
            "+ adds one that is in no calendar, x says that one does not take place, or does "
            "after all. Of a series the next one is shown; w shows all that are planned."
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "add", "Add", key_display="+", id="add-meeting", tooltip="Add a meeting"),
        Binding("x", "call_off", "Off", id="call-off", tooltip="Say that it does not take place"),
        Binding(
            "w", "whole", "All to come", id="whole", tooltip="Every meeting to come, or the next"
        ),
        Binding("x", "put_on", "On", id="put-on", tooltip="Say that it takes place after all"),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Show the meetings."""
        super().__init__(frame, engagement)
        self._whole = False

    def read(self, views: Views, now: Instant) -> MeetingsView:
        """Return all meetings."""
        return views.meetings(self.engagement_id, now)

    def columns(self) -> Sequence[Column[MeetingRow]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: MeetingsView) -> Sequence[MeetingRow]:
        """Return the meetings; of a series to come the next one, unless all are asked for."""
        return [row for row in view.rows if self._whole or not row.is_later]

    def key_of(self, row: MeetingRow) -> Hashable:
        """Return a meeting's identity."""
        return row.key

    def headline(self, view: MeetingsView) -> Parts:
        """Say what comes next, and who stays away."""
        return part(view.summary.rstrip("."), "bad" if view.facts else "bold")

    def note(self, view: MeetingsView) -> Parts:
        """Say how the year stands."""
        return part(f"us {view.ours_words}", "dim") if view.ours.judged else ()

    def detail(self, row: MeetingRow, width: int) -> list[Line]:
        """Return a meeting in a few lines."""
        return meeting_detail(row, width)

    def nothing(self, view: MeetingsView) -> str:  # noqa: ARG002 - it says the same of any
        """Say how meetings come to be here."""
        return (
            "No meeting is known. A source of kind ics reads them from a calendar; + adds one "
            "that is in none."
        )

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the meeting."""
        row = self.view.row(str(key)) if self.view is not None else None
        return None if row is None else Place("meeting", self.engagement_id, row.key, row.title)

    def figure(self) -> FigureKey | None:
        """Explain our attendance."""
        return FigureKey(FigureKind.ATTENDANCE)

    def link(self) -> str | None:
        """Return the address of the meeting under the cursor."""
        return None if self.row is None else self.row.url or None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the row under the cursor."""
        if action == "call_off":
            return self.row is not None and not self.row.called_off
        if action == "put_on":
            return self.row is not None and self.row.called_off
        if action == "whole":
            return self.view is not None and any(row.is_later for row in self.view.rows)
        return super().check_action(action, parameters)

    def action_whole(self) -> None:
        """Show every meeting to come, or of each series the next one."""
        self._whole = not self._whole
        self.rearrange()

    def action_add(self) -> None:
        """Ask for a meeting that is in no calendar."""
        if self.engagement is not None:
            meeting_dialogs.add_meeting(self, self.engagement)

    def action_call_off(self) -> None:
        """Say that it does not take place."""
        row, engagement = self.row, self.engagement_id
        if row is not None:
            self.post_message(
                Page.Enter(
                    lambda now: (meeting_entering.called_off(engagement, now, row.key),),
                    f"{row.title} is called off",
                )
            )

    def action_put_on(self) -> None:
        """Say that it takes place after all."""
        row, engagement = self.row, self.engagement_id
        if row is not None:
            self.post_message(
                Page.Enter(
                    lambda now: (meeting_entering.takes_place(engagement, now, row.key),),
                    f"{row.title} takes place",
                )
            )


_WHO: tuple[Column[AttendeeRow], ...] = (
    Column("name", "Who", lambda row: part(row.name, "bold"), 16, 44, 0),
    Column("side", "Side", lambda row: part(row.side_words, "dim"), 8, 14, 1),
    Column("need", "", lambda row: part("required" if row.required else "asked", "dim"), 8, 8, 2),
    Column("words", "Attendance", lambda row: (
        Part(f"{TONE_SIGNS[row.tone]} {row.words}", row.tone.value),
        Part(f"  {row.streak_words}" if row.streak_words else "", "bad")), 24, 60, 0),
)  # fmt: skip
_DECISIONS: tuple[Column[DecisionRow], ...] = (
    Column("words", "State", lambda row: part(row.words, row.tone.value), 17, 22, 0),
    Column("text", "Decision", lambda row: part(row.text), 24, 120, 0),
)
_ACTIONS: tuple[Column[ActionRow], ...] = (
    Column("side", "Side", lambda row: part(row.side_words, "dim"), 8, 11, 1),
    Column("text", "Action", lambda row: part(row.text), 20, 70, 0, fair=30),
    Column(
        "owner",
        "Owner",
        lambda row: part(row.owner or "nobody named", "" if row.owner else "unknown"),
        12,
        30,
        2,
    ),
    Column("words", "Stands", lambda row: part(row.words, row.tone.value), 20, 66, 0),
)


class MeetingPage(SheetPage[MeetingsView]):
    """One meeting: who came, what was decided, what was taken on."""

    title: ClassVar[str] = "Meeting"
    about: ClassVar[tuple[str, ...]] = (
        (
            "One meeting. a says of whoever is under the cursor that they came, x that they did "
            "not, X that their absence was excused; the same key again takes it back. On a "
            "decision a says that it was made here, on an action that it is done; x drops either."
        ),
        (
            "d adds a decision that is needed or was made, c an action that somebody takes on, and "
            "z gives an action another date, which is counted."
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "yes", "Came", id="came", tooltip="Say that they came"),
        Binding("a", "made", "Made", id="made", tooltip="Say that it was decided here"),
        Binding("a", "done", "Done", id="done", tooltip="Say that it is done"),
        Binding("x", "no", "Absent", id="absent", tooltip="Say that they did not come"),
        Binding("x", "drop", "Drop", id="drop", tooltip="Say that it is not needed any more"),
        Binding("X", "excuse", "Excused", id="excused", tooltip="Say that they were excused"),
        Binding("d", "decide", "Decision", id="decision", tooltip="Add a decision"),
        Binding("c", "take_on", "Action", id="action", tooltip="Add an action"),
        Binding("z", "redate", "Date", id="redate", tooltip="Give the action another date"),
    ]

    def read(self, views: Views, now: Instant) -> MeetingsView:
        """Return all meetings: one is told with those before it."""
        return views.meetings(self.engagement_id, now)

    @property
    def meeting(self) -> MeetingRow | None:
        """The meeting on show."""
        return None if self.view is None else self.view.row(str(self.frame.place.subject))

    def lay_out(self, view: MeetingsView, width: int) -> list[Line]:
        """Return the meeting with its lists."""
        row = view.row(str(self.frame.place.subject))
        if row is None:
            return wrapped("This meeting is not known any more.", width, "dim")
        head = [
            Part(f"{row.when_words}, {row.length_words}", "bold"),
            Part(f"   {row.state_words}"),
        ]
        if row.moved_words:
            head.append(Part(f"   {row.moved_words}", "warning"))
        lines = [Line((Part(row.title, "heading"),)), Line(tuple(head)), BLANK]
        lines += _section("Who", _WHO, row.attendees, width, "nobody has to come, as far as known")
        lines += _section("Decisions", _DECISIONS, row.decisions, width, "none; d adds one")
        actions = (*row.actions, *row.carried)
        lines += _section("Actions", _ACTIONS, row.actions, width, "none; c adds one", actions)
        if row.carried:
            lines += _section("Brought along", _ACTIONS, row.carried, width, "", actions)
        return lines

    def detail(self, _view: MeetingsView, _key: Hashable, width: int) -> list[Line]:
        """Return what is under the cursor in full."""
        if (one := self.attendee) is not None:
            told = f"{one.side_words}, {'required' if one.required else 'asked'}"
            streak = f"  {one.streak_words}" if one.streak_words else ""
            return [
                Line((Part(one.name, "bold"), Part(f"  {told}", "dim"))),
                *wrapped(f"{one.words}{streak}", width, one.tone.value),
            ]
        if (decision := self.decision) is not None:
            return [
                *wrapped(decision.text, width, "bold"),
                *wrapped(decision.words, width, decision.tone.value),
            ]
        if (action := self.taken_on) is not None:
            owner = action.owner or "nobody named"
            whose = f"{action.side_words}, {owner}: " if action.side_words else f"{owner}: "
            return [
                *wrapped(action.text, width, "bold"),
                *wrapped(f"{whose}{action.words}", width, action.tone.value),
            ]
        return []

    def link(self) -> str | None:
        """Return the meeting's address."""
        return None if self.meeting is None else self.meeting.url or None

    # What is under the cursor.

    @property
    def attendee(self) -> AttendeeRow | None:
        """The attendee under the cursor."""
        rows = () if self.meeting is None else self.meeting.attendees
        return next((one for one in rows if one.key == self._sheet.cursor), None)

    @property
    def decision(self) -> DecisionRow | None:
        """The decision under the cursor."""
        rows = () if self.meeting is None else self.meeting.decisions
        return next((one for one in rows if one.key == self._sheet.cursor), None)

    @property
    def taken_on(self) -> ActionRow | None:
        """The action under the cursor."""
        rows = () if self.meeting is None else (*self.meeting.actions, *self.meeting.carried)
        return next((one for one in rows if one.key == self._sheet.cursor), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with what is under the cursor."""
        if action in ("yes", "no", "excuse"):
            return self.attendee is not None
        if action == "made":
            return self.decision is not None
        if action in ("done", "redate"):
            return self.taken_on is not None
        if action == "drop":
            return self.decision is not None or self.taken_on is not None
        if action in ("decide", "take_on"):
            return self.meeting is not None
        return super().check_action(action, parameters)

    def _enter(self, make: Callable[[str, Instant, str], Entry], done: str) -> None:
        meeting, engagement = self.meeting, self.engagement_id
        if meeting is not None:
            key = meeting.key
            self.post_message(Page.Enter(lambda now: (make(engagement, now, key),), done))

    def _attend(self, came: bool, words: str, *, excused: bool = False) -> None:
        one = self.attendee
        if one is None:
            return
        again = one.came is came and one.excused is excused
        self._enter(
            lambda engagement, now, meeting: meeting_entering.attended(
                engagement,
                now,
                meeting,
                one.who,
                came=None if again else came,
                side=one.side,
                excused=excused and not again,
            ),
            f"{one.name}: nothing recorded any more" if again else f"{one.name} {words}",
        )

    def action_yes(self) -> None:
        """Say that they came."""
        self._attend(True, "came")

    def action_no(self) -> None:
        """Say that they did not come."""
        self._attend(False, "did not come")

    def action_excuse(self) -> None:
        """Say that they did not come, and were excused."""
        self._attend(False, "did not come, excused", excused=True)

    def action_made(self) -> None:
        """Say that it was decided here, or that it is still needed."""
        one = self.decision
        if one is not None:
            again = one.state is DecisionState.MADE
            state = DecisionState.NEEDED if again else DecisionState.MADE
            self._decide(one, state, "still needed" if again else "decided here")

    def _decide(self, one: DecisionRow, state: DecisionState, words: str) -> None:
        self._enter(
            lambda engagement, now, meeting: meeting_entering.decision(
                engagement, now, meeting, state, of=one.id
            ),
            f"{one.text}: {words}",
        )

    def action_done(self) -> None:
        """Say that it is done, or open after all."""
        one = self.taken_on
        if one is not None:
            again = one.state is ActionState.DONE
            self._act(one, ActionState.OPEN if again else ActionState.DONE)

    def _act(self, one: ActionRow, state: ActionState) -> None:
        self._enter(
            lambda engagement, now, meeting: meeting_entering.action(
                engagement, now, meeting, of=one.id, state=state
            ),
            f"{one.text}: {state.value}",
        )

    def action_drop(self) -> None:
        """Say that it is not needed any more."""
        decided, taken = self.decision, self.taken_on
        if decided is not None:
            self._decide(decided, DecisionState.DROPPED, "not needed any more")
        elif taken is not None:
            self._act(taken, ActionState.DROPPED)

    def action_decide(self) -> None:
        """Ask for a decision."""
        if self.meeting is not None and self.engagement is not None:
            meeting_dialogs.add_decision(self, self.engagement, self.meeting)

    def action_take_on(self) -> None:
        """Ask for an action."""
        if self.meeting is not None and self.engagement is not None and self.view is not None:
            meeting_dialogs.add_action(self, self.engagement, self.meeting, self.view.as_of)

    def action_redate(self) -> None:
        """Ask for another date."""
        one = self.taken_on
        if one and self.meeting and self.engagement and self.view:
            meeting_dialogs.redate(self, self.engagement, self.meeting, one, self.view.as_of)


def _section(
    title: str,
    columns: Sequence[Column[RowT]],
    rows: Sequence[RowT],
    width: int,
    nothing: str,
    aligned_with: Sequence[RowT] = (),
) -> list[Line]:
    """Return a list under its title; ``aligned_with`` are rows that share its columns' widths."""
    lines = [Line((Part(title, "heading"),))]
    if not rows:
        return [*lines, Line(part(nothing, "dim")), BLANK]
    fitted = fitted_to(columns, aligned_with or rows, width)
    lines += [Line(row_parts(fitted, row), row.key) for row in rows]
    return [*lines, BLANK]
