"""What a reader enters by keyboard, in a box over the screen."""

from __future__ import annotations

from typing import Any

import pytest

from engagewatch.tui.dialog import Dialog, Field
from tests.tui.stub import make_app, text_of

DATE = Field(
    "until",
    "Until",
    hint="2026-03-09",
    required="until when?",
    check=lambda text: "" if text.count("-") == 2 else "not a date",
)
WHY = Field("why", "Why", required="give a reason")


async def opened(pilot: Any, dialog: Dialog) -> list[dict[str, str] | None]:
    """Open a dialog; return the list that its answers will be put in."""
    answers: list[dict[str, str] | None] = []
    await pilot.app.push_screen(dialog, answers.append)
    await pilot.pause()
    return answers


async def test_enter_goes_on_and_saves_from_the_last_input() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot, Dialog("Snooze", [DATE, WHY], about="#48213 Printer"))
        shown = text_of(app)
        assert "#48213 Printer" in shown
        assert "enter save  esc cancel" in shown
        await pilot.press(*"2026-03-09", "enter")
        assert not answers
        await pilot.press(*" holiday", "enter")
        await pilot.pause()
        assert answers == [{"until": "2026-03-09", "why": "holiday"}]


async def test_an_answer_that_will_not_do_is_told_and_gone_back_to() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = Dialog("Snooze", [DATE, WHY])
        answers = await opened(pilot, dialog)
        await pilot.press(*"soon", "down", *"holiday", "enter")
        await pilot.pause()
        assert "not a date" in text_of(app)
        assert not answers
        await pilot.press(*["backspace"] * 4, *"2026-03-09")
        assert dialog.problem == ""
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert answers == [{"until": "2026-03-09", "why": "holiday"}]


async def test_what_is_required_is_asked_for_in_words() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot, Dialog("Note", [WHY]))
        await pilot.press("enter")
        await pilot.pause()
        assert "give a reason" in text_of(app)
        await pilot.press("escape")
        await pilot.pause()
        assert answers == [None]


async def test_answers_are_looked_at_together() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = Dialog("Move", [WHY], check=lambda given: f"{given['why']} is no reason")
        answers = await opened(pilot, dialog)
        await pilot.press(*"none", "enter")
        await pilot.pause()
        assert "none is no reason" in text_of(app)
        assert not answers


async def test_a_choice_is_completed_while_typed() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        who = Field("who", "Who", choices=("Finance approver", "IT manager"))
        answers = await opened(pilot, Dialog("Assign", [who]))
        await pilot.press(*"fin")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.press("right", "enter")
        await pilot.pause()
        assert answers == [{"who": "Finance approver"}]


async def test_letters_in_a_dialog_are_no_keys_of_the_screen_below() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot, Dialog("Note", [WHY]))
        await pilot.press(*"q2?", "enter")
        await pilot.pause()
        assert answers == [{"why": "q2?"}]


def test_more_than_three_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="one to three"):
        Dialog("Much", [WHY] * 4)
