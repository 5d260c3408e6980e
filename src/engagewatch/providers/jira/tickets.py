"""Jira's issues into tickets, with what its own SLA clocks claim about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Ticket
from engagewatch.providers.jira import site as purposes
from engagewatch.providers.jira.people import Accounts
from engagewatch.providers.jira.site import Site
from engagewatch.providers.jira.values import moment
from engagewatch.providers.jira.wire import (
    Approval,
    Comments,
    Cycle,
    Feedback,
    Issue,
    IssueFields,
    Millis,
    Named,
    RequestType,
    SlaField,
    User,
)
from engagewatch.providers.names import StatusNames
from engagewatch.providers.telling import born
from engagewatch.providers.wire import latest_credible, word, words

_T = TypeVar("_T")

_FAR = 10 * 365 * 86400
_OBLIGATIONS = {
    "time to first response": Obligation.FIRST_RESPONSE,
    "time to resolution": Obligation.RESOLUTION,
    "time to respond": Obligation.NEXT_RESPONSE,
    "time to next response": Obligation.NEXT_RESPONSE,
}

_fields = Decoder(IssueFields)
_custom = Decoder(dict[str, Raw])
_slas = Decoder(SlaField | None)
_approvals = Decoder(list[Approval] | None)
_feedback = Decoder(Feedback | None)
_request_type = Decoder(RequestType | None)
_users = Decoder(list[User] | None)


class Found(NamedTuple):
    """An issue, translated, with what its history needs."""

    ticket: Ticket
    creator: str | None
    clients: frozenset[str]
    """Who is the client's on this ticket: its reporter and participants."""
    comments: Comments
    approvals: tuple[Approval, ...]
    rating: float | None
    sla_hidden: bool
    """There are SLA fields, and they came empty."""


class TicketReader:
    """Translates the issues of one site."""

    def __init__(
        self,
        engagement: Engagement,
        accounts: Accounts,
        statuses: StatusNames,
        claims: Mapping[str, Obligation],
    ) -> None:
        """``claims`` says which obligation an SLA is about, by its name (lower case)."""
        self._subjects = engagement.privacy.subjects
        self._accounts = accounts
        self._statuses = statuses
        self._obligations = {**_OBLIGATIONS, **claims}

    def read(self, issue: Issue, site: Site, now: Instant) -> Found:
        """Return the ticket of an issue.

        Raises:
            ValueError: it has no id or no usable creation time.
            msgspec.ValidationError: its fields are not of the usual kinds.
        """
        body = bytes(issue.fields)
        if not body:
            raise ValueError("it has no fields")
        fields = _fields.decode(body)
        custom = _custom.decode(body) if site.fields else {}
        key, created_at, updated_at = born(
            issue.id, fields.created, fields.updated, latest_credible(now), moment
        )
        self._accounts.employ(fields.assignee)
        reporter = self._accounts.learn(fields.reporter, asks=True)
        participants = _first(custom, site, purposes.PARTICIPANTS, _users) or ()
        clients = frozenset(
            one
            for one in (reporter, *(self._accounts.learn(user, asks=True) for user in participants))
            if one is not None
        )
        creator = self._accounts.learn(fields.creator)
        by_provider = creator != reporter and (
            self._accounts.side(creator, clients) is Side.PROVIDER
        )
        request = _first(custom, site, purposes.REQUEST_TYPE, _request_type)
        kind = request.request_type.name if request is not None and request.request_type else None
        status = fields.status or Named()
        slas = [
            sla
            for name in site.fields.get(purposes.SLA, ())
            if (sla := _decoded(custom.get(name), _slas)) is not None
        ]
        reference = word(issue.key) or key
        feedback = _first(custom, site, purposes.FEEDBACK, _feedback)
        ticket = Ticket(
            id=key,
            reference=reference,
            subject=safe_text(fields.summary or "") if self._subjects else "",
            status=self._statuses.name(str(status.id or ""), status.name),
            priority=_name(fields.priority),
            created_at=created_at,
            updated_at=updated_at,
            requester=reporter,
            assignee=self._accounts.learn(fields.assignee),
            category=word(kind) or _name(fields.issuetype),
            opened_by=Side.PROVIDER if by_provider else Side.CLIENT,
            url=f"{site.address}/browse/{reference}",
            tags=words(fields.labels),
            claims=self.claims(slas, now),
        )
        return Found(
            ticket,
            creator,
            clients,
            fields.comment or Comments(),
            tuple(_first(custom, site, purposes.APPROVALS, _approvals) or ()),
            feedback.rating if feedback is not None else None,
            bool(site.fields.get(purposes.SLA)) and not slas,
        )

    def claims(self, slas: Iterable[SlaField], now: Instant) -> tuple[Claim, ...]:
        """Return one claim per obligation."""
        found: dict[Obligation, Claim] = {}
        for sla in slas:
            name = word(sla.name, 100)
            obligation = self._obligations.get(name.lower())
            if obligation is not None and obligation not in found:
                claim = _claim(obligation, sla, name, now)
                if claim is not None:
                    found[obligation] = claim
        return tuple(found[name] for name in sorted(found))


def _claim(obligation: Obligation, sla: SlaField, name: str, now: Instant) -> Claim | None:
    """Return what an SLA says; ``None`` where it does not apply (yet).

    A first response has one cycle that counts, its first. A resolution has one per reopening: the
    last counts. Of the responses after that, any that was late makes the claim "late".
    """
    completed = sla.completed or []
    if not completed and sla.ongoing is None:
        return None
    source = f"SLA {name}"
    if obligation is Obligation.NEXT_RESPONSE:
        cycles = [*completed, *([sla.ongoing] if sla.ongoing is not None else [])]
        late = any(cycle.breached for cycle in cycles)
        met = False if late else (None if sla.ongoing is not None else True)
        return Claim(obligation, met=met, target=_seconds(cycles[-1].goal), source_field=source)
    if obligation is Obligation.FIRST_RESPONSE and completed:
        return _of_cycle(obligation, completed[0], source, now, ended=True)
    if sla.ongoing is not None:
        return _of_cycle(obligation, sla.ongoing, source, now, ended=False)
    return _of_cycle(obligation, completed[-1], source, now, ended=True)


def _of_cycle(
    obligation: Obligation, cycle: Cycle, source: str, now: Instant, *, ended: bool
) -> Claim:
    met = None
    if cycle.breached is not None:
        met = False if cycle.breached else (True if ended else None)
    return Claim(
        obligation,
        met=met,
        # What a running cycle has used is true only of the moment it was asked.
        elapsed=_seconds(cycle.elapsed) if ended else None,
        target=_seconds(cycle.goal),
        due_at=moment(cycle.breach_time, now + _FAR),
        source_field=source,
    )


def _seconds(duration: Millis | None) -> int | None:
    millis = duration.millis if duration is not None else None
    return int(millis // 1000) if millis is not None and 0 <= millis < 1e13 else None


def _name(named: Named | None) -> str | None:
    return word(named.name) or None if named is not None else None


def _first(custom: Mapping[str, Raw], site: Site, purpose: str, decoder: Decoder[_T]) -> _T | None:
    for name in sorted(site.fields.get(purpose, ())):
        value = _decoded(custom.get(name), decoder)
        if value is not None:
            return value
    return None


def _decoded(raw: Raw | None, decoder: Decoder[_T]) -> _T | None:
    """Decode a custom field; one in another shape than usual is as good as none."""
    if raw is None:
        return None
    try:
        return decoder.decode(bytes(raw))
    except MsgspecError:
        return None
