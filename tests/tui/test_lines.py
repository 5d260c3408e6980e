"""Text measured in cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engagewatch.tui.widgets.lines import (
    Line,
    Part,
    clip,
    clip_parts,
    fit,
    fit_parts,
    packed,
    part,
    spread,
    width_of,
    wrap,
)

WORDS = st.text(st.sampled_from("ab cdé漢字😀#-"), max_size=40).map(
    lambda text: " ".join(text.split())
)


@given(WORDS, st.integers(1, 30))
def test_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width


@given(WORDS, st.integers(1, 30))
def test_clipped_text_is_never_wider_and_says_that_it_is_cut(text: str, width: int) -> None:
    clipped = clip(text, width)
    assert cell_len(clipped) <= width
    assert clipped == text or clipped.endswith("…")


@given(WORDS, st.integers(2, 30))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@given(st.lists(WORDS, max_size=4), st.integers(1, 30))
def test_parts_are_clipped_and_fitted_as_one(texts: list[str], width: int) -> None:
    parts = [Part(text) for text in texts]
    assert width_of(clip_parts(parts, width)) <= width
    assert width_of(fit_parts(parts, width)) == width


def test_parts_that_are_cut_end_in_an_ellipsis() -> None:
    assert clip_parts((Part("abc"), Part("def")), 5) == (Part("abc"), Part("d…"))
    assert clip_parts((Part("abc"), Part("def")), 3) == (Part("ab…"),)
    assert clip_parts((Part("abc"), Part("")), 3) == (Part("abc"), Part(""))


def test_the_left_side_gives_way_to_the_right() -> None:
    line = spread(part("a long sentence"), part("42"), 10)
    assert "".join(text for text, _ in line) == "a lon…  42"


def test_groups_are_packed_without_breaking_inside_one() -> None:
    lines = packed([part("one two"), part("three"), part("four")], 14)
    texts = ["".join(text for text, _ in line.parts) for line in lines]
    assert texts == ["one two", "three   four"]
    assert isinstance(lines[0], Line)
