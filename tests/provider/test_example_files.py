"""The example engagements for public logs: valid, and right about the logs they are for."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from engagewatch.config.loader import load_engagement
from engagewatch.model.batch import Refused
from engagewatch.model.engagement import Engagement
from engagewatch.model.ticket import EventKind
from engagewatch.net.files import open_lines
from engagewatch.providers.eventlog.fields import FieldReader
from engagewatch.providers.eventlog.mapping import FIELDS, read_mapping
from engagewatch.providers.eventlog.reader import read_rows
from engagewatch.providers.eventlog.times import TimeReader
from engagewatch.providers.registry import describe, open_adapter
from tests.provider.samples import NOW, Read, read

EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
DATA = Path(os.environ.get("ENGAGEWATCH_TEST_DATA", ""))

real_data = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        "ENGAGEWATCH_TEST_DATA" not in os.environ, reason="ENGAGEWATCH_TEST_DATA is not set"
    ),
]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_is_valid_and_gives_every_status_it_needs(path: Path) -> None:
    engagement = load_engagement(path)
    assert engagement.sources
    for source in engagement.sources:
        assert describe(source).name == "eventlog"
        open_adapter(source, engagement, None)


async def read_example(name: str, source: str, folder: Path) -> tuple[Read, Engagement]:
    """Read one source of an example, with the public data linked beside it."""
    engagement = load_engagement(Path(shutil.copy(EXAMPLES / f"{name}.toml", folder)))
    settings = engagement.source(source)
    file = Path(str(settings.options["path"])).name
    (folder / file).symlink_to(DATA / file)
    adapter = open_adapter(settings, engagement, None)
    return await read(adapter, "rows"), engagement


def unmapped(got: Read, engagement: Engagement, source: str) -> set[str]:
    settings = engagement.source(source)
    meanings = {**describe(settings).default_meanings, **settings.meanings}
    told = {event.value for event in got.events if event.kind is EventKind.STATUS_CHANGED}
    return {status for status in told if status.lower() not in meanings}


class TestRealLogs:
    pytestmark = real_data

    async def test_uci_incidents(self, tmp_path: Path) -> None:
        got, engagement = await read_example("uci-servicenow", "log", tmp_path)
        assert got.records == 141_712
        assert len(got.tickets) == 24_918
        assert got.refused == []
        kinds = Counter(event.kind for event in got.events)
        assert kinds[EventKind.OPENED] == 24_918
        assert len({event.id for event in got.events}) == len(got.events)
        priorities = Counter(ticket.priority for ticket in got.tickets.values())
        assert sum(priorities.values()) == 24_918
        repriced = {
            event.ticket_id
            for event in got.events
            if event.kind is EventKind.PRIORITY_CHANGED and event.previous
        }
        assert len(repriced) == 383
        assert unmapped(got, engagement, "log") == set()
        claims = Counter(ticket.claims[0].met for ticket in got.tickets.values())
        assert claims == {True: 15_803, False: 9_115}
        waited = {event.ticket_id for event in got.events if event.value == "Awaiting User Info"}
        assert len(waited) == 5_471
        # One incident lies in the file against its own times. The times are believed.
        changes = got.course("0000137", EventKind.STATUS_CHANGED)
        assert [value for _, _, value in changes] == ["New", "Resolved", "New", "Closed"]

    async def test_uci_creation_times_that_are_missing(self, tmp_path: Path) -> None:
        text = (EXAMPLES / "uci-servicenow.toml").read_text()
        (tmp_path / "other.toml").write_text(text.replace('"opened_at" ', '"sys_created_at" '))
        engagement = load_engagement(tmp_path / "other.toml")
        mapping = read_mapping(engagement.source("log"), engagement)
        fields = FieldReader(mapping, TimeReader(mapping.timezone, mapping.time_format, NOW))
        created = FIELDS.index("created_at")
        missing = 0
        with open_lines(DATA / mapping.path.name) as lines:
            for row in read_rows(lines, mapping):
                assert not isinstance(row, Refused)
                missing += fields.instant(row[1][created], "created_at") is None
        assert missing == 53_076

    async def test_italian_activities(self, tmp_path: Path) -> None:
        got, engagement = await read_example("italian-helpdesk", "log", tmp_path)
        assert (got.records, len(got.tickets)) == (21_348, 4_580)
        assert got.refused == []
        assert unmapped(got, engagement, "log") == set()
        kinds = Counter(event.kind for event in got.events)
        assert kinds[EventKind.REPLIED] == 5_060
        waits = {event.ticket_id for event in got.events if event.value == "Wait"}
        assert len(waits) > 1000

    @pytest.mark.parametrize(
        ("source", "rows", "tickets", "strange"),
        [("closed", 6_660, 1_487, {"Unmatched"}), ("open", 2_351, 819, set())],
    )
    async def test_volvo_problems(
        self, tmp_path: Path, source: str, rows: int, tickets: int, strange: set[str]
    ) -> None:
        got, engagement = await read_example("volvo-problems", source, tmp_path)
        assert (got.records, len(got.tickets)) == (rows, tickets)
        assert got.refused == []
        assert unmapped(got, engagement, source) == strange
