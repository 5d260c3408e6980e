"""What no single value of the credit clause shows: parts that its shape needs, names that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engagewatch.config.findings import Finding
from engagewatch.config.problems import RejectedError
from engagewatch.config.shares import parse_percentage
from engagewatch.config.suggestions import did_you_mean, one_of

_NEEDS = {
    "tiers": ("credit", 'write { below = "95%", credit = "5%" }'),
    "points": ("points", 'write { below = "95%", points = 1 }'),
}


def check_credits(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the parts of ``[credits]``."""
    table = document.get("credits")
    if not isinstance(table, dict):
        return
    shape = table.get("shape")
    if shape == "pool" and "at_risk" not in table:
        yield Finding(
            ("credits", "shape"),
            "a pool needs the share of the fee that is at risk",
            'write at_risk = "10%"',
        )
    if shape == "points" and not table.get("points"):
        yield Finding(
            ("credits", "shape"),
            "points need a table of what they come to",
            'write points = [{ from = 1, credit = "1%" }]',
        )
    if ("fee" in table) == ("fees" in table):
        yield Finding(
            ("credits",),
            "the month's fee is written twice" if "fee" in table else "the month's fee is missing",
            'write fee = "4100.00", or fees = [{ from = 2026-03-02, amount = "4100.00" }]',
        )
    names = []
    for index, rule in _rows(table, "rules"):
        names.append(str(rule.get("name")))
        yield from _tiers(index, rule, shape)
        yield from _scope(document, index, rule)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(("credits", "rules"), f'two rules are called "{name[:40]}"', "rename one")
    for index, wire in _rows(table, "tripwires"):
        if isinstance(wire.get("rule"), str) and wire["rule"].strip() not in names:
            yield Finding(
                ("credits", "tripwires", index, "rule"),
                f'there is no rule "{wire["rule"][:40]}"',
                did_you_mean(wire["rule"], names) or f"there are {one_of(names)}",
            )
        months, within = wire.get("months"), wire.get("within")
        if isinstance(months, int) and isinstance(within, int) and months > within:
            yield Finding(
                ("credits", "tripwires", index, "within"),
                f"{months} months cannot fall short within {within}",
                "write how many months are looked at, no fewer than months",
            )


def _tiers(index: int, rule: Mapping[str, Any], shape: object) -> Iterator[Finding]:
    if shape not in _NEEDS:
        return
    key, advice = _NEEDS[str(shape)]
    for place, tier in _rows(rule, "tiers"):
        if key not in tier:
            yield Finding(
                ("credits", "rules", index, "tiers", place),
                f'in the shape "{shape}" every tier has {key}',
                advice,
            )
    worth = [
        (_share(tier["below"]), tier[key], place)
        for place, tier in _rows(rule, "tiers")
        if key in tier and "below" in tier
    ]
    worth.sort(key=lambda tier: -tier[0])
    for (_, mild, _), (_, grave, place) in pairwise(worth):
        if _share(grave) < _share(mild):
            yield Finding(
                ("credits", "rules", index, "tiers", place),
                f"falling further brings less: {grave} after {mild}",
                "exchange them",
            )


def _share(value: object) -> Decimal:
    """Return a number to compare by; what is none is told elsewhere, and stands with zero."""
    try:
        return Decimal(value) if isinstance(value, int) else parse_percentage(value)
    except RejectedError:
        return Decimal()


def _scope(document: Mapping[str, Any], index: int, rule: Mapping[str, Any]) -> Iterator[Finding]:
    """A rule about a priority that the contract does not name would never be measured."""
    scope = rule.get("scope", "*")
    if not isinstance(scope, str) or scope.strip() == "*" or rule.get("measure") == "uptime":
        return
    priorities = [str(row.get("priority")) for _, row in _rows(document, "sla")]
    if scope.strip() not in priorities:
        yield Finding(
            ("credits", "rules", index, "scope"),
            f'no [[sla]] row has the priority "{scope[:40]}"',
            did_you_mean(scope, priorities) or "name a priority as [[sla]] does",
        )


def _rows(table: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = table.get(name)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield index, row
