"""People who are to be forgotten, recognised in what a source tells."""

from __future__ import annotations

from dataclasses import replace

import apsw

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.meeting import Invitee, Meeting
from engagewatch.model.ticket import Event, EventKind, Person, Ticket
from engagewatch.store import replacing
from engagewatch.store.pseudonyms import Pseudonyms


def without_forgotten(
    connection: apsw.Connection, source_key: int, batch: Batch, now: Instant
) -> Batch:
    """Return a batch with pseudonyms in the place of people who are to be forgotten.

    Somebody who comes under a new key, but with the address that was forgotten, is recognised.
    """
    engagement, source = connection.execute(
        "SELECT engagement, id FROM source WHERE key = ?", (source_key,)
    ).get
    pseudonyms = Pseudonyms(connection, engagement)
    if not pseudonyms:
        return batch
    met_anew = {
        person.id: pseudonym
        for person in batch.people
        if pseudonyms.of_key(source, person.id) is None
        and (pseudonym := pseudonyms.of_text(person.address)) is not None
    }
    for key, pseudonym in met_anew.items():
        pseudonyms.add(pseudonym, [(source, key)], (), now)
    if met_anew:
        # What came under the new key before.
        replacing.apply(connection, engagement)
    desk = _Desk(source, pseudonyms)
    return replace(
        batch,
        people=tuple(map(desk.person, batch.people)),
        tickets=tuple(map(desk.ticket, batch.tickets)),
        events=tuple(map(desk.event, batch.events)),
        meetings=tuple(map(desk.meeting, batch.meetings)),
    )


class _Desk:
    """Replaces people in what a source tells."""

    def __init__(self, source: str, pseudonyms: Pseudonyms) -> None:
        self._source = source
        self._pseudonyms = pseudonyms

    def key(self, key: str | None) -> str | None:
        if not key:
            return key
        return self._pseudonyms.of_key(self._source, key) or key

    def person(self, person: Person) -> Person:
        key = self.key(person.id)
        return person if key == person.id else Person(key or "", "", person.side)

    def ticket(self, ticket: Ticket) -> Ticket:
        requester, assignee = self.key(ticket.requester), self.key(ticket.assignee)
        if (requester, assignee) == (ticket.requester, ticket.assignee):
            return ticket
        return replace(ticket, requester=requester, assignee=assignee)

    def event(self, event: Event) -> Event:
        actor, value, previous = self.key(event.actor), event.value, event.previous
        if event.kind in (EventKind.ASSIGNED, EventKind.APPROVAL_REQUESTED):
            value = self.key(value) or ""
        if event.kind is EventKind.ASSIGNED:
            previous = self.key(previous) or ""
        if (actor, value, previous) == (event.actor, event.value, event.previous):
            return event
        return replace(event, actor=actor, value=value, previous=previous)

    def meeting(self, meeting: Meeting) -> Meeting:
        return replace(
            meeting,
            organiser=self._pseudonyms.of_text(meeting.organiser) or meeting.organiser,
            invitees=tuple(map(self._invitee, meeting.invitees)),
        )

    def _invitee(self, invitee: Invitee) -> Invitee:
        pseudonym = replacing.invited(invitee.who, invitee.name, self._pseudonyms)
        if pseudonym is None:
            return invitee
        return replace(invitee, who=pseudonym, name=pseudonym)
