"""What statuses are called, where a source tells them by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engagewatch.providers.wire import word


class StatusNames:
    """The statuses of one source: by the names they have now, which its history may not use."""

    def __init__(self, configured: Iterable[str], known: Mapping[str, str] | None = None) -> None:
        """Prepare for the statuses (lower case) that the engagement file gives a meaning.

        ``known`` are names by number that need not be learned.
        """
        self._configured = frozenset(configured)
        self._names = dict(known or {})

    def learn(self, names: Mapping[str, str]) -> None:
        """Note what statuses are called, by number."""
        self._names.update(names)

    def name(self, number: str, written: object = None) -> str:
        """Return the name of a status, as it was ``written`` where nobody told one.

        One that the engagement file names by its number goes by that.
        """
        name = self._names.get(number) or word(written) or word(number, 64)
        if number in self._configured and name.lower() not in self._configured:
            return number
        return name

    def number(self, name: str) -> str | None:
        """Return the number of the status that is called ``name`` now, ``None`` if none is."""
        return {known.casefold(): key for key, known in self._names.items()}.get(
            name.strip().casefold()
        )
