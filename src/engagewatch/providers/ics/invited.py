"""Who is asked to a meeting: sides, roles and answers of the people in an event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engagewatch.model.meeting import Answer, Invitee
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.providers.ics.feed import Component
from engagewatch.providers.roles import KnownRoles

MOST_INVITED = 200
"""Further ones are not kept: such a meeting is an announcement."""

_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
}
"""All others, ``NEEDS-ACTION`` and ``DELEGATED`` among them, are no answer."""
_OPTIONAL = frozenset({"OPT-PARTICIPANT", "NON-PARTICIPANT"})
_THINGS = frozenset({"ROOM", "RESOURCE"})
_NAME_LIMIT = 200


class Sides:
    """Whose somebody is: by ``[[people]]``, else by the domain of the address."""

    def __init__(
        self, roles: KnownRoles, client_domains: Iterable[str], provider_domains: Iterable[str]
    ) -> None:
        self._roles = roles
        self._domains = {
            domain.strip().casefold().lstrip("@"): side
            for side, domains in ((Side.CLIENT, client_domains), (Side.PROVIDER, provider_domains))
            for domain in domains
        }

    def of(self, address: str, name: str) -> Side | None:
        """Return the side of somebody, ``None`` where nothing tells it."""
        known = self._roles.side_of(address, name)
        if known is not None:
            return known
        domain = address.rpartition("@")[2].casefold()
        while domain:
            if domain in self._domains:
                return self._domains[domain]
            domain = domain.partition(".")[2]
        return None


def organiser_of(event: Component) -> tuple[str, str]:
    """Return address and name of who called a meeting; both empty where it is not told."""
    return _who(_first(event.get("ORGANIZER")))


def invitees_of(event: Component, sides: Sides) -> tuple[Invitee, ...]:
    """Return the people asked to a meeting, and its organiser, each once.

    An organiser who is not on the list comes of their own will, so no calendar asks them.
    """
    found: dict[str, Invitee] = {}
    for attendee in _all(event.get("ATTENDEE"))[:MOST_INVITED]:
        who, name = _who(attendee)
        parameters = getattr(attendee, "params", {})
        if not who or str(parameters.get("CUTYPE", "")).upper() in _THINGS:
            continue
        found[who] = Invitee(
            who,
            name,
            sides.of(who, name),
            str(parameters.get("ROLE", "")).upper() not in _OPTIONAL,
            _ANSWERS.get(str(parameters.get("PARTSTAT", "")).upper(), Answer.NONE),
        )
    who, name = organiser_of(event)
    if who and who not in found:
        found[who] = Invitee(who, name, sides.of(who, name), False, Answer.ACCEPTED)
    return tuple(found.values())


def people_of(invitees: Iterable[Invitee]) -> dict[str, Person]:
    """Return whom a calendar names, by key."""
    return {
        one.who: Person(one.who, one.name, one.side or Side.NOBODY, one.who) for one in invitees
    }


def _who(value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    address = safe_text(str(value), _NAME_LIMIT)
    if address[:7].casefold() == "mailto:":
        address = address[7:].strip()
    name = safe_text(str(getattr(value, "params", {}).get("CN", "")), _NAME_LIMIT)
    who = (address or name).casefold()
    return who, name or address


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
