"""The texts of a row into values: cleaned, with the file's own "missing" read as none."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim
from engagewatch.providers.eventlog.mapping import FIELDS, LogMapping
from engagewatch.providers.eventlog.memo import Memo
from engagewatch.providers.eventlog.times import TimeReader

_KEY_LIMIT = 200

_POSITION = {field: index for index, field in enumerate(FIELDS)}

_YES = frozenset({"true", "yes", "y", "1", "met", "achieved", "within sla", "within", "ok"})
_NO = frozenset(
    {"false", "no", "n", "0", "missed", "breached", "violated", "sla violated", "failed"}
)

_CLAIMS = (
    (
        Obligation.FIRST_RESPONSE,
        "claimed_first_response_met",
        "claimed_first_response_due",
    ),
    (Obligation.RESOLUTION, "claimed_resolution_met", "claimed_resolution_due"),
)


class FieldReader:
    """Reads single fields of one log."""

    def __init__(self, mapping: LogMapping, times: TimeReader) -> None:
        self._missing = mapping.missing
        self._times = times
        self.word: Callable[[str], str | None] = Memo(self._word).__getitem__
        """Returns a short text (a name, a status), safe to show; ``None`` if it is missing."""
        self.time: Callable[[str], Instant | None] = Memo(self._time).__getitem__
        """Returns an instant, ``None`` if it is missing; raises ValueError if it is no time."""
        self._claims = tuple(
            (
                obligation,
                mapping.columns.get(met),
                2 * place,
                mapping.columns.get(due),
                2 * place + 1,
            )
            for place, (obligation, met, due) in enumerate(_CLAIMS)
            if met in mapping.columns or due in mapping.columns
        )
        self._claim_columns = itemgetter(
            *(_POSITION[field] for _, *fields in _CLAIMS for field in fields)
        )
        self._known_claims = Memo(self._read_claims)

    def text(self, raw: str, limit: int = 1000) -> str | None:
        """Return a free text, safe to show, or ``None`` if it is missing."""
        stripped = raw.strip()
        if stripped in self._missing:
            return None
        return safe_text(stripped, limit) or None

    def instant(self, raw: str, field: str) -> Instant | None:
        """Return what ``time`` does.

        Raises:
            ValueError: it cannot be read; names ``field``.
        """
        try:
            return self.time(raw)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from None

    def claims(self, values: tuple[str, ...]) -> tuple[Claim, ...]:
        """Return what the columns of a row claim about its ticket.

        Raises:
            ValueError: a verdict is neither yes nor no, or a due time cannot be read.
        """
        return self._known_claims[self._claim_columns(values)]

    def _read_claims(self, told: tuple[str, ...]) -> tuple[Claim, ...]:
        found = []
        for obligation, met_column, met_at, due_column, due_at in self._claims:
            met = self.verdict(told[met_at], met_column) if met_column else None
            due = self.instant(told[due_at], due_column) if due_column else None
            if met is not None or due is not None:
                named = " and ".join(name for name in (met_column, due_column) if name)
                found.append(Claim(obligation, met=met, due_at=due, source_field=named))
        return tuple(found)

    def verdict(self, raw: str, column: str) -> bool | None:
        """Return a yes or a no, ``None`` if it is missing.

        Raises:
            ValueError: it is neither.
        """
        word = raw.strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        if raw.strip() in self._missing:
            return None
        raise ValueError(f'{column}: "{raw}" is neither yes nor no')

    def _word(self, raw: str) -> str | None:
        return self.text(raw, _KEY_LIMIT)

    def _time(self, raw: str) -> Instant | None:
        return None if raw.strip() in self._missing else self._times.read(raw)
