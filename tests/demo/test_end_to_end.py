"""A monitor that knows nothing of the simulation reads it as it reads the real thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engagewatch.config.loader import load_all
from engagewatch.demo.launch import prepare
from engagewatch.demo.scenario import Stage, alder_finch
from engagewatch.demo.settings import TOKEN_VARIABLE
from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, MINUTE, Instant
from engagewatch.store.store import Store
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from tests.demo.simulation import ANCHOR

_FACTS = """
SELECT t.id, t.subject, t.status, t.priority, t.created_at, t.updated_at, t.assignee, t.team,
       t.opened_by, t.deleted, t.merged_into, s.court, s.court_since, s.finished_at, s.reopened
FROM ticket AS t JOIN standing AS s ON s.ticket_key = t.key JOIN source ON source.key = t.source_key
WHERE source.id = 'desk' ORDER BY t.id
"""
_EVENTS = """
SELECT t.id, e.id, e.at, e.kind, e.side, e.actor, e.value, e.previous, e.automatic, e.asks
FROM event AS e JOIN ticket AS t ON t.key = e.ticket_key ORDER BY t.id, e.id
"""


class Moment:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now: Instant = ANCHOR

    def __call__(self) -> Instant:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def engagement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: Moment
) -> Iterator[Engagement]:
    monkeypatch.setenv(TOKEN_VARIABLE, "")
    with prepare(tmp_path / "demo", clock=moment) as demo:
        loaded = load_all(demo.config_dir)
        yield next(each for each in loaded.engagements if each.id == "alder-finch")


@pytest.fixture(scope="module")
def told() -> Stage:
    return alder_finch(7, ANCHOR)


async def poll(
    engagement: Engagement, path: Path, now: Callable[[], Instant]
) -> list[SourceHealth]:
    with Store.open(path) as store, Writer(store) as writer:
        return await Scheduler([engagement], writer, now).once()


def stored(path: Path, sql: str) -> list[tuple[object, ...]]:
    with Store.open(path, read_only=True) as store:
        return [tuple(row) for row in store.connection.execute(sql)]


async def test_polling_brings_every_ticket_and_what_happened_to_it(
    engagement: Engagement, told: Stage, tmp_path: Path, moment: Moment
) -> None:
    moment.now = ANCHOR + MINUTE
    path = tmp_path / "history.db"
    health = {each.source: each for each in await poll(engagement, path, moment)}
    assert health["desk"].failure is None
    assert health["desk"].refused == 0
    assert health["status"].failure is None
    assert health["carrier"].failure is Failure.TRANSIENT

    visible = moment.now - 3
    expected = {r.id: r for r in told.desk.records.values() if r.created_at <= visible}
    facts = stored(path, _FACTS)
    assert {int(str(row[0])) for row in facts} == set(expected)
    for row in facts:
        state = expected[int(str(row[0]))].state(visible)
        if state["custom_status_id"] < 9_001_010:
            assert row[2] == state["status"]
        assert row[3] == state["priority"]

    messages = sum(
        audit.comment is not None
        for record in expected.values()
        if record.deleted_at is None
        for audit in list(record.until(visible))[1:]
    )
    kinds = dict(stored(path, "SELECT kind, count(*) FROM event GROUP BY kind"))
    assert kinds["opened"] == len(expected)
    assert kinds["replied"] + kinds["noted"] == messages
    assert kinds["approval_requested"] >= 8
    assert kinds["merged"] >= 1
    assert stored(path, "SELECT count(*) FROM orphan_event") == [(0,)]
    unmapped = stored(path, "SELECT DISTINCT unmapped FROM standing")
    assert unmapped == [("",)]
    automatic = stored(path, "SELECT count(*) FROM event WHERE automatic AND kind = 'replied'")
    assert automatic[0][0] > 100  # type: ignore[operator]
    incidents = stored(path, "SELECT count(*) FROM incident")
    assert incidents == [(len([p for p in told.page.incidents if p.created_at <= ANCHOR]),)]


async def test_following_along_ends_where_reading_afresh_does(
    engagement: Engagement, tmp_path: Path, moment: Moment
) -> None:
    followed, afresh = tmp_path / "followed.db", tmp_path / "afresh.db"
    await poll(engagement, followed, moment)
    before = stored(followed, _FACTS)
    for step in (20, 95, 11 * MINUTE, 2 * HOUR):
        moment.now += step
        await poll(engagement, followed, moment)
    assert stored(followed, _FACTS) != before
    await poll(engagement, afresh, moment)
    assert stored(followed, _FACTS) == stored(afresh, _FACTS)
    assert set(stored(afresh, _EVENTS)) <= set(stored(followed, _EVENTS))
