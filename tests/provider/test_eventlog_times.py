"""Times as logs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.providers.eventlog.times import TimeReader
from tests.provider.samples import NOW, at

MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2026, 2, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("time_format", "text", "expected"),
    [
        (None, "2026-01-05T10:00:00Z", "2026-01-05T10:00:00"),
        (None, "2026-01-05 10:00:00.999", "2026-01-05T09:00:00"),
        (None, "2026-01-05T10:00:00+05:30", "2026-01-05T04:30:00"),
        (None, "20260105T100000Z", "2026-01-05T10:00:00"),
        ("%d/%m/%Y %H:%M", "5/1/2026 9:07", "2026-01-05T08:07:00"),
        ("%d/%m/%Y %H:%M", " 05/01/2026  09:07 ", "2026-01-05T08:07:00"),
        ("%Y/%m/%d %H:%M:%S.%f", "2026/01/05 10:00:01.999", "2026-01-05T09:00:01"),
        ("%Y-%m-%d", "2026-01-05", "2026-01-04T23:00:00"),
        ("%d.%m.%Y", "5.1.2026", "2026-01-04T23:00:00"),
        ("%m/%d/%Y %I:%M %p", "1/5/2026 3:07 PM", "2026-01-05T14:07:00"),
        ("%d %b %Y %H:%M %z", "05 Jan 2026 10:00 +0200", "2026-01-05T08:00:00"),
        ("%d/%m/%Y %M", "05/01/2026 07", "2026-01-04T23:07:00"),
    ],
)
def test_formats(time_format: str | None, text: str, expected: str) -> None:
    assert TimeReader("Europe/Rome", time_format, NOW).read(text) == at(expected)


@pytest.mark.parametrize(
    "text", ["", "29/2/2025 10:00", "1/13/2026 10:00", "1/1/2026 25:00", "1/1/26 10:00", "x" * 9999]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is not %d"):
        TimeReader("UTC", "%d/%m/%Y %H:%M", NOW).read(text)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"]
)
def test_times_at_the_ends_of_the_world(text: str) -> None:
    with pytest.raises(ValueError, match=r"lies (before 1990|more than a year)"):
        TimeReader("UTC", None, NOW).read(text)


@given(MOMENTS, st.sampled_from(["Europe/Lisbon", "America/St_Johns", "Australia/Lord_Howe"]))
def test_a_plain_format_reads_what_iso_reads(moment: datetime, name: str) -> None:
    local = moment.replace(microsecond=0, tzinfo=None)
    plain = TimeReader(name, "%d/%m/%Y %H:%M:%S", NOW).read(local.strftime("%d/%m/%Y %H:%M:%S"))
    assert plain == TimeReader(name, None, NOW).read(local.isoformat())
