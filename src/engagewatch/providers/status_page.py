"""What adapters of status sources share: one client, an opening check, words nobody knows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, ComponentState
from engagewatch.model.text import safe_text
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic_or_bearer
from engagewatch.providers.base import CheckLine, Description

NAME_LIMIT = 200
_WORD_LIMIT = 40


class StatusAdapter:
    """An open status source; the first of its streams lists the components."""

    streams: tuple[str, ...]

    def __init__(
        self,
        settings: SourceSettings,
        description: Description,
        base_url: str,
        secret: str | None = None,
        *,
        forbidden_advice: str = "",
    ) -> None:
        """Prepare to read below ``base_url``; nothing is requested yet."""
        self.description = description
        self._settings = settings
        self._client = Client(
            base_url,
            Limits(settings.requests_per_minute or description.requests_per_minute),
            authorization=basic_or_bearer(settings.user, secret) if secret else None,
            reach=settings.reach,
            forbidden_advice=forbidden_advice,
        )
        self._unknown_words: dict[str, str] = {}

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what is new in a stream."""
        raise NotImplementedError

    async def check(self) -> list[CheckLine]:
        """List the components once and say what there is; never raises."""
        what = self.streams[0]
        try:
            listed = await self._listed()
        except SourceError as error:
            return [CheckLine(False, what, error.message)]
        return [components_line(what, listed), *self._words_line(what)]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _listed(self) -> list[Component]:
        """Return the components that are listed now.

        Raises:
            SourceError: they cannot be read.
        """
        raise NotImplementedError

    def _state(
        self, meanings: Mapping[str, ComponentState], word: object, of: str
    ) -> ComponentState:
        """Return the state a source's word stands for.

        A word without a meaning is unknown, and remembered for the check to show.
        """
        said = str(word).lower()
        state = meanings.get(said)
        if state is None:
            self._unknown_words[safe_text(said, _WORD_LIMIT)] = of
            return ComponentState.UNKNOWN
        return state

    def _words_line(self, what: str) -> list[CheckLine]:
        if not self._unknown_words:
            return []
        words = ", ".join(f'"{word}" ({of})' for word, of in sorted(self._unknown_words.items()))
        detail = f"states this adapter has no meaning for are shown as unknown: {words}"
        return [CheckLine(False, what, safe_text(detail, 500))]


def components_line(what: str, components: Iterable[Component]) -> CheckLine:
    """Return what there is to watch, with the first few by name."""
    names = [component.name for component in components]
    more = ", ..." if len(names) > 5 else ""
    detail = f"{len(names)} components: {', '.join(names[:5])}{more}"
    return CheckLine(bool(names), what, detail if names else "no component is listed")
