"""The people of a simulated engagement: users on one side, agents on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from engagewatch.model.instants import DAY, Instant

_FIRST = (  # noqa: SIM905 - as a list it would be one name a line
    "Aisha Alan Amelia Andrew Anita Beth Callum Carys Charlotte Chloe Dan David Dev Eilidh Ellie "
    "Emma Ethan Fatima Fiona Freya Gareth Grace Hamza Hannah Harriet Ian Imran Isla Jack James "
    "Jasmine Joanna Joe Karen Kate Kieran Laura Leah Lewis Liam Lucy Marek Megan Mia Mohammed "
    "Naomi Neil Nia Niamh Oliver Olivia Owen Paige Patrick Paul Poppy Rachel Rafal Rhys Rosie "
    "Ryan Sally Sam Sanjay Sara Sean Sian Simon Sophie Stephen Sunita Tariq Tegan Theo Toby "
    "Victoria Wei Will Yasmin Zoe"
).split()
_LAST = (  # noqa: SIM905 - as a list it would be one name a line
    "Adeyemi Ahmed Allan Appleby Ashdown Bainbridge Barlow Begum Bell Bennett Bhatt Blakely "
    "Bradshaw Brannigan Burrows Byrne Calder Campbell Cartwright Chen Clegg Cohen Connolly Coyle "
    "Crawley Cunliffe Dale Davies Dhillon Douglas Driscoll Edge Eklund Ellison Evans Farrow "
    "Fielding Fleet Fraser Garside Gill Glover Goddard Grant Greenhalgh Gupta Hadley Hall "
    "Hargreaves Hartley Hayes Hewitt Holt Hussain Iqbal Jenkins Jones Kaur Keane Kendrick Khan "
    "Kowalski Lacey Lam Lindqvist Lloyd Lomax Mackay Mahmood Malik Mbeki McCann Mistry Morgan "
    "Moss Murphy Nash Nowak Nuttall Oakes Parekh Patel Pickering Platt Pritchard Qureshi Raja "
    "Rees Rigby Robson Rowe Sandhu Scholes Sharma Sheard Singh Skelton Smith Sutcliffe Swift "
    "Sykes Taylor Thackray Tran Unwin Varley Wainwright Walsh Webb Whitworth Williams Wood Yates "
    "Young Zhang"
).split()


class Role(StrEnum):
    """What a person may do in the tool."""

    END_USER = "end-user"
    AGENT = "agent"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the tool."""

    id: int
    name: str
    email: str
    role: Role
    department: str
    created_at: Instant
    updated_at: Instant
    pace: float = 1.0
    """How long this person takes to answer, as a multiple of what is usual here."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person with a part of their own in the story."""

    name: str
    email: str
    department: str
    pace: float = 1.0
    role: Role = Role.END_USER


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody: the client's users and the provider's agents."""

    users: tuple[Member, ...]
    agents: tuple[Member, ...]
    service_account: Member
    """The account that sends automatic acknowledgements."""

    @property
    def everybody(self) -> tuple[Member, ...]:
        """All accounts."""
        return (*self.users, *self.agents, self.service_account)

    def named(self, email: str) -> Member:
        """Return the person with this address.

        Raises:
            KeyError: there is none.
        """
        for member in self.everybody:
            if member.email == email:
                return member
        raise KeyError(email)


def gather(
    rng: Random,
    *,
    users: int,
    agents: int,
    named: Sequence[Named],
    departments: Sequence[tuple[str, int]],
    client_domain: str,
    provider_domain: str,
    service_name: str,
    first_id: int,
    started: Instant,
    anchor: Instant,
) -> Crowd:
    """Return the people of one engagement.

    ``named`` come first on their side and count towards ``users`` and ``agents``. A tenth of the
    users joined after the start.
    """
    names = _names(rng, users + agents)
    ids = iter(range(first_id, first_id + users + agents + 1))
    service = Member(
        next(ids),
        service_name,
        f"servicedesk@{provider_domain}",
        Role.AGENT,
        "Service Desk",
        started,
        started,
    )
    staff: dict[Role, list[Member]] = {Role.END_USER: [], Role.AGENT: []}
    for person in named:
        side = Role.END_USER if person.role is Role.END_USER else Role.AGENT
        domain = client_domain if side is Role.END_USER else provider_domain
        member = Member(
            next(ids),
            person.name,
            f"{person.email}@{domain}",
            person.role,
            person.department,
            started,
            started,
            person.pace,
        )
        staff[side].append(member)
    weighted = [name for name, weight in departments for _ in range(weight)]
    while len(staff[Role.END_USER]) < users:
        name = next(names)
        joined = started
        if rng.random() < 0.1:
            joined += rng.randrange(20, max(21, (anchor - started) // DAY - 5)) * DAY + 8 * 3600
        pace = rng.choice((0.3, 0.5, 0.7, 1.0, 1.0, 1.4, 2.2))
        member = Member(
            next(ids),
            name,
            f"{_address(name)}@{client_domain}",
            Role.END_USER,
            rng.choice(weighted),
            joined,
            joined,
            pace,
        )
        staff[Role.END_USER].append(member)
    teams = ("Service Desk", "Service Desk", "Service Desk", "Infrastructure", "Applications")
    while len(staff[Role.AGENT]) < agents:
        name = next(names)
        team = teams[len(staff[Role.AGENT]) % len(teams)]
        address = f"{_address(name)}@{provider_domain}"
        member = Member(next(ids), name, address, Role.AGENT, team, started, started)
        staff[Role.AGENT].append(member)
    return Crowd(tuple(staff[Role.END_USER]), tuple(staff[Role.AGENT]), service)


def _names(rng: Random, count: int) -> Iterator[str]:
    pairs = rng.sample(range(len(_FIRST) * len(_LAST)), count)
    return iter([f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST)]}" for n in pairs])


def _address(name: str) -> str:
    return name.lower().replace(" ", ".")
