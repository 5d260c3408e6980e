"""How the terminal interface looks, by ``engagewatch.toml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from engagewatch.config.preferences import Preferences, load_preferences
from engagewatch.config.problems import ConfigError

THEMES = ("dark", "light")


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert load_preferences(tmp_path, THEMES) == Preferences()


def test_theme_and_signs(tmp_path: Path) -> None:
    (tmp_path / "engagewatch.toml").write_text('theme = "light"\nascii = true\n')
    assert load_preferences(tmp_path, THEMES) == Preferences(theme="light", ascii=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('theme = "lihgt"\n', ':1:1: theme: there is no such theme (did you mean "light"?)'),
        ("theme = 1\n", 'use "dark" or "light"'),
        ('\nascii = "yes"\n', ":2:1: ascii: this must be true or false"),
        ("acsii = true\n", 'did you mean "ascii"?'),
        ("theme = dark\n", "put text in quotes"),
        ('theme = "x"\nascii = 1\n', ":2:1: ascii"),
    ],
)
def test_a_wrong_file_says_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "engagewatch.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_preferences(tmp_path, THEMES)
    assert says in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "engagewatch.toml").write_bytes(b"theme = \xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_preferences(tmp_path, THEMES)
