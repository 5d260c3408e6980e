"""Durations, shares, hours, zones and regions as an engagement file writes them."""

from __future__ import annotations

import pytest

from engagewatch.config.durations import parse_duration, parse_seconds
from engagewatch.config.hours import parse_week, parse_windows
from engagewatch.config.problems import ManyRejectedError, RejectedError
from engagewatch.config.regions import parse_region
from engagewatch.config.shares import parse_share
from engagewatch.config.toml_text import toml_key, toml_value
from engagewatch.config.zones import parse_zone
from engagewatch.model.policy import Duration, Window


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15m", Duration(seconds=900)),
        ("4h", Duration(seconds=14400)),
        ("90s", Duration(seconds=90)),
        ("2d", Duration(seconds=172800)),
        ("1h30m", Duration(seconds=5400)),
        ("1.5h", Duration(seconds=5400)),
        ("1.1h", Duration(seconds=3960)),
        (" 1 H ", Duration(seconds=3600)),
        ("1bd", Duration(business_days=1)),
        ("10 BD", Duration(business_days=10)),
    ],
)
def test_durations_are_read(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("duration", [Duration(seconds=5400), Duration(business_days=3)])
def test_a_duration_reads_back_as_it_prints(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("15 minutes", '"15m"'),
        ("4 hours", '"4h"'),
        ("1 business day", '"1bd"'),
        ("2 working days", '"2bd"'),
        ("soon", '"1h30m"'),
        ("", '"15m"'),
        ("4", '"15m"'),
        ("-4h", '"15m"'),
        ("2bd 4h", '"2bd"'),
        ("0m", "leave the key out"),
        ("0.5bd", '"1bd"'),
        ("99999999d", '"15m"'),
        ("9" * 400 + "h", '"15m"'),
        (4, '"4h"'),
        (True, '"15m"'),
        (None, '"15m"'),
    ],
)
def test_a_wrong_duration_says_what_to_write(text: object, advice: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_duration(text)
    assert advice in caught.value.suggestion


def test_real_time_takes_no_business_days() -> None:
    assert parse_seconds("5m") == 300
    with pytest.raises(RejectedError, match="business days"):
        parse_seconds("1bd")


@pytest.mark.parametrize(("text", "share"), [("95%", 0.95), ("99.9 %", 0.999), ("100%", 1.0)])
def test_shares_are_exact(text: str, share: float) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    ("text", "advice"),
    [(95, '"95%"'), (0.95, '"95%"'), ("95", '"95%"'), ("0%", "leave the key out"), ("101%", "95%")],
)
def test_a_wrong_share_says_what_to_write(text: object, advice: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_share(text)
    assert advice in caught.value.suggestion


NINE_TO_FIVE = (Window(540, 1020),)


def test_days_may_be_single_listed_or_ranges() -> None:
    week = parse_week({"mon-wed": ["09:00-17:00"], "fri, Sunday": ["09:00-17:00"]})
    assert week == (NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, (), NINE_TO_FIVE, (), NINE_TO_FIVE)


def test_a_range_of_days_may_run_over_the_weekend() -> None:
    week = parse_week({"sat-mon": ["09:00-17:00"]})
    assert [bool(windows) for windows in week] == [True, False, False, False, False, True, True]


def test_hours_may_run_past_midnight_and_are_put_in_order() -> None:
    assert parse_windows(["22:00-06:00", "8:00-12:00"]) == (Window(480, 720), Window(1320, 1800))
    assert parse_windows(["00:00-24:00"]) == (Window(0, 1440),)


def test_round_the_clock() -> None:
    assert parse_week("24x7") == ((Window(0, 1440),),) * 7


@pytest.mark.parametrize(
    ("hours", "messages"),
    [
        ({"mon-fr": ["08:00-12:00"]}, ['"fr" is not a day']),
        ({"mon": ["8-12"]}, ["not opening hours"]),
        ({"mon": ["25:00-26:00"]}, ["25:00 is not a time of day"]),
        ({"mon": ["09:00-09:00"]}, ["start and end at the same time"]),
        ({"mon": ["08:00-12:00", "11:00-13:00"]}, ["overlap"]),
        ({"mon": "08:00-12:00"}, ["hours are a list"]),
        ({"mon-wed": ["08:00-12:00"], "tue": []}, ["Tuesday has its hours twice"]),
        ({"mon": ["x"], "moon": ["08:00-09:00"]}, ["not opening hours", "not a day"]),
        ("office", ["hours need their days"]),
        ({}, ["there are no hours"]),
        (7, ["there are no hours"]),
    ],
)
def test_wrong_hours_are_all_named(hours: object, messages: list[str]) -> None:
    with pytest.raises(ManyRejectedError) as caught:
        parse_week(hours)
    found = [item.message for item in caught.value.items]
    assert len(found) == len(messages)
    assert all(part in text for part, text in zip(messages, found, strict=True))


@pytest.mark.parametrize(
    ("zone", "advice"),
    [
        ("Londn", "Europe/London"),
        ("Europe/Lndon", "Europe/London"),
        ("Lisbonn", "Europe/Lisbon"),
        ("Europe", "Europe/London"),
        ("../etc/passwd", "Europe/London"),
        ("", "Europe/London"),
        (1, "Europe/London"),
    ],
)
def test_an_unknown_zone_has_a_suggestion(zone: object, advice: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_zone(zone)
    assert advice in caught.value.suggestion


def test_a_zone_may_go_by_the_name_that_rails_or_windows_give_it() -> None:
    assert parse_zone("London") == "Europe/London"
    assert parse_zone("Eastern Time (US & Canada)") == "America/New_York"
    assert parse_zone("W. Europe Standard Time") == "Europe/Berlin"


def test_regions_are_those_with_known_holidays() -> None:
    assert parse_region("GB-ENG") == "GB-ENG"
    assert parse_region("PT") == "PT"
    for wrong, advice in (("GB-EN", '"ENG"'), ("gb", '"GB"'), ("XX", "GB-ENG"), (1, "GB-ENG")):
        with pytest.raises(RejectedError) as caught:
            parse_region(wrong)
        assert advice in caught.value.suggestion


def test_values_are_written_as_toml_reads_them() -> None:
    import tomli

    value = {"a b": ['quote " and \\', "tab\tnew\nline\x1b\x7f"], "c": {"d": True, "é": 1.5}}
    assert tomli.loads(f"{toml_key('x y')} = {toml_value(value)}") == {"x y": value}
