"""Finding keys and values in a TOML text."""

from __future__ import annotations

from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.config.positions import Positions
from engagewatch.config.toml_text import toml_key, toml_value

TEXT = '''\
# a comment with [brackets] and "quotes"
title = "x" # another

[plain]
first = 1
"quoted key" = 2
a.b . "c d" = 3
[plain.below]
list = [
    "one",  # a comment, with a comma
    { key = "two", deep = { deeper = 5 } },
]

[[rows]]
name = "a"
text = """
[not.a.header]
fake = 1
\\""" still text"""

[[rows]]
name = 'b'
[rows.table]
inner = 1
[[rows.nested]]
x = 1
[[rows.nested]]
x = 2026-03-02 10:00:00
'''


def test_every_kind_of_place_is_found() -> None:
    positions = Positions(TEXT)
    assert positions.of_key(["title"]) == (2, 1)
    assert positions.of_value(["title"]) == (2, 9)
    assert positions.of_key(["plain"]) == (4, 1)
    assert positions.of_value(["plain", "first"]) == (5, 9)
    assert positions.of_key(["plain", "quoted key"]) == (6, 1)
    assert positions.of_key(["plain", "a", "b", "c d"]) == (7, 7)
    assert positions.of_value(["plain", "a", "b", "c d"]) == (7, 15)
    assert positions.of_value(["plain", "below", "list", 0]) == (10, 5)
    assert positions.of_value(["plain", "below", "list", 1, "key"]) == (11, 13)
    assert positions.of_value(["plain", "below", "list", 1, "deep", "deeper"]) == (11, 38)
    assert positions.of_value(["rows", 0]) == (14, 1)
    assert positions.of_value(["rows", 0, "text"]) == (16, 8)
    assert positions.of_value(["rows", 1]) == (21, 1)
    assert positions.of_key(["rows", 1, "table"]) == (23, 1)
    assert positions.of_key(["rows", 1, "table", "inner"]) == (24, 1)
    assert positions.of_value(["rows", 1, "nested", 1, "x"]) == (28, 5)


def test_what_is_not_there_is_placed_at_the_nearest_table() -> None:
    positions = Positions(TEXT)
    assert positions.of_key(["rows", 1, "missing", "far"]) == (21, 1)
    assert positions.of_value(["plain", "below", "missing"]) == (8, 1)
    assert positions.of_value(["nowhere"]) == (1, 1)
    assert positions.of_value([]) == (1, 1)


VALUES = st.recursive(
    st.booleans() | st.integers(-99, 99) | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), st.booleans())
def test_each_value_stands_where_it_is_said_to_stand(document: dict[str, Any], wide: bool) -> None:
    space = "  " if wide else ""
    text = "".join(
        f"{space}{toml_key(key)} ={space}{toml_value(value)}{space}# end\n"
        for key, value in document.items()
    )
    lines = text.split("\n")
    positions = Positions(text)
    for key, value in document.items():
        line, column = positions.of_value([key])
        assert tomli.loads(f"v = {lines[line - 1][column - 1 :]}")["v"] == value
        line, column = positions.of_key([key])
        assert lines[line - 1][column - 1 :].startswith(toml_key(key))
        if isinstance(value, list):
            for index, item in enumerate(value):
                line, column = positions.of_value([key, index])
                assert lines[line - 1][column - 1 :].startswith(toml_value(item))
