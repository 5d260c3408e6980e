"""What becomes of a task of the plan, by keyboard: done, moved, noted, reopened, called off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.tui.dialog import Dialog, Field
from engagewatch.tui.page import Page
from engagewatch.views import attending, onboarding_entering, wording
from engagewatch.views.onboarding_plan import TaskState

Answers = Mapping[str, str]


def done(page: Page[Any], engagement: str, one: TaskState, today: date) -> None:
    """Ask when it was finished and what shows it."""
    wanted = f" What shows it: {one.task.evidence}." if one.task.evidence else ""
    fields = [
        Field("on", "Done on", value="today", hint="today, yesterday, 2026-03-09",
              required="Since when? Write today or a date.",
              check=_told_by(lambda text: onboarding_entering.parse_past_day(text, today))),
        Field("note", "Evidence", hint="where it is kept, who saw it; may be left empty"),
    ]  # fmt: skip

    def make(answers: Answers, now: Instant) -> Entry:
        on = onboarding_entering.parse_past_day(answers["on"], today)
        return onboarding_entering.done(engagement, now, one, on, answers["note"])

    _ask(page, "Done", fields, f"{_named(one)}.{wanted}", make, f"{one.id} is done")


def move(page: Page[Any], engagement: str, one: TaskState, today: date) -> None:
    """Ask for another day, and why."""
    fields = [
        Field("due", "New date", hint="2026-03-09, 3d, 2w, monday",
              required="For when? Write a date, 3d or monday.",
              check=_told_by(lambda text: attending.parse_until(text, today))),
        Field("why", "Reason", required="A reason is needed: it stands beside the new date."),
    ]  # fmt: skip

    def make(answers: Answers, now: Instant) -> Entry:
        due = attending.parse_until(answers["due"], today)
        return onboarding_entering.moved(engagement, now, one, due, answers["why"])

    promised = wording.date_words(one.promised)
    about = f"{_named(one)}, promised for {promised}. The planned date stays; this one is counted."
    _ask(page, "Another date", fields, about, make, f"{one.id} has another date")


def note(page: Page[Any], engagement: str, one: TaskState) -> None:
    """Ask for a few words."""
    fields = [Field("note", "Note", required="The note is empty.")]
    _ask(
        page,
        "Note",
        fields,
        f"{_named(one)}.",
        lambda answers, now: onboarding_entering.noted(engagement, now, one, answers["note"]),
        f"noted at {one.id}",
    )


def reopen(page: Page[Any], engagement: str, one: TaskState) -> None:
    """Ask why it is not over after all."""
    fields = [Field("note", "Reason", hint="what is missing; may be left empty")]
    _ask(
        page,
        "Open again",
        fields,
        f"{_named(one)}.",
        lambda answers, now: onboarding_entering.reopened(engagement, now, one, answers["note"]),
        f"{one.id} is open again",
    )


def call_off(page: Page[Any], engagement: str, one: TaskState) -> None:
    """Ask why it will not be done."""
    fields = [Field("note", "Reason", required="A reason is needed: others no longer wait for it.")]
    _ask(
        page,
        "Call off",
        fields,
        f"{_named(one)}. Whatever depends on it no longer waits for it.",
        lambda answers, now: onboarding_entering.called_off(engagement, now, one, answers["note"]),
        f"{one.id} is called off",
    )


def _named(one: TaskState) -> str:
    return f"{one.id} {one.task.title}"


def _told_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Return a check that says what a parser refuses."""

    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            return str(error)
        return ""

    return check


def _ask(
    page: Page[Any],
    title: str,
    fields: Sequence[Field],
    about: str,
    make: Callable[[Answers, Instant], Entry],
    said: str,
) -> None:
    def keep(answers: Answers | None) -> None:
        if answers is not None:
            page.post_message(Page.Enter(lambda now: (make(answers, now),), said))

    def refused(answers: Answers) -> str:
        try:
            make(answers, 0)
        except ValueError as error:
            return str(error)
        return ""

    page.app.push_screen(Dialog(title, fields, about=about, check=refused), keep)
