"""Who stands on which side of an account: agents are the provider's, requesters the client's."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.directory import Directory
from engagewatch.providers.freshservice.wire import Agent, Approval, Requester, WireTicket
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import identifier


class Accounts:
    """Everybody met on one account."""

    def __init__(self, people: Mapping[str, Person], roles: KnownRoles) -> None:
        """Start from the people known from earlier polls."""
        self._directory = Directory(people, roles)
        self._agents = {key for key, one in people.items() if one.side is Side.PROVIDER}

    def learn_agent(self, agent: Agent) -> Person:
        """Note an agent.

        Raises:
            ValueError: they have no id.
        """
        key = identifier(agent.id)
        if key is None:
            raise ValueError("it has no id")
        self._agents.add(key)
        name = f"{agent.first_name or ''} {agent.last_name or ''}"
        return self._directory.learn(key, name.strip(), agent.email, Side.PROVIDER)

    def learn_requester(self, ticket: WireTicket) -> Person | None:
        """Note whose ticket it is, and return them the first time."""
        wire = ticket.requester or Requester()
        key = identifier(ticket.requester_id)
        if key is None or not wire.name or self._directory.get(key) is not None:
            return None
        return self._directory.learn(key, wire.name, wire.email or wire.primary_email, Side.CLIENT)

    def learn_approver(self, approval: Approval) -> Person | None:
        """Note who was asked to approve, and return them the first time; nothing tells their side.

        Raises:
            ValueError: their id is none.
        """
        key = identifier(approval.approver_id)
        if key is None or not approval.approver_name or self._directory.get(key) is not None:
            return None
        return self._directory.learn(key, approval.approver_name, None, Side.NOBODY)

    def side(self, key: str | None, requester: str | None) -> Side | None:
        """Return the side of somebody on a ticket of ``requester``, ``None`` if nothing tells."""
        if key is None:
            return None
        configured = self._directory.configured(key)
        if configured is not None:
            return configured
        if key == requester:
            return Side.CLIENT
        if key in self._agents:
            return Side.PROVIDER
        return self._directory.side(key)
