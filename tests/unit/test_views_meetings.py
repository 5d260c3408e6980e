"""Meetings as the screens tell them: from a stored calendar and what people entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import HOUR, NORTHWIND, NOW, World, at, opened

from engagewatch.engine.meetings import ActionState, DecisionState
from engagewatch.model.batch import Batch
from engagewatch.model.engagement import NameDisplay, Privacy, Role, SourceSettings
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.meeting import Answer, Invitee, Meeting, MeetingSeries
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.views import meeting_entering, meeting_list, why
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.meeting_list import MeetingRow, MeetingsView
from engagewatch.views.meetings import meetings_state
from engagewatch.views.tone import Tone

OKAFOR = "okafor@northwind.example"
DANA = "dana@contoso.example"
CALENDAR = replace(
    NORTHWIND,
    sources=(SourceSettings("cal", "ics", options={"path": "x.ics"}),),
    people=(
        *NORTHWIND.people,
        Role("Service manager", "Dana", side=Side.PROVIDER, matches=(DANA,)),
    ),
    meetings=(MeetingSeries("Steering", "steering*", ("Finance approver", "Service manager")),),
    participation=replace(NORTHWIND.participation, attendance=0.9),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path, CALENDAR)).store:
        yield world


def meeting(
    name: str, begin: Instant, answer: Answer = Answer.ACCEPTED, title: str = "Steering"
) -> Meeting:
    return Meeting(
        name,
        title,
        begin,
        begin + HOUR,
        DANA,
        Side.PROVIDER,
        invitees=(
            Invitee(OKAFOR, "Ruth Okafor", Side.CLIENT, True, answer),
            Invitee(DANA, "Dana", Side.PROVIDER, True, Answer.ACCEPTED),
        ),
    )


def told(world: World, *meetings: Meeting, now: Instant = NOW) -> None:
    people = (Person(OKAFOR, "Ruth Okafor", Side.CLIENT, OKAFOR),)
    world.store_batch("cal", Batch("meetings", None, people=people, meetings=meetings), now)


def came(world: World, name: str, who: str, here: bool, when: Instant = NOW) -> None:
    world.store.enter([meeting_entering.attended("northwind", when, f"cal/{name}", who, came=here)])


def view(world: World, now: Instant = NOW) -> MeetingsView:
    return meeting_list.build(world.store, world.engagement, now)


def row(world: World, name: str, now: Instant = NOW) -> MeetingRow:
    found = view(world, now).row(f"cal/{name}")
    assert found is not None
    return found


def test_an_accepted_meeting_that_nobody_recorded_is_not_known(world: World) -> None:
    told(world, meeting("a", NOW - DAY))
    assert (row(world, "a").ours, row(world, "a").ours_tone) == ("not recorded", Tone.UNKNOWN)
    assert view(world).ours_words == "nothing recorded yet, 1 not recorded"
    came(world, "a", "Finance approver", False)
    assert (row(world, "a").ours, row(world, "a").ours_tone) == ("0 of 1 came", Tone.BAD)
    assert view(world).ours_words == "0 of 1 came"
    assert row(world, "a").theirs == "not recorded"


def test_no_percentage_is_told_under_ten(world: World) -> None:
    for number in range(10):
        told(world, meeting(f"m{number}", NOW - (number + 1) * DAY))
        came(world, f"m{number}", "Finance approver", number > 0)
        expected = f"{number} of {number + 1}"
        assert view(world).ours_words.startswith(expected)
        assert ("%" in view(world).ours_words) is (number == 9)


def test_a_role_that_stays_away_again_and_again_is_named_first(world: World) -> None:
    told(world, *(meeting(f"m{number}", NOW - (3 - number) * DAY) for number in range(3)))
    told(world, meeting("next", NOW + DAY))
    for number in range(3):
        came(world, f"m{number}", "Finance approver", number == 0)
    assert view(world).facts == ("Finance approver missed the last 2 of Steering",)
    assert view(world).summary.startswith("Finance approver missed the last 2 of Steering. Next:")
    assert row(world, "next").attendees[0].streak_words == "missed the last 2"


def test_too_few_recorded_are_no_share_of_a_role(world: World) -> None:
    for number in range(5):
        told(world, meeting(f"m{number}", NOW - (number + 1) * DAY))
        came(world, f"m{number}", "Finance approver", True)
        by_role = dict(view(world).by_role)
        assert ("too few" in by_role["Finance approver"]) is (number < 4)


def test_what_comes_next_waits_for_our_answer_once_per_series(world: World) -> None:
    told(world, *(meeting(f"n{number}", NOW + number * DAY, Answer.NONE) for number in (1, 2, 3)))
    (one,) = meetings_state(world.store, world.engagement, NOW).to_confirm
    assert (one.meeting, one.more, one.who) == ("cal/n1", 2, "Finance approver")
    assert "Finance approver" in one.nudge
    assert [r.is_later for r in view(world).rows] == [False, True, True]
    told(world, meeting("n1", NOW + DAY, Answer.DECLINED))
    (one,) = meetings_state(world.store, world.engagement, NOW).to_confirm
    assert one.meeting == "cal/n2"


def test_people_are_shown_as_privacy_allows(world: World) -> None:
    told(world, meeting("a", NOW + DAY, title="Network review"))
    assert [one.name for one in row(world, "a").attendees] == [
        "Ruth Okafor (Finance approver)",
        "Dana (Service manager)",
    ]
    world.engagement = replace(world.engagement, privacy=Privacy(names=NameDisplay.ROLES))
    assert [one.name for one in row(world, "a").attendees] == [
        "Finance approver",
        "Service manager",
    ]


def test_a_moved_meeting_keeps_what_was_said_of_it(world: World) -> None:
    told(world, meeting("a", NOW - 2 * DAY), now=NOW - 9 * DAY)
    came(world, "a", "Finance approver", True)
    told(world, meeting("a", NOW - DAY), now=NOW - 5 * DAY)
    assert row(world, "a").moved_words == "moved once by provider"
    assert row(world, "a").ours == "1 of 1 came"
    assert view(world).moved_words == "1 date moved (1 by provider)"


def test_the_past_is_shown_as_it_was_known(world: World) -> None:
    told(world, meeting("a", NOW - 2 * DAY))
    came(world, "a", "Finance approver", True, NOW)
    assert row(world, "a", NOW - HOUR).ours == "not recorded"
    assert row(world, "a", NOW).ours == "1 of 1 came"


def test_decisions_and_actions_are_told_with_what_was_carried_over(world: World) -> None:
    first, second = NOW - 10 * DAY, NOW - 3 * DAY
    told(world, meeting("a", first), meeting("b", second))
    needed = meeting_entering.decision(
        "northwind", first - DAY, "cal/a", DecisionState.NEEDED, text="Budget"
    )
    taken = meeting_entering.action(
        "northwind", first, "cal/a", text="Leavers", side=Side.CLIENT, owner="HR",
        due=date(2026, 3, 4),
    )  # fmt: skip
    world.store.enter([needed, taken])
    assert (row(world, "a").decided, row(world, "a").to_do) == ("0 of 1 made", "1 open")
    (carried,) = row(world, "b").carried
    assert carried.words == "open, was due Wed 4 Mar, carried over 1 meeting"
    assert carried.tone is Tone.BAD
    world.store.enter(
        [
            meeting_entering.decision(
                "northwind", second, "cal/b", DecisionState.MADE, of=needed.id
            ),
            meeting_entering.action(
                "northwind", second + DAY, "cal/b", of=taken.id, state=ActionState.DONE
            ),
        ]
    )
    assert row(world, "a").decided == "0 of 1 made, 1 later"
    assert [one.words for one in row(world, "b").decisions] == ["made, carried over"]
    assert view(world).yield_words == "0 of 1 made, 1 later"


def test_the_figure_is_derived_from_its_meetings(world: World) -> None:
    told(world, meeting("a", NOW - DAY), meeting("b", NOW - 2 * DAY))
    came(world, "a", "Finance approver", False)
    told_of = why.build(world.store, world.engagement, NOW, FigureKey(FigureKind.ATTENDANCE))
    assert (told_of.met, told_of.judged) == (0, 1)
    assert told_of.not_counted == (
        "1 of ours that nobody recorded",
        "2 of the provider's that nobody recorded",
    )
    assert [one.words for one in told_of.tickets] == [
        "us 0 of 1 came; provider not recorded",
        "us not recorded; provider not recorded",
    ]


def test_hostile_words_are_made_harmless_when_entered(world: World) -> None:
    entry = meeting_entering.held("northwind", NOW, "x\x1b]0;y\x07\u202e", at("03-01 10:00"))
    assert str(entry.values["title"]).isprintable()


def test_times_are_local_to_the_engagement() -> None:
    assert meeting_entering.parse_moment("2026-07-01 10:00", "Europe/London") == at("07-01 10:00")
    with pytest.raises(ValueError, match="a time is missing"):
        meeting_entering.parse_moment("2026-07-01", "Europe/London")
    with pytest.raises(ValueError, match="write it like"):
        meeting_entering.parse_moment("tomorrow", "Europe/London")
