"""What a credential may read of an account, found out by asking for a little of everything."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import HOUR, Instant, isoformat
from engagewatch.model.policy import CalendarSpec
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine
from engagewatch.providers.wire import PageFormat, identifier
from engagewatch.providers.zendesk import approvals, ratings
from engagewatch.providers.zendesk.account import Account
from engagewatch.providers.zendesk.exports import EVENTS, TICKETS, USERS
from engagewatch.providers.zendesk.search import Search
from engagewatch.providers.zendesk.wire import (
    Holiday,
    HolidayPage,
    OneOrganization,
    Schedule,
    SchedulePage,
)

_SCHEDULES = PageFormat(SchedulePage, SchedulePage, "the list of schedules")
_HOLIDAYS = PageFormat(HolidayPage, HolidayPage, "the list of holidays")
_ORGANIZATION = PageFormat(OneOrganization, OneOrganization, "an organisation")


async def check_lines(
    account: Account, search: Search, engagement: Engagement, *, has_history: bool
) -> list[CheckLine]:
    """Return what could be read and what is missing; never raises."""
    lines: list[CheckLine] = []
    try:
        if not has_history or not await _exports(account, lines):
            await _by_search(account, search, lines, has_history=has_history)
        if all(line.ok for line in lines):
            await _beside(account, engagement, lines)
    except SourceError as error:
        lines.append(CheckLine(False, TICKETS, error.message))
    return lines


async def _exports(account: Account, lines: list[CheckLine]) -> bool:
    """Try the exports; return whether they are to be gone by: they are not refused."""
    recent: Instant = 1
    for stream, path, told in (
        (USERS, "incremental/users/cursor.json", "people can be read"),
        (TICKETS, "incremental/tickets/cursor.json", "tickets can be read"),
        (EVENTS, "incremental/ticket_events.json", "the history of tickets can be read"),
    ):
        try:
            answer = await account.exports.get(path, {"start_time": recent, "per_page": 1})
        except SourceError as error:
            if error.status != 403:
                # The rest would fail alike, and refused credentials lock accounts.
                lines.append(CheckLine(False, stream, error.message))
                return True
            lines[:] = [
                CheckLine(
                    True,
                    "exports",
                    "refused: they want the token of an administrator, or an OAuth token with the "
                    "scope read of one; tickets are searched for instead, and each one's history "
                    "is a request of its own",
                )
            ]
            return False
        lines.append(CheckLine(True, stream, told))
        if answer.server_time is not None:
            recent = answer.server_time - HOUR
    return True


async def _by_search(
    account: Account, search: Search, lines: list[CheckLine], *, has_history: bool
) -> None:
    """Try what an agent may read.

    Raises:
        SourceError: tickets cannot be searched for.
    """
    words = f"updated>={isoformat(account.started)}"
    if account.organization is not None:
        words += f" organization:{account.organization}"
    query: dict[str, str | int] = {"query": words, "filter[type]": "ticket", "page[size]": 1}
    page = account.reader.found((await account.others.get("search/export.json", query)).body)
    key = identifier(page.wires[0].id) if page.wires else None
    if key is None:
        told = "no ticket is visible since the engagement started; check organization, and which "
        lines.append(CheckLine(False, TICKETS, f"{told}tickets the token's agent may see"))
        return
    lines.append(CheckLine(True, TICKETS, "tickets can be searched for"))
    what = "history" if has_history else "messages"
    try:
        await search.check(key)
    except SourceError as error:
        lines.append(CheckLine(False, what, error.message))
        return
    told = "the history of tickets can be read"
    if not has_history:
        told = "messages can be read (history = false): statuses are only known as they were seen"
    lines.append(CheckLine(True, what, told))


async def _beside(account: Account, engagement: Engagement, lines: list[CheckLine]) -> None:
    """Try what tickets can be followed without.

    Raises:
        SourceError: the account could not be asked.
    """
    if account.organization is not None:
        lines.append(await _organization(account, account.organization))
    for what, path, query, without in (
        ("ratings", ratings.PATH, {"page[size]": 1}, "those on tickets are told by their history"),
        (
            "approvals",
            approvals.PATH,
            {"filter[status]": "active"},
            "an approval is seen by its tag, without whom it waits on",
        ),
    ):
        found = await account.optional(path, query)
        told = f"{what} can be listed"
        if found is None:
            wanted = "an administrator's token, and a plan that has them"
            told = f"cannot be listed, which wants {wanted}; {without}"
        lines.append(CheckLine(True, what, told))
    lines += await _schedules(account, _calendars(engagement))


async def _organization(account: Account, key: str) -> CheckLine:
    answer = await account.optional(f"organizations/{key}.json")
    if answer is None:
        told = f"there is no organisation {key}, or it may not be read; check organization"
        return CheckLine(False, "organization", told)
    name = _ORGANIZATION.decode(answer.body).organization.name or "without a name"
    return CheckLine(True, "organization", f'just the tickets of "{safe_text(name, 100)}" are kept')


async def _schedules(account: Account, calendars: Sequence[CalendarSpec]) -> list[CheckLine]:
    """Compare the account's hours with the calendars that its clocks are held against."""
    if not calendars:
        return []
    answer = await account.optional("business_hours/schedules.json")
    if answer is None:
        told = "cannot be read, so hours are not compared with the engagement file's"
        return [CheckLine(True, "schedules", told)]
    if answer.server_time is None:
        return []
    schedules = _SCHEDULES.decode(answer.body).schedules
    if not schedules:
        told = "there are none: their tool counts around the clock"
        return [CheckLine(True, "schedules", told)]
    # Calendars are compiled from years of holidays: not before somebody asks.
    from engagewatch.providers.zendesk.schedules import differences

    pairs = [(one, await _holidays(account, one)) for one in schedules]
    found = differences(pairs, calendars, answer.server_time)
    return [CheckLine(True, "schedules", told) for told in found]


async def _holidays(account: Account, schedule: Schedule) -> Sequence[Holiday]:
    key = identifier(schedule.id)
    answer = await account.optional(f"business_hours/schedules/{key}/holidays.json")
    return () if answer is None else _HOLIDAYS.decode(answer.body).holidays


def _calendars(engagement: Engagement) -> list[CalendarSpec]:
    """Return the calendars with hours that the provider's clocks go by, in the file's order."""
    used = {level.calendar for level in engagement.service_levels}
    return [
        spec
        for name, spec in engagement.calendars.items()
        if name in used and not spec.is_always_open
    ]
