"""What the client was asked to approve, as the account lists it for administrators."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.providers.wire import (
    PageFormat,
    identifier,
    instant,
    latest_credible,
    read_each,
    refusal,
)
from engagewatch.providers.zendesk.account import Account
from engagewatch.providers.zendesk.wire import Approval, ApprovalPage, OneApproval

APPROVALS = "approvals"
PATH = "approval_requests"

_ACTIVE = "active"
_DECIDED = frozenset({"approved", "rejected", "withdrawn"})
_MOST_PAGES = 200

_PAGE = PageFormat(ApprovalPage[Approval], ApprovalPage[Raw], "the list of approval requests")
_ONE = PageFormat(OneApproval, OneApproval, "an approval request")
_approval = Decoder(Approval)


class Approvals:
    """Reads the requests that stand open, and once what became of each."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._is_closed = False

    async def pull(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the requests; nothing where the credential may not read them.

        The list does not say when a request was decided. What the request itself does not tell
        either is dated by the poll that saw it first; a request that was decided before any poll
        is left out then, for its time is not known.

        Raises:
            SourceError: they could not be read.
        """
        if self._is_closed:
            return
        known: dict[str, Instant] = json.loads(cursor) if cursor is not None else {}
        rows = await self._rows(_ACTIVE)
        if rows is None:
            return
        listed, refused = rows
        still = {key for one in listed if (key := _key(one)) is not None}
        server_time = now
        if cursor is None or known.keys() - still:
            decided = await self._rows(",".join(sorted(_DECIDED)))
            for one in decided[0] if decided is not None else ():
                if cursor is None or _key(one) in known:
                    listed.append(one)
        account = self._account
        named = [key for one in listed if (key := _part(one.ticket_id)) is not None]
        await account.place(account.scope.unplaced(named), now)
        listed = [one for one in listed if account.scope.holds(_part(one.ticket_id) or "")]
        asked = [_part(one.assignee_user_id) for one in listed]
        people = await account.look_up(account.directory.strangers(asked))
        events: list[Event] = []
        for one in listed:
            seen_at = server_time if _key(one) in known else None
            try:
                events += self._read(await self._whole(one), now, seen_at)
            except ValueError as error:
                refused.append(refusal(f"approval {one.id}", error))
        yield Batch(
            APPROVALS,
            json.dumps({key: known.get(key, now) for key in sorted(still)}),
            events=tuple(events),
            people=people,
            refused=tuple(refused),
            records=len(listed),
        )

    def _read(self, row: Approval, now: Instant, seen_at: Instant | None) -> Iterator[Event]:
        """Yield what one request tells; nothing of one that is the provider's own affair.

        Raises:
            ValueError: it cannot be used.
        """
        latest = latest_credible(now)
        key, ticket = identifier(row.id), identifier(row.ticket_id)
        asked_at = instant(row.created_at, latest)
        if key is None or asked_at is None:
            raise ValueError("it has no id" if key is None else "its time is not credible")
        approver = identifier(row.assignee_user_id)
        # Groups are of agents; and who is one of them is not the client.
        is_theirs = self._account.directory.side(approver) is Side.PROVIDER
        if ticket is None or approver is None or is_theirs:
            return
        request = f"{ticket}:approval:{key}"
        decided_at: Instant | None = None
        if row.status in _DECIDED:
            decided_at = instant(row.decided_at, latest) or seen_at
            if decided_at is None:
                return
        kind = EventKind.APPROVAL_REQUESTED
        asking = identifier(row.created_by_id)
        yield Event(
            ticket, request, asked_at, kind, self._account.directory.side(asking), asking, approver
        )
        if decided_at is not None:
            withdrawn = row.status == "withdrawn"
            yield Event(
                ticket,
                f"{request}:decided",
                max(decided_at, asked_at),
                EventKind.APPROVAL_DECIDED,
                Side.PROVIDER if withdrawn else Side.CLIENT,
                None if withdrawn else approver,
                row.status or "",
                request,
            )

    async def _whole(self, row: Approval) -> Approval:
        """Return a decided request with its time, where the account tells it."""
        instance, key = _part(row.approval_workflow_instance_id), _key(row)
        if row.status not in _DECIDED or row.decided_at or instance is None or key is None:
            return row
        path = f"approval_workflow_instances/{instance}/approval_requests/{key}"
        answer = await self._account.optional(path)
        if answer is None:
            return row
        row.decided_at = _ONE.decode(answer.body).approval_request.decided_at
        return row

    async def _rows(self, status: str) -> tuple[list[Approval], list[Refused]] | None:
        query: dict[str, str | int] = {"filter[status]": status}
        rows: list[Approval] = []
        refused: list[Refused] = []
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            answer = await self._account.optional(PATH, query)
            if answer is None:
                self._is_closed = True
                return None
            page = _PAGE.decode(answer.body)
            some, bad = read_each(page.approval_requests, _approval, "approval", lambda row: row)
            rows += some
            refused += bad
            after = page.meta.after_cursor if page.meta.has_more else None
            if after is None or after in seen:
                break
            seen.add(after)
            query = {**query, "after_cursor": after}
        return rows, refused


def _part(value: int | str | None) -> str | None:
    try:
        return identifier(value)
    except ValueError:
        return None


def _key(row: Approval) -> str | None:
    return _part(row.id)
