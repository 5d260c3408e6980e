"""The demonstrated calendar, read by the real adapter, tells what the story says."""

from __future__ import annotations

from pathlib import Path

from engagewatch.config.loader import load_engagement
from engagewatch.demo import meetings
from engagewatch.demo.engagement_files import engagement_files
from engagewatch.engine.fold import Folder
from engagewatch.model.sides import Side
from engagewatch.providers.registry import open_adapter
from engagewatch.store.store import Store
from engagewatch.views import meeting_list
from engagewatch.views.meeting_list import MeetingsView
from engagewatch.views.meetings import MeetingsState, meetings_state
from engagewatch.views.policy import policy_of
from tests.demo.simulation import ANCHOR


class _AnyUrl(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"http://127.0.0.1:9/{key}"


async def told(folder: Path, anchor: int = ANCHOR) -> tuple[MeetingsView, MeetingsState]:
    files = meetings.with_meetings(engagement_files(anchor, _AnyUrl(), "TOKEN"), anchor)
    for name, text in files.items():
        (folder / name).write_text(text)
    engagement = load_engagement(folder / "northwind.toml")
    settings = engagement.source("calendar")
    adapter = open_adapter(settings, engagement, None)
    with Store.open(folder / "history.db") as store:
        folder_of = Folder(policy_of(store, engagement, settings))
        store.register_source(engagement.id, settings.id, settings.adapter)
        async for batch in adapter.pull("meetings", None, anchor):
            assert not batch.refused
            store.ingest(engagement.id, settings.id, batch, folder_of.fold, anchor)
        meetings.enter(store, anchor)
        meetings.enter(store, anchor)
        return (
            meeting_list.build(store, engagement, anchor),
            meetings_state(store, engagement, anchor),
        )


async def test_the_finance_approver_missed_the_last_two_steering_committees(
    tmp_path: Path,
) -> None:
    view, state = await told(tmp_path)
    assert view.facts[0] == "Finance approver missed the last 2 of Steering committee"
    assert {one.title for one in state.to_confirm} == {
        "Steering committee",
        "Joiners and leavers: how we tell the desk",
    }
    assert view.ours.judged > 10
    assert view.theirs.judged > 10
    assert view.theirs.missed > 0
    assert state.attendance(Side.CLIENT).unknown == 1  # the latest review


async def test_what_was_to_be_decided_is_carried_over(tmp_path: Path) -> None:
    view, _ = await told(tmp_path)
    steering = [row for row in view.rows if row.series == "Steering committee" and row.is_over]
    assert steering[0].decided == "0 of 2 made"
    assert any(one.words == "needed again, not made" for one in steering[0].decisions)
    (leavers,) = [one for one in steering[0].carried if "leavers" in one.text]
    assert (leavers.carried, leavers.promised_anew) == (2, 1)


async def test_every_entry_finds_its_meeting_on_any_day_the_story_may_begin(
    tmp_path: Path,
) -> None:
    for day in range(0, 35, 7):
        folder = tmp_path / str(day)
        folder.mkdir()
        view, _ = await told(folder, ANCHOR + day * 86400)
        over = [row for row in view.rows if row.is_over and row.series]
        assert sum(row.ours == "not recorded" for row in over) == 1
