"""The kinds of values an engagement file holds, as pydantic types.

Each is read by a plain function that raises a :class:`RejectedError` in words for people; pydantic
only puts them in their places, collects what is wrong, and writes the JSON schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from engagewatch.config.durations import parse_duration, parse_seconds
from engagewatch.config.hours import Week, parse_week, parse_windows
from engagewatch.config.problems import RejectedError
from engagewatch.config.regions import parse_region
from engagewatch.config.shares import parse_share
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.config.zones import parse_zone
from engagewatch.model.engagement import NameDisplay, SecretKind, SecretReference
from engagewatch.model.policy import (
    CountBy,
    Duration,
    Pause,
    PriorityChange,
    Reopen,
    ResolutionStop,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and no error repeats what was written."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        defer_build=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )


def _choice(kind: type[StrEnum]) -> Callable[[object], Any]:
    def read(value: object) -> StrEnum:
        words = [member.value for member in kind]
        if isinstance(value, str):
            if value in words:
                return kind(value)
            shown = f'"{value[:40]}" is not one of the choices'
        else:
            shown = "this is a choice, written as text"
        suggestion = did_you_mean(value, words) if isinstance(value, str) else ""
        raise RejectedError(shown, suggestion or f"use {one_of(words)}")

    return read


def _choice_schema(kind: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [member.value for member in kind]}


def parse_address(value: object) -> str:
    """Return a base address without its trailing slash.

    Raises:
        RejectedError: it is not an http or https address, or carries a password or a query.
    """
    if not isinstance(value, str):
        raise RejectedError("an address is text", 'write it like "https://desk.example.net"')
    address = value.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RejectedError("this is not a web address", "check the host and the port") from None
    if parts.username or parts.password:
        raise RejectedError(
            "the address carries a user name or password",
            "take it out, and name where the secret is kept: "
            'user = "...", password = { env = "DESK_PASSWORD" }',
        )
    if parts.query or parts.fragment:
        raise RejectedError(
            "the address carries a query", 'write only the base, like "https://desk.example.net"'
        )
    if parts.scheme not in ("http", "https") or not host:
        raise RejectedError("this is not a web address", 'write it like "https://desk.example.net"')
    local = host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not local:
        raise RejectedError("http would send the secret in clear", f'write "https{address[4:]}"')
    return address.rstrip("/")


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_PLACES = {
    "env": '{ env = "DESK_TOKEN" }',
    "file": '{ file = "~/.secrets/desk-token" }',
    "command": '{ command = ["pass", "show", "desk"] }',
    "keyring": '{ keyring = ["desk", "monitor@example.net"] }',
}


def parse_secret(value: object) -> SecretReference:
    """Return where a secret is kept. The secret itself is refused, and never repeated.

    Raises:
        RejectedError: the value is not exactly one of the four places.
    """
    if not isinstance(value, dict):
        raise RejectedError(
            "a secret must not be written into this file",
            f"name where it is kept, for example {_SECRET_PLACES['env']}; "
            "and if it was real, replace it by a new one",
        )
    if len(value) != 1 or next(iter(value)) not in _SECRET_PLACES:
        unknown = [key for key in value if key not in _SECRET_PLACES]
        close = did_you_mean(unknown[0], _SECRET_PLACES) if unknown else ""
        raise RejectedError(
            "say in exactly one way where the secret is kept",
            close or f"one of {', '.join(_SECRET_PLACES.values())}",
        )
    kind, place = next(iter(value.items()))
    listed = kind in ("command", "keyring")
    words = place if listed else [place]
    if (
        not isinstance(words, list)
        or not words
        or not all(isinstance(word, str) and word.strip() for word in words)
        or (kind == "keyring" and len(words) != 2)
    ):
        wanted = "a list of words" if listed else "text"
        raise RejectedError(f"{kind} takes {wanted}", f"write {_SECRET_PLACES[kind]}", at=(kind,))
    if kind == "env" and _VARIABLE.fullmatch(words[0]) is None:
        raise RejectedError(
            "this is not the name of an environment variable",
            f"write {_SECRET_PLACES['env']}, and keep the secret itself out of this file",
            at=(kind,),
        )
    return SecretReference(SecretKind(kind), tuple(words))


_STRINGS = {"type": "array", "items": {"type": "string"}}
DURATION_SCHEMA = {"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*(bd|s|m|h|d)\s*)+$"}
_SPANS = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^\s*\d{1,2}:\d{2}\s*(-|–|to)\s*\d{1,2}:\d{2}\s*$"},
}

DurationField = Annotated[
    Duration,
    PlainValidator(parse_duration),
    WithJsonSchema(DURATION_SCHEMA),
]
SecondsField = Annotated[
    int,
    PlainValidator(parse_seconds),
    WithJsonSchema(DURATION_SCHEMA),
]
ShareField = Annotated[
    float,
    PlainValidator(parse_share),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$"}),
]
ZoneField = Annotated[str, PlainValidator(parse_zone), WithJsonSchema({"type": "string"})]
RegionField = Annotated[
    str,
    PlainValidator(parse_region),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}(-.+)?$"}),
]
AddressField = Annotated[
    str,
    PlainValidator(parse_address),
    WithJsonSchema({"type": "string", "format": "uri"}),
]
WeekField = Annotated[
    Week,
    PlainValidator(parse_week),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "24x7"},
                {"type": "object", "additionalProperties": _SPANS, "minProperties": 1},
            ]
        }
    ),
]
WindowsField = Annotated[
    tuple[Window, ...],
    PlainValidator(parse_windows),
    WithJsonSchema(_SPANS),
]
SecretField = Annotated[
    SecretReference,
    PlainValidator(parse_secret),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "env": {"type": "string"},
                "file": {"type": "string"},
                "command": {**_STRINGS, "minItems": 1},
                "keyring": {**_STRINGS, "minItems": 2, "maxItems": 2},
            },
        }
    ),
]


def _list_to_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _plain_text(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise RejectedError("this is empty")
    return value.strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_plain_text), Field(max_length=200)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_list_to_tuple)]

PauseField = Annotated[Pause, PlainValidator(_choice(Pause)), WithJsonSchema(_choice_schema(Pause))]
StopField = Annotated[
    ResolutionStop,
    PlainValidator(_choice(ResolutionStop)),
    WithJsonSchema(_choice_schema(ResolutionStop)),
]
ReopenField = Annotated[
    Reopen, PlainValidator(_choice(Reopen)), WithJsonSchema(_choice_schema(Reopen))
]
PriorityChangeField = Annotated[
    PriorityChange,
    PlainValidator(_choice(PriorityChange)),
    WithJsonSchema(_choice_schema(PriorityChange)),
]
CountByField = Annotated[
    CountBy, PlainValidator(_choice(CountBy)), WithJsonSchema(_choice_schema(CountBy))
]
SideField = Annotated[Side, PlainValidator(_choice(Side)), WithJsonSchema(_choice_schema(Side))]
NamesField = Annotated[
    NameDisplay,
    PlainValidator(_choice(NameDisplay)),
    WithJsonSchema(_choice_schema(NameDisplay)),
]
MeaningField = Annotated[
    StatusMeaning,
    PlainValidator(_choice(StatusMeaning)),
    WithJsonSchema(_choice_schema(StatusMeaning)),
]
