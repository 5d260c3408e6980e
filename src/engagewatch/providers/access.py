"""How an adapter shows its credential, and from when on it reads."""

from __future__ import annotations

import base64
from datetime import datetime, time

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import EARLIEST, Instant, to_instant, zone
from engagewatch.net.errors import SourceError


def basic(user: str, password: str) -> str:
    """Return the value of an ``Authorization`` header with a user and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def basic_or_bearer(user: str, secret: str) -> str:
    """Return the header of a user with a secret, of a bearer token where no user is named."""
    return basic(user, secret) if user else f"Bearer {secret}"


def needed(settings: SourceSettings, secret: str | None) -> str:
    """Return the secret.

    Raises:
        SourceError: there is none.
    """
    if not secret:
        raise SourceError(
            Failure.CONFIGURATION, f'source "{settings.id}" needs a token; see its token key'
        )
    return secret


def started_at(engagement: Engagement) -> Instant:
    """Return the first instant of the engagement: nothing that ended before it is read."""
    midnight = datetime.combine(engagement.started, time(), zone(engagement.timezone))
    return max(to_instant(midnight), EARLIEST)


def texts(option: object) -> tuple[str, ...]:
    """Return an option that is a list of texts; none where it is not set."""
    return tuple(str(one) for one in option) if isinstance(option, list | tuple) else ()
