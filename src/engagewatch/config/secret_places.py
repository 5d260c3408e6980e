"""Where a secret is kept: ``env``, ``file``, ``command`` or ``keyring``; never in the file."""

from __future__ import annotations

import re

from engagewatch.config.problems import RejectedError
from engagewatch.config.suggestions import did_you_mean
from engagewatch.model.engagement import SecretKind, SecretReference

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_PLACES = {
    "env": '{ env = "DESK_TOKEN" }',
    "file": '{ file = "~/.secrets/desk-token" }',
    "command": '{ command = ["pass", "show", "desk"] }',
    "keyring": '{ keyring = ["desk", "monitor@example.net"] }',
}


def parse_secret(value: object) -> SecretReference:
    """Return where a secret is kept. The secret itself is refused, and never repeated.

    Raises:
        RejectedError: the value is not exactly one of the four places.
    """
    if not isinstance(value, dict):
        raise RejectedError(
            "a secret must not be written into this file",
            f"name where it is kept, for example {_SECRET_PLACES['env']}; "
            "and if it was real, replace it by a new one",
        )
    if len(value) != 1 or next(iter(value)) not in _SECRET_PLACES:
        unknown = [key for key in value if key not in _SECRET_PLACES]
        close = did_you_mean(unknown[0], _SECRET_PLACES) if unknown else ""
        raise RejectedError(
            "say in exactly one way where the secret is kept",
            close or f"one of {', '.join(_SECRET_PLACES.values())}",
        )
    kind, place = next(iter(value.items()))
    listed = kind in ("command", "keyring")
    words = place if listed else [place]
    if (
        not isinstance(words, list)
        or not words
        or not all(isinstance(word, str) and word.strip() for word in words)
        or (kind == "keyring" and len(words) != 2)
    ):
        wanted = "a list of words" if listed else "text"
        raise RejectedError(f"{kind} takes {wanted}", f"write {_SECRET_PLACES[kind]}", at=(kind,))
    if kind == "env" and _VARIABLE.fullmatch(words[0]) is None:
        raise RejectedError(
            "this is not the name of an environment variable",
            f"write {_SECRET_PLACES['env']}, and keep the secret itself out of this file",
            at=(kind,),
        )
    return SecretReference(SecretKind(kind), tuple(words))
