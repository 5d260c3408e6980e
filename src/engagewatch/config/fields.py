"""The kinds of values an engagement file holds, as pydantic types.

Each is read by a plain function that raises a :class:`RejectedError` in words for people; pydantic
only puts them in their places, collects what is wrong, and writes the JSON schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from engagewatch.config.addresses import parse_address
from engagewatch.config.durations import parse_duration, parse_seconds
from engagewatch.config.hours import Week, parse_week, parse_windows
from engagewatch.config.problems import RejectedError
from engagewatch.config.regions import parse_region
from engagewatch.config.secret_places import parse_secret
from engagewatch.config.shares import parse_share
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.config.zones import parse_zone
from engagewatch.model.baseline import Grade
from engagewatch.model.credits import CreditShape
from engagewatch.model.engagement import NameDisplay, SecretReference
from engagewatch.model.metric import Metric
from engagewatch.model.plan import FloatRule
from engagewatch.model.policy import (
    Amendment,
    BusinessDay,
    CountBy,
    Duration,
    Pause,
    PriorityChange,
    Relief,
    Reopen,
    ResolutionStop,
    Window,
)
from engagewatch.model.presets import PRESETS
from engagewatch.model.promise import PathShape
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


def _word_of(words: Iterable[str]) -> Callable[[object], str]:
    """Return a validator that takes one of ``words``."""
    known = list(words)

    def read(value: object) -> str:
        if isinstance(value, str):
            if value in known:
                return value
            shown = f'"{value[:40]}" is not one of the choices'
        else:
            shown = "this is a choice, written as text"
        suggestion = did_you_mean(value, known) if isinstance(value, str) else ""
        raise RejectedError(shown, suggestion or f"use {one_of(known)}")

    return read


def _choice(kind: type[StrEnum]) -> Callable[[object], Any]:
    read = _word_of([member.value for member in kind])
    return lambda value: kind(read(value))


def _choice_schema(kind: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [member.value for member in kind]}


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

ReliefField = Annotated[
    Relief, PlainValidator(_choice(Relief)), WithJsonSchema(_choice_schema(Relief))
]
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
AmendmentField = Annotated[
    Amendment, PlainValidator(_choice(Amendment)), WithJsonSchema(_choice_schema(Amendment))
]
BusinessDayField = Annotated[
    BusinessDay, PlainValidator(_choice(BusinessDay)), WithJsonSchema(_choice_schema(BusinessDay))
]
CountByField = Annotated[
    CountBy, PlainValidator(_choice(CountBy)), WithJsonSchema(_choice_schema(CountBy))
]
FloatRuleField = Annotated[
    FloatRule, PlainValidator(_choice(FloatRule)), WithJsonSchema(_choice_schema(FloatRule))
]
SideField = Annotated[Side, PlainValidator(_choice(Side)), WithJsonSchema(_choice_schema(Side))]
CreditShapeField = Annotated[
    CreditShape, PlainValidator(_choice(CreditShape)), WithJsonSchema(_choice_schema(CreditShape))
]
GradeField = Annotated[Grade, PlainValidator(_choice(Grade)), WithJsonSchema(_choice_schema(Grade))]
MetricField = Annotated[
    Metric, PlainValidator(_choice(Metric)), WithJsonSchema(_choice_schema(Metric))
]
PathField = Annotated[
    PathShape, PlainValidator(_choice(PathShape)), WithJsonSchema(_choice_schema(PathShape))
]
PresetField = Annotated[
    str,
    PlainValidator(_word_of(PRESETS)),
    WithJsonSchema({"type": "string", "enum": sorted(PRESETS)}),
]
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
