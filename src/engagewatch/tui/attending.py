"""Assigning, acknowledging and putting off what waits, by keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.dialog import Dialog, Field
from engagewatch.tui.page import Page
from engagewatch.views import attending, wording


@dataclass(frozen=True, slots=True)
class Thing:
    """What the reader says something about."""

    engagement: Engagement
    subject: str
    """Under which it is entered."""
    about: str
    """What it is called."""
    words: str
    """What the dialog says of it."""
    state: str
    """As it is now; a change of it ends what was said."""
    as_of: Instant


def assign(page: Page[Any], thing: Thing) -> None:
    """Ask who has it from now on."""
    roles = [role.role for role in thing.engagement.people if role.side is Side.CLIENT]
    hint = ", ".join(roles[:3]) or "a role or a name"

    def keep(answers: Mapping[str, str] | None) -> None:
        if answers is None:
            return
        to = answers["to"]
        done = f"{thing.about} is with {to} now" if to else f"{thing.about} is assigned to nobody"
        page.post_message(
            Page.Enter(
                lambda now: (
                    attending.assigned(thing.engagement.id, now, thing.subject, thing.about, to),
                ),
                done,
            )
        )

    about = f"{thing.words} Left empty, the assignment is taken back."
    field = Field("to", "Who has it", hint=hint, choices=tuple(roles))
    page.app.push_screen(Dialog("Assign", [field], about=about), keep)


def acknowledge(page: Page[Any], thing: Thing) -> None:
    """Ask for a note, and take down that this was seen."""

    def keep(answers: Mapping[str, str] | None) -> None:
        if answers is None:
            return
        note = answers["note"]
        page.post_message(
            Page.Enter(
                lambda now: (
                    attending.acknowledged(
                        thing.engagement.id, now, thing.subject, thing.about, thing.state, note
                    ),
                ),
                f"acknowledged {thing.about}",
            )
        )

    about = f"{thing.words} It keeps its place, and is quiet until it changes."
    field = Field("note", "Note", hint="what is being done; may be left empty")
    page.app.push_screen(Dialog("Acknowledge", [field], about=about), keep)


def put_off(page: Page[Any], thing: Thing) -> None:
    """Ask until when, and why."""
    today = attending.local_day(thing.as_of, thing.engagement.timezone)

    def keep(answers: Mapping[str, str] | None) -> None:
        if answers is None:
            return
        until = attending.parse_until(answers["until"], today)
        why = answers["why"]
        page.post_message(
            Page.Enter(
                lambda now: (
                    attending.put_off(
                        thing.engagement.id,
                        now,
                        thing.subject,
                        thing.about,
                        thing.state,
                        until,
                        why,
                    ),
                ),
                f"{thing.about} comes back on {wording.date_words(until)}, or when it changes",
            )
        )

    def wrong(text: str) -> str:
        try:
            attending.parse_until(text, today)
        except ValueError as error:
            return str(error)
        return ""

    fields = [
        Field(
            "until",
            "Until",
            hint="3d, monday, 2026-03-09",
            required="Until when? Write 3d, monday or a date.",
            check=wrong,
        ),
        Field("why", "Reason", required="A reason is needed: it stands beside the item."),
    ]
    about = f"{thing.words} It comes back on that day, and at once if it changes."
    page.app.push_screen(Dialog("Snooze", fields, about=about), keep)


def wake(page: Page[Any], thing: Thing) -> None:
    """Bring back at once what was put off."""
    page.post_message(
        Page.Enter(
            lambda now: (attending.woken(thing.engagement.id, now, thing.subject, thing.about),),
            f"{thing.about} is back on the list",
        )
    )
