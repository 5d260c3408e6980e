"""What the terminal interface is given: everything else it finds out through the views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant, TimeSource

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class Polling(Protocol):
    """A poller at work in the background, in a thread or task of its own."""

    @property
    def elsewhere(self) -> bool:
        """Whether another process polls, and this one only waits for it to end."""

    @property
    def trouble(self) -> str:
        """Why nothing is polled at the moment, in one line that is safe to show; or empty."""

    def request(self, engagement: str | None) -> None:
        """Poll the sources of an engagement now, or of all; returns at once."""

    def stop(self) -> object:
        """End polling; returns when nothing is being written any more, or after a while."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The engagement files were edited."""

    engagements: tuple[Engagement, ...]
    """Those to show from now on, in order; of a file with a mistake, its last good version."""
    problems: tuple[str, ...] = ()
    """What is wrong in the files now, one line each."""


@dataclass(frozen=True, slots=True)
class TuiContext:
    """The surroundings of one run."""

    engagements: tuple[Engagement, ...]
    """Those whose files are valid, in the order they are shown."""
    open_store: Callable[[], Store]
    """Opens a read-only store; called once, closed at the end."""
    now: TimeSource
    start_polling: Callable[[], Polling] | None = None
    """Starts the background poller; called in a thread after the first frame is on screen, so that
    what it imports delays nothing. ``None``: somebody else polls, or nobody."""
    take_in_edits: Callable[[], Edited | None] | None = None
    """Returns what edited engagement files say, ``None`` if none was touched since it was last
    called. Called in a thread, every few seconds; what it returns, polling starts with next."""
    mark_seen: Callable[[str, Instant], None] | None = None
    """Remembers that the reader has seen an engagement's changes up to an instant."""
    enter: Callable[[Sequence[Entry]], None] | None = None
    """Keeps what the reader entered; ``None``: the history is open for reading only."""
    problems: tuple[str, ...] = ()
    """Files that could not be read, one line each; shown, never fatal."""
    crash_file: Path | None = None
    """Where the details of a crash are kept, without secrets, for who is to mend it."""
    leaving: Callable[[int], None] | None = None
    """Told the exit code once the terminal is restored, before what runs behind is waited for."""
    theme: str = "dark"
    ascii_signs: bool = False
    """Draw with ASCII only."""
