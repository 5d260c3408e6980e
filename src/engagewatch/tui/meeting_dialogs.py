"""What is asked about meetings, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engagewatch.engine.meetings import DecisionState
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.dialog import Dialog, Field
from engagewatch.tui.page import Page
from engagewatch.views import meeting_entering, wording
from engagewatch.views.attending import local_day
from engagewatch.views.meeting_list import ActionRow, MeetingRow
from engagewatch.views.meeting_words import WHOSE

Answers = Mapping[str, str]


def add_meeting(page: Page[Any], engagement: Engagement) -> None:
    """Ask for a meeting that is in no calendar."""

    def make(answers: Answers, now: Instant) -> Entry:
        begin = meeting_entering.parse_moment(answers["at"], engagement.timezone)
        minutes = int(answers["minutes"] or 60)
        return meeting_entering.held(engagement.id, now, answers["title"], begin, minutes)

    _ask(
        page,
        "Add a meeting",
        [
            Field(
                "title",
                "Title",
                hint="Steering committee",
                required="What is it called?",
                choices=tuple(series.name for series in engagement.meetings),
            ),
            Field(
                "at",
                "Begins",
                hint="2026-03-09 14:00",
                required='When? Write it like "2026-03-09 14:00".',
                check=_refused(
                    lambda text: meeting_entering.parse_moment(text, engagement.timezone)
                ),
            ),
            Field("minutes", "Minutes", hint="60", check=_minutes),
        ],
        "One that is in no calendar, past or to come. Whose title a [[meetings]] row covers has "
        "its required roles.",
        make,
        lambda answers: f"added {answers['title']}",
    )


def add_decision(page: Page[Any], engagement: Engagement, meeting: MeetingRow) -> None:
    """Ask for a decision that is needed or was made."""
    states = {"needed": DecisionState.NEEDED, "made": DecisionState.MADE}

    def make(answers: Answers, now: Instant) -> Entry:
        return meeting_entering.decision(
            engagement.id, now, meeting.key, states[answers["state"].lower()], text=answers["text"]
        )

    def known(text: str) -> str:
        return "" if text.lower() in states else 'Write "needed" or "made".'

    _ask(
        page,
        "Decision",
        [
            Field("text", "Decision", hint="Approve the new firewall", required="What about?"),
            Field(
                "state",
                "State",
                "made" if meeting.is_over else "needed",
                required='Write "needed" or "made".',
                check=known,
                choices=tuple(states),
            ),
        ],
        "A decision that is written down before the meeting as needed counts for its yield.",
        make,
        lambda answers: f"{answers['state'].lower()}: {answers['text']}",
    )


def add_action(
    page: Page[Any], engagement: Engagement, meeting: MeetingRow, as_of: Instant
) -> None:
    """Ask for something that somebody takes on."""
    roles = {role.role.casefold(): role for role in engagement.people}
    today = local_day(as_of, engagement.timezone)

    def side_of(owner: str) -> Side:
        role = roles.get(owner.casefold())
        return role.side if role is not None else meeting_entering.parse_side(owner)

    def make(answers: Answers, now: Instant) -> Entry:
        due = answers["due"]
        owner = answers["owner"]
        return meeting_entering.action(
            engagement.id,
            now,
            meeting.key,
            text=answers["text"],
            side=side_of(owner),
            owner=roles[owner.casefold()].role if owner.casefold() in roles else "",
            due=meeting_entering.parse_due(due, today) if due else None,
        )

    named = ", ".join([*[role.role for role in engagement.people][:3], "us", "provider"])
    _ask(
        page,
        "Action",
        [
            Field(
                "text", "Action", hint="Send the list of leavers", required="What is to be done?"
            ),
            Field(
                "owner",
                "Owner",
                hint=named,
                required="Whose is it? A role, us or provider.",
                check=lambda text: (
                    ""
                    if _held(side_of, text)
                    else "Not a role here. Write us, provider, or a role of the file."
                ),
                choices=(*(role.role for role in engagement.people), *WHOSE.values()),
            ),
            Field(
                "due",
                "Due",
                hint="2w, friday, 2026-03-09; may be left empty",
                check=_refused(lambda text: meeting_entering.parse_due(text, today)),
            ),
        ],
        "",
        make,
        lambda answers: f"taken on: {answers['text']}",
    )


def redate(
    page: Page[Any],
    engagement: Engagement,
    meeting: MeetingRow,
    action: ActionRow,
    as_of: Instant,
) -> None:
    """Ask for another date of an action."""
    today = local_day(as_of, engagement.timezone)

    def make(answers: Answers, now: Instant) -> Entry:
        due = meeting_entering.parse_due(answers["due"], today)
        return meeting_entering.action(engagement.id, now, meeting.key, of=action.id, due=due)

    def done(answers: Answers) -> str:
        due = meeting_entering.parse_due(answers["due"], today)
        return f"{action.text}: due {wording.date_words(due)}"

    _ask(
        page,
        "Another date",
        [
            Field(
                "due",
                "Due",
                hint="2w, friday, 2026-03-09",
                required="Until when? Write 2w, friday or a date.",
                check=_refused(lambda text: meeting_entering.parse_due(text, today)),
            )
        ],
        f"{action.text}: {action.words}. A date that is moved is counted.",
        make,
        done,
    )


def _ask(
    page: Page[Any],
    title: str,
    fields: Sequence[Field],
    about: str,
    make: Callable[[Answers, Instant], Entry],
    done: Callable[[Answers], str],
) -> None:
    def keep(answers: Answers | None) -> None:
        if answers is not None:
            page.post_message(Page.Enter(lambda now: (make(answers, now),), done(answers)))

    page.app.push_screen(Dialog(title, fields, about=about), keep)


def _refused(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Return a check that tells why ``parse`` refuses an answer."""

    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            return str(error)
        return ""

    return check


def _held(side_of: Callable[[str], Side], text: str) -> bool:
    return not _refused(side_of)(text)


def _minutes(text: str) -> str:
    good = text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 24 * 60
    return "" if good else "Minutes, as a number up to 1440."
