"""The catalogue of metrics: what promises, trends and comparisons with before are made of.

Each metric has one definition, one unit and one formula, wherever it is shown. How it is measured
is the matter of the engine and the views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.sides import Side


class Unit(StrEnum):
    """What a value of a metric is."""

    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""
    PER_USER_MONTH = "per_user_month"
    TICKETS = "tickets"
    MONEY = "money"


class Metric(StrEnum):
    """What can be measured, promised and compared. The words are those of engagement files."""

    FIRST_RESPONSE_MEDIAN = "first_response_median"
    RESOLUTION_MEDIAN = "resolution_median"
    FIRST_RESPONSE_ATTAINMENT = "first_response_attainment"
    RESOLUTION_ATTAINMENT = "resolution_attainment"
    TICKETS_PER_USER = "tickets_per_user"
    REOPEN_RATE = "reopen_rate"
    ONE_TOUCH = "one_touch"
    REPEAT_RATE = "repeat_rate"
    BACKLOG = "backlog"
    BACKLOG_AGE = "backlog_age"
    UPTIME = "uptime"
    CANDOUR_LAG = "candour_lag"
    SATISFACTION = "satisfaction"
    COST_PER_TICKET = "cost_per_ticket"
    REPLY_MEDIAN = "reply_median"
    REPLY_ATTAINMENT = "reply_attainment"
    APPROVAL_MEDIAN = "approval_median"
    APPROVAL_ATTAINMENT = "approval_attainment"
    CLIENT_WAIT_SHARE = "client_wait_share"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means."""

    metric: Metric
    title: str
    unit: Unit
    less_is_better: bool
    side: Side
    """Whose doing it is."""
    formula: str
    """How it is counted, in one sentence."""


CATALOGUE: Mapping[Metric, Definition] = {
    definition.metric: definition
    for definition in (
        Definition(
            Metric.FIRST_RESPONSE_MEDIAN, "Median time to first response", Unit.SECONDS, True,
            Side.PROVIDER, "working time until half of the month's tickets had a first human "
            "answer; those still waiting count as at least so long",
        ),
        Definition(
            Metric.RESOLUTION_MEDIAN, "Median time to resolve", Unit.SECONDS, True,
            Side.PROVIDER, "working time on the contract's clock until half of the month's tickets "
            "were resolved; open ones count as at least so long",
        ),
        Definition(
            Metric.FIRST_RESPONSE_ATTAINMENT, "First responses in time", Unit.SHARE, False,
            Side.PROVIDER, "first responses met of those judged, as the contract counts a month",
        ),
        Definition(
            Metric.RESOLUTION_ATTAINMENT, "Resolutions in time", Unit.SHARE, False,
            Side.PROVIDER, "resolutions met of those judged, as the contract counts a month",
        ),
        Definition(
            Metric.TICKETS_PER_USER, "Tickets per user and month", Unit.PER_USER_MONTH, True,
            Side.PROVIDER, "tickets opened, over users times months; more may mean more trouble or "
            "more that is logged",
        ),
        Definition(
            Metric.REOPEN_RATE, "Reopened within 14 days", Unit.SHARE, True,
            Side.PROVIDER, "of tickets resolved in the month, those that came back within 14 days",
        ),
        Definition(
            Metric.ONE_TOUCH, "Resolved with one answer", Unit.SHARE, False,
            Side.PROVIDER, "of tickets resolved in the month, those with exactly one public answer "
            "and no return within 7 days",
        ),
        Definition(
            Metric.REPEAT_RATE, "Followed by one just like it", Unit.SHARE, True,
            Side.PROVIDER, "of tickets resolved in the month, those after which the same person "
            "opened one of the same category within 14 days",
        ),
        Definition(
            Metric.BACKLOG, "Open tickets", Unit.TICKETS, True,
            Side.PROVIDER, "tickets open at the end of the month, in whichever court",
        ),
        Definition(
            Metric.BACKLOG_AGE, "Median age of open tickets", Unit.SECONDS, True,
            Side.PROVIDER, "calendar age of the tickets open at the end of the month",
        ),
        Definition(
            Metric.UPTIME, "Uptime", Unit.SHARE, False,
            Side.PROVIDER, "time up of the time we watched, or by the provider's account "
            "where we watched too little; planned work as promised, of several services the worst",
        ),
        Definition(
            Metric.CANDOUR_LAG, "Time until an outage was admitted", Unit.SECONDS, True,
            Side.PROVIDER, "median from the first sign of an outage (our own probes, or two "
            "people who wrote within 15 minutes) to the provider's first post; those never "
            "admitted count as not yet",
        ),
        Definition(
            Metric.SATISFACTION, "Satisfied answers", Unit.SHARE, False,
            Side.PROVIDER, "positive ratings of all ratings given in the month",
        ),
        Definition(
            Metric.COST_PER_TICKET, "Fee per ticket", Unit.MONEY, True,
            Side.PROVIDER, "the month's fee over tickets opened; it falls when service gets worse "
            "and more tickets come",
        ),
        Definition(
            Metric.REPLY_MEDIAN, "Our median time to reply", Unit.SECONDS, True,
            Side.CLIENT, "working time of ours until half of the questions of the month were "
            "answered; open ones count as at least so long",
        ),
        Definition(
            Metric.REPLY_ATTAINMENT, "Our replies in time", Unit.SHARE, False,
            Side.CLIENT, "replies met of those judged, under our own targets",
        ),
        Definition(
            Metric.APPROVAL_MEDIAN, "Our median time to decide", Unit.SECONDS, True,
            Side.CLIENT, "working time of ours until half of the approvals asked for in the month "
            "were decided; open ones count as at least so long",
        ),
        Definition(
            Metric.APPROVAL_ATTAINMENT, "Our approvals in time", Unit.SHARE, False,
            Side.CLIENT, "approvals met of those judged, under our own targets",
        ),
        Definition(
            Metric.CLIENT_WAIT_SHARE, "Time that tickets waited for us", Unit.SHARE, True,
            Side.CLIENT, "time in our court of all time of the tickets resolved in the month",
        ),
    )
}  # fmt: skip
