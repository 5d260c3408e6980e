"""A service that both sides watch: what the client's own probes saw beside the provider's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engagewatch.model.engagement import RunBy
from engagewatch.views.components import ComponentRow


@dataclass(frozen=True, slots=True)
class TwoAccounts:
    """One service by both accounts, over the same period."""

    name: str
    client: float | None
    """Share of the watched time that the client's own probes saw it up, 0 to 1."""
    provider: float | None
    """The same by what the provider runs or shows."""
    client_words: str
    """E.g. ``99.10%, watched 97% of the time``."""
    provider_words: str
    words: str
    """E.g. ``our probes 99.10%, watched 97% of the time; the provider 100%, not watched ...``."""


def two_accounts(rows: Sequence[ComponentRow]) -> tuple[TwoAccounts, ...]:
    """Return the components of one name that both sides watch; of several, the first listed."""
    by_side: dict[RunBy, dict[str, ComponentRow]] = {side: {} for side in RunBy}
    for row in rows:
        by_side[row.run_by].setdefault(row.name.casefold(), row)
    ours, theirs = by_side[RunBy.CLIENT], by_side[RunBy.PROVIDER]
    return tuple(_beside(ours[name], theirs[name]) for name in ours if name in theirs)


def _beside(ours: ComponentRow, theirs: ComponentRow) -> TwoAccounts:
    client = f"{ours.observed_words}, {ours.coverage_words}"
    provider = f"{theirs.observed_words}, {theirs.coverage_words}"
    if theirs.reported is not None:
        provider += f"; its incidents {theirs.reported_words}"
    words = f"our probes {client}; the provider {provider}"
    return TwoAccounts(theirs.name, ours.observed, theirs.observed, client, provider, words)


def accounts_of(found: Sequence[TwoAccounts], row: ComponentRow) -> TwoAccounts | None:
    """Return the two accounts of the service that ``row`` is, ``None`` if one side is alone."""
    name = row.name.casefold()
    return next((one for one in found if one.name.casefold() == name), None)
