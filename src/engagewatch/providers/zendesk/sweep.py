"""Which tickets an account no longer has. The exports tell of deletions for thirty days only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engagewatch.model.batch import Absence
from engagewatch.net.client import Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.wire import PageFormat, WireId, identifier, read_each

_AT_ONCE = 100
_ASKED_SINGLY = 20
"""Missing tickets that are asked for one by one; of more, so many are taken as a sample."""


class _Known(msgspec.Struct):
    id: WireId = None
    organization_id: WireId = None


class _KnownPage(msgspec.Struct):
    tickets: list[msgspec.Raw]


_PAGE = PageFormat(_KnownPage, _KnownPage, "the list of tickets by id")
_known = msgspec.json.Decoder(_Known)


async def absent_tickets(
    client: Client, ids: Sequence[str], organization: str | None = None
) -> list[Absence]:
    """Return those of ``ids`` that the account does not show.

    A list by ids leaves out what is deleted and what may not be read alike, so what is missing is
    asked for by itself: 404 is gone, 403 is hidden. So is what now belongs to another organisation
    than the one given.

    Raises:
        SourceError: the account could not be asked.
    """
    missing: list[str] = []
    moved: list[Absence] = []
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        answer = await client.get("tickets/show_many.json", {"ids": ",".join(some)})
        page = _PAGE.decode(answer.body)
        shown, _ = read_each(
            page.tickets,
            _known,
            "ticket",
            lambda found: (identifier(found.id), identifier(found.organization_id)),
        )
        missing.extend(sorted(set(some) - {key for key, _ in shown}))
        moved += [
            Absence(key, gone=False, reason="it belongs to another organisation now")
            for key, owner in shown
            if key is not None
            and organization is not None
            and owner != organization
            and key in some
        ]
    singly = missing[:: max(len(missing) // _ASKED_SINGLY, 1)][:_ASKED_SINGLY]
    found = [await _absence(client, ticket_id) for ticket_id in singly]
    told = [absence for absence in found if absence is not None]
    if len(missing) == len(singly):
        return [*moved, *told]
    # So many at once are judged by the sample: gone only if every one of it is.
    gone = len(told) == len(singly) and all(absence.gone for absence in told)
    unlisted = [Absence(ticket_id, gone, "not listed any more") for ticket_id in missing]
    return [*moved, *unlisted]


async def _absence(client: Client, ticket_id: str) -> Absence | None:
    try:
        await client.get(f"tickets/{ticket_id}.json")
    except SourceError as error:
        if error.status in (404, 410):
            return Absence(ticket_id, gone=True, reason=f"the account answered {error.status}")
        if error.status == 403:
            return Absence(ticket_id, gone=False, reason="it may no longer be read")
        raise
    return None
