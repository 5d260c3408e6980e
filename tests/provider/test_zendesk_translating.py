"""What Zendesk's tickets and updates become: sides, messages, changes, claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, Privacy, Role
from engagewatch.model.policy import ServiceLevel
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind, Person
from tests.provider.loopback import Response
from tests.provider.samples import NOW, Read, at, engagement_of, read
from tests.provider.zendesk_account import (
    AGENT,
    BOT,
    CUSTOMER,
    JSON,
    OTHER_AGENT,
    Account,
    audit,
    change,
    comment,
    ticket,
    zendesk,
)

OPENED = at("2026-02-03T07:12:44")
ANSWERED = at("2026-02-03T08:05:30")
TICKET = "48213"


def creation(author: int = CUSTOMER, **fields: object) -> dict[str, Any]:
    """Return the update that opens the ticket, with its description."""
    children = [comment(910001, author, "Since Monday… why?")]
    children += [
        {"id": 910002 + number, "event_type": "Create", name: value}
        for number, (name, value) in enumerate({"status": "new", **fields}.items())
    ]
    return audit(910000, OPENED, author, *children)


async def everything(
    account: Account, engagement: Engagement | None = None, **options: Any
) -> Read:
    """Read all streams in the adapter's order."""
    got = Read()
    async with zendesk(account, engagement, **options) as (adapter, _):
        for stream in adapter.streams:
            got.batches += (await read(adapter, stream)).batches
    return got


async def events_of(*audits: dict[str, Any], **options: Any) -> list[Event]:
    account = Account(tickets=[ticket(48213, OPENED)], audits=list(audits))
    return (await everything(account, **options)).events


def only(events: Sequence[Event], *kinds: EventKind) -> list[Event]:
    return [event for event in events if event.kind in kinds]


async def test_a_ticket_becomes_a_ticket() -> None:
    account = Account(tickets=[ticket(48213, OPENED, status="Pending", type="incident")])
    got = await everything(account)
    (found,) = got.tickets.values()
    assert (found.id, found.reference) == (TICKET, "#48213")
    assert (found.subject, found.status, found.priority) == (
        "VPN drops every hour",
        "pending",
        "high",
    )
    assert (found.requester, found.assignee, found.group) == ("7001", "5002", "Service Desk")
    assert (found.category, found.tags, found.opened_by) == ("incident", ("vpn",), Side.CLIENT)
    assert found.created_at == found.updated_at == OPENED
    assert found.url.endswith("/agent/tickets/48213")
    assert not found.deleted
    assert found.merged_into is None
    (opened,) = got.events
    assert (opened.kind, opened.at, opened.actor) == (EventKind.OPENED, OPENED, "7001")
    assert got.people["5002"] == Person("5002", "Ada Agent", Side.PROVIDER, "ada@contoso.example")
    assert got.people["7001"].side is Side.CLIENT


async def test_an_update_does_several_things_at_once() -> None:
    events = await events_of(
        creation(priority=None),
        audit(
            910050,
            ANSWERED,
            AGENT,
            comment(910051, AGENT, "Which client version?"),
            change(910052, "status", "pending", "new"),
            change(910053, "priority", "high", None),
            change(910054, "assignee_id", str(AGENT), ""),
            change(910055, "group_id", 44, None),
        ),
    )
    told = [
        (event.id, event.kind, event.value, event.previous)
        for event in events
        if event.at == ANSWERED
    ]
    assert told == [
        ("910050:910051", EventKind.REPLIED, "", ""),
        ("910050:status", EventKind.STATUS_CHANGED, "pending", "new"),
        ("910050:priority", EventKind.PRIORITY_CHANGED, "high", ""),
        ("910050:assigned", EventKind.ASSIGNED, "5002", ""),
    ]
    answer = only(events, EventKind.REPLIED)[0]
    assert (answer.side, answer.actor, answer.asks, answer.automatic) == (
        Side.PROVIDER,
        "5002",
        True,
        False,
    )


async def test_both_shapes_of_a_change_are_read_alike() -> None:
    bulk = audit(
        2,
        ANSWERED,
        AGENT,
        change(3, "status", "solved", "open"),
        change(4, "priority", "urgent", "high"),
        change(5, "assignee_id", OTHER_AGENT, AGENT),
    )
    in_audits = audit(
        2,
        ANSWERED,
        AGENT,
        *(
            {
                "id": 3,
                "type": "Change",
                "field_name": name,
                "value": value,
                "previous_value": previous,
            }
            for name, value, previous in (
                ("status", "solved", "open"),
                ("priority", "urgent", "high"),
                ("assignee_id", str(OTHER_AGENT), str(AGENT)),
            )
        ),
        via={"channel": "web"},
    )
    assert await events_of(bulk) == await events_of(in_audits)
    assert len(await events_of(bulk)) == 4


