"""Edited engagement files are taken in while the interface runs."""

from __future__ import annotations

from dataclasses import replace

from engagewatch.tui.context import Edited
from tests.tui import samples
from tests.tui.stub import StubViews, make_app, press_until, text_of, until


class Files:
    """Stands for the engagement files: says what was put into it, once."""

    def __init__(self) -> None:
        self.next: Edited | None = None

    def taken_in(self) -> Edited | None:
        """Return what is new."""
        found, self.next = self.next, None
        return found


class Polls:
    """Counts how often polling was started and stopped."""

    trouble, elsewhere = "", False

    def __init__(self) -> None:
        self.started = self.stopped = 0

    def start(self) -> Polls:
        """Start."""
        self.started += 1
        return self

    def stop(self) -> None:
        """Stop."""
        self.stopped += 1

    def request(self, engagement: str | None) -> None:
        """Poll now."""


async def test_an_edit_shows_where_the_reader_is_and_polling_starts_anew() -> None:
    files, polls, views = Files(), Polls(), StubViews()
    app = make_app(views, take_in_edits=files.taken_in, start_polling=polls.start)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await until(pilot, lambda: polls.started == 1)
        renamed = replace(samples.engagement(), name="Northwind Traders / Contoso IT")
        files.next = Edited((renamed,))
        app.shell._check()
        await until(pilot, lambda: "Northwind Traders / Contoso IT › Waiting" in text_of(app))
        await until(pilot, lambda: (polls.started, polls.stopped) == (2, 1))
        # The same again, only touched: nothing starts anew.
        files.next = Edited((renamed,))
        app.shell._check()
        await until(pilot, lambda: "were read again" in text_of(app))
        assert (polls.started, polls.stopped) == (2, 1)


async def test_a_mistake_is_told_until_it_is_mended_and_what_worked_stays() -> None:
    files = Files()
    app = make_app(take_in_edits=files.taken_in)
    same = (samples.engagement(),)
    async with app.run_test(size=(120, 36)) as pilot:
        files.next = Edited(same, ("northwind.toml:3:1: no such key\x1b]0;EVIL\x07",))
        app.shell._check()
        await until(pilot, lambda: "northwind.toml:3:1: no such key␛]0;EVIL␇" in text_of(app))
        await press_until(pilot, "5", "March 2026")
        assert "last good version in use" in text_of(app)
        files.next = Edited(same)
        app.shell._check()
        await until(pilot, lambda: "last good version" not in text_of(app))


async def test_with_another_engagement_the_portfolio_is_home_and_without_it_the_brief() -> None:
    files = Files()
    app = make_app(take_in_edits=files.taken_in)
    first, second = samples.engagement(), samples.engagement("adatum", "Adatum")
    async with app.run_test(size=(120, 36)) as pilot:
        files.next = Edited((first, second))
        app.shell._check()
        await until(pilot, lambda: "1 of 3 engagements need a person" in text_of(app))
        await press_until(pilot, "enter", "› Brief")
        files.next = Edited((second,))
        app.shell._check()
        await until(pilot, lambda: "Adatum / Contoso IT › Brief" in text_of(app))


async def test_files_that_cannot_be_looked_at_end_nothing() -> None:
    def gone() -> Edited | None:
        raise PermissionError(13, "Permission denied")

    app = make_app(take_in_edits=gone)
    async with app.run_test(size=(120, 36)) as pilot:
        app.shell._check()
        await until(pilot, lambda: "cannot be read again" in text_of(app))
        await press_until(pilot, "2", "4 items wait on us")
