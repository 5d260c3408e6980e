"""Trend, promises, outlook, disputes and credits: what they answer and what is noted on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.views.keys import FigureKind, TicketKey
from tests.tui import samples_contract as samples
from tests.tui.stub import StubViews, make_app, press_until, text_of, until

SIZES = [(80, 24), (120, 36), (200, 55), (60, 15)]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("6", "Signals: 1 for the worse; 1 routine"),
        ("6 enter", "42 in the last whole period"),
        ("7", "2 promises: 1 behind, 1 unmeasurable"),
        ("7 enter", "Resolved with one answer  ✗ behind"),
        ("5 tab", "March 2026 is lost already for"),
        ("5 tab tab", "March 2026: 1 of 40 differs"),
        ("5 tab tab tab", "GBP 320.00 for February 2026"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
async def test_each_shows_its_answer_at_every_size(
    keys: str, words: str, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, keys, words)
        shown = text_of(app)
        assert all(len(line) <= size[0] for line in shown.splitlines())
        assert "? help" in shown


async def test_a_series_and_a_promise_open_without_reading_again() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "6", "Signals: 1 for the worse")
        await press_until(pilot, "enter", "Trend › Open tickets")
        await press_until(pilot, "escape", "Signals: 1 for the worse")
        await app.workers.wait_for_complete()
        assert views.asked.count(("trend", "northwind")) == 1
        await press_until(pilot, "7", "2 promises")
        await press_until(pilot, "enter", "On record")
        await press_until(pilot, "escape", "2 promises")
        await app.workers.wait_for_complete()
        assert views.asked.count(("promises", "northwind")) == 1


async def test_a_screen_left_and_come_back_to_is_read_again_if_anything_was_stored() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "6", "Signals: 1 for the worse")
        await press_until(pilot, "2", "4 items wait on us")
        views.answers["trend"] = replace(samples.TREND, summary="No signal; 2 routine")
        views.has_changed = True
        app.shell._check()
        await app.workers.wait_for_complete()
        await press_until(pilot, "6", "No signal; 2 routine")


async def test_a_signal_says_whether_it_is_for_the_worse() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "6", "▲ worse: above usual")
        assert "12 to 36" in text_of(app)
        await press_until(pilot, "down", "routine variation: asking why will not help")
        await press_until(pilot, "up i", "Why this number")


async def test_a_promise_shows_its_path_its_seal_and_what_was_changed() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "7", "2 promises")
        assert "nothing measures it" not in text_of(app)
        await press_until(pilot, "enter", "sealed Mon 5 Jan 2026, before any data")
        shown = text_of(app)
        assert "promised path" in shown
        assert "Mon 2 Feb 2026: target 70.0% became 66.0%" in shown


async def test_tab_says_where_it_leads_and_keeps_the_month() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5", "tab outlook")
        await press_until(pilot, "left_square_bracket", "tab outlook")
        await press_until(pilot, "tab", "tab disputes")
        assert ("outlook", "northwind", "2026-02") in views.asked
        await press_until(pilot, "tab", "tab credits")
        assert ("disputes", "northwind", "2026-02") in views.asked
        await press_until(pilot, "tab", "tab sla")
        await press_until(pilot, "question_mark", "Turn to SLA")


async def test_the_outlook_turns_months_but_not_into_the_future() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5 tab", "lost already for")
        views.answers["outlook"] = replace(
            samples.OUTLOOK,
            period=samples.MARCH.previous(),
            is_complete=True,
            summary="February 2026 is over: every promised share was kept.",
        )
        await press_until(pilot, "left_square_bracket", "February 2026 is over")
        assert views.asked[-1] == ("outlook", "northwind", "2026-02")
        views.answers["outlook"] = samples.OUTLOOK
        await press_until(pilot, "right_square_bracket", "lost already for")
        assert views.asked[-1] == ("outlook", "northwind", None)
        await pilot.press("right_square_bracket")
        await app.workers.wait_for_complete()
        assert views.asked[-1] == ("outlook", "northwind", None)
        await press_until(pilot, "i", "Why this number")


async def test_a_dispute_is_noted_explained_and_leads_to_its_evidence() -> None:
    kept: list[Entry] = []

    def enter(entries: Sequence[Entry]) -> None:
        kept.extend(entries)

    views = StubViews()
    app = make_app(views, enter=enter)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5 tab tab", "1 of 40 differs")
        assert "pauses without a question on record" in text_of(app)
        await press_until(pilot, "d", "Dispute #48155")
        await pilot.press(*"maybe", "enter")
        await until(pilot, lambda: '"maybe" is not one of' in text_of(app))
        await pilot.press(*["backspace"] * 5, *"raised", "enter")
        await press_until(pilot, "enter", "#48155: dispute raised")
        (entry,) = kept
        assert (entry.kind, entry.subject) == (EntryKind.DISPUTED, "desk/48155/resolution")
        assert entry.values["state"] == "raised"
        await press_until(pilot, "i", "Why this number")
        assert views.asked[-1][2].kind is FigureKind.DISPUTES
        await pilot.press("escape")
        await press_until(pilot, "enter", "whose court")
        assert ("clock", "northwind", TicketKey("desk", "48155")) in views.asked


async def test_a_credit_is_noted_as_claimed_only_where_it_can_be() -> None:
    kept: list[Entry] = []

    def enter(entries: Sequence[Entry]) -> None:
        kept.extend(entries)

    app = make_app(enter=enter)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5 tab tab tab", "GBP 320.00 for February 2026")
        assert "c claimed" not in text_of(app)
        assert "March 2026 so far" in text_of(app)
        await press_until(pilot, "down", "c claimed")
        await press_until(pilot, "i", "Why this number")
        await pilot.press("escape")
        await press_until(pilot, "c", "Credit claimed")
        await pilot.press(*"letter 7")
        await press_until(pilot, "enter", "noted that the credit of February 2026 was claimed")
        (entry,) = kept
        assert (entry.kind, entry.subject) == (EntryKind.CREDIT_CLAIMED, "2026-02")
        assert entry.values["note"] == "letter 7"


async def test_a_letter_taken_on_one_screen_reaches_its_own_with_shift() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "T", "340 tickets")
