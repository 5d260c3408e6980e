"""Looking up what the engagement file's tables may hold: keys, examples, homes of a key."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engagewatch.config.positions import KeyPath
from engagewatch.config.schema import EngagementFile
from engagewatch.config.source_models import SOURCE_MODELS, source_model
from engagewatch.config.toml_text import toml_value


def keys(model: type[BaseModel]) -> list[str]:
    """Return the keys of a table as the file writes them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(at: KeyPath, document: Mapping[str, Any]) -> type[BaseModel] | None:
    """Return the model of the table at ``at``; a source's depends on its kind in ``document``."""
    current: Any = EngagementFile
    is_named = False
    for depth, part in enumerate(at):
        if isinstance(part, int):
            if at[:depth] == ("sources",):
                current = source_model(source_kind(document, part))
        elif is_named:
            # A name the user chose, such as a calendar's: the table below it is what counts.
            is_named = False
        else:
            field = _field(current, part)
            current = _inner(field.annotation) if field is not None else None
            is_named = field is not None and get_origin(field.annotation) is dict
        if current is None:
            return None
    return None if is_named else cast("type[BaseModel]", current)


def field_at(at: KeyPath, document: Mapping[str, Any]) -> FieldInfo | None:
    """Return the field that holds the value at ``at``; for a list's element, the list's field."""
    names = list(at)
    while names and isinstance(names[-1], int):
        names.pop()
    model = model_at(tuple(names[:-1]), document) if names else None
    return _field(model, str(names[-1])) if model is not None else None


def example_at(at: KeyPath, document: Mapping[str, Any]) -> str:
    """Return a right value for the key at ``at`` as a line of TOML; empty if there is none."""
    field = field_at(at, document)
    if field is None or not field.examples:
        return ""
    name = next(part for part in reversed(at) if isinstance(part, str))
    return f"{name} = {toml_value(field.examples[0])}"


def homes_of(word: str) -> list[str]:
    """Return the headers of the tables that know the key ``word``."""
    headers: dict[str, Sequence[type[BaseModel]]] = {}
    for name, field in EngagementFile.model_fields.items():
        if name == "sources":
            headers["[[sources]]"] = list(SOURCE_MODELS.values())
            continue
        model = _inner(field.annotation)
        if model is None:
            continue
        origin = get_origin(field.annotation)
        header = f"[[{name}]]" if origin is list else f"[{name}]"
        headers[f"[{name}.NAME]" if origin is dict else header] = [model]
    return [
        header for header, models in headers.items() if any(word in keys(model) for model in models)
    ]


def source_kind(document: Mapping[str, Any], index: int) -> str:
    """Return the ``kind`` of a source in an unvalidated document, or an empty string."""
    sources = document.get("sources")
    source = sources[index] if isinstance(sources, list) and index < len(sources) else None
    kind = source.get("kind") if isinstance(source, dict) else None
    return kind if isinstance(kind, str) else ""


def _field(model: type[BaseModel], key: str) -> FieldInfo | None:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return field
    return None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner(annotation: Any) -> Any:
    """Return the first model inside lists, dictionaries, unions and annotations, or ``None``."""
    if _is_model(annotation):
        return annotation
    if get_origin(annotation) in (list, dict, tuple, Annotated, Union, types.UnionType):
        for argument in get_args(annotation):
            inner = _inner(argument)
            if inner is not None:
                return inner
    return None
