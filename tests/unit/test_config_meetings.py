"""Meetings in the engagement file: series, calendars, and what is wrong with either."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engagewatch.config.advice import advice
from engagewatch.config.cache import EngagementCache
from engagewatch.config.loader import load_engagement
from engagewatch.config.problems import ConfigError
from engagewatch.model.meeting import MeetingSeries

HEAD = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "Europe/London"
[[people]]
role = "Finance approver"
"""
SERIES = """\
[[meetings]]
series = "Steering"
title = "*Steering*"
required = ["Finance approver"]
attendance = "90%"
"""
FEED = """\
[[sources]]
id = "cal"
kind = "ics"
url = "https://calendar.example.net/{token}/basic.ics"
token = { env = "CALENDAR" }
provider_domains = ["contoso.example"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "northwind.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_engagement(write(folder, text))
    (found,) = caught.value.problems
    return str(found)


def test_a_series_and_its_calendar_are_read(tmp_path: Path) -> None:
    engagement = load_engagement(write(tmp_path, SERIES + FEED))
    assert engagement.meetings == (
        MeetingSeries("Steering", "*Steering*", ("Finance approver",), 0.9),
    )
    (source,) = engagement.sources
    assert source.url == "https://calendar.example.net/{token}/basic.ics"
    assert source.options["provider_domains"] == ["contoso.example"]
    assert (source.options["days_back"], source.options["days_ahead"]) == (120, 90)
    assert source.interval == 900


def test_a_calendar_in_a_file_is_found_beside_the_engagement_file(tmp_path: Path) -> None:
    text = '[[sources]]\nid = "cal"\nkind = "ics"\npath = "meetings.ics"\n'
    (source,) = load_engagement(write(tmp_path, text)).sources
    assert source.options["path"] == str(tmp_path / "meetings.ics")


def test_series_survive_the_cache(tmp_path: Path) -> None:
    path = write(tmp_path, SERIES + FEED)
    engagement = load_engagement(path)
    cache = EngagementCache(tmp_path)
    cache.put(path, path.read_text(), engagement)
    cache.save()
    assert EngagementCache(tmp_path).get(path, path.read_text()) == engagement


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            SERIES.replace("Finance", "Finace"),
            'no [[people]] row has the role "Finace approver" (did you mean "Finance approver"?)',
        ),
        (SERIES + SERIES, 'two [[meetings]] rows are called "Steering"'),
        (FEED + 'path = "x.ics"\n', "from an address or from a file"),
        ('[[sources]]\nid = "cal"\nkind = "ics"\n', "from an address or from a file"),
        (FEED.replace("token = {", "# token = {"), "a place for a secret, but there is none"),
        (FEED.replace("https", "http"), "http would send the secret in clear"),
        (FEED + "days_back = -1\n", "days_back"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, says: str) -> None:
    assert says in problem(tmp_path, text)


def test_a_calendar_is_no_reason_to_miss_service_levels(tmp_path: Path) -> None:
    engagement = load_engagement(write(tmp_path, SERIES + FEED))
    assert not any("[[sla]]" in note for note in advice(engagement, date(2026, 3, 10)))


def test_a_target_for_attendance_without_a_series_is_noted(tmp_path: Path) -> None:
    own = '[participation]\ncalendar = "24x7"\nreply = "1h"\nattendance = "90%"\n'
    notes = advice(load_engagement(write(tmp_path, own + FEED)), date(2026, 3, 10))
    assert any("no [[meetings]] row says who has to come" in note for note in notes)
    notes = advice(load_engagement(write(tmp_path, SERIES + own + FEED)), date(2026, 3, 10))
    assert not any("no [[meetings]] row" in note for note in notes)