async def test_children_nobody_knows_are_ignored() -> None:
    events = await events_of(
        audit(
            2,
            ANSWERED,
            AGENT,
            {"id": 3, "event_type": "Notification", "recipients": [7001]},
            {"id": 4, "event_type": "Create", "custom_ticket_fields": {"36001": "network"}},
            {"id": 5, "event_type": "External", "status": "solved"},
            {"id": 6, "event_type": "Change", "custom_ticket_fields": {"1": 2}},
            {"id": 7, "type": "CommentPrivacyChange", "comment_id": 1, "public": False},
            {},
        )
    )
    assert only(events, *set(EventKind) - {EventKind.OPENED}) == []


async def test_the_description_answers_nobody() -> None:
    by_customer = await events_of(creation())
    assert only(by_customer, EventKind.REPLIED) == []
    account = Account(
        tickets=[ticket(48213, OPENED, submitter_id=AGENT, description="Can you confirm this?")],
        audits=[creation(AGENT)],
    )
    by_agent = await everything(account)
    assert only(by_agent.events, EventKind.REPLIED) == []
    assert by_agent.tickets[TICKET].opened_by is Side.PROVIDER
    (opened,) = only(by_agent.events, EventKind.OPENED)
    assert (opened.side, opened.asks) == (Side.PROVIDER, True)


@pytest.mark.parametrize(
    ("message", "via", "kind", "side", "automatic"),
    [
        (comment(3, AGENT, "Done."), "Mail", EventKind.REPLIED, Side.PROVIDER, False),
        (comment(3, AGENT, "Hm.", public=False), "Mail", EventKind.NOTED, Side.PROVIDER, False),
        (comment(3, CUSTOMER, "Thanks"), "Mail", EventKind.REPLIED, Side.CLIENT, False),
        (comment(3, BOT, "Received."), "Rule", EventKind.REPLIED, Side.PROVIDER, True),
        (
            comment(3, BOT, "Received.", via={"channel": "rule"}),
            "Mail",
            EventKind.REPLIED,
            Side.PROVIDER,
            True,
        ),
        (comment(3, -1, "Closing."), {"channel": "system"}, EventKind.REPLIED, None, True),
        ({**comment(3, AGENT, "?"), "public": None}, "Mail", EventKind.NOTED, Side.PROVIDER, False),
        (
            {**comment(3, AGENT, ""), "type": "VoiceComment", "event_type": "VoiceComment"},
            "Phone call (inbound)",
            EventKind.REPLIED,
            Side.PROVIDER,
            False,
        ),
    ],
)
async def test_who_spoke_to_whom(
    message: dict[str, Any], via: object, kind: EventKind, side: Side | None, automatic: bool
) -> None:
    events = await events_of(audit(2, ANSWERED, message["author_id"], message, via=via))
    (told,) = only(events, EventKind.REPLIED, EventKind.NOTED)
    assert (told.kind, told.side, told.automatic) == (kind, side, automatic)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which version?", True),
        ("Which version? Then reply.", True),
        ("(really?)", True),
        ("どのバージョンですか？", True),
        ("See https://contoso.example/?page=2", False),
        ("> Why?\n\nBecause.", False),
        ("Done.", False),
        ("", False),
        ("x" * 70_000 + "?", False),
    ],
)
async def test_a_question_is_a_question_mark_of_ones_own(text: str, asks: bool) -> None:
    events = await events_of(audit(2, ANSWERED, AGENT, comment(3, AGENT, text)))
    (told,) = only(events, EventKind.REPLIED)
    assert told.asks is asks


async def test_questions_are_not_looked_for_where_that_is_switched_off() -> None:
    engagement = engagement_of(privacy=Privacy(detect_questions=False))
    message = audit(2, ANSWERED, AGENT, comment(3, AGENT, "Which version?"))
    events = await events_of(message, engagement=engagement)
    assert not any(event.asks for event in events)


async def test_what_was_written_is_never_kept() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED, description="MARK", subject="MARK")],
        audits=[
            audit(2, ANSWERED, AGENT, comment(3, AGENT, "MARK"), comment(4, CUSTOMER, "MARK")),
            audit(5, ANSWERED, AGENT, change(6, "subject", "MARK", "MARK")),
        ],
    )
    got = await everything(account, engagement_of(privacy=Privacy(subjects=False)))
    assert len(got.events) == 3
    assert "MARK" not in repr(got.batches)


