from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from views_world import NOW, World, moved, opened, replied

from engagewatch.views import tickets, why
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.tickets import COLUMNS, TicketsView
from engagewatch.views.tone import Tone


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        world.ticket("9", "03-11 09:00", replied("03-11 09:05"), subject="Printer on floor 2")
        world.ticket("10", "03-09 09:00", replied("03-09 10:05"), subject="Mail is slow")
        world.ticket(
            "11",
            "03-10 09:00",
            replied("03-10 09:05", asks=True),
            moved("03-10 10:00", "pending"),
            priority="urgent",
        )
        world.ticket(
            "12",
            "03-02 09:00",
            replied("03-02 09:05"),
            moved("03-03 09:00", "solved"),
            priority=None,
        )
        yield world


def shown(view: TicketsView) -> list[str]:
    return [row.reference for row in view.rows]


def cells(view: TicketsView, reference: str) -> dict[str, str]:
    row = next(row for row in view.rows if row.reference == reference)
    return dict(zip((column.key for column in COLUMNS), view.cells(row), strict=True))


def test_the_latest_update_comes_first(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW)
    assert shown(view) == ["#9", "#11", "#10", "#12"]
    assert (view.total, view.summary) == (4, "4 tickets")


def test_a_row_reads_in_words(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW)
    assert cells(view, "#9") == {
        "reference": "#9",
        "subject": "Printer on floor 2",
        "priority": "P2",
        "status": "open",
        "court": "provider",
        "age": "1h",
        "first_response": "met",
        "resolution": "running",
        "due": "Wed 11 Mar 17:00",
        "owner": "Zoe Hall",
        "updated": "55m ago",
    }
    late = cells(view, "#10")
    # Answered after 65 minutes of the 30 allowed; its eight hours ended on Monday.
    assert (late["first_response"], late["resolution"]) == ("missed", "missed")
    assert (late["due"], late["age"]) == ("Mon 9 Mar 17:00", "2d 1h")
    paused = cells(view, "#11")
    assert (paused["court"], paused["resolution"], paused["due"]) == ("us", "paused", "")
    done = cells(view, "#12")
    assert (done["court"], done["age"], done["priority"]) == ("finished", "1d", "none")


def test_what_is_late_is_marked(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW)
    row = next(row for row in view.rows if row.reference == "#10")
    tones = dict(zip((column.key for column in COLUMNS), view.tones(row), strict=True))
    assert tones["resolution"] is tones["due"] is Tone.BAD
    assert tones["subject"] is Tone.PLAIN


@pytest.mark.parametrize(
    ("column", "ascending"),
    [
        ("reference", ["#9", "#10", "#11", "#12"]),
        ("age", ["#9", "#12", "#11", "#10"]),
        # The contract's order, not the alphabet's; without a priority last.
        ("priority", ["#11", "#9", "#10", "#12"]),
        ("due", ["#10", "#9", "#11", "#12"]),
        ("court", ["#9", "#10", "#11", "#12"]),
    ],
)
def test_columns_sort_by_value(world: World, column: str, ascending: list[str]) -> None:
    view = tickets.build(world.store, world.engagement, NOW, sort="reference", descending=False)
    assert shown(view.sorted_by(column)) == ascending


def test_what_is_unknown_stays_last_in_either_direction(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW, sort="due", descending=True)
    assert shown(view)[:2] == ["#9", "#10"]
    assert set(shown(view)[2:]) == {"#11", "#12"}


def test_an_unknown_column_is_refused_with_those_there_are(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW)
    with pytest.raises(ValueError, match="reference, subject"):
        view.sorted_by("colour")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("printer", ["#9"]),
        ("court:us", ["#11"]),
        ("!court:finished", ["#9", "#11", "#10"]),
        ("resolution:missed", ["#10"]),
        ("zoe p2", ["#9", "#10"]),
        ("no such thing", []),
    ],
)
def test_a_filter_reads_what_the_screen_shows(world: World, text: str, found: list[str]) -> None:
    view = tickets.build(world.store, world.engagement, NOW, filter_text=text)
    assert shown(view) == found
    assert view.summary == f"{len(found)} of 4 tickets"


def test_a_filter_is_lifted_and_the_order_stays(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW, sort="reference", descending=True)
    narrowed = view.narrowed("mail")
    assert shown(narrowed) == ["#10"]
    assert shown(narrowed.narrowed("")) == shown(view) == ["#12", "#11", "#10", "#9"]


def test_open_only_leaves_finished_ones_out(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW, open_only=True)
    assert "#12" not in shown(view)
    assert view.total == 3


def test_deleted_tickets_are_not_listed(world: World) -> None:
    world.ticket("13", "03-11 09:00", status="deleted", deleted=True)
    assert "#13" not in shown(tickets.build(world.store, world.engagement, NOW))


def test_roles_only_keeps_names_out_of_cells_and_filter(world: World) -> None:
    view = tickets.build(world.store, world.engagement, NOW, roles_only=True)
    assert cells(view, "#9")["owner"] == "provider staff"
    assert shown(view.narrowed("zoe")) == []


def test_the_list_tells_what_is_in_it_under_its_filter(world: World) -> None:
    key = FigureKey(FigureKind.TICKETS, filter_text="court:finished")
    told = why.build(world.store, world.engagement, NOW, key)
    assert told.title == "Tickets under the filter court:finished"
    assert (told.value, told.total) == ("1 of 4 tickets", 1)
    assert told.not_counted == ("3 that the filter leaves out",)
    assert [one.ticket for one in told.tickets] == [("desk", "12")]
    assert told.tickets[0].words == "finished after 1d, status solved"

    whole = why.build(world.store, world.engagement, NOW, FigureKey(FigureKind.TICKETS))
    assert (whole.title, whole.value, whole.not_counted) == ("Tickets", "4 tickets", ())
