"""Canonical pictures of the terminal interface.

They say that a picture changed, not that the change is wrong: look at the report, and if the new
picture is the better one, run ``pytest tests/tui/test_snapshots.py --snapshot-update``.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.stub import make_app

NARROW, USUAL, WIDE = (80, 24), (120, 36), (200, 55)


@pytest.mark.parametrize(
    ("size", "keys", "settings"),
    [
        pytest.param(NARROW, "", {}, id="brief-narrow"),
        pytest.param(WIDE, "", {}, id="brief-wide"),
        pytest.param(USUAL, "2 down", {}, id="waiting"),
        pytest.param(USUAL, "3", {"theme": "light"}, id="at-risk-light"),
        pytest.param(USUAL, "4", {}, id="services"),
        pytest.param(WIDE, "5 down down down", {}, id="sla-wide"),
        pytest.param(USUAL, "6", {}, id="trend"),
        pytest.param(NARROW, "7 enter", {}, id="promise-narrow"),
        pytest.param(USUAL, "8", {"theme": "light"}, id="participation-light"),
        pytest.param(NARROW, "5 tab tab tab down", {}, id="credits-narrow"),
        pytest.param(NARROW, "t right", {}, id="tickets-narrow"),
        pytest.param((120, 45), "enter down", {}, id="clock"),
        pytest.param(NARROW, "enter", {"ascii_signs": True}, id="clock-ascii-narrow"),
        pytest.param(
            USUAL, "", {"engagements": 3, "theme": "clear-dark"}, id="portfolio-colour-blind"
        ),
    ],
)
def test_picture(
    size: tuple[int, int], keys: str, settings: dict[str, Any], snap_compare: Any
) -> None:
    assert snap_compare(make_app(**settings), press=keys.split(), terminal_size=size)
