"""Felt vs was: four questions with nothing on screen, and only then the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType

from engagewatch.engine.felt import parse_count, parse_length
from engagewatch.model.instants import Instant
from engagewatch.tui.dialog import Check, Dialog, Field
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import BLANK, Line, part, wrapped
from engagewatch.views.attending import local_day
from engagewatch.views.then_now_felt import (
    BEFORE,
    MONTHS,
    SINCE,
    Asked,
    FeltLine,
    FeltView,
    asked,
    felt_of,
    guessed,
    parse_last,
)

ASKED = "asked"
"""The face of a page whose questions were put once."""
_PRIVATE = (
    "Your guesses stay on this machine: no export and no command prints them unless "
    "--include-guesses asks for it."
)

COLUMNS: tuple[Column[FeltLine], ...] = (
    Column("question", "", lambda line: part(line.question, "bold"), 16, 18, 0),
    Column("felt", "Felt", lambda line: part(line.felt), 14, 28, 0),
    Column("was", "Was", lambda line: part(line.was), 14, 22, 0),
    Column("ratio", "How far apart", lambda line: part(line.ratio, "accent"), 22, 38, 0),
)


class FeltPage(SheetPage[FeltView]):
    """What was felt beside what was."""

    title: ClassVar[str] = "Felt vs was"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "You are asked how many outages there were in a time, over how long they were spread, "
            'how long the worst took and when the last one was. A range will do, and so will "no '
            'idea". Only then the record of that time is shown, and how far the two are apart.'
        ),
        (
            "Nobody's memory is assumed to go wrong in one direction. The record may miss events "
            "too, and says so. " + _PRIVATE
        ),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "guess", "Guess", id="guess-again", tooltip="Guess again", priority=True),
    ]

    _asking = False

    def read(self, views: Views, now: Instant) -> FeltView:
        """Return the guesses so far."""
        return views.felt(self.engagement_id, now)

    def show(self) -> None:
        """Put the questions when the page is first seen; nothing of the record before that."""
        first = self.view is not None and not self.frame.face
        if first:
            self.frame.face = ASKED
            self._asking = bool(self.view and self.view.longest)
        super().show()
        if first and self._asking:
            self.call_after_refresh(self.action_guess)

    def lay_out(self, view: FeltView, width: int) -> list[Line]:
        """Return nothing of the record while questions are open; then felt beside was."""
        if self._asking:
            return wrapped("Nothing of the record is shown while you are asked.", width, "dim")
        if not view.longest:
            return wrapped("No outages are on record yet, so there is nothing to guess.", width)
        if not view.lines:
            return [
                *wrapped("You have not guessed yet. g asks.", width, "bold"),
                BLANK,
                *wrapped(_PRIVATE, width, "dim"),
            ]
        return _told(view, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ask only about what is on record."""
        if action == "guess":
            return self.view is not None and bool(self.view.longest)
        return super().check_action(action, parameters)

    def action_guess(self) -> None:
        """Ask which time, then one question after the other."""
        view = self.view
        if view is None or not view.longest:
            return
        self._asking = True
        super().show()
        era = BEFORE if BEFORE in view.longest else SINCE
        fields = [
            Field(
                "era",
                "Which time",
                era,
                required="before or since?",
                check=_one_of(view),
                choices=tuple(view.longest),
            ),
            Field("months", "Months", str(min(MONTHS, view.longest[era])), check=_whole),
        ]
        told = ". ".join((*(one[:1].upper() + one[1:] for one in view.bounded), ""))
        about = (
            f"{told}How many months are you thinking of: the last ones before the start, or the "
            "last ones since?"
        )

        def chosen(answers: Mapping[str, str] | None) -> None:
            if answers is None:
                self._stop()
                return
            months = int(answers["months"] or MONTHS)
            self._questions(asked(view.record, answers["era"].casefold(), months), {})

        self.app.push_screen(Dialog("Felt vs was", fields, about=about), chosen)

    def _questions(self, about: Asked, answers: dict[str, str]) -> None:
        """Ask the next question that has no answer yet; after the last one keep them all."""
        for key, label, words, hint, check in self._asks():
            if key not in answers:
                self._ask(about, answers, (key, label, words, hint, check))
                return
        self._keep(about, answers)

    def _asks(self) -> tuple[tuple[str, str, str, str, Check], ...]:
        return (
            ("count", "How many", "How many outages were there?", "12, 10-15, no idea",
             _checked(parse_count)),
            ("span", "Over how long", "Over how long a time were they spread?",
             "4 months, 2-3 weeks, no idea", _checked(parse_length)),
            ("worst", "The worst", "How long did the longest of them take?",
             "3h, 1-2 days, no idea", _checked(parse_length)),
            ("last", "The last", "When did the last of them begin?",
             "2026-02-14, 2026-02, 3 weeks ago, no idea", self._check_last),
        )  # fmt: skip

    def _ask(
        self, about: Asked, answers: dict[str, str], ask: tuple[str, str, str, str, Check]
    ) -> None:
        key, label, words, hint, check = ask

        def answered(found: Mapping[str, str] | None) -> None:
            if found is None:
                self._stop()
                return
            self._questions(about, {**answers, key: found[key]})

        title = f"Question {len(answers) + 1} of 4"
        text = f"{words} Think of the {about.words}. Left empty it means no idea."
        field = Field(key, label, hint=hint, check=check)
        self.app.push_screen(Dialog(title, [field], about=text), answered)

    def _keep(self, about: Asked, answers: Mapping[str, str]) -> None:
        engagement, today = self.engagement_id, self._today()
        felt = felt_of(answers["count"], answers["span"], answers["worst"], answers["last"], today)
        self.post_message(
            Page.Enter(
                lambda now: (guessed(engagement, now, about, felt),),
                "your guess is kept, on this machine only",
            )
        )
        self._stop()

    def _stop(self) -> None:
        self._asking = False
        super().show()

    def _check_last(self, text: str) -> str:
        return _checked(lambda typed: parse_last(typed, self._today()))(text)

    def _today(self) -> date:
        assert self.view is not None
        assert self.engagement is not None
        return local_day(self.view.as_of, self.engagement.timezone)


def _checked(parse: Callable[[str], object]) -> Check:
    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            return str(error)
        return ""

    return check


def _one_of(view: FeltView) -> Check:
    def check(text: str) -> str:
        known = list(view.longest)
        return "" if text.casefold() in known else f"on record is: {' and '.join(known)}"

    return check


def _whole(text: str) -> str:
    if text.isdecimal() and 1 <= int(text) <= 600:
        return ""
    return "a number of months such as 6"


def _told(view: FeltView, width: int) -> list[Line]:
    lines = wrapped(f"{view.about[:1].upper()}{view.about[1:]}", width, "bold")
    if view.had_looked:
        lines += wrapped("Made after the record had been seen.", width, "warning")
    lines += [BLANK, *table_lines(fitted_to(COLUMNS, view.lines, width), view.lines)]
    for words in view.holes:
        lines += wrapped(words, width, "warning")
    if view.listed:
        lines += [BLANK, Line(part("On record", "heading"))]
        for words in view.listed:
            lines += wrapped(words, width)
    if view.history:
        lines += [BLANK, Line(part("Earlier guesses", "heading"))]
        for words in view.history:
            lines += wrapped(words, width, "dim")
    return [*lines, BLANK, *wrapped(_PRIVATE, width, "dim")]
