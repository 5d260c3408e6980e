"""The engagement file as a JSON schema, for editors that complete and check TOML."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import Any

from engagewatch.config import schema, source_base, source_models, source_models_status
from engagewatch.model import engagement, policy

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def engagement_schema() -> dict[str, Any]:
    """Return the JSON schema of an engagement file, with what each key means."""
    result = schema.EngagementFile.model_json_schema(by_alias=True)
    meanings = _docstrings(
        policy, engagement, schema, source_base, source_models_status, source_models
    )
    tables = {"EngagementFile": result, **result["$defs"]}
    for name, table in tables.items():
        # The counting rules and the privacy settings are explained where the engine reads them.
        source = {"ContractTable": "Rules", "PrivacyTable": "Privacy"}.get(name, name)
        table.pop("title", None)
        for key, described in table["properties"].items():
            _make_toml(described)
            if meaning := meanings.get((name, key)) or meanings.get((source, key)):
                described["description"] = meaning
    return {"$schema": _DIALECT, "title": "engagewatch engagement file", **result}


def _make_toml(described: dict[str, Any]) -> None:
    """Drop what a TOML file cannot hold: null, and defaults in the form they take once read."""
    described.pop("title", None)
    alternatives = [one for one in described.get("anyOf", ()) if one != {"type": "null"}]
    if len(alternatives) == 1:
        del described["anyOf"]
        described.update(alternatives[0])
    default = described.get("default")
    if not isinstance(default, bool) and (
        not isinstance(default, str) or described.get("type") != "string"
    ):
        described.pop("default", None)


def _docstrings(*modules: ModuleType) -> dict[tuple[str, str], str]:
    """Return the text below each field, by class and field.

    Read from the source here, once asked for, so that no other command pays for it.
    """
    classes = {
        node.name: node
        for module in modules
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef)
    }
    found: dict[tuple[str, str], str] = {}
    for name, node in classes.items():
        found.update({(name, field): text for field, text in _fields(node, classes)})
    return found


def _fields(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[tuple[str, str]]:
    pairs = []
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            pairs += _fields(classes[base.id], classes)
    for field, below in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            pairs.append((field.target.id, inspect.cleandoc(below.value.value)))
    return pairs
