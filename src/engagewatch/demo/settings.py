"""What the parts of the demonstration agree on."""

from __future__ import annotations

import time
from typing import Final

from engagewatch.model.instants import Instant

TOKEN_VARIABLE: Final = "ENGAGEWATCH_DEMO_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable that holds the token of the simulated ticketing tools."""

DEFAULT_SEED: Final = 7

CATEGORY_FIELD: Final = 36001
"""Id of the ticket field that says what a ticket is about."""

VERSION: Final = 8
"""Goes up with every change of the story: histories kept of another version are started anew."""


def wall_clock() -> Instant:
    """Return the present instant."""
    return int(time.time())