async def test_the_engagement_file_knows_sides_better_than_roles() -> None:
    people = (
        Role("IT lead", "Otto", Side.CLIENT, ("otto@contoso.example",)),
        Role("Partner", "Nora", Side.THIRD_PARTY, ("7001",)),
    )
    account = Account(
        tickets=[ticket(48213, OPENED)],
        audits=[
            audit(2, ANSWERED, OTHER_AGENT, comment(3, OTHER_AGENT, "Any news?")),
            audit(4, ANSWERED + 1, CUSTOMER, comment(5, CUSTOMER, "Ours now.")),
        ],
    )
    got = await everything(account, engagement_of(people=people))
    sides = [event.side for event in only(got.events, EventKind.REPLIED)]
    assert sides == [Side.CLIENT, Side.THIRD_PARTY]
    assert got.people["5003"].side is Side.CLIENT


async def test_people_known_from_earlier_polls_keep_their_side() -> None:
    account = Account(
        users=[],
        audits=[audit(2, ANSWERED, AGENT, comment(3, AGENT, "Done."))],
        overrides={"users/show_many.json": [Response(500, b"{}", JSON)]},
    )
    known = {"5002": Person("5002", "Ada", Side.PROVIDER)}
    async with zendesk(account, people=known) as (adapter, server):
        got = await read(adapter, "ticket_events")
        assert [event.side for event in got.events] == [Side.PROVIDER]
        assert len(server.seen) == 1  # nobody had to be looked up


async def test_a_stranger_is_looked_up_before_the_message_is_read() -> None:
    account = Account(users=[], audits=[audit(2, ANSWERED, CUSTOMER, comment(3, AGENT, "Done."))])
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "ticket_events")
        assert [event.side for event in got.events] == [Side.PROVIDER]
        assert set(got.people) == {"5002", "7001"}
        await read(adapter, "ticket_events")
    lookups = [request for request in server.seen if "show_many" in request.path]
    assert [request.query["ids"] for request in lookups] == ["5002,7001"]


async def test_where_looking_up_is_forbidden_the_side_stays_unknown() -> None:
    account = Account(
        users=[],
        audits=[audit(2, ANSWERED, AGENT, comment(3, AGENT, "Done."))],
        overrides={"users/show_many.json": [Response(403, b"{}", JSON)]},
    )
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "ticket_events")
        await read(adapter, "ticket_events")
    assert [event.side for event in got.events] == [None]
    assert sum("show_many" in request.path for request in server.seen) == 1


async def test_a_merge_is_told_by_the_tag_and_by_the_winner() -> None:
    account = Account(
        tickets=[
            ticket(48213, OPENED),
            ticket(48214, OPENED, status="closed", tags=["closed_by_merge"]),
        ],
        audits=[audit(2, ANSWERED, AGENT, merged_ticket_ids=[48214])],
    )
    got = await everything(account)
    assert got.tickets["48214"].merged_into is not None
    assert got.tickets[TICKET].merged_into is None
    merged = [event for event in got.events if event.kind is EventKind.MERGED]
    assert {event.ticket_id for event in merged} == {"48214"}
    assert merged[-1].value == TICKET
    assert merged[-1].at == ANSWERED


async def test_a_deleted_ticket_is_a_tombstone() -> None:
    account = Account(tickets=[ticket(48213, OPENED, status="deleted", subject="SCRUBBED")])
    got = await everything(account)
    assert got.tickets[TICKET].deleted
    assert [event.value for event in only(got.events, EventKind.STATUS_CHANGED)] == ["deleted"]


async def test_a_rating_is_told_once_whether_by_ticket_or_history() -> None:
    rated = {"score": "good", "id": 1, "comment": "Thanks"}
    account = Account(
        tickets=[ticket(48213, OPENED, satisfaction_rating=rated)],
        audits=[
            audit(2, ANSWERED, AGENT, change(3, "satisfaction_score", "offered", "unoffered")),
            audit(4, ANSWERED + 9, CUSTOMER, {"event_type": "SatisfactionRating", "score": "good"}),
        ],
    )
    got = await everything(account)
    ratings = only(got.events, EventKind.RATED)
    assert {(event.id, event.value, event.side) for event in ratings} == {
        ("48213:rated:good", "good", Side.CLIENT)
    }
    assert len(only(got.events, EventKind.SURVEYED)) == 1


