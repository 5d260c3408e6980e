"""The lines around a page: where you are, how fresh it is, which keys work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.help import help_lines
from engagewatch.tui.widgets.breadcrumbs import crumb_parts
from engagewatch.tui.widgets.freshness_line import freshness_parts
from engagewatch.tui.widgets.key_bar import KeyHint, place_hints
from engagewatch.tui.widgets.lines import Part, width_of
from tests.tui import samples

CRUMBS = ("Portfolio", "Northwind / Contoso IT", "Tickets", "#48213")


def text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


@given(st.integers(1, 80))
def test_the_place_stays_whole_while_the_way_to_it_shrinks(width: int) -> None:
    shown = text(crumb_parts(CRUMBS, width))
    assert width_of(crumb_parts(CRUMBS, width)) <= width
    if width >= len("#48213"):
        assert shown.endswith("#48213")


def test_crumbs_read_in_full_where_there_is_room() -> None:
    assert text(crumb_parts(CRUMBS, 80)) == "Portfolio › Northwind / Contoso IT › Tickets › #48213"


def test_the_worst_source_comes_first_and_is_never_cut_away() -> None:
    full = text(freshness_parts(samples.FRESH, 200))
    assert full.startswith("✗ status failing since Tue 3 Mar 07:58: it does not answer")
    assert "● desk live 1m ago" in full
    short = text(freshness_parts(samples.FRESH, 48))
    assert short == "✗ status failing since Tue 3 Mar 07:58  +1 more"


def test_no_sources_is_said() -> None:
    assert text(freshness_parts((), 40)) == "no sources configured"


def test_help_and_quit_stay_when_keys_do_not_fit() -> None:
    hints = [KeyHint(f"k{index}", "x", "some action", "x") for index in range(9)]
    hints += [KeyHint("help", "?", "help", "question_mark"), KeyHint("quit", "q", "quit", "q")]
    placed = place_hints(hints, 50)
    assert [hint.id for _, hint in placed][-2:] == ["help", "quit"]
    last_at, last = placed[-1]
    assert last_at + len(last.key) + 1 + len(last.label) <= 50


def test_help_breaks_into_two_columns_where_there_is_room() -> None:
    rows = [(f"k{index}", f"does {index}") for index in range(6)]
    narrow = help_lines(("About.",), rows, 60)
    wide = help_lines(("About.",), rows, 100)
    assert len(wide) == len(narrow) - 3


def test_the_ascii_face_is_cell_for_cell() -> None:
    drawn = "▌✗ █▓▒░ ━╌·◆ ▶‖✓ ●◌▲? → …"
    assert len(ascii_face(drawn)) == len(drawn)
    assert ascii_face(drawn).isascii()
