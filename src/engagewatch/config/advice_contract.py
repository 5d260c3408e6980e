"""What promises and a credit clause leave open: what cannot be measured, or claimed in time."""

from __future__ import annotations

from collections.abc import Iterator

from engagewatch.config.kinds import STATUS_KINDS
from engagewatch.model.baseline import Grade
from engagewatch.model.credits import CreditShape
from engagewatch.model.engagement import Engagement
from engagewatch.model.metric import Metric
from engagewatch.model.promise import PathShape, Promise

_OF_SERVICES = (Metric.UPTIME, Metric.CANDOUR_LAG)


def contract_advice(engagement: Engagement) -> Iterator[str]:
    """Yield notes on ``[[promises]]`` and ``[credits]``, each with what to do."""
    for promise in engagement.promises:
        yield from _promise(engagement, promise)
    yield from _credits(engagement)


def _promise(engagement: Engagement, promise: Promise) -> Iterator[str]:
    name = f'The promise "{promise.id}"'
    if promise.metric is None:
        yield f"{name} names no metric: nobody can tell whether it is kept."
        return
    if promise.metric in _OF_SERVICES and not _watches_services(engagement):
        yield f"{name} is about services, but no source tells of any: it cannot be measured."
    if promise.metric is Metric.TICKETS_PER_USER and not engagement.headcount:
        yield f"{name} is per user, but [engagement] has no headcount: it cannot be measured."
    if promise.metric is Metric.COST_PER_TICKET and engagement.credits is None:
        yield f"{name} needs the month's fee: write it in [credits]."
    names = {level.priority.casefold() for level in engagement.service_levels}
    of_tickets = promise.metric not in _OF_SERVICES
    if of_tickets and promise.scope != "*" and promise.scope.casefold() not in names:
        yield f'{name} is about "{promise.scope}", which no [[sla]] row names.'
    if promise.shape is PathShape.LINEAR and (promise.baseline is None or promise.by is None):
        yield (
            f"{name} has a linear path, but not both a baseline and a date to be kept by: until "
            'then nothing is asked. Add them, or write path = "at_once".'
        )
    if promise.baseline is not None and promise.baseline.grade is Grade.MEMORY:
        yield (
            f"{name} starts from memory (grade D): better is then only what people remember. "
            "Look for exports, invoices or mails of the time."
        )


def _watches_services(engagement: Engagement) -> bool:
    return any(source.adapter in STATUS_KINDS for source in engagement.sources)


def _credits(engagement: Engagement) -> Iterator[str]:
    clause = engagement.credits
    if clause is None:
        return
    if clause.claim_days is None and clause.claim_months is None:
        yield (
            "[credits] sets no claim_within: many contracts let a credit lapse; look it up and "
            'write it, such as "30d".'
        )
    if clause.cap is None and clause.shape is CreditShape.TIERS:
        total = sum(max(tier.credit for tier in rule.tiers) for rule in clause.rules)
        if total > 1:
            yield "[credits] has no cap, and its rules together pay more than the month's fee."
    if any(rule.obligation is None for rule in clause.rules) and not _watches_services(engagement):
        yield "A credit rule measures uptime, but no source tells of services."
