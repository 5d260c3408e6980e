"""Calendars: series with exceptions, zones of every kind, answers, and text that is no calendar."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, isoformat
from engagewatch.model.meeting import Answer, Meeting, MeetingSeries
from engagewatch.model.sides import Side
from engagewatch.net.errors import SourceError
from engagewatch.providers.ics.adapter import CalendarFeed
from engagewatch.providers.registry import open_adapter
from tests.provider.loopback import Handler, Loopback, Request, Response, loopback
from tests.provider.samples import NOW, engagement_of, read
from tests.provider.status_samples import EVIL, LOGIN

CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
STEERING = MeetingSeries("Steering", "*steering*")
PEOPLE = (Role("Finance approver", "", Side.CLIENT, ("r.okafor@northwind.example",)),)

LISBON = """\
BEGIN:VTIMEZONE
TZID:Our own zone
BEGIN:STANDARD
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "one", title: str = "Steering") -> str:
    told = "".join(f"{line}\n" for line in lines)
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\nSUMMARY:{title}\n{told}END:VEVENT\n"


def calendar(*parts: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{''.join(parts)}END:VCALENDAR\n"


MONDAY = ("DTSTART:20260309T100000Z", "DTEND:20260309T110000Z")


def home(**more: object) -> Engagement:
    return replace(
        engagement_of(people=PEOPLE, timezone="Europe/Lisbon"), meetings=(STEERING,), **more
    )  # type: ignore[arg-type]


def adapter_of(
    url: str, engagement: Engagement | None = None, secret: str | None = None, **options: object
) -> CalendarFeed:
    settings = SourceSettings("cal", "ics", url=url, requests_per_minute=10_000, options=options)
    adapter = open_adapter(settings, engagement or home(), secret)
    assert isinstance(adapter, CalendarFeed)
    return adapter


async def batch_of(
    text: str | bytes, engagement: Engagement | None = None, cursor: str | None = None,
    now: int = NOW, **options: object,
) -> Batch:  # fmt: skip
    body = text if isinstance(text, bytes) else text.encode()
    async with loopback(lambda _: Response(200, body, CALENDAR)) as server:
        adapter = adapter_of(f"{server.url}/a.ics", engagement, **options)
        try:
            (batch,) = (await read(adapter, "meetings", cursor, now)).batches
            return batch
        finally:
            await adapter.aclose()


def starts(meetings: Iterable[Meeting]) -> list[str]:
    return [isoformat(meeting.from_at) for meeting in meetings]


async def test_a_series_keeps_its_local_time_and_honours_every_exception() -> None:
    text = calendar(
        LISBON,
        event(
            "DTSTART;TZID=Our own zone:20260302T100000",
            "DTEND;TZID=Our own zone:20260302T110000",
            "RRULE:FREQ=WEEKLY;COUNT=6",
            "EXDATE;TZID=Our own zone:20260316T100000",
        ),
        event(
            "RECURRENCE-ID;TZID=Our own zone:20260309T100000",
            "DTSTART;TZID=Our own zone:20260310T150000",
            "DTEND;TZID=Our own zone:20260310T160000",
        ),
        event(
            "RECURRENCE-ID;TZID=Our own zone:20260323T100000",
            "DTSTART;TZID=Our own zone:20260323T100000",
            "DTEND;TZID=Our own zone:20260323T110000",
            "STATUS:CANCELLED",
        ),
    )
    batch = await batch_of(text)
    assert starts(batch.meetings) == [
        "2026-03-02T10:00:00Z",
        "2026-03-10T15:00:00Z",
        "2026-03-23T10:00:00Z",
        "2026-03-30T09:00:00Z",
        "2026-04-06T09:00:00Z",
    ]
    assert [one.id for one in batch.meetings][:2] == [
        "one@20260302T100000Z", "one@20260309T100000Z",
    ]  # fmt: skip
    assert [one.called_off for one in batch.meetings] == [False, False, True, False, False]
    assert batch.refused == ()


async def test_a_single_meeting_keeps_its_id_when_it_is_moved() -> None:
    before = await batch_of(calendar(event(*MONDAY, "SEQUENCE:0")))
    later = ("DTSTART:20260312T100000Z", "DTEND:20260312T110000Z", "SEQUENCE:1")
    after = await batch_of(calendar(event(*later)))
    assert [one.id for one in (*before.meetings, *after.meetings)] == ["one", "one"]
    assert starts(after.meetings) == ["2026-03-12T10:00:00Z"]


async def test_of_two_versions_of_an_event_the_later_one_holds() -> None:
    old = event(*MONDAY, "SEQUENCE:1")
    new = event("DTSTART:20260312T100000Z", "DTEND:20260312T110000Z", "SEQUENCE:2")
    for text in (calendar(old, new), calendar(new, old)):
        assert starts((await batch_of(text)).meetings) == ["2026-03-12T10:00:00Z"]


@pytest.mark.parametrize(
    ("line", "begins", "head"),
    [
        ("DTSTART:20260701T100000", "2026-07-01T09:00:00Z", ""),  # floating: Lisbon, in summer
        (
            "DTSTART:20260701T100000",
            "2026-07-01T08:00:00Z",
            "X-WR-TIMEZONE:Europe/Berlin\n",
        ),
        ("DTSTART;TZID=Europe/Berlin:20260701T100000", "2026-07-01T08:00:00Z", ""),
        ("DTSTART;TZID=W. Europe Standard Time:20260701T100000", "2026-07-01T08:00:00Z", ""),
        ("DTSTART;VALUE=DATE:20260701", "2026-06-30T23:00:00Z", ""),
        ("DTSTART:20260701T100000Z", "2026-07-01T10:00:00Z", ""),
    ],
)
async def test_times_are_read_in_their_zone(line: str, begins: str, head: str) -> None:
    text = calendar(event(line), head=head)
    batch = await batch_of(text, days_ahead=200)
    assert starts(batch.meetings) == [begins]


async def test_zones_of_one_name_mean_what_their_own_calendar_says() -> None:
    shifted = LISBON.replace("+0100", "+0500").replace("+0000", "+0400")
    timed = event("DTSTART;TZID=Our own zone:20260302T100000")
    first = await batch_of(calendar(LISBON, timed))
    second = await batch_of(calendar(shifted, timed))
    assert starts(first.meetings) == ["2026-03-02T10:00:00Z"]
    assert starts(second.meetings) == ["2026-03-02T06:00:00Z"]


async def test_a_day_without_a_time_lasts_that_day() -> None:
    (meeting,) = (await batch_of(calendar(event("DTSTART;VALUE=DATE:20260304")))).meetings
    assert meeting.until_at - meeting.from_at == DAY


async def test_answers_roles_and_sides_of_those_invited() -> None:
    text = calendar(
        event(
            *MONDAY,
            "ORGANIZER;CN=Dana:mailto:Dana@Contoso.example",
            'ATTENDEE;CN="Okafor, R.";PARTSTAT=ACCEPTED:mailto:R.Okafor@northwind.example',
            "ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:x@eu.northwind.example",
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:y@contoso.example",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:z@elsewhere.example",
            "ATTENDEE;CUTYPE=ROOM:mailto:room3@northwind.example",
        )
    )
    batch = await batch_of(
        text, client_domains=["northwind.example"], provider_domains=["@contoso.example"]
    )
    (meeting,) = batch.meetings
    assert (meeting.organiser, meeting.organised_by) == ("dana@contoso.example", Side.PROVIDER)
    assert [(one.who, one.side, one.required, one.answer) for one in meeting.invitees] == [
        ("r.okafor@northwind.example", Side.CLIENT, True, Answer.ACCEPTED),
        ("x@eu.northwind.example", Side.CLIENT, False, Answer.TENTATIVE),
        ("y@contoso.example", Side.PROVIDER, True, Answer.NONE),
        ("z@elsewhere.example", None, True, Answer.DECLINED),
        ("dana@contoso.example", Side.PROVIDER, False, Answer.ACCEPTED),
    ]
    assert all(one.attended is None for one in meeting.invitees)
    assert {person.name for person in batch.people} >= {"Okafor, R.", "Dana"}


async def test_people_of_the_engagement_file_know_better_than_domains() -> None:
    text = calendar(event(*MONDAY, "ATTENDEE:mailto:r.okafor@northwind.example"))
    (meeting,) = (await batch_of(text, provider_domains=["northwind.example"])).meetings
    assert meeting.invitees[0].side is Side.CLIENT


async def test_only_meetings_of_the_engagement_are_read() -> None:
    text = calendar(
        event(*MONDAY, uid="private", title="Dentist"),
        event(*MONDAY, uid="ours", title="Monthly STEERING"),
        event(*MONDAY, "ATTENDEE:mailto:d@contoso.example", uid="theirs", title="Call"),
        event(*MONDAY, "CLASS:PRIVATE", uid="hidden", title="Steering, private"),
        event(*MONDAY, "CATEGORIES:IT,Provider", uid="tagged", title="Chat"),
        event(*MONDAY, "ORGANIZER:mailto:boss@northwind.example", uid="boss", title="Lunch"),
    )

    async def read_with(engagement: Engagement | None = None, **options: object) -> set[str]:
        return {one.id for one in (await batch_of(text, engagement, **options)).meetings}

    assert await read_with() == {"ours"}
    assert await read_with(provider_domains=["contoso.example"]) == {"ours", "theirs"}
    assert await read_with(titles=["call"]) == {"ours", "theirs"}
    assert await read_with(categories=["prov*"]) == {"ours", "tagged"}
    assert await read_with(organisers=["boss@*"]) == {"ours", "boss"}
    shut = home(privacy=Privacy(exclude_categories=("provider",)))
    assert await read_with(shut, categories=["prov*"]) == {"ours"}


async def test_one_broken_event_takes_no_other_along() -> None:
    good = event(*MONDAY, uid="good")
    broken = [
        event("DTSTART:garbage", uid="b1"),
        event(uid="b2"),
        event("DTSTART;TZID=Nowhere/Land:20260303T100000", uid="b3"),
        event(*MONDAY, "RRULE:FREQ=SECONDLY", uid="b4"),
        event("DTSTART:20260309T100000Z", "DTEND:20260409T100000Z", uid="b5"),
        event(*MONDAY, "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6", uid="b6"),
        event("DTSTART:00010101T100000Z", "RRULE:FREQ=DAILY", uid="b7"),
        event(*MONDAY, "RRULE:FREQ=WEEKLY;UNTIL=never", uid="b8"),
        event(*MONDAY, "RRULE:FREQ=DAILY;INTERVAL=0", uid="b10"),
        event(*MONDAY, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid="b11"),
        "BEGIN:VEVENT\nUID:b9\nDTSTART:20260309T100000Z\n",
    ]
    batch = await batch_of(calendar(*broken, good))
    assert [one.id for one in batch.meetings] == ["good"]
    assert {one.record for one in batch.refused} == {f"event b{n}" for n in range(1, 12)}
    assert batch.meetings_between is None  # what could not be read was not called off
    assert batch.records == 12


@pytest.mark.parametrize(
    ("begin", "rule", "count"),
    [
        ("DTSTART:20260302T100000Z", "FREQ=WEEKLY", 13),
        ("DTSTART:20260302T100000", "FREQ=WEEKLY", 13),
        ("DTSTART;TZID=Europe/Berlin:20260302T100000", "FREQ=WEEKLY;UNTIL=20991231T000000Z", 13),
        ("DTSTART;TZID=Europe/Berlin:20260302T100000", "FREQ=WEEKLY;UNTIL=20260317T000000Z", 3),
        ("DTSTART;VALUE=DATE:20260302", "FREQ=WEEKLY", 13),
        ("DTSTART;VALUE=DATE:20260302", "FREQ=WEEKLY;UNTIL=20260316", 3),
        ("DTSTART:20260302T100000Z", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;COUNT=2", 2),
        ("DTSTART:20260302T100000Z", "FREQ=MONTHLY;BYMONTHDAY=2", 3),
    ],
)
async def test_rules_with_and_without_an_end_are_expanded_to_the_window(
    begin: str, rule: str, count: int
) -> None:
    batch = await batch_of(calendar(event(begin, f"RRULE:{rule}")), timezone="UTC")
    assert batch.refused == ()
    assert len(batch.meetings) == count


async def test_a_broken_zone_costs_only_the_events_in_it() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Bad\nBEGIN:STANDARD\nDTSTART:x\nEND:STANDARD\nEND:VTIMEZONE\n"
    text = calendar(
        zone, event("DTSTART;TZID=Bad:20260309T100000", uid="b"), event(*MONDAY, uid="g")
    )
    batch = await batch_of(text)
    assert [one.id for one in batch.meetings] == ["g"]
    assert [one.record for one in batch.refused] == ["event b"]


async def test_a_broken_exception_does_not_cost_its_series() -> None:
    text = calendar(
        event(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2"),
        event("RECURRENCE-ID:20260309T100000Z", "DTSTART:junk"),
    )
    batch = await batch_of(text)
    assert len(batch.meetings) == 2
    assert len(batch.refused) == 1


async def test_what_is_missing_of_the_days_to_come_was_called_off() -> None:
    batch = await batch_of(calendar(event(*MONDAY)))
    assert batch.meetings_between == (NOW, NOW + 90 * DAY)
    cut = calendar(event(*MONDAY)).removesuffix("END:VCALENDAR\n")
    batch = await batch_of(cut)
    assert batch.meetings_between is None
    assert [one.record for one in batch.refused] == ["the end"]
    batch = await batch_of(calendar())
    assert (batch.meetings_between, batch.meetings) == (None, ())


async def test_a_series_that_is_moved_as_a_whole_does_not_rewrite_its_past() -> None:
    weekly = "RRULE:FREQ=WEEKLY"
    first = await batch_of(calendar(event("DTSTART:20260105T100000Z", weekly)))
    moved = calendar(event("DTSTART:20260106T100000Z", weekly))
    later = await batch_of(moved, cursor=first.cursor, now=NOW + 14 * DAY)
    assert min(one.from_at for one in first.meetings) < NOW - 30 * DAY
    assert min(one.from_at for one in later.meetings) >= NOW - DAY


async def test_the_window_bounds_what_is_read() -> None:
    daily = calendar(event("DTSTART:20250101T090000Z", "RRULE:FREQ=DAILY"))
    batch = await batch_of(daily, days_back=10, days_ahead=5)
    assert starts(batch.meetings)[0] == "2026-02-20T09:00:00Z"
    assert starts(batch.meetings)[-1] == "2026-03-06T09:00:00Z"


async def test_a_meeting_that_is_put_off_far_ahead_was_not_called_off() -> None:
    batch = await batch_of(calendar(event("DTSTART:20260901T090000Z")))
    assert starts(batch.meetings) == ["2026-09-01T09:00:00Z"]


async def test_hostile_text_is_made_harmless() -> None:
    text = calendar(
        event(
            *MONDAY,
            f"ATTENDEE;CN=X{EVIL}:mailto:x{EVIL}@contoso.example",
            "URL:javascript:alert(1)",
            uid=f"u{EVIL}",
            title=f"Steering{EVIL}",
        )
    )
    (meeting,) = (await batch_of(text)).meetings
    shown = [meeting.id, meeting.title, *(f"{one.who} {one.name}" for one in meeting.invitees)]
    assert all(part.isprintable() for part in shown)
    assert meeting.url == ""


async def test_a_control_character_in_a_name_costs_nobody_their_invitation() -> None:
    text = calendar(
        event(
            *MONDAY,
            'ORGANIZER;CN="Zoe\x1b[2J":mailto:zoe@contoso.example',
            'ATTENDEE;CN="Ann\x00\x07";PARTSTAT=ACCEPTED:mailto:ann@northwind.example',
        )
    )
    (meeting,) = (await batch_of(text)).meetings
    assert {one.name for one in meeting.invitees} == {"Zoe␛[2J", "Ann␀␇"}


async def test_folded_lines_other_ends_of_lines_and_odd_bytes_are_read() -> None:
    text = calendar(event(*MONDAY, title="Steering com\n mittee")).replace("\n", "\r\n")
    batch = await batch_of(b"\xef\xbb\xbf" + text.encode().replace(b"com", b"c\xffm"))
    assert [one.title for one in batch.meetings] == ["Steering c\N{REPLACEMENT CHARACTER}mmittee"]


async def test_an_unchanged_calendar_is_not_read_again_until_the_day_changes() -> None:
    text = calendar(event(*MONDAY)).encode()

    def handler(request: Request) -> Response:
        if request.headers.get("if-none-match") == '"7"':
            return Response(304, b"", {"ETag": '"7"'})
        return Response(200, text, {**CALENDAR, "ETag": '"7"'})

    async with loopback(handler) as server:
        adapter = adapter_of(f"{server.url}/a.ics")
        first = await read(adapter, "meetings")
        assert not (await read(adapter, "meetings", first.cursor, NOW + HOUR)).batches
        assert (await read(adapter, "meetings", first.cursor, NOW + DAY)).batches
        assert len(server.seen) == 3
        await adapter.aclose()


async def failure_of(handler: Handler, path: str = "/a.ics", **more: object) -> SourceError:
    async with loopback(handler) as server:
        adapter = adapter_of(f"{server.url}{path}", **more)  # type: ignore[arg-type]
        with pytest.raises(SourceError) as raised:
            await read(adapter, "meetings")
        await adapter.aclose()
        return raised.value


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (LOGIN, Failure.CONTRACT),
        (Response(200, b"hello", CALENDAR), Failure.CONTRACT),
        (Response(401), Failure.AUTHENTICATION),
        (Response(404), Failure.CONTRACT),
        (Response(429, b"", {"Retry-After": "60"}), Failure.RATE_LIMITED),
        (Response(200, b"BEGIN:VCALENDAR\n" + b"X" * (17 << 20), CALENDAR), Failure.CONTRACT),
    ],
)
async def test_what_is_no_calendar_is_an_error_and_never_an_empty_one(
    response: Response, failure: Failure
) -> None:
    assert (await failure_of(lambda _: response)).failure is failure


async def test_a_secret_address_is_asked_for_and_never_shown() -> None:
    secret = "it%40northwind.example/private-0123456789"
    seen: list[Loopback] = []
    async with loopback(lambda _: Response(404)) as server:
        seen.append(server)
        adapter = adapter_of(f"{server.url}/ical/{{token}}/basic.ics", secret=secret)
        (line,) = await adapter.check()
        await adapter.aclose()
    assert "private-0123456789" in seen[0].seen[0].path
    assert "authorization" not in seen[0].seen[0].headers
    assert "private" not in line.detail
    assert "404" in line.detail


async def test_a_secret_address_may_carry_a_query() -> None:
    async with loopback(lambda _: Response(200, calendar().encode(), CALENDAR)) as server:
        adapter = adapter_of(f"{server.url}/cal/{{token}}", secret="AbC?export")
        await read(adapter, "meetings")
        await adapter.aclose()
        assert (server.seen[0].method, server.seen[0].path) == ("GET", "/cal/AbC")
        assert server.seen[0].headers["accept"].startswith("text/calendar")


async def test_a_file_is_read_and_read_again_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "meetings.ics"
    path.write_text(calendar(event(*MONDAY)))
    adapter = adapter_of("", path=str(path))
    first = await read(adapter, "meetings")
    assert [one.id for one in first.batches[0].meetings] == ["one"]
    assert not (await read(adapter, "meetings", first.cursor)).batches
    path.write_text(calendar(event(*MONDAY), event(*MONDAY, uid="two")))
    os.utime(path, (NOW, NOW))
    again = await read(adapter, "meetings", first.cursor)
    assert [one.id for one in again.batches[0].meetings] == ["one", "two"]
    (line,) = await adapter.check()
    assert line.ok
    path.unlink()
    (line,) = await adapter.check()
    assert "there is no file" in line.detail


async def test_check_says_what_is_missing() -> None:
    async def lines(text: str, **options: object) -> list[str]:
        async with loopback(lambda _: Response(200, text.encode(), CALENDAR)) as server:
            adapter = adapter_of(f"{server.url}/a.ics", **options)
            found = await adapter.check()
            await adapter.aclose()
            return [f"{'ok' if line.ok else 'no'} {line.detail}" for line in found]

    assert "no event at all" in (await lines(calendar()))[0]
    (line,) = await lines(calendar(event(*MONDAY, title="Dentist")))
    assert line.startswith("no 0 meetings read, from a calendar of 1 events")
    assert "name titles, categories or organisers" in line
    stranger = event(*MONDAY, "ATTENDEE:mailto:z@elsewhere.example")
    good, sides = await lines(calendar(stranger))
    assert good.startswith("ok 1 meetings read")
    assert "client_domains" in sides
    _, refused, *_ = await lines(calendar(event(*MONDAY), event("DTSTART:x", uid="b")))
    assert "event b" in refused
