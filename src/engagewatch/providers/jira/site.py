"""What has to be known of a site before its issues can be asked for and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import MsgspecError
from msgspec.json import Decoder

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import zone
from engagewatch.net.client import Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.jira.wire import FieldDefinition, Named, Role, Server, User
from engagewatch.providers.listing import Listing
from engagewatch.providers.opened import unless
from engagewatch.providers.wire import PageFormat, identifier, word

CLOUD, DATA_CENTER = "api/3", "api/2"

SLA = "com.atlassian.servicedesk:sd-sla-field"
APPROVALS = "com.atlassian.servicedesk.approvals-plugin:sd-approvals"
FEEDBACK = "com.atlassian.servicedesk:sd-request-feedback"
REQUEST_TYPE = "com.atlassian.servicedesk:vp-origin"
PARTICIPANTS = "com.atlassian.servicedesk:sd-request-participants"
_READ = frozenset({SLA, APPROVALS, FEEDBACK, REQUEST_TYPE, PARTICIPANTS})

_TEAM = "service desk team"

_server = PageFormat(Server, Server, "the site's description of itself")
_myself = PageFormat(User, User, "the account")
_fields = Listing(FieldDefinition, "field", "the list of fields")
_statuses = Listing(Named, "status", "the list of statuses")
_roles = Decoder(dict[str, str])
_role = Decoder(Role)


@dataclass
class Site:
    """One site, as its account sees it."""

    api: str
    """Path of its version of the API: :data:`CLOUD` or :data:`DATA_CENTER`."""
    address: str
    """Where people open it."""
    zone: ZoneInfo
    """The account's own time zone: times in queries are read in it."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Ids of the custom fields of each purpose."""
    statuses: Mapping[str, str] = field(default_factory=dict)
    """Names of statuses by id, as they are called now."""

    @property
    def is_cloud(self) -> bool:
        """Whether it is on Cloud."""
        return self.api == CLOUD

    @property
    def custom_fields(self) -> tuple[str, ...]:
        """All custom fields that are read."""
        return tuple(sorted({key for keys in self.fields.values() for key in keys}))


async def explore(client: Client, root: str) -> Site:
    """Learn what kind of site it is, whose account is used, and what its fields are called.

    Raises:
        SourceError: it could not be read, or the account's time zone is none.
    """
    server = _server.decode((await client.get(f"{DATA_CENTER}/serverInfo")).body)
    api = CLOUD if (server.deployment or "").lower() == "cloud" else DATA_CENTER
    # A site answers strangers too, with fewer issues or none: only this tells a bad credential.
    account = _myself.decode((await client.get(f"{api}/myself")).body)
    try:
        own = zone(account.time_zone or "")
    except (ZoneInfoNotFoundError, ValueError):
        raise SourceError(
            Failure.CONTRACT,
            f'the account\'s time zone "{account.time_zone}" is unknown, and times in queries are '
            "read in it; set it to UTC in the account's profile",
        ) from None
    fields: dict[str, set[str]] = {}
    for one in _fields.decode(await client.get(f"{api}/field")).found:
        kind = one.schema.custom if one.schema is not None else None
        key = identifier(one.id)
        if key is not None and kind in _READ and kind is not None:
            fields.setdefault(kind, set()).add(key)
    return Site(
        api,
        (server.base_url or root).rstrip("/"),
        own,
        {kind: frozenset(keys) for kind, keys in fields.items()},
        await _status_names(client, api),
    )


async def team(client: Client, api: str, projects: Iterable[str]) -> list[User]:
    """Return the agents of ``projects`` by their role there, as far as the account may see it."""
    found: list[User] = []
    for project in projects:
        links = await unless(client.get(f"{api}/project/{project}/role"))
        try:
            for name, link in (_roles.decode(links.body) if links is not None else {}).items():
                number = link.rstrip("/").rpartition("/")[2]
                if name.lower() != _TEAM:
                    continue
                path = f"{api}/project/{project}/role/{int(number)}"
                told = await unless(client.get(path))
                actors = (_role.decode(told.body).actors if told is not None else None) or ()
                found += [actor.user or User(name=actor.name) for actor in actors]
        except (MsgspecError, ValueError):
            continue  # then assignees tell who is an agent
    return found


async def _status_names(client: Client, api: str) -> dict[str, str]:
    answer = await unless(client.get(f"{api}/status"))
    if answer is None:
        return {}  # they go by the names they had when they changed
    return {
        key: word(one.name)
        for one in _statuses.decode(answer).found
        if one.name and (key := identifier(one.id))
    }
