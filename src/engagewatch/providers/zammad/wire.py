"""The parts of Zammad's JSON that are read. Everything may be absent; the rest is ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct, field

from engagewatch.providers.wire import WireId


class WireTicket(Struct):
    """A ticket as it stands, with the names that ``expand=true`` adds."""

    id: WireId
    number: WireId = None
    title: str | None = None
    state: str | None = None
    state_id: WireId = None
    priority: str | None = None
    group: str | None = None
    type: str | None = None
    owner: str | None = None
    owner_id: WireId = None
    customer: str | None = None
    customer_id: WireId = None
    created_by_id: WireId = None
    create_article_sender: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    article_count: int | None = None
    last_contact_at: str | None = None
    first_response_escalation_at: str | None = None
    first_response_in_min: float | None = None
    first_response_diff_in_min: float | None = None
    close_escalation_at: str | None = None
    close_in_min: float | None = None
    close_diff_in_min: float | None = None


class Assets(Struct):
    """What an answer refers to; users by id."""

    users: dict[str, Raw] | None = field(default=None, name="User")


class ReferredTo(Struct):
    """What comes with the history of a ticket."""

    assets: Assets | None = None


class Row(Struct):
    """One thing that happened to a ticket or to something that belongs to it."""

    id: WireId
    object: str | None = None
    o_id: WireId = None
    type: str | None = None
    attribute: str | None = None
    value_from: Any = None
    value_to: Any = None
    id_from: WireId = None
    id_to: WireId = None
    related_o_id: WireId = None
    created_by_id: WireId = None
    created_at: str | None = None


class Article(Struct):
    """One message or note."""

    id: WireId
    type: str | None = None
    sender: str | None = None
    internal: bool | None = None
    body: str | None = None
    created_by_id: WireId = None
    origin_by_id: WireId = None
    created_at: str | None = None
    preferences: Any = None


class State(Struct):
    """A state that tickets may be in; its type says what sort it is."""

    id: WireId
    name: str | None = None
    state_type_id: int | None = None


class User(Struct):
    """An account."""

    id: WireId
    login: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    email: str | None = None
    role_ids: list[int] | None = None
