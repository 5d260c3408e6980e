from __future__ import annotations

import pytest
from views_world import LONDON, NOW, at

from engagewatch.views import wording
from engagewatch.views.period import month, month_of, parse_period


def test_an_age_is_told_in_two_units_at_most() -> None:
    assert wording.ago(NOW - 30, NOW) == "just now"
    assert wording.ago(NOW - 130, NOW) == "2m ago"
    assert wording.ago(NOW - (3 * 24 + 4) * 3600 - 59, NOW) == "3d 4h ago"
    assert wording.ago(NOW + 300, NOW) == "in 5m"


def test_a_moment_is_told_in_the_engagements_own_zone() -> None:
    # 12:00 UTC is 13:00 in London once the clocks have gone forward.
    summer = at("06-15 13:00")
    assert wording.moment(summer, LONDON, NOW) == "Mon 15 Jun 13:00"
    assert wording.moment(summer, "America/New_York", NOW) == "Mon 15 Jun 08:00"


def test_another_year_is_named() -> None:
    assert wording.moment(at("12-31 23:30", 2025), LONDON, NOW) == "Wed 31 Dec 2025 23:30"
    assert wording.day(at("12-31 23:30", 2025), LONDON, NOW) == "Wed 31 Dec 2025"


def test_nothing_judged_is_not_zero_of_zero() -> None:
    assert wording.k_of_n(0, 0) == "none judged yet"
    assert wording.k_of_n(0, 3) == "0 of 3"


def test_a_month_begins_and_ends_at_local_midnight() -> None:
    march = month_of(at("03-31 23:30"), LONDON)
    assert march.key == "2026-03"
    assert march.words == "March 2026"
    # March loses an hour to daylight saving.
    assert march.end - march.start == 31 * 86400 - 3600
    assert at("03-31 23:59") in march
    assert at("04-01 00:00") not in march


def test_neighbouring_months_cross_the_year() -> None:
    assert month(2026, 1, LONDON).previous().key == "2025-12"
    assert month(2025, 12, LONDON).next().key == "2026-01"


def test_a_period_is_read_as_written() -> None:
    assert parse_period("2026-03", LONDON) == month(2026, 3, LONDON)
    with pytest.raises(ValueError, match="write it like 2026-03"):
        parse_period("March", LONDON)
