"""Findings: pydantic's errors in plain words, each with its place in the file's structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engagewatch.config.positions import KeyPath
from engagewatch.config.problems import ManyRejectedError, RejectedError
from engagewatch.config.source_base import ID_PATTERN
from engagewatch.config.source_models import PLUGIN, SOURCE_MODELS
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.config.tables import example_at, homes_of, keys, model_at, source_kind

_TABLE = "this must be a table"
_LIST = "this must be a list in square brackets"
_WRONG_TYPES = {
    "string_type": "this must be text in quotes",
    "int_type": "this must be a whole number, without quotes",
    "int_from_float": "this must be a whole number",
    "float_type": "this must be a number, without quotes",
    "bool_type": "this must be true or false, without quotes",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "date_type": "this must be a date, without quotes",
    "date_from_datetime_inexact": "this must be a date without a time",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place in the file's structure."""

    at: KeyPath
    message: str
    suggestion: str = ""
    on_key: bool = False
    """The key itself is what is wrong, not its value."""


def findings(error: ValidationError, document: Mapping[str, Any]) -> list[Finding]:
    """Return everything in ``error`` in plain words; nothing repeats a value that may be secret.

    ``document`` is what was validated, and tells which kind a source is.
    """
    found: list[Finding] = []
    for detail in error.errors(include_url=False, include_input=False):
        found.extend(_translate(detail, document))
    return found


def _translate(detail: ErrorDetails, document: Mapping[str, Any]) -> Iterator[Finding]:
    at = _without_tag(detail["loc"])
    kind = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, ManyRejectedError):
        for item in cause.items:
            yield Finding((*at, *item.at), item.message, item.suggestion)
    elif isinstance(cause, RejectedError):
        yield Finding((*at, *cause.at), cause.message, cause.suggestion or _hint(at, document))
    elif kind == "extra_forbidden":
        yield _unknown_key(at, document)
    elif kind == "missing":
        example = example_at(at, document)
        name = at[-1]
        if len(at) == 1:
            yield Finding(
                (), f"there is no table [{name}]", f"write [{name}] and below it its keys"
            )
        else:
            yield Finding(at[:-1], f'"{name}" is missing', f"add {example}" if example else "")
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        yield _unknown_source_kind(at, document)
    else:
        yield Finding(at, _limit(kind, context), _hint(at, document))


def _limit(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _WRONG_TYPES:
        return _WRONG_TYPES[kind]
    if kind == "greater_than_equal":
        return f"this must be at least {context['ge']}"
    if kind == "less_than_equal":
        return f"this must be at most {context['le']}"
    if kind == "string_too_long":
        return f"this is longer than {context['max_length']} characters"
    if kind == "string_pattern_mismatch" and context["pattern"] != ID_PATTERN:
        return "this is not written as it has to be"
    if kind == "string_pattern_mismatch":
        return "only letters, digits, dots, dashes and underscores, at most 40 of them"
    if kind == "literal_error":
        return f"this must be {str(context['expected']).replace(chr(39), chr(34))}"
    return "this value cannot be used"


def _hint(at: KeyPath, document: Mapping[str, Any]) -> str:
    example = example_at(at, document)
    return f"for example {example}" if example else ""


def _unknown_key(at: KeyPath, document: Mapping[str, Any]) -> Finding:
    word = str(at[-1])
    model = model_at(at[:-1], document)
    known = keys(model) if model is not None else []
    if close := did_you_mean(word, known):
        return Finding(at, "there is no such key here", close, on_key=True)
    if homes := homes_of(word):
        return Finding(at, "there is no such key here", f"it belongs under {homes[0]}", on_key=True)
    return Finding(at, "there is no such key here", f"there are {', '.join(known)}", on_key=True)


def _unknown_source_kind(at: KeyPath, document: Mapping[str, Any]) -> Finding:
    word = source_kind(document, int(at[1]))
    if not word:
        return Finding(at, '"kind" is missing', f"add kind = {one_of(SOURCE_MODELS)}")
    close = did_you_mean(word, SOURCE_MODELS)
    return Finding(
        (*at, "kind"),
        f'there is no kind of source "{word[:40]}"',
        close or f"use {one_of(SOURCE_MODELS)}",
    )


def _without_tag(location: Sequence[str | int]) -> KeyPath:
    """Drop what pydantic adds to a location: a source's kind, and the mark of a wrong key."""
    at = tuple(location)
    if at[:1] == ("sources",) and len(at) > 2 and at[2] in (*SOURCE_MODELS, PLUGIN):
        at = at[:2] + at[3:]
    return at[:-1] if at[-1:] == ("[key]",) else at
