"""Who is to be forgotten, known only by salted digests, and what stands in their place.

A digest tells nobody apart who is not already known, but whoever holds the database can try out
names: it is there so that the next poll does not bring the person back, and to nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from hashlib import blake2b

import apsw

from engagewatch.model.instants import Instant

_LOAD = "SELECT salt, digest, pseudonym FROM forgotten WHERE engagement = ?"

_ADD = """
INSERT INTO forgotten (engagement, digest, salt, pseudonym, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (engagement, digest) DO NOTHING
"""


class Pseudonyms:
    """Looks up the people of one engagement who are to be forgotten."""

    def __init__(self, connection: apsw.Connection, engagement: str) -> None:
        """Read them; there are few."""
        self._connection = connection
        self._engagement = engagement
        self._known: dict[str, str] = {}
        self._salts: list[str] = []
        for salt, digest, pseudonym in connection.execute(_LOAD, (engagement,)):
            self._known[digest] = pseudonym
            if salt not in self._salts:
                self._salts.append(salt)
        self._found: dict[tuple[str, str], str | None] = {}

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self._known)

    def of_key(self, source: str, value: str) -> str | None:
        """Return what stands for a key of a source, or for a name or address in its place."""
        place = (source, value)
        if place not in self._found:
            self._found[place] = self._look_up(_key(source, value)) or self.of_text(value)
        return self._found[place]

    def of_text(self, value: str) -> str | None:
        """Return what stands for a name or an address, however it is capitalised."""
        place = ("", value)
        if place not in self._found:
            self._found[place] = self._look_up(_text(value)) if value else None
        return self._found[place]

    def add(
        self, pseudonym: str, keys: Iterable[tuple[str, str]], texts: Iterable[str], at: Instant
    ) -> None:
        """Remember somebody by keys (source and key) and by names and addresses."""
        if not self._salts:
            self._salts.append(secrets.token_hex(16))
        salt = self._salts[0]
        named = {_key(source, key) for source, key in keys} | {_text(text) for text in texts}
        for name in named:
            digest = _digest(salt, name)
            self._connection.execute(_ADD, (self._engagement, digest, salt, pseudonym, at))
            self._known.setdefault(digest, pseudonym)
        self._found.clear()

    def _look_up(self, name: str) -> str | None:
        for salt in self._salts:
            pseudonym = self._known.get(_digest(salt, name))
            if pseudonym is not None:
                return pseudonym
        return None


def new_pseudonym() -> str:
    """Return a name that says nothing about whom it stands for."""
    return f"forgotten-{secrets.token_hex(4)}"


def _key(source: str, key: str) -> str:
    return f"key\0{source}\0{key}"


def _text(text: str) -> str:
    return f"text\0{text.strip().casefold()}"


def _digest(salt: str, name: str) -> str:
    return blake2b(name.encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()
