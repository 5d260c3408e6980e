"""The lines around a page: where you are, how fresh it is, which keys work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.help import help_lines
from engagewatch.tui.pages import SCREENS
from engagewatch.tui.widgets.breadcrumbs import crumb_parts
from engagewatch.tui.widgets.freshness_line import freshness_parts
from engagewatch.tui.widgets.key_bar import KeyHint, place_hints
from engagewatch.tui.widgets.lines import Part, width_of
from engagewatch.tui.widgets.screen_tabs import Tab, fitted_titles
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


TABS = [
    Tab(kind.key, kind.name, kind.title, kind.short or kind.title) for kind in SCREENS if kind.key
]


def row_of(active: str, width: int) -> str:
    titles, gap = fitted_titles(TABS, active, width)
    words = (f"{tab.key} {title}".strip() for tab, title in zip(TABS, titles, strict=True))
    return (" " * gap).join(words)


@given(st.sampled_from(TABS), st.integers(57, 240))
def test_every_key_is_in_the_row_and_the_screen_on_show_is_named_in_full(
    tab: Tab, width: int
) -> None:
    row = row_of(tab.screen, width)
    assert len(row) <= width
    assert f"{tab.key} {tab.title}" in row
    shown = fitted_titles(TABS, tab.screen, width)[0]
    assert all(
        title in (other.title, other.short, "") for other, title in zip(TABS, shown, strict=True)
    )


@given(st.sampled_from(TABS), st.integers(57, 239))
def test_more_room_never_shortens_a_title(tab: Tab, width: int) -> None:
    here, wider = (fitted_titles(TABS, tab.screen, cells)[0] for cells in (width, width + 1))
    assert all(len(one) <= len(other) for one, other in zip(here, wider, strict=True))


def test_titles_are_whole_where_there_is_room() -> None:
    assert all(tab.title in row_of("brief", 240) for tab in TABS)


def test_the_rows_keys_are_all_different() -> None:
    keys = [tab.key for tab in TABS]
    assert len(set(keys)) == len(keys)
