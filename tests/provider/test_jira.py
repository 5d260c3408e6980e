"""Jira Service Management: pages and zones, histories, comments, clocks, approvals."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engagewatch.model.batch import Absence
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Privacy, Role
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, MINUTE, to_instant
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.jira.requests import POSTED, local_minute
from tests.provider.account import reply
from tests.provider.jira_site import (
    AGENT,
    APPROVAL_FIELD,
    BOT,
    CUSTOMER,
    FEEDBACK_FIELD,
    FIELDS,
    JSON,
    LICENSED,
    PARTICIPANT_FIELD,
    SLA_FIELD,
    TYPE_FIELD,
    SiteStub,
    change,
    comment,
    issue,
    jira,
    moved,
    person,
)
from tests.provider.loopback import Response
from tests.provider.samples import NOW, Read, at, engagement_of, read

OPENED = at("2026-02-03T07:41:07")
SUPPORT, PROGRESS, CUSTOMERS, RESOLVED = "10010", "3", "10012", "5"
KEY = "10118"
both = pytest.mark.parametrize("cloud", [True, False], ids=["cloud", "data center"])


def many(count: int, apart: int = 60) -> list[Any]:
    return [issue(n, NOW - 20 * DAY, updated=NOW - 10 * DAY + n * apart) for n in range(count)]


async def one(*, cloud: Any = True, history: Any = None, **fields: Any) -> Read:
    """Read a site with one issue that has these fields."""
    site = SiteStub([issue(118, OPENED, **fields)], {KEY: history or []}, cloud)
    async with jira(site) as (adapter, _):
        return await read(adapter, "issues")


def kinds(got: Read, kind: EventKind) -> list[Event]:
    return [event for event in got.events if event.kind is kind]


@both
async def test_an_issue_becomes_a_ticket(cloud: bool) -> None:
    got = await one(cloud=cloud, **{TYPE_FIELD: {"requestType": {"name": "Get IT help"}}})
    (ticket,) = got.tickets.values()
    assert (ticket.id, ticket.reference, ticket.status) == (KEY, "ITSD-118", "In Progress")
    assert (ticket.priority, ticket.category, ticket.tags) == ("Medium", "Get IT help", ("share",))
    assert (ticket.requester, ticket.assignee) == ("qm:priya", "dana")
    assert ticket.created_at == ticket.updated_at == OPENED
    assert ticket.url == "https://acme.example/jira/browse/ITSD-118"
    assert (got.people["qm:priya"].side, got.people["dana"].side) == (Side.CLIENT, Side.PROVIDER)


@pytest.mark.parametrize(
    ("user", "scheme"), [("monitor@northwind.example", "Basic"), ("", "Bearer")]
)
async def test_both_kinds_of_credential_open_a_site(user: str, scheme: str) -> None:
    async with jira(SiteStub(many(1)), user=user) as (adapter, server):
        assert len((await read(adapter, "issues")).tickets) == 1
    assert server.seen[0].headers["authorization"].split()[0] == scheme


@both
async def test_every_page_is_read_and_can_be_gone_on_from(cloud: bool) -> None:
    site = SiteStub(many(25), cloud=cloud, page=10)
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert len(got.tickets) == 25
    async with jira(site) as (later, _):
        rest = await read(later, "issues", got.batches[0].cursor)
    assert set(rest.tickets) | {one.id for one in got.batches[0].tickets} == set(got.tickets)
    assert len(rest.tickets) < 18


@both
async def test_issues_changed_in_one_minute_that_fill_pages_are_all_read(cloud: bool) -> None:
    site = SiteStub(many(35, apart=0), cloud=cloud, page=10)
    async with jira(site) as (adapter, _):
        assert len((await read(adapter, "issues")).tickets) == 35


async def test_a_token_that_ran_out_starts_the_query_anew() -> None:
    site = SiteStub(many(25), page=10)
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    # The account's time zone changed meanwhile: the token fits no query any more.
    site.zone = "America/New_York"
    async with jira(site) as (later, server):
        rest = await read(later, "issues", got.batches[0].cursor)
    assert set(rest.tickets) | {one.id for one in got.batches[0].tickets} == set(got.tickets)
    asked = [json.loads(one.body) for one in server.seen if one.path.endswith("search/jql")]
    assert "nextPageToken" in asked[0]
    assert "nextPageToken" not in asked[1]


async def test_every_page_is_asked_with_the_same_body() -> None:
    async with jira(SiteStub(many(25), page=10)) as (adapter, server):
        await read(adapter, "issues")
    asked = [json.loads(one.body) for one in server.seen if one.path.endswith("search/jql")]
    for body in asked:
        body.pop("nextPageToken", None)
    assert len(asked) == 3
    assert asked[0] == asked[1] == asked[2]
    assert "status" in asked[0]["fields"]
    assert "ORDER BY" in asked[0]["jql"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
@both
async def test_queries_are_written_in_the_accounts_own_zone(cloud: bool, zone: str) -> None:
    site = SiteStub([issue(1, OPENED, updated=NOW - DAY)], zone=zone, cloud=cloud)
    async with jira(site) as (adapter, _):
        first = await read(adapter, "issues")
        site.issues.append(issue(2, OPENED, updated=NOW - DAY + 1))
        site.issues.append(issue(3, OPENED, updated=NOW - 3 * DAY))
        again = await read(adapter, "issues", first.cursor)
    assert set(again.tickets) == {"10002"}


def test_a_query_rounds_down_and_avoids_times_that_are_shown_twice() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    assert local_minute(at("2026-08-01T04:50:59"), helsinki) == "2026/08/01 07:50"
    # On 25 October 2026 the clocks go back from 4:00 to 3:00: 3:30 is shown at 0:30 and 1:30 UTC.
    for hour in ("00:30", "01:30"):
        written = local_minute(at(f"2026-10-25T{hour}:00"), helsinki)
        assert written == "2026/10/25 02:30"
    for since in range(at("2026-10-24T20:00:00"), at("2026-10-25T06:00:00"), 7 * MINUTE):
        naive = datetime.fromisoformat(local_minute(since, helsinki).replace("/", "-"))
        for fold in (0, 1):
            assert to_instant(naive.replace(tzinfo=helsinki, fold=fold)) <= since


async def test_an_account_without_a_zone_is_an_error() -> None:
    async with jira(SiteStub(zone="Mars/Olympus")) as (adapter, _):
        with pytest.raises(SourceError, match="time zone"):
            await read(adapter, "issues")


@both
async def test_an_index_that_lags_behind_loses_nothing(cloud: bool) -> None:
    told = {SLA_FIELD: clock("Time to resolution")}
    issues = [issue(n, OPENED, updated=NOW - 900 + n * 60, **told) for n in range(3)]
    # The middle one is not in the index yet, though a later one is.
    site = SiteStub(issues, cloud=cloud, index=[issues[0], issues[2]])
    async with jira(site) as (adapter, server):
        first = await read(adapter, "issues")
        assert set(first.tickets) == {"10000", "10002"}
        site.index = None
        count = len(server.seen)
        again = await read(adapter, "issues", first.cursor)
        idle = await read(adapter, "issues", again.cursor)
    assert set(again.tickets) == {"10001"}
    assert not idle.tickets
    assert len(server.seen) - count <= 3


@both
@pytest.mark.parametrize("form", ["int", "digits", "iso"])
async def test_history_is_read_whatever_form_its_times_have(cloud: bool, form: str) -> None:
    history = [
        change(1, OPENED + HOUR, moved(SUPPORT, PROGRESS), form=form),
        change(
            2,
            OPENED + 2 * HOUR,
            moved(PROGRESS, CUSTOMERS),
            {"field": "priority", "fieldId": "priority", "fromString": "Low", "toString": "High"},
            {"field": "assignee", "fieldId": "assignee", "from": None, "to": "dana"},
            {"field": "Rank", "fieldId": "customfield_1", "from": "", "to": ""},
            form=form,
        ),
        change(3, OPENED + 3 * HOUR, moved(CUSTOMERS, RESOLVED), by=None, form=form),
    ]
    got = await one(cloud=cloud, history=history, status={"id": RESOLVED, "name": "Resolved"})
    assert got.course(KEY, EventKind.STATUS_CHANGED) == [
        (OPENED + HOUR, "Waiting for support", "In Progress"),
        (OPENED + 2 * HOUR, "In Progress", "Waiting for customer"),
        (OPENED + 3 * HOUR, "Waiting for customer", "Resolved"),
    ]
    assert got.course(KEY, EventKind.PRIORITY_CHANGED) == [(OPENED + 2 * HOUR, "Low", "High")]
    assert got.course(KEY, EventKind.ASSIGNED) == [(OPENED + 2 * HOUR, "", "dana")]
    (opened,) = kinds(got, EventKind.OPENED)
    assert opened.value == "Waiting for support"
    by = [(event.side, event.automatic) for event in kinds(got, EventKind.STATUS_CHANGED)]
    assert by == [(Side.PROVIDER, False), (Side.PROVIDER, False), (None, True)]


async def test_a_history_split_over_pages_is_put_together() -> None:
    history = [
        change(n, OPENED + n * HOUR, moved(*pair))
        for n, pair in enumerate(
            [(SUPPORT, PROGRESS), (PROGRESS, CUSTOMERS), (CUSTOMERS, PROGRESS)]
        )
    ]
    site = SiteStub([issue(118, OPENED), issue(119, OPENED)], {KEY: history}, history_page=2)
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert len(got.course(KEY, EventKind.STATUS_CHANGED)) == 3
    assert got.course("10119", EventKind.STATUS_CHANGED) == []


async def test_statuses_go_by_their_present_name_or_by_configured_id() -> None:
    history = [change(1, OPENED + HOUR, {**moved(SUPPORT, "77"), "fromString": "Old name"})]
    got = await one(history=history)
    assert got.course(KEY, EventKind.STATUS_CHANGED) == [
        (OPENED + HOUR, "Waiting for support", "Old name")
    ]
    site = SiteStub([issue(118, OPENED)])
    async with jira(site, meanings={"3": StatusMeaning.CLIENT}) as (adapter, _):
        assert (await read(adapter, "issues")).tickets[KEY].status == "3"


@both
async def test_comments_have_sides_and_internal_ones_are_no_replies(cloud: bool) -> None:
    told = [
        comment(1, OPENED + 1, AGENT, "Which share?"),
        comment(2, OPENED + 2, CUSTOMER, "The usual, why?"),
        comment(3, OPENED + 3, AGENT, "Hm?", public=False),
        comment(4, OPENED + 4, BOT, "Still there?"),
        comment(5, OPENED + 5, LICENSED, "Me too"),
    ]
    got = await one(cloud=cloud, comment={"comments": told, "total": 5})
    assert [
        (event.kind.value, event.side, event.asks, event.automatic)
        for event in got.events
        if ":comment:" in event.id
    ] == [
        ("replied", Side.PROVIDER, True, False),
        ("replied", Side.CLIENT, False, False),
        ("noted", Side.PROVIDER, False, False),
        ("replied", Side.PROVIDER, True, True),
        ("replied", None, False, False),
    ]


async def test_comments_that_did_not_fit_are_fetched() -> None:
    told = [comment(n, OPENED + n, AGENT, "Hm.") for n in range(5)]
    shown = {"comments": told[:1], "total": 5, "maxResults": 1, "startAt": 0}
    site = SiteStub([issue(118, OPENED, comment=shown)], comments={KEY: told})
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert len(kinds(got, EventKind.REPLIED)) == 5


async def test_data_center_tells_elsewhere_which_comments_are_public() -> None:
    told = [comment(n, OPENED + n, AGENT, "Hm.", public=None) for n in (1, 2)]
    row = issue(118, OPENED, comment={"comments": told, "total": 2})
    site = SiteStub([row], cloud=False, public={"1": True, "2": False})
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert [event.kind.value for event in got.events if ":comment:" in event.id] == [
        "replied",
        "noted",
    ]


async def test_participants_and_the_team_tell_sides() -> None:
    told = [comment(n, OPENED + n, one, "Hm.") for n, one in enumerate((LICENSED, person("tea")))]
    row = issue(118, OPENED, comment={"comments": told, "total": 2})
    row["fields"][PARTICIPANT_FIELD] = [LICENSED]
    async with jira(SiteStub([row], team=[person("tea")])) as (adapter, _):
        got = await read(adapter, "issues")
    assert [event.side for event in kinds(got, EventKind.REPLIED)] == [Side.CLIENT, Side.PROVIDER]


async def test_the_file_and_the_domain_know_better() -> None:
    domain = person("dora", emailAddress="dora@northwind.example")
    told = [comment(n, OPENED + n, one, "Hm.") for n, one in enumerate((AGENT, domain))]
    row = issue(118, OPENED, comment={"comments": told, "total": 2})
    engagement = engagement_of(people=(Role("Liaison", matches=("dana",)),))
    site = SiteStub([row], team=[AGENT, domain])
    async with jira(site, engagement, client_domains=["northwind.example"]) as (adapter, _):
        got = await read(adapter, "issues")
    assert [event.side for event in kinds(got, EventKind.REPLIED)] == [Side.CLIENT, Side.CLIENT]


def cycle(start: int, *, breached: bool = False, due: int | None = None) -> dict[str, Any]:
    told = {
        "startTime": {"epochMillis": start * 1000},
        "breached": breached,
        "goalDuration": {"millis": 86_400_000, "friendly": "24h"},
        "elapsedTime": {"millis": 39_900_000, "friendly": "11h 5m"},
        "remainingTime": {"millis": -5},
    }
    return told if due is None else {**told, "breachTime": {"epochMillis": due * 1000}}


def clock(name: str, *completed: Any, ongoing: Any = None) -> dict[str, Any]:
    told = {"id": "4", "name": name, "completedCycles": list(completed)}
    return told if ongoing is None else {**told, "ongoingCycle": ongoing}


@pytest.mark.parametrize(
    ("sla", "claim"),
    [
        (clock("Time to resolution"), None),
        (
            clock("Time to resolution", ongoing=cycle(OPENED, due=OPENED + DAY)),
            Claim(
                Obligation.RESOLUTION,
                target=DAY,
                due_at=OPENED + DAY,
                source_field="SLA Time to resolution",
            ),
        ),
        (
            clock("Time to resolution", cycle(OPENED, breached=True), cycle(OPENED)),
            Claim(
                Obligation.RESOLUTION,
                met=True,
                elapsed=39_900,
                target=DAY,
                source_field="SLA Time to resolution",
            ),
        ),
        (
            clock("Time to resolution", ongoing=cycle(OPENED, breached=True)),
            Claim(
                Obligation.RESOLUTION,
                met=False,
                target=DAY,
                source_field="SLA Time to resolution",
            ),
        ),
        (
            clock("Time to first response", cycle(OPENED, breached=True), cycle(OPENED)),
            Claim(
                Obligation.FIRST_RESPONSE,
                met=False,
                elapsed=39_900,
                target=DAY,
                source_field="SLA Time to first response",
            ),
        ),
        (
            clock("Time to respond", cycle(OPENED), cycle(OPENED, breached=True), cycle(OPENED)),
            Claim(
                Obligation.NEXT_RESPONSE,
                met=False,
                target=DAY,
                source_field="SLA Time to respond",
            ),
        ),
        (clock("Zeit bis zum Kaffee", cycle(OPENED)), None),
        (clock("Time to fix", cycle(OPENED)), Obligation.RESOLUTION),
        ({"errorMessage": "?", "completedCycles": 7}, None),
    ],
)
async def test_sla_cycles_become_claims(sla: Any, claim: Claim | Obligation | None) -> None:
    site = SiteStub([issue(118, OPENED, **{SLA_FIELD: sla})])
    async with jira(site, claims={"Time to fix": "resolution"}) as (adapter, _):
        claims = (await read(adapter, "issues")).tickets[KEY].claims
    if isinstance(claim, Obligation):
        assert [one.obligation for one in claims] == [claim]
    else:
        assert claims == (() if claim is None else (claim,))


async def test_a_field_of_the_same_name_is_no_clock() -> None:
    # Somebody's own text field; what a field holds is told by its kind, not by its name.
    fields = [
        {"id": "customfield_1", "name": "Time to resolution", "schema": {"type": "string"}},
        {"id": "customfield_2", "name": "Time to resolution"},
        *FIELDS,
    ]
    row = issue(
        118,
        OPENED,
        customfield_1="soon",
        customfield_2=clock("Time to resolution", cycle(OPENED, breached=True)),
        **{SLA_FIELD: clock("Time to resolution", cycle(OPENED))},
    )
    site = SiteStub([row], answers={"api/3/field": [reply(fields)]})
    async with jira(site) as (adapter, server):
        (claim,) = (await read(adapter, "issues")).tickets[KEY].claims
    assert claim.met is True
    assert not any(b'"customfield_1"' in request.body for request in server.seen)


async def test_a_project_that_is_none_is_told_by_check() -> None:
    words = "The value 'ITSD' does not exist for the field 'project'."
    refusal = reply({"errorMessages": [words]}, 400)
    async with jira(SiteStub(answers={"api/3/search/jql": [refusal]})) as (adapter, _):
        lines = await adapter.check()
    assert (lines[-1].what, lines[-1].ok) == ("issues", False)
    assert words in lines[-1].detail


async def test_clocks_left_out_of_lists_are_asked_for() -> None:
    rows = [issue(118, OPENED, **{SLA_FIELD: None}), issue(119, OPENED, **{SLA_FIELD: None})]
    slas = {KEY: [clock("Time to resolution", cycle(OPENED))]}
    site = SiteStub(rows, slas=slas)
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert [len(got.tickets[key].claims) for key in (KEY, "10119")] == [1, 0]
    # Where issues have none, that is found out by a few of them.
    async with jira(SiteStub([issue(n, OPENED) for n in range(50)])) as (adapter, server):
        await read(adapter, "issues")
    assert sum(request.path.endswith("/sla") for request in server.seen) == 5
    # An account that is no agent is told so once.
    site.closed = {f"servicedeskapi/request/{key}/sla" for key in (KEY, "10119")}
    async with jira(site) as (adapter, server):
        await read(adapter, "issues")
    assert sum(request.path.endswith("/sla") for request in server.seen) == 1


async def test_approvals_and_ratings() -> None:
    def asked(number: int, *people: Any, decision: str = "pending") -> dict[str, Any]:
        told = {
            "id": str(number),
            "name": "Waiting for approval",
            "finalDecision": decision,
            "approvers": [{"approver": one, "approverDecision": "pending"} for one in people],
            "createdDate": {"iso8601": "?", "epochMillis": (OPENED + number) * 1000},
        }
        if decision != "pending":
            told["completedDate"] = {"epochMillis": (OPENED + HOUR) * 1000}
        return told

    rounds = [
        asked(7, CUSTOMER),
        asked(8, CUSTOMER, LICENSED, decision="declined"),
        asked(9, AGENT),  # the provider's own
    ]
    got = await one(**{APPROVAL_FIELD: rounds, FEEDBACK_FIELD: {"rating": 4}})
    requests = {
        event.id: (event.at, event.value) for event in kinds(got, EventKind.APPROVAL_REQUESTED)
    }
    assert requests == {
        f"{KEY}:approval:7": (OPENED + 7, "qm:priya"),
        f"{KEY}:approval:8": (OPENED + 8, ""),
    }
    (decided,) = kinds(got, EventKind.APPROVAL_DECIDED)
    assert (decided.value, decided.previous, decided.at) == (
        "declined",
        f"{KEY}:approval:8",
        OPENED + HOUR,
    )
    assert [event.value for event in kinds(got, EventKind.RATED)] == ["4"]


async def test_posts_go_to_declared_paths_and_nowhere_else() -> None:
    assert POSTED == ("api/3/search/jql", "api/3/changelog/bulkfetch", "api/3/issue/bulkfetch")
    async with jira(SiteStub(many(3))) as (adapter, server):
        await read(adapter, "issues")
        await adapter.check()
        await adapter.absent(["10000", "77"])
        posted = {request.path for request in server.seen if request.method == "POST"}
        assert posted == {f"/jira/rest/{path}" for path in POSTED}
        count = len(server.seen)
        for path in ("api/3/issue", "api/3/issue/10000/comment", "api/2/search", "api/3/search"):
            with pytest.raises(ValueError, match="not declared"):
                await adapter._client.search(path, {})
        assert len(server.seen) == count


async def test_data_center_is_only_ever_sent_gets() -> None:
    async with jira(SiteStub(many(3), cloud=False)) as (adapter, server):
        await read(adapter, "issues")
        await adapter.check()
        await adapter.absent(["10000", "77"])
    assert {request.method for request in server.seen} == {"GET"}


@both
async def test_an_issue_that_is_not_shown_may_still_be_there(cloud: bool) -> None:
    async with jira(SiteStub(many(2), cloud=cloud)) as (adapter, _):
        (absence,) = await adapter.absent(["10000", "77", "10001"])
    assert isinstance(absence, Absence)
    assert (absence.ticket_id, absence.gone) == ("77", False)


async def test_one_bad_record_is_refused_and_its_page_kept() -> None:
    rows = [
        issue(1, OPENED),
        {"id": "2", "key": "ITSD-2"},
        "not an issue",
        {**issue(3, OPENED), "id": None},
        issue(4, OPENED, created="1970-01-01T00:00:00.000+0000"),
        issue(5, OPENED, status="Open"),
        issue(6, OPENED, priority=None, assignee=None, reporter=None, creator=None, comment=None),
        issue(7, OPENED, **{SLA_FIELD: "odd", APPROVAL_FIELD: {"x": 1}, FEEDBACK_FIELD: [5]}),
    ]
    async with jira(SiteStub(rows)) as (adapter, _):
        got = await read(adapter, "issues")
    assert set(got.tickets) == {"10001", "10006", "10007"}
    assert len(got.refused) == 5
    assert got.tickets["10006"].requester is None


async def test_text_from_outside_is_harmless() -> None:
    evil = "\x1b]0;owned\x07 [@click=app.quit]x[/] \u202egpj.exe\x00"
    got = await one(
        summary=evil,
        status={"id": evil, "name": evil},
        priority={"name": evil},
        labels=[evil] * 99,
        reporter=person("x", displayName=evil, emailAddress=evil),
        history=[change(1, OPENED, {**moved("1", "2"), "toString": evil})],
        **{TYPE_FIELD: {"requestType": {"name": evil}}, SLA_FIELD: clock(evil, cycle(OPENED))},
    )
    shown = repr(got.batches)
    for control in ("\\x1b", "\\x07", "\\u202e", "\\x00"):
        assert control not in shown
    assert len(got.tickets[KEY].tags) == 50


async def test_privacy_is_kept() -> None:
    privacy = Privacy(
        subjects=False, detect_questions=False, exclude_categories=("[system] incident",)
    )
    told = {"comments": [comment(1, OPENED, AGENT, "Really?")], "total": 1}
    rows = [issue(1, OPENED), issue(2, OPENED, issuetype={"name": "Task"}, comment=told)]
    async with jira(SiteStub(rows), engagement_of(privacy=privacy)) as (adapter, _):
        got = await read(adapter, "issues")
    assert set(got.tickets) == {event.ticket_id for event in got.events} == {"10002"}
    assert got.tickets["10002"].subject == ""
    assert not any(event.asks for event in got.events)


async def test_a_bad_credential_is_told_although_a_site_answers_strangers() -> None:
    async with jira(SiteStub(many(1)), token="wrong") as (adapter, server):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "issues")
        assert caught.value.failure is Failure.AUTHENTICATION
        (line,) = await adapter.check()
        assert not line.ok
    assert not any("search" in request.path for request in server.seen)


async def test_a_rate_limit_is_taken_at_its_word() -> None:
    limited = Response(429, b"{}", {**JSON, "Retry-After": "33"})
    site = SiteStub(many(1), answers={"api/3/changelog/bulkfetch": [limited]})
    async with jira(site) as (adapter, _):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "issues")
        assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 33)


async def test_check_says_what_is_missing() -> None:
    row = issue(118, OPENED, **{SLA_FIELD: clock("Time to resolution", cycle(OPENED))})
    async with jira(SiteStub([row])) as (adapter, _):
        lines = await adapter.check()
    assert [line.what for line in lines if line.ok] == ["account", "issues", "history", "clocks"]
    async with jira(SiteStub([issue(1, OPENED)])) as (adapter, _):
        lines = await adapter.check()
    assert [line.what for line in lines if not line.ok] == ["clocks"]
    assert "agent" in lines[-1].detail
    async with jira(SiteStub()) as (adapter, _):
        lines = await adapter.check()
    assert [line.what for line in lines if not line.ok] == ["issues"]
    async with jira(SiteStub(closed={"api/3/project/ITSD"})) as (adapter, _):
        lines = await adapter.check()
    assert [line.what for line in lines if not line.ok] == ["ITSD"]
    assert "Browse Projects" in lines[-1].detail


async def test_a_site_that_hides_its_statuses_and_roles_can_be_read() -> None:
    site = SiteStub(
        [issue(118, OPENED)],
        {KEY: [change(1, OPENED + 1, moved(SUPPORT, PROGRESS))]},
        closed={"api/3/status", "api/3/project/ITSD/role"},
    )
    async with jira(site) as (adapter, _):
        got = await read(adapter, "issues")
    assert got.course(KEY, EventKind.STATUS_CHANGED)[0][1:] == (
        "Waiting for support",
        "In Progress",
    )


async def test_a_thousand_issues_cost_few_requests() -> None:
    rows = many(1000)
    histories = {row["id"]: [change(1, NOW - DAY, moved(SUPPORT, PROGRESS))] for row in rows}
    for row in rows:
        row["fields"][SLA_FIELD] = clock("Time to resolution")
    async with jira(SiteStub(rows, histories)) as (adapter, server):
        assert len((await read(adapter, "issues")).tickets) == 1000
    assert len(server.seen) <= 27


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"issues": 5}', b"{"])
async def test_a_page_that_is_none_is_an_error(body: bytes) -> None:
    site = SiteStub(answers={"api/3/search/jql": [Response(200, body, JSON)]})
    async with jira(site) as (adapter, _):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "issues")
    assert caught.value.failure is Failure.CONTRACT
