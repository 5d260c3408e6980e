"""Days as they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from views_world import at

from engagewatch.views.attending import local_day, parse_until

WEDNESDAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-12", date(2026, 3, 12)),
        ("tomorrow", date(2026, 3, 12)),
        ("3d", date(2026, 3, 14)),
        ("2w", date(2026, 3, 25)),
        ("thu", date(2026, 3, 12)),
        ("Monday", date(2026, 3, 16)),
        ("wednesday", date(2026, 3, 18)),  # today's name means next week
        (" 366d ", date(2027, 3, 12)),
    ],
)
def test_a_day_is_read_however_it_is_said(typed: str, day: date) -> None:
    assert parse_until(typed, WEDNESDAY) == day


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2026-03-11", "2026-03-11 is not after today"),
        ("0d", "2026-03-11 is not after today"),
        ("367d", "more than a year ahead"),
        ("9999999999999d", "more than a year ahead"),
        ("mo", '"mo" is not a day'),
        ("", '"" is not a day'),
        ("٣d", "is not a day"),
        ("2026-02-30", '"2026-02-30" is not a day'),
        ("when the budget is there", '"when the bud…" is not a day'),
    ],
)
def test_what_is_no_day_to_come_is_told(typed: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace("[", r"\[")):
        parse_until(typed, WEDNESDAY)


def test_the_day_is_the_clients() -> None:
    assert local_day(at("03-11 23:59"), "Europe/London") == WEDNESDAY
    assert local_day(at("03-11 23:59"), "Asia/Tokyo") == date(2026, 3, 12)
