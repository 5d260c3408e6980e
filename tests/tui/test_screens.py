"""What a reader of the terminal interface sees and can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engagewatch.model.clock import ClockState
from engagewatch.model.engagement import RunBy
from engagewatch.tui.shell import Shell
from engagewatch.tui.widgets.ticket_table import TicketTable
from engagewatch.views.keys import FigureKind, TicketKey
from engagewatch.views.two_accounts import two_accounts
from tests.tui import samples
from tests.tui.stub import StubViews, make_app, press_until, text_of, until


def shell_of(app: Any) -> Shell:
    shell = app.shell
    assert isinstance(shell, Shell)
    return shell


def table_of(app: Any) -> TicketTable[Any]:
    table = app.shell.page.listing
    assert isinstance(table, TicketTable)
    return table


async def test_the_first_frame_holds_the_stored_brief() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)):
        shown = text_of(app)
        assert "Northwind / Contoso IT › Brief" in shown
        assert "#48213 P2 resolution is due in 40m" in shown
        assert "38 of 40 (95.0%)" in shown


async def test_one_engagement_skips_the_portfolio() -> None:
    app = make_app(engagements=1)
    async with app.run_test():
        assert "Portfolio" not in text_of(app)


async def test_the_portfolio_leads_into_an_engagement_and_back() -> None:
    views = StubViews()
    app = make_app(views, engagements=3)
    async with app.run_test(size=(120, 36)) as pilot:
        assert "1 of 3 engagements need a person" in text_of(app)
        await pilot.press("down")
        await press_until(pilot, "enter", "› Brief")
        assert ("brief", "adatum") in views.asked
        await press_until(pilot, "escape", "1 of 3 engagements")
        assert shell_of(app).page.listing.cursor == "adatum"


async def test_a_number_key_in_the_portfolio_opens_that_screen_of_the_row() -> None:
    views = StubViews()
    app = make_app(views, engagements=3)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        assert ("waiting", "northwind") in views.asked


async def test_a_number_key_before_the_portfolio_has_rows_does_nothing() -> None:
    views = StubViews()
    app = make_app(views, engagements=3)
    async with app.run_test(size=(120, 36)) as pilot:
        shell = shell_of(app)
        assert shell.page.listing is not None
        shell.page.listing.state.cursor = None
        await pilot.press("1")
        assert shell.page.title == "Portfolio"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2", "4 items wait on us"),
        ("3", "1 missed and still open"),
        ("4", "1 down, 1 degraded"),
        ("5", "March 2026"),
        ("t", "340 tickets"),
        ("s", "1 of 2 sources is failing"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 55), (60, 15)])
async def test_every_screen_shows_its_answer_at_every_size(
    key: str, words: str, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await press_until(pilot, key, words)
        assert all(len(line) <= size[0] for line in text_of(app).splitlines())


async def test_below_60x15_it_says_how_much_room_it_needs() -> None:
    app = make_app()
    async with app.run_test(size=(59, 20)) as pilot:
        assert "engagewatch needs 60x15" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Needs a person" in text_of(app))


async def test_enter_leads_to_the_ticket_and_escape_restores_cursor_and_filter() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "t", "340 tickets")
        await press_until(pilot, "slash v p n", "49 of 340")
        await pilot.press("enter", "down", "down")
        cursor = table_of(app).cursor
        await press_until(pilot, "enter", "whose court")
        await press_until(pilot, "escape", "49 of 340")
        assert table_of(app).cursor == cursor
        assert "/vpn" in text_of(app)


async def test_screens_remember_their_cursor_across_number_keys() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.press("down", "down")
        cursor = table_of(app).cursor
        await press_until(pilot, "5", "March 2026")
        await press_until(pilot, "2", "4 items wait on us")
        assert table_of(app).cursor == cursor


async def test_escape_takes_the_filter_away_before_it_goes_back() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "slash a p p r o v a l", "1 of 4")
        await pilot.press("enter")
        await pilot.press("escape")
        await until(pilot, lambda: "#48277" in text_of(app))
        assert "Waiting on us" in text_of(app)


async def test_a_filter_that_matches_nothing_says_so() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "t", "340 tickets")
        await press_until(pilot, "slash z z z z", "Nothing matches the filter")


async def test_a_filter_looks_in_the_column_it_names() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "3", "1 missed and still open")
        await press_until(pilot, "slash s t a t e : p a u s e d", "1 of 27")
        assert "#47990" in text_of(app)


async def test_sorting_by_a_column_keeps_the_cursor_on_its_row() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.press("down")
        before = table_of(app).cursor
        await pilot.press("right", "right")
        await until(pilot, lambda: "Waits▼" in text_of(app))
        ages = [row.age for row in table_of(app).rows]
        assert ages == sorted(ages, reverse=True)
        await pilot.press("v")
        await until(pilot, lambda: "Waits▲" in text_of(app))
        assert [row.age for row in table_of(app).rows] == sorted(ages)
        assert table_of(app).cursor == before


async def test_a_refresh_keeps_the_cursor_on_its_row_by_key() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "3", "1 missed and still open")
        await pilot.press("down", "down", "down")
        cursor = table_of(app).cursor
        arrived = [
            samples.risk_row(
                f"#9900{index}",
                "Arrived just now",
                samples.AT_RISK.rows[0].obligation,
                "P1",
                ClockState.RUNNING,
                600,
                900,
                samples.AT_RISK.rows[0].court,
                samples.AT_RISK.rows[0].tone,
            )
            for index in range(5)
        ]
        views.answers["at_risk"] = replace(
            samples.AT_RISK, rows=(*arrived, *samples.AT_RISK.rows), summary="5 more"
        )
        app.shell.read_again()
        await until(pilot, lambda: "5 more" in text_of(app))
        assert table_of(app).cursor == cursor


async def test_when_its_row_is_gone_the_cursor_stays_where_it_was() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.press("down")
        items = samples.WAITING.items
        views.answers["waiting"] = replace(
            samples.WAITING, items=(items[0], *items[2:]), summary="3 items"
        )
        app.shell.read_again()
        await until(pilot, lambda: "3 items" in text_of(app))
        assert table_of(app).cursor == items[2].key


async def test_a_change_in_the_store_is_noticed_without_a_key() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        views.answers["waiting"] = replace(samples.WAITING, summary="9 items now")
        views.has_changed = True
        app.shell._check()
        await until(pilot, lambda: "9 items now" in text_of(app))


async def test_an_unchanged_store_is_not_read_again() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        asked = len(views.asked)
        app.shell._check()
        await app.workers.wait_for_complete()
        assert len(views.asked) == asked


async def test_a_view_that_fails_says_so_and_leaves_the_data_in_place() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        views.answers["waiting"] = RuntimeError("disk I/O error")
        await press_until(pilot, "r", "could not read this screen")
        assert "4 items wait on us" in text_of(app)
        assert "✗ this screen is out of date" in text_of(app)
        views.answers["waiting"] = samples.WAITING
        await pilot.press("r")
        await until(pilot, lambda: "out of date" not in text_of(app))


async def test_a_first_view_that_fails_says_so_and_leaves_the_other_screens() -> None:
    views = StubViews()
    views.answers["brief"] = RuntimeError("disk I/O error")
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        assert "could not read this screen: RuntimeError: disk I/O error" in text_of(app)
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "1", "could not read this screen")
        views.answers["brief"] = samples.BRIEF
        await press_until(pilot, "r", "#48213 P2 resolution")


async def test_polling_that_cannot_start_is_said() -> None:
    def fails() -> Any:
        raise OSError("no such file")

    app = make_app(start_polling=fails)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "polling could not start: no such file" in text_of(app))


async def test_a_column_that_makes_way_gives_its_keys_back() -> None:
    app = make_app()
    async with app.run_test(size=(200, 55)) as pilot:
        await pilot.press("tab")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "side")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "main")
        await pilot.press("down")
        assert app.shell.page.listing.cursor == ("flag", "f2")


async def test_hostile_text_is_shown_as_text() -> None:
    views = StubViews()
    nasty = "[red]x[/red] [/] [@click=app.quit]y[/] \x1b]52;c;aGk=\x07\x9b2J a\\"
    items = (replace(samples.WAITING.items[0], subject=nasty, person=nasty, nudge=nasty),)
    views.answers["waiting"] = replace(samples.WAITING, items=items)
    app = make_app(views)
    async with app.run_test(size=(200, 55)) as pilot:
        await press_until(pilot, "2", "[red]x[/red] [/] [@click=app.quit]y[/]")
        shown = text_of(app)
        assert not any(
            (ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) < 0xA0 for sign in shown
        )
        await pilot.press("y")
        await pilot.pause()


async def test_unknown_is_said_in_words_never_as_zero() -> None:
    app = make_app(engagements=3)
    async with app.run_test(size=(200, 55)) as pilot:
        row = next(line for line in text_of(app).splitlines() if "Fabrikam" in line)
        assert row.count("cannot tell yet") == 3
        assert "not watched" in row
        assert "never polled" in row
        await pilot.press("4")
        await until(pilot, lambda: "Backup" in text_of(app))
        backup = next(line for line in text_of(app).splitlines() if "Backup" in line)
        assert "unknown" in backup
        assert "0%" not in backup


async def test_freshness_shows_the_failing_source_on_every_screen() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("1", "2", "3", "4", "5", "t", "s"):
            await press_until(pilot, key, "✗ status failing since Tue 3 Mar 07:58")


async def test_copying_a_reference_and_a_nudge() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "y", "copied #47990")
        assert app.clipboard == "#47990"
        await press_until(pilot, "n", "copied, paste it where you talk")
        assert app.clipboard == samples.WAITING.items[0].nudge


async def test_copying_an_address_where_the_source_gives_one() -> None:
    views = StubViews()
    url = "https://contoso.zendesk.example/agent/tickets/48213"
    views.answers["clock"] = replace(samples.CLOCK, url=url)
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "enter", "whose court")
        await press_until(pilot, "Y", f"copied {url}")
        assert app.clipboard == url


async def test_keys_without_a_meaning_here_are_neither_shown_nor_obeyed() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "s", "1 of 2 sources is failing")
        bar = text_of(app).splitlines()[-1]
        assert "nudge" not in bar
        assert "copy" not in bar
        await pilot.press("n", "y", "left_square_bracket")
        assert app.clipboard == ""


async def test_why_shows_the_derivation_and_leads_to_a_ticket() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "5", "March 2026")
        await pilot.press("down", "down", "down")
        await press_until(pilot, "i", "Clocks met, of clocks that ended")
        figure = views.asked[-1][2]
        assert figure.kind is FigureKind.ATTAINMENT
        assert (figure.priority, figure.period) == ("P2", "2026-03")
        await press_until(pilot, "enter", "whose court")
        assert ("clock", "northwind", TicketKey("desk", "48155")) in views.asked


async def test_why_explains_the_ticket_list_as_it_is_filtered() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "t", "tickets")
        await pilot.press("slash", *"vpn", "enter")
        await press_until(pilot, "i", "Clocks met, of clocks that ended")
        figure = views.asked[-1][2]
        assert (figure.kind, figure.filter_text) == (FigureKind.TICKETS, "vpn")


async def test_why_explains_the_silent_tickets() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "3", "1 missed and still open")
        await press_until(pilot, "tab", "2 tickets have gone silent")
        await press_until(pilot, "i", "Clocks met, of clocks that ended")
        assert views.asked[-1][2].kind is FigureKind.SILENT


async def test_both_ledgers_totals_are_seen_at_once_on_the_smallest_screen() -> None:
    views = StubViews()
    provider = samples.SLA.provider
    # Five priorities with two duties each, and one row more.
    rows = tuple(replace(provider.rows[0], priority=f"P{number}") for number in range(11))
    views.answers["sla"] = replace(samples.SLA, provider=replace(provider, rows=rows))
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "5", "March 2026")
        shown = text_of(app)
        assert provider.total.value in shown
        assert samples.SLA.client.title in shown
        assert samples.SLA.client.total.value in shown


async def test_without_colour_what_is_bad_is_as_bright_as_plain_text_and_bold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "3", "1 missed and still open")
        strips = app.screen._compositor.render_strips()
        (style,) = (
            segment.style
            for strip in strips
            for segment in strip
            if "1 missed and still open" in segment.text
        )
        assert style is not None
        assert style.color is not None
        assert style.bold
        assert style.color.get_truecolor().red > 200


async def test_months_turn_but_not_into_the_future() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "5", "March 2026")
        views.answers["sla"] = replace(
            samples.SLA,
            period=samples.SLA.period.previous(),
            period_words="February 2026",
            is_complete=True,
        )
        await press_until(pilot, "left_square_bracket", "February 2026")
        assert views.asked[-1] == ("sla", "northwind", "2026-02")
        views.answers["sla"] = samples.SLA
        await press_until(pilot, "right_square_bracket", "March 2026")
        assert views.asked[-1] == ("sla", "northwind", None)
        await pilot.press("right_square_bracket")
        await app.workers.wait_for_complete()
        assert views.asked[-1] == ("sla", "northwind", None)


async def test_help_lists_the_keys_of_this_screen() -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await press_until(pilot, "question_mark", "Copy a polite reminder")
        assert "nothing is ever sent" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Copy a polite reminder" not in text_of(app))
        await press_until(pilot, "s", "1 of 2 sources is failing")
        await press_until(pilot, "question_mark", "Poll the sources now")
        assert "Copy a polite reminder" not in text_of(app)


async def test_the_palette_offers_what_the_keys_do() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "ctrl+p", "At risk: what is about to breach")
        await pilot.press(*"about to breach")
        await until(pilot, lambda: "SLA: both ledgers" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "1 missed and still open" in text_of(app))


async def test_the_palette_switches_the_signs_and_goes_to_another_engagement() -> None:
    views = StubViews()
    app = make_app(views, engagements=3)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "ctrl+p", "Open what the cursor is on")
        await pilot.press(*"ascii")
        await until(pilot, lambda: "Open what the cursor is on" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.ascii_signs)
        await press_until(pilot, "ctrl+p", "Open what the cursor is on")
        await pilot.press(*"go to fabrikam")
        await until(pilot, lambda: "Open what the cursor is on" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: ("brief", "fabrikam") in views.asked)


async def test_silent_tickets_are_one_key_from_the_clocks() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "3", "1 missed and still open")
        await press_until(pilot, "tab", "2 tickets have gone silent")
        assert "silent for 4d 3h" in text_of(app)
        await press_until(pilot, "tab", "1 missed and still open")


async def test_the_clock_view_unfolds_a_clock_and_marks_an_event() -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await press_until(pilot, "enter", "whose court")
        assert "paused: waits on us" not in text_of(app)
        await pilot.press("down")
        await press_until(pilot, "enter", "paused: waits on us")
        await pilot.press("down", "down")
        await until(pilot, lambda: "▼Mon 2 Mar 09:04" in text_of(app))


async def test_marking_as_seen_is_remembered() -> None:
    marked: list[tuple[str, int]] = []
    app = make_app(mark_seen=lambda engagement, at: marked.append((engagement, at)))
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "space", "marked as seen")
    assert marked == [("northwind", samples.NOW)]


async def test_a_read_only_history_says_that_nothing_was_marked() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "space", "nothing was marked")


class _Polling:
    trouble, elsewhere = "", False

    def __init__(self) -> None:
        self.requests: list[str | None] = []

    def request(self, engagement: str | None) -> None:
        self.requests.append(engagement)

    def stop(self) -> None:
        pass


async def test_polling_starts_after_the_first_frame_and_r_asks_for_it() -> None:
    polling = _Polling()
    app = make_app(start_polling=lambda: polling)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.shell.polling is polling)
        await press_until(pilot, "r", "polling now")
    assert polling.requests == ["northwind"]


async def test_who_polls_is_told_by_r_and_when_it_changes() -> None:
    polling = _Polling()
    polling.elsewhere = True
    app = make_app(start_polling=lambda: polling)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.shell.polling is polling)
        await press_until(pilot, "r", "another engagewatch polls this history")
        assert polling.requests == []
        app.shell._check()
        await app.workers.wait_for_complete()
        polling.elsewhere = False
        app.shell._check()
        await until(pilot, lambda: "polling goes on here" in text_of(app))


async def test_polling_that_broke_down_is_told_until_it_works_again() -> None:
    polling = _Polling()
    app = make_app(start_polling=lambda: polling)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.shell.polling is polling)
        polling.trouble = "polling stopped: no space left"
        app.shell._check()
        await until(pilot, lambda: "polling stopped: no space left" in text_of(app))
        await press_until(pilot, "2", "4 items wait on us")
        assert "polling stopped: no space left" in text_of(app)
        polling.trouble = ""
        app.shell._check()
        await until(pilot, lambda: "polling stopped" not in text_of(app))


async def test_a_file_that_could_not_be_read_is_mentioned() -> None:
    app = make_app(problems=("adatum.toml:3:1: sla.priority: missing",))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "adatum.toml:3:1: sla.priority: missing" in text_of(app))


async def test_nothing_waiting_reads_as_such() -> None:
    views = StubViews()
    views.answers["waiting"] = replace(
        samples.WAITING, items=(), total=0, overdue=0, summary="nothing waits on us"
    )
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "2", "Nothing waits on us.")


async def test_the_mouse_moves_and_opens() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "2", "4 items wait on us")
        await pilot.click(TicketTable, offset=(10, 2))
        await until(pilot, lambda: table_of(app).cursor == samples.WAITING.items[1].key)
        await pilot.click(TicketTable, offset=(10, 2), times=2)
        await until(pilot, lambda: "whose court" in text_of(app))


async def test_ascii_signs_leave_no_drawing_on_screen() -> None:
    app = make_app(ascii_signs=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await press_until(pilot, "enter", "whose court")
        drawn = {sign for sign in text_of(app) if not sign.isascii()}
        assert drawn <= {"▃", "▅", "▁", "▂", "▄", "▆", "▇", "█", "“", "”"}


@pytest.mark.parametrize("theme", ["dark", "light", "clear-dark", "clear-light"])
async def test_every_theme_paints_every_screen(theme: str) -> None:
    app = make_app(theme=theme)
    async with app.run_test(size=(120, 36)) as pilot:
        for key in ("1", "2", "3", "4", "5", "t", "s"):
            await pilot.press(key)
        await until(pilot, lambda: "1 of 2 sources is failing" in text_of(app))


async def test_a_source_leads_to_its_lists_and_a_change_to_its_ticket() -> None:
    views = StubViews()
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "s", "2 values changed unsaid")
        await press_until(pilot, "enter", "Sources › desk")
        assert ("source", "northwind", "desk") in views.asked
        await press_until(pilot, "down down", "Mon 2 Mar 09:04 → Mon 2 Mar 11:40")
        await pilot.press("enter")
        await until(
            pilot, lambda: ("clock", "northwind", TicketKey("desk", "48213")) in views.asked
        )
        await press_until(pilot, "escape", "Sources › desk")
        assert table_cursor(app) == (TicketKey("desk", "48213"), "#48213", 0)


def table_cursor(app: Any) -> object:
    return shell_of(app).page.listing.cursor


async def test_a_service_that_both_sides_watch_has_two_accounts_in_its_detail() -> None:
    views = StubViews()
    theirs = samples.SERVICES.components[1]
    ours = replace(
        theirs,
        key="probes/vpn",
        run_by=RunBy.CLIENT,
        observed_words="98.10%",
        coverage_words="watched 97% of the time",
    )
    rows = (theirs, ours)
    views.answers["services"] = replace(
        samples.SERVICES, components=rows, two_accounts=two_accounts(rows)
    )
    app = make_app(views)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "4", "The provider's page  96.21%, watched 96% of the time")
        assert "Our own probes       98.10%, watched 97% of the time" in text_of(app)
        assert "VPN gateway ours" in text_of(app)


async def test_sorting_shows_the_top_if_the_cursors_row_is_in_sight_there() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_until(pilot, "t", "340 tickets")
        await press_until(pilot, "right", "Ticket▲")
        await pilot.press("home", *["down"] * 5)
        table = table_of(app)
        cursor = table.cursor
        table.scroll_to(y=5, animate=False, force=True)
        await until(pilot, lambda: table.top == 5)
        await press_until(pilot, "right", "Subject▲")
        await press_until(pilot, "left", "Ticket▲")
        assert (table.cursor, table.top) == (cursor, 0)
