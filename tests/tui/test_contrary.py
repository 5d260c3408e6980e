"""The key that asks what speaks against a number."""

from __future__ import annotations

from typing import Any

from engagewatch.views.contrary import ContraryView
from tests.tui.stub import StubViews, make_app, press_until, text_of


class Doubting(StubViews):
    """Answers what speaks against a figure."""

    facts: tuple[str, ...] = ("5 cases allow anything.", "The month before was better.")

    def contrary(self, engagement: str, now: int, figure: Any) -> ContraryView:
        self.asked.append(("contrary", engagement, figure))
        return ContraryView(self.facts, "Tue 3 Mar 09:12")


async def test_the_facts_against_the_figure_under_the_cursor() -> None:
    views = Doubting()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "5", "March 2026")
        await press_until(pilot, "exclamation_mark", "What speaks against it")
        shown = text_of(app)
        assert "1  5 cases allow anything." in shown
        assert "2  The month before was better." in shown
        asked = next(one for one in views.asked if one[0] == "contrary")
        assert asked[2].period == "2026-03"


async def test_nothing_against_it_is_said_so() -> None:
    views = Doubting()
    views.facts = ()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5", "March 2026")
        await press_until(pilot, "exclamation_mark", "Nothing on record speaks against it.")
