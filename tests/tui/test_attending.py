"""What a reader says about what waits, in the terminal interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.tui.dialog import Dialog
from engagewatch.tui.widgets.ticket_table import TicketTable
from tests.tui import samples
from tests.tui.stub import StubViews, make_app, press_until, text_of, until

SUBJECT = samples.WAITING.items[0].key


class Kept(list[Entry]):
    """What was entered."""

    def enter(self, entries: Sequence[Entry]) -> None:
        self.extend(entries)

    @property
    def only(self) -> Entry:
        (entry,) = self
        return entry


def in_dialog(app: Any) -> bool:
    return isinstance(app.screen, Dialog)


async def test_snoozing_asks_until_when_and_why() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "z", "Until")
        assert "#47990" in text_of(app)
        await pilot.press(*"3d", "enter", *"budget", "enter")
        await until(pilot, lambda: bool(kept))
        assert kept.only.kind is EntryKind.SNOOZED
        assert kept.only.subject == SUBJECT
        assert dict(kept.only.values) == {
            "until": "2026-03-06",
            "why": "budget",
            "state": "",
            "about": "#47990",
        }
        await until(pilot, lambda: "comes back on Fri 6 Mar" in text_of(app))


async def test_a_day_that_has_passed_is_refused_in_the_dialog() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "z", "Until")
        await pilot.press(*"2026-03-03", "enter")
        await until(pilot, lambda: "2026-03-03 is not after today" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not in_dialog(app))
        assert not kept


async def test_o_assigns_here_and_completes_roles() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        assert "o assign" in text_of(app)
        await press_until(pilot, "o", "Who has it")
        await pilot.press(*"M. Duarte", "enter")
        await until(pilot, lambda: bool(kept))
        assert kept.only.values["to"] == "M. Duarte"


async def test_the_screen_on_the_key_that_assigns_is_in_the_palette() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"on-boarding")
        await until(pilot, lambda: "On-boarding: " in text_of(app))


async def test_an_acknowledgement_may_come_without_a_note() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "a", "Note")
        await pilot.press("enter")
        await until(pilot, lambda: bool(kept))
        assert kept.only.kind is EntryKind.ACKNOWLEDGED


async def test_copying_a_nudge_is_noted() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.press("n")
        await until(pilot, lambda: bool(kept))
        assert app.clipboard == samples.WAITING.items[0].nudge
        assert kept.only.kind is EntryKind.NUDGED
        assert dict(kept.only.values) == {"about": "#47990", "kind": "approval"}


async def test_what_is_put_off_is_one_key_away_and_can_be_woken() -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "1 put off")
        assert "#48100" not in text_of(app)
        await press_until(pilot, "Z", "#48100")
        table = app.shell.page.listing
        assert isinstance(table, TicketTable)
        await pilot.press("end")
        await until(pilot, lambda: "z wake" in text_of(app))
        await pilot.press("z")
        await until(pilot, lambda: bool(kept))
        assert kept.only.kind is EntryKind.WOKEN
        assert kept.only.subject == samples.WAITING.put_off[0].key


async def test_the_nudges_are_one_key_from_the_list() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "tab", "answered after 3h")
        assert "an answer followed 1 of 1 nudge" in text_of(app)
        await press_until(pilot, "tab", "4 items wait on us")


async def test_where_nothing_can_be_written_that_is_said() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "a", "Note")
        await press_until(pilot, "enter", "nothing was entered")


async def test_what_could_not_be_kept_is_said() -> None:
    def fails(_: Sequence[Entry]) -> None:
        raise OSError("disk full")

    app = make_app(enter=fails)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "a", "Note")
        await press_until(pilot, "enter", "could not be entered: disk full")


@pytest.mark.parametrize("key", ["a", "z"])
async def test_a_flag_of_the_brief_is_acknowledged_or_put_off(key: str) -> None:
    kept = Kept()
    app = make_app(enter=kept.enter)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: in_dialog(app))
        await pilot.press(*(("enter",) if key == "a" else (*"monday", "enter", *"known", "enter")))
        await until(pilot, lambda: bool(kept))
        assert kept.only.subject == samples.BRIEF.all_flags[0].subject


async def test_the_brief_begins_with_what_waits_on_us() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        lines = text_of(app).splitlines()
        assert "2 4 items wait on us, oldest 6d; 2 past our own target" in lines[2]
        assert "#47990 approval, R. Okafor (Finance approver)" in lines[3]
        assert "GBP" in lines[4]


async def test_a_quiet_flag_keeps_its_place_on_one_line() -> None:
    views = StubViews()
    first, *rest = samples.BRIEF.attention
    quiet = replace(first, quiet=True, said_words="acknowledged Mon 2 Mar 09:12: on it")
    flags = (quiet, *rest)
    views.answers["brief"] = replace(samples.BRIEF, attention=flags, all_flags=flags)
    app = make_app(views)
    async with app.run_test(size=(120, 36)):
        shown = text_of(app)
        assert f"{first.title}  acknowledged" in shown
        assert first.next_step not in shown


async def test_flags_put_off_are_listed_with_all_flags() -> None:
    views = StubViews()
    first, *rest = samples.BRIEF.attention
    later = replace(first, quiet=True, said_words="put off until Mon 9 Mar: known")
    views.answers["brief"] = replace(
        samples.BRIEF, attention=tuple(rest), all_flags=tuple(rest), more=0, put_off=(later,)
    )
    kept = Kept()
    app = make_app(views, enter=kept.enter)
    async with app.run_test(size=(120, 50)) as pilot:
        assert "put off until" not in text_of(app)
        await press_until(pilot, "f", "put off until Mon 9 Mar")
        await pilot.press(*["down"] * len(rest))
        await until(pilot, lambda: "z wake" in text_of(app))
        await pilot.press("z")
        await until(pilot, lambda: bool(kept))
        assert kept.only.kind is EntryKind.WOKEN


async def test_boxes_are_drawn_in_ascii_where_only_that_can_be_drawn() -> None:
    app = make_app(ascii_signs=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("z")
        await until(pilot, lambda: in_dialog(app))
        await until(pilot, lambda: "+- Snooze -" in text_of(app))
        assert not set("╭╮╰╯│─") & set(text_of(app))
