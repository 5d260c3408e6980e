"""What goes wrong when a source is read, sorted by what can be done about it."""

from __future__ import annotations

from engagewatch.model.freshness import Failure
from engagewatch.model.redaction import redacted
from engagewatch.model.text import safe_text

_MESSAGE_LIMIT = 500


class SourceError(Exception):
    """A source could not be read.

    The message is one line that says what happened and what to do. It is made safe to print here,
    so that whatever part of it came from outside can be shown as it is; callers keep secrets, query
    strings and message bodies out of it.
    """

    def __init__(
        self,
        failure: Failure,
        message: str,
        *,
        retry_after: int | None = None,
        status: int | None = None,
    ) -> None:
        """Sort the error under ``failure``.

        ``message`` may hold text from outside. ``retry_after`` is in seconds, where the source asks
        for it; ``status`` is the HTTP status, where there was one.
        """
        self.failure = failure
        self.message = safe_text(redacted(message), _MESSAGE_LIMIT)
        self.retry_after = retry_after
        self.status = status
        super().__init__(self.message)

    def __repr__(self) -> str:
        """Return the class of failure and the message."""
        return f"SourceError({self.failure.value}: {self.message})"
