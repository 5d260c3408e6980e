"""The built-in adapters, described without importing them (nor HTTP, nor a decoder)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engagewatch.model.engagement import SourceKind, SourceSettings
from engagewatch.model.sides import StatusMeaning
from engagewatch.providers.base import Description

_ZENDESK_MEANINGS = {
    "new": StatusMeaning.PROVIDER,
    "open": StatusMeaning.PROVIDER,
    "pending": StatusMeaning.CLIENT,
    "hold": StatusMeaning.THIRD_PARTY,
    "solved": StatusMeaning.RESOLVED,
    "closed": StatusMeaning.CLOSED,
    "deleted": StatusMeaning.CANCELLED,
}

_STATUSPAGE = Description(name="statuspage", kind=SourceKind.STATUS, requests_per_minute=30)


_UPTIME_KUMA = Description(name="uptime_kuma", kind=SourceKind.STATUS, requests_per_minute=30)
_PROMETHEUS = Description(name="prometheus", kind=SourceKind.STATUS, requests_per_minute=120)
_GATUS = Description(name="gatus", kind=SourceKind.STATUS, requests_per_minute=30)
_CACHET = Description(name="cachet", kind=SourceKind.STATUS, requests_per_minute=60)
_ICS = Description(name="ics", kind=SourceKind.CALENDAR, requests_per_minute=6)
# Its limits are not published; a request a second has been found to pass.
_BETTER_STACK = Description(name="better_stack", kind=SourceKind.STATUS, requests_per_minute=30)


_ZAMMAD_MEANINGS = {
    "new": StatusMeaning.PROVIDER,
    "open": StatusMeaning.PROVIDER,
    "pending reminder": StatusMeaning.CLIENT,
    # It closes by itself unless the client writes.
    "pending close": StatusMeaning.CLIENT,
    "closed": StatusMeaning.CLOSED,
    "merged": StatusMeaning.CANCELLED,
    "removed": StatusMeaning.CANCELLED,
    "deleted": StatusMeaning.CANCELLED,
}

_REQUEST_TRACKER = Description(
    name="request_tracker",
    kind=SourceKind.TICKETING,
    # "stalled" may be anybody's: the engagement file has to say.
    default_meanings={
        "new": StatusMeaning.PROVIDER,
        "open": StatusMeaning.PROVIDER,
        "resolved": StatusMeaning.RESOLVED,
        "rejected": StatusMeaning.CANCELLED,
        "deleted": StatusMeaning.CANCELLED,
    },
    has_messages=True,
    has_history=True,
    requests_per_minute=120,
)


def _zendesk(settings: SourceSettings) -> Description:
    return Description(
        name="zendesk",
        kind=SourceKind.TICKETING,
        default_meanings=_ZENDESK_MEANINGS,
        has_messages=True,
        has_history=settings.options.get("history") is not False,
        # The exports allow 10 a minute for the whole account: leave half to its owner.
        requests_per_minute=5,
    )


def _zammad(settings: SourceSettings) -> Description:
    return Description(
        name="zammad",
        kind=SourceKind.TICKETING,
        default_meanings=_ZAMMAD_MEANINGS,
        has_messages=True,
        has_history=settings.options.get("history") is not False,
        requests_per_minute=120,
    )


def _eventlog(settings: SourceSettings) -> Description:
    # One row per ticket has instants, but not whose court the ticket was in between them.
    return Description(
        name="eventlog",
        kind=SourceKind.TICKETING,
        # A mapping may name a side or an ending outright, where the log has no status for it.
        default_meanings={meaning.value: meaning for meaning in StatusMeaning},
        has_messages=False,
        has_history=settings.options.get("rows", "states") != "tickets",
    )


_SERVICENOW = Description(
    name="servicenow",
    kind=SourceKind.TICKETING,
    default_meanings={
        "new": StatusMeaning.PROVIDER,
        "open": StatusMeaning.PROVIDER,
        "in progress": StatusMeaning.PROVIDER,
        "active": StatusMeaning.PROVIDER,
        "work in progress": StatusMeaning.PROVIDER,
        "assess": StatusMeaning.PROVIDER,
        "authorize": StatusMeaning.PROVIDER,
        "scheduled": StatusMeaning.PROVIDER,
        "implement": StatusMeaning.PROVIDER,
        "review": StatusMeaning.PROVIDER,
        "awaiting caller": StatusMeaning.CLIENT,
        "awaiting user info": StatusMeaning.CLIENT,
        "awaiting evidence": StatusMeaning.CLIENT,
        "awaiting problem": StatusMeaning.PROVIDER,
        "awaiting change": StatusMeaning.PROVIDER,
        "awaiting vendor": StatusMeaning.THIRD_PARTY,
        "resolved": StatusMeaning.RESOLVED,
        "closed": StatusMeaning.CLOSED,
        "closed complete": StatusMeaning.CLOSED,
        "closed incomplete": StatusMeaning.CLOSED,
        "closed skipped": StatusMeaning.CANCELLED,
        "canceled": StatusMeaning.CANCELLED,
        "cancelled": StatusMeaning.CANCELLED,
    },
    has_messages=True,
    # The audit is often closed to outsiders, and may cover some tickets only. What it proves is
    # told ticket by ticket; the rest is what was seen.
    has_history=False,
    requests_per_minute=60,
)


_JIRA = Description(
    name="jira",
    kind=SourceKind.TICKETING,
    default_meanings={
        "open": StatusMeaning.PROVIDER,
        "to do": StatusMeaning.PROVIDER,
        "reopened": StatusMeaning.PROVIDER,
        "waiting for support": StatusMeaning.PROVIDER,
        "in progress": StatusMeaning.PROVIDER,
        "work in progress": StatusMeaning.PROVIDER,
        "escalated": StatusMeaning.PROVIDER,
        "under investigation": StatusMeaning.PROVIDER,
        "waiting for customer": StatusMeaning.CLIENT,
        "waiting for approval": StatusMeaning.CLIENT,
        "resolved": StatusMeaning.RESOLVED,
        "done": StatusMeaning.RESOLVED,
        "completed": StatusMeaning.RESOLVED,
        "closed": StatusMeaning.CLOSED,
        "canceled": StatusMeaning.CANCELLED,
        "cancelled": StatusMeaning.CANCELLED,
        "declined": StatusMeaning.CANCELLED,
        "failed": StatusMeaning.CANCELLED,
    },
    has_messages=True,
    has_history=True,
    requests_per_minute=60,
)


_FRESHSERVICE = Description(
    name="freshservice",
    kind=SourceKind.TICKETING,
    default_meanings={
        "open": StatusMeaning.PROVIDER,
        "pending": StatusMeaning.CLIENT,
        "resolved": StatusMeaning.RESOLVED,
        "closed": StatusMeaning.CLOSED,
    },
    has_messages=True,
    # Activities are prose without what was before: what they prove is told ticket by ticket.
    has_history=False,
    # The smallest plan allows 100 a minute for everything that uses the account.
    requests_per_minute=40,
)


def _always(description: Description) -> Callable[[SourceSettings], Description]:
    return lambda _: description


_ALIKE = (
    _STATUSPAGE,
    _UPTIME_KUMA,
    _PROMETHEUS,
    _GATUS,
    _CACHET,
    _BETTER_STACK,
    _REQUEST_TRACKER,
    _SERVICENOW,
    _JIRA,
    _FRESHSERVICE,
    _ICS,
)
"""Those that are the same however they are configured."""

BUILT_IN: Mapping[str, Callable[[SourceSettings], Description]] = {
    **{description.name: _always(description) for description in _ALIKE},
    "zendesk": _zendesk,
    "zammad": _zammad,
    "eventlog": _eventlog,
}
