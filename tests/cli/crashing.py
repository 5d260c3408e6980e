"""The real command with a fault in it: ``python -m tests.cli.crashing PLACE``.

Every fault quotes a secret that is in use, has it in a local variable as well, and comes with what
a terminal would obey.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import NoReturn

from engagewatch.cli.main import main
from engagewatch.model.redaction import remember

CANARY = "c4n4ry-7d1f+e0/b2"


def fail(*_: object, **__: object) -> NoReturn:
    """Fail in the worst way there is."""
    token = CANARY
    headers = {"Authorization": f"Bearer {token}"}
    logging.getLogger("engagewatch").error("sent %s", headers)
    raise RuntimeError(f"the server said {token} {headers}\x1b]52;c;RVZJTA==\x07\x1b[2J")


def in_layout() -> None:
    """On the event loop, where a page is laid out."""
    from engagewatch.tui.screens.waiting import WaitingPage

    WaitingPage.headline = fail  # type: ignore[method-assign]


def in_a_timer() -> None:
    """On the event loop, from a timer."""
    from engagewatch.tui.shell import Shell

    Shell._check = fail  # type: ignore[method-assign]


def in_a_view() -> None:
    """In the thread that reads the store."""
    from engagewatch.tui.reading import Views

    Views.waiting = fail  # type: ignore[method-assign]


def in_the_poller() -> None:
    """In the thread that polls, outside any source."""
    from engagewatch.sync.scheduler import Scheduler

    Scheduler.watch = fail  # type: ignore[method-assign]


def in_an_adapter() -> None:
    """In a source's own code."""
    from engagewatch.providers.eventlog.adapter import EventLog

    EventLog.pull = fail  # type: ignore[method-assign]


def at_the_end() -> None:
    """While the interface is being left."""
    from engagewatch.sync.poller import Poller

    Poller.stop = fail  # type: ignore[method-assign]


PLACES: dict[str, Callable[[], None]] = {
    "layout": in_layout,
    "timer": in_a_timer,
    "view": in_a_view,
    "poller": in_the_poller,
    "adapter": in_an_adapter,
    "end": at_the_end,
}

if __name__ == "__main__":
    place = sys.argv.pop(1)
    remember(CANARY)
    PLACES[place]()
    main()
