"""Who stands on which side of an account: agents are the provider's, requesters the client's."""

from __future__ import annotations

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.directory import Directory
from engagewatch.providers.freshservice.wire import Agent, Approval, Requester, WireTicket
from engagewatch.providers.wire import identifier, key_of


def learn_agent(directory: Directory, agent: Agent) -> Person:
    """Note an agent.

    Raises:
        ValueError: they have no id.
    """
    name = f"{agent.first_name or ''} {agent.last_name or ''}".strip()
    return directory.learn(key_of(agent.id), name, agent.email, Side.PROVIDER)


def learn_requester(directory: Directory, ticket: WireTicket) -> Person | None:
    """Note whose ticket it is, and return them the first time."""
    wire, key = ticket.requester or Requester(), identifier(ticket.requester_id)
    if key is None or not wire.name or directory.get(key) is not None:
        return None
    return directory.learn(key, wire.name, wire.email or wire.primary_email, Side.CLIENT)


def approver_of(approval: Approval) -> tuple[str | None, str | None]:
    """Return the id and name of whom an approval waits on: who stands in for somebody, if anyone.

    Raises:
        ValueError: their id is none.
    """
    deputy = approval.delegatee
    if deputy is not None and (key := identifier(deputy.id)) is not None:
        return key, deputy.name
    return identifier(approval.approver_id), approval.approver_name


def learn_approver(directory: Directory, approval: Approval) -> Person | None:
    """Note who was asked to approve, and return them the first time; nothing tells their side.

    Raises:
        ValueError: their id is none.
    """
    key, name = approver_of(approval)
    if key is None or not name or directory.get(key) is not None:
        return None
    return directory.learn(key, name, None, Side.NOBODY)
