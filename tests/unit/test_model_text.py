"""Remote text can neither steer a terminal nor pass for something else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.text import safe_text


@given(st.text(alphabet=st.characters(), max_size=400))
def test_no_control_character_survives_and_a_second_pass_changes_nothing(raw: str) -> None:
    text = safe_text(raw)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)
    assert not any(c in text for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b")
    assert safe_text(text) == text


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(min_value=5, max_value=80))
def test_the_limit_holds_and_cutting_is_a_fixed_point(raw: str, limit: int) -> None:
    text = safe_text(raw, limit)
    assert len(text) <= limit
    assert safe_text(text, limit) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain subject", "plain subject"),
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("\x1b]0;owned\x07title", "␛]0;owned␇title"),
        ("\x9b2Jcleared", "�2Jcleared"),
        ("invoice\u202egpj.exe", "invoice�gpj.exe"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("日本語のチケット", "日本語のチケット"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_known_payloads(raw: str, expected: str) -> None:
    assert safe_text(raw) == expected


def test_a_cut_is_marked() -> None:
    assert safe_text("x" * 50, 10) == "x" * 9 + "…"
    assert len(safe_text("\x1b" * 10_000_000, 100)) == 100
