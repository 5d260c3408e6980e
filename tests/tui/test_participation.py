"""What a reader of the participation screen sees, and where it leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engagewatch.model.participation import Part
from engagewatch.views.keys import FigureKind
from tests.tui import samples_participation as samples
from tests.tui.samples import SLA
from tests.tui.stub import StubViews, make_app, press_until, text_of, until

HEADLINE = "lagging: approvals, 4 of 9 late, oldest 12d, Finance approver"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 55)])
@pytest.mark.parametrize("settings", [{}, {"theme": "light"}, {"ascii_signs": True}])
async def test_headline_and_five_parts_stand_on_one_screen(
    size: tuple[int, int], settings: dict[str, object]
) -> None:
    app = make_app(**settings)
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, "8", HEADLINE)
        shown = text_of(app)
        for words in (
            "lagging: tasks, 3 of 12 late",
            "Replies     36 of 40 (90.0%)    kept",
            "Approvals   5 of 9              lagging",
            "Tasks       7 of 8",
            "Attendance  6 of 6",
            "Surveys     9 of 41 (22.0%)",
            "118 of 121 (97.5%)",
            "does not apply",
        ):
            assert words in shown
        assert all(len(line) <= size[0] for line in shown.splitlines())


async def test_the_part_under_the_cursor_is_told_in_full() -> None:
    app = make_app()
    async with app.run_test(size=(120, 45)) as pilot:
        await press_until(pilot, "8", HEADLINE)
        await press_until(pilot, "down", "Us: 5 of 9 against 90%; broken")
        shown = text_of(app)
        assert "oldest open one 12d, Finance approver" in shown
        assert "Half of our approvals are decided within 21h" in shown
        assert "no trend told: 2 whole months in a row" in shown


async def test_enter_leads_to_what_is_in_a_part_and_on_to_the_ticket() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "8", HEADLINE)
        await pilot.press("down")
        await press_until(pilot, "enter", "Participation › Approvals")
        assert ("part", "northwind", Part.APPROVALS, "2026-03") in views.asked
        assert "By role: Finance approver 1 of 5, others (4 people) 4 of 4" in text_of(app)
        await pilot.press("down")
        await press_until(pilot, "enter", "whose court")
        await press_until(pilot, "escape", "Participation › Approvals")
        await press_until(pilot, "escape", HEADLINE)


async def test_the_waits_lead_to_their_tickets() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 45)) as pilot:
        await press_until(pilot, "8", "9d in 3 tickets")
        await pilot.press(*["down"] * 5)
        await press_until(pilot, "enter", "2 paused beyond our questions")
        assert ("waits", "northwind", "2026-03") in views.asked
        assert "#48190" in text_of(app)
        await press_until(pilot, "down", "paused on after our reply 2d")
        await press_until(pilot, "enter", "whose court")


async def test_misses_that_our_time_explains_stand_there_with_their_price() -> None:
    app = make_app()
    async with app.run_test(size=(120, 45)) as pilot:
        await press_until(pilot, "8", "1 of 5 misses")
        shown = text_of(app)
        assert "candidate, notice missing" in shown
        assert "our time may cost us EUR 490.00, if notice was given" in " ".join(shown.split())
        await press_until(pilot, "end", "the contract counts 11h of 8h, but for our time 5h")


@pytest.mark.parametrize(
    ("downs", "kind"),
    [(0, FigureKind.PARTICIPATION), (5, FigureKind.WAITS), (6, FigureKind.RELIEF)],
)
async def test_every_figure_says_why(downs: int, kind: FigureKind) -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 45)) as pilot:
        await press_until(pilot, "8", HEADLINE)
        await pilot.press(*["down"] * downs)
        await press_until(pilot, "i", "Why this number")
        asked = [call[-1] for call in views.asked if call[0] == "why"]
        assert [(key.kind, key.period) for key in asked] == [(kind, "2026-03")]


async def test_the_month_turns_back_and_not_past_the_present() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "8", HEADLINE)
        await pilot.press("right_square_bracket")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: ("participation", "northwind", "2026-02") in views.asked)
        assert ("participation", "northwind", "2026-04") not in views.asked


async def test_where_nothing_is_known_it_says_so_and_draws_no_zero() -> None:
    views = StubViews()
    rows = tuple(
        replace(row, us=samples.empty(row.part, row.us.side, "no meetings are known"))
        for row in samples.ROWS
    )
    views.answers["participation"] = replace(
        samples.PARTICIPATION, rows=rows, headline="nothing to judge yet"
    )
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "8", "nothing to judge yet")
        assert "Attendance  does not apply" in text_of(app)


async def test_both_ledgers_show_what_our_time_explains() -> None:
    app = make_app()
    async with app.run_test(size=(120, 55)) as pilot:
        await press_until(pilot, "5", "1 of 5 misses would have been met but for our time. The")
        assert "#48102" in text_of(app)
        await pilot.press(*["down"] * (1 + len(SLA.provider.rows)))
        await until(
            pilot, lambda: "Our time explains 1 of the provider's 5 misses." in text_of(app)
        )


@pytest.mark.parametrize(
    ("key", "tab"), [("8", "8 Participation"), ("s", "s Sources"), ("1", "1 Brief")]
)
@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_tab_of_the_screen_on_show_is_always_in_sight(
    key: str, tab: str, width: int
) -> None:
    app = make_app()
    async with app.run_test(size=(width, 30)) as pilot:
        await pilot.press("5")
        await pilot.press(key)
        await until(pilot, lambda: tab in text_of(app).splitlines()[1])
