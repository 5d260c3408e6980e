"""Forgetting a person: finding out who is meant, and having a pseudonym take their place."""

# ruff: noqa: S608 - the statements are put together from constants of this package alone
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import apsw

from engagewatch.model.instants import Instant
from engagewatch.store.pseudonyms import Pseudonyms, new_pseudonym
from engagewatch.store.replacing import KEYED, SHORTEST_IN_TEXT, apply, sources_of, whole_words
from engagewatch.store.rows import Row


class AmbiguousPersonError(ValueError):
    """A name fits several people."""

    def __init__(self, choices: Iterable[str]) -> None:
        """``choices`` are the keys and addresses by which to tell them apart."""
        super().__init__("it fits several people")
        self.choices = tuple(sorted(choices))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What came of forgetting a person in one engagement."""

    pseudonym: str
    """What stands in their place."""
    changed: Mapping[str, int]
    """Rows changed, by table."""
    subjects: int
    """Subjects of tickets that hold the name or address: kept, as the source tells them."""


@dataclass(frozen=True, slots=True)
class _Identity:
    keys: frozenset[tuple[str, str]]
    """Source and key."""
    texts: frozenset[str]
    """Names and addresses."""


def forget(connection: apsw.Connection, engagement: str, who: str, at: Instant) -> Forgotten | None:
    """Put a pseudonym in the place of whom a key, ``source/key``, address or name stands for.

    Returns ``None`` if the engagement's history names nobody so.

    Raises:
        AmbiguousPersonError: it fits several people.
    """
    found = _identify(connection, engagement, who.strip())
    if found is None:
        return None
    pseudonyms = Pseudonyms(connection, engagement)
    known = (pseudonyms.of_key(*key) for key in found.keys)
    pseudonym = next(filter(None, known), None) or new_pseudonym()
    pseudonyms.add(pseudonym, found.keys, found.texts, at)
    subjects = _subjects_naming(connection, engagement, found.texts)
    texts = dict.fromkeys(found.texts, pseudonym)
    return Forgotten(pseudonym, apply(connection, engagement, texts), subjects)


def earlier_copies(database: Path) -> list[Path]:
    """Return the copies of a database that are kept beside it: they are not touched."""
    beside = [
        *database.parent.glob(f"{database.name}.v*.backup"),
        *database.parent.glob(f"{database.name}.corrupt.*"),
        *(database.parent / "backups").glob("*"),
    ]
    return sorted(path for path in beside if path.is_file())


def _identify(connection: apsw.Connection, engagement: str, who: str) -> _Identity | None:
    wanted = who.casefold()
    sources = dict(sources_of(connection, engagement))
    people: list[Row] = [
        (sources[key], *row)
        for key in sources
        for row in connection.execute(
            "SELECT id, name, address FROM person WHERE source_key = ?", (key,)
        )
    ]
    found = [
        row
        for row in people
        if who in (row[1], f"{row[0]}/{row[1]}") or wanted == row[3].casefold()
    ] or [row for row in people if wanted == row[2].casefold()]
    if not wanted:
        return None
    if len({row[3].casefold() or (row[0], row[1]) for row in found}) > 1:
        raise AmbiguousPersonError(
            f"{source}/{key} {address}".rstrip() for source, key, _, address in found
        )
    if not found:
        return _named_only(connection, sources, engagement, who)
    addresses = {row[3].casefold() for row in found if row[3]}
    same = [row for row in people if row in found or row[3].casefold() in addresses]
    texts = {text for _, _, name, address in same for text in (name, address) if text}
    return _Identity(frozenset((row[0], row[1]) for row in same), frozenset(texts))


def _named_only(
    connection: apsw.Connection, sources: Mapping[int, str], engagement: str, who: str
) -> _Identity | None:
    """Return whom no source describes, but some ticket, meeting or entry names."""
    keys = {
        (source, who)
        for source_key, source in sources.items()
        for table, column, where in KEYED
        if connection.execute(
            f"SELECT 1 FROM {table} WHERE {where} AND {column} = :who LIMIT 1",
            {"source": source_key, "who": who},
        ).get
    }
    told = [
        text
        for source_key in sources
        for row in connection.execute(
            "SELECT organiser, invitees FROM meeting WHERE source_key = ?", (source_key,)
        )
        for text in (row[0], *(word for one in json.loads(row[1]) for word in one[:2]))
    ]
    entered = [
        value
        for (values,) in connection.execute(
            'SELECT "values" FROM entry WHERE engagement = ?', (engagement,)
        )
        for value in json.loads(values).values()
        if isinstance(value, str)
    ]
    named = who.casefold() in {text.casefold() for text in told} or any(
        whole_words([who]).search(value) for value in entered
    )
    return _Identity(frozenset(keys), frozenset({who})) if keys or named else None


def _subjects_naming(connection: apsw.Connection, engagement: str, texts: Iterable[str]) -> int:
    wanted = [text for text in texts if len(text) >= SHORTEST_IN_TEXT]
    if not wanted:
        return 0
    pattern = whole_words(wanted)
    return sum(
        pattern.search(subject) is not None
        for source_key, _ in sources_of(connection, engagement)
        for (subject,) in connection.execute(
            "SELECT subject FROM ticket WHERE source_key = ?", (source_key,)
        )
    )
