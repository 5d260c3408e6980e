"""Whatever is done to an engagement file, it loads or its problems are told with their places."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagewatch.config.loader import load_engagement
from engagewatch.config.problems import ConfigError

CONFIG = Path(__file__).parents[2] / "config"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(CONFIG.glob("*.toml"))]

JUNK = [
    '""', '"x"', '"-1h"', '"1e999%"', '"99:99-00:00"', "0", "-7", "1e400", "nan", "true", "[]",
    "{}", "[[]]", '[""]', "[{}]", '{ "" = 1 }', "2026-02-29", "2026-01-01", "07:30:00",
    "2026-01-01T00:00:00Z", '"../../etc"', '"\\u0000"', '{ env = "A" }', '"' + "9" * 400 + 'h"',
    '{ command = [] }', '{ mon-sun-mon = ["08:00-09:00"] }', '{ "," = ["08:00-09:00"] }',
    "'''\n'''",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["value", "value", "value", "key", "drop", "double", "swap"]))
        key, equals, value = lines[at].partition("=")
        if kind == "value" and equals:
            lines[at] = f"{key}= {draw(st.sampled_from(JUNK))}"
        elif kind == "key" and equals:
            lines[at] = f"{draw(st.sampled_from(['x', 'a.b', '0', 'id', 'kind']))} ={value}"
        elif kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        else:
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to write over and over."""
    return tmp_path_factory.mktemp("damage") / "damaged.toml"


@settings(max_examples=150, deadline=None)
@given(text=damaged())
def test_a_damaged_file_loads_or_says_where_it_is_wrong(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    try:
        load_engagement(path)
    except ConfigError as error:
        problems = error.problems
    else:
        return
    assert problems
    for problem in problems:
        assert problem.path == path
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()