async def test_an_approval_is_a_tag_that_comes_and_goes() -> None:
    tag = ["awaiting_approval"]
    asked = change(3, "tags", ["vpn", "awaiting_approval"], ["vpn"])
    decided = change(5, "tags", ["vpn", "approved"], ["vpn", "awaiting_approval"])
    events = await events_of(
        audit(2, ANSWERED, AGENT, asked),
        audit(4, ANSWERED + 60, CUSTOMER, decided),
        audit(6, ANSWERED + 90, AGENT, {"event_type": "Change", "added_tags": tag}),
        audit(8, ANSWERED + 99, CUSTOMER, {"event_type": "Change", "removed_tags": tag}),
    )
    told = only(events, EventKind.APPROVAL_REQUESTED, EventKind.APPROVAL_DECIDED)
    assert [(event.kind, event.value, event.side) for event in told] == [
        (EventKind.APPROVAL_REQUESTED, "", Side.PROVIDER),
        (EventKind.APPROVAL_DECIDED, "approved", Side.CLIENT),
        (EventKind.APPROVAL_REQUESTED, "", Side.PROVIDER),
        (EventKind.APPROVAL_DECIDED, "", Side.CLIENT),
    ]


CUSTOM = [
    {"id": 9001002, "status_category": "open", "agent_label": "Open"},
    {"id": 9001011, "status_category": "pending", "agent_label": "Awaiting approval"},
    {"id": 9001012, "status_category": "hold", "agent_label": "With supplier"},
    {"id": None},
    5,
]


async def test_a_custom_status_counts_where_the_file_gives_it_a_meaning() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED, status="pending", custom_status_id=9001011)],
        custom_statuses=CUSTOM,
        audits=[
            audit(
                2,
                ANSWERED,
                AGENT,
                change(3, "status", "pending", "open"),
                change(4, "custom_status_id", 9001011, 9001002),
            ),
            # From one custom status to another of the same category.
            audit(5, ANSWERED + 9, AGENT, change(6, "custom_status_id", "9001012", "9001011")),
            audit(7, ANSWERED + 99, AGENT, change(8, "custom_status_id", 77, 9001012)),
        ],
    )
    meanings = {"awaiting approval": StatusMeaning.NOBODY}
    got = await everything(account, meanings=meanings)
    assert got.tickets[TICKET].status == "Awaiting approval"
    assert [
        (event.previous, event.value) for event in only(got.events, EventKind.STATUS_CHANGED)
    ] == [
        ("open", "Awaiting approval"),
        ("Awaiting approval", "hold"),
    ]
    by_id = await everything(account, meanings={"9001011": StatusMeaning.NOBODY})
    assert by_id.tickets[TICKET].status == "9001011"
    assert only(by_id.events, EventKind.STATUS_CHANGED)[0].value == "9001011"
    plain = await everything(account)
    assert plain.tickets[TICKET].status == "pending"
    assert only(plain.events, EventKind.STATUS_CHANGED)[0].value == "pending"


METRICS = [
    {
        "id": 88001,
        "ticket_id": 48213,
        "reply_time_in_minutes": {"calendar": 53, "business": 5},
        "full_resolution_time_in_minutes": {"calendar": 300, "business": None},
    },
    {"ticket_id": 48214, "reply_time_in_minutes": {"calendar": None, "business": None}},
    {"ticket_id": []},
]


async def test_what_the_tool_measured_becomes_a_claim_in_seconds() -> None:
    account = Account(tickets=[ticket(48213, OPENED), ticket(48214, OPENED)], metric_sets=METRICS)
    claims = (await everything(account)).tickets[TICKET].claims
    assert [(claim.obligation, claim.elapsed, claim.source_field) for claim in claims] == [
        (Obligation.FIRST_RESPONSE, 300, "reply_time_in_minutes.business"),
        (Obligation.RESOLUTION, 18_000, "full_resolution_time_in_minutes.calendar"),
    ]
    always = ServiceLevel("P2", "24x7", {}, matches=("high",))
    got = await everything(account, engagement_of(service_levels=(always,)))
    assert got.tickets[TICKET].claims[0].elapsed == 53 * 60
    assert got.tickets["48214"].claims == ()


async def test_excluded_categories_are_dropped_with_their_history() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED, tags=["HR"]), ticket(48214, OPENED)],
        audits=[
            audit(2, ANSWERED, AGENT, comment(3, AGENT, "Done.")),
            audit(4, ANSWERED, AGENT, comment(5, AGENT, "Done."), of=48214),
        ],
    )
    got = await everything(account, engagement_of(privacy=Privacy(exclude_categories=("hr",))))
    assert set(got.tickets) == {"48214"}
    assert {event.ticket_id for event in got.events} == {"48214"}


async def test_an_update_later_than_now_is_not_believed() -> None:
    account = Account(
        tickets=[
            ticket(48213, OPENED, updated_at="2031-01-01T00:00:00Z", generated_timestamp=10**12)
        ],
        audits=[],
    )
    got = await everything(account)
    assert got.tickets[TICKET].updated_at == OPENED < NOW
