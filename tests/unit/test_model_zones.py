"""Time zones by the names that desks and Windows give them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from engine_samples import weekdays, when

from engagewatch.engine.calendars import compile_calendar
from engagewatch.model import zones


@pytest.mark.parametrize(
    ("name", "iana"),
    [
        ("Europe/London", "Europe/London"),
        ("UTC", "UTC"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Edinburgh", "Europe/London"),
        ("Kuala Lumpur", "Asia/Kuala_Lumpur"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe  standard time", "Europe/Berlin"),
        ("Central Standard Time (Mexico)", "America/Mexico_City"),
        ("UTC-11", "Etc/GMT+11"),
    ],
)
def test_names_other_systems_use(name: str, iana: str) -> None:
    assert zones.iana_name(name) == iana


@pytest.mark.parametrize("name", ["", "Atlantis Standard Time", "../../etc/passwd", "Europe/"])
def test_names_nobody_uses(name: str) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zones.iana_name(name)


def test_every_name_in_the_tables_leads_to_a_zone() -> None:
    tables = zones._tables()
    assert len(tables) > 150
    for name, iana in tables.items():
        assert ZoneInfo(iana).key == iana, name


def test_a_calendar_may_name_its_zone_so() -> None:
    desk = compile_calendar(weekdays("09:00-17:00", zone="W. Europe Standard Time"))
    assert desk.is_open(when("2026-03-02 08:30"))
    assert not desk.is_open(when("2026-03-02 16:30"))
