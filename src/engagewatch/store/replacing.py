"""Putting pseudonyms in the place of people in all that is stored."""

# ruff: noqa: S608 - the statements are put together from constants of this module alone
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

import apsw

from engagewatch.store.pseudonyms import Pseudonyms
from engagewatch.store.rows import Row

SHORTEST_IN_TEXT = 3
"""Characters of a name that is looked for within what was entered: shorter ones are words."""

_OF_SOURCE = "source_key = :source"
_OF_TICKETS = "ticket_key IN (SELECT key FROM ticket WHERE source_key = :source)"
_NAMES_VALUE = "kind IN ('assigned', 'approval_requested')"

KEYED = (
    ("ticket", "requester", _OF_SOURCE),
    ("ticket", "assignee", _OF_SOURCE),
    ("event", "actor", _OF_TICKETS),
    ("event", "value", f"{_OF_TICKETS} AND {_NAMES_VALUE}"),
    ("event", "previous", f"{_OF_TICKETS} AND kind = 'assigned'"),
    ("orphan_event", "actor", _OF_SOURCE),
    ("orphan_event", "value", f"{_OF_SOURCE} AND {_NAMES_VALUE}"),
    ("orphan_event", "previous", f"{_OF_SOURCE} AND kind = 'assigned'"),
    ("clock", "owner", _OF_SOURCE),
)
"""Where a column holds somebody's key: table, column, and which rows."""


def apply(
    connection: apsw.Connection, engagement: str, texts: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Replace everybody whom an engagement is to forget; return the rows changed, by table.

    ``texts`` are names and addresses, with what takes their place, to be replaced within what was
    entered; those of people found are replaced as well.
    """
    pseudonyms = Pseudonyms(connection, engagement)
    if not pseudonyms:
        return {}
    changed: dict[str, int] = {}
    within = dict(texts or {})
    for source_key, source in sources_of(connection, engagement):
        changed["person"] = changed.get("person", 0) + _replace_people(
            connection, source_key, source, pseudonyms, within
        )
        for table, column, where in KEYED:
            statement = f"SELECT DISTINCT {column} FROM {table} WHERE {where}"
            values = connection.execute(statement, {"source": source_key})
            named = {
                value: pseudonym
                for (value,) in values
                if value and (pseudonym := pseudonyms.of_key(source, value)) is not None
            }
            if named:
                connection.execute(
                    f"UPDATE {table} SET {column} = "
                    f"(SELECT value FROM json_each(:named) WHERE key = {table}.{column}) "
                    f"WHERE {where} AND {column} IN (SELECT key FROM json_each(:named))",
                    {"source": source_key, "named": json.dumps(named)},
                )
                changed[table] = changed.get(table, 0) + connection.changes()
        changed["meeting"] = changed.get("meeting", 0) + _replace_invitees(
            connection, source_key, pseudonyms
        )
    changed["entry"] = _replace_in_entries(connection, engagement, within)
    return {table: count for table, count in changed.items() if count}


def apply_everywhere(connection: apsw.Connection) -> None:
    """Replace everybody who is to be forgotten, in every engagement: after going back to a copy."""
    rows: list[Row] = connection.execute("SELECT DISTINCT engagement FROM forgotten").fetchall()
    for (engagement,) in rows:
        apply(connection, engagement)


def invited(who: str, name: str, pseudonyms: Pseudonyms) -> str | None:
    """Return what stands for an invited person; a name counts only where no address is told."""
    by_address = pseudonyms.of_text(who)
    return by_address or (None if "@" in who else pseudonyms.of_text(name))


def sources_of(connection: apsw.Connection, engagement: str) -> list[tuple[int, str]]:
    """Return key and id of every source of an engagement."""
    statement = "SELECT key, id FROM source WHERE engagement = ? ORDER BY key"
    rows: list[Row] = connection.execute(statement, (engagement,)).fetchall()
    return [(row[0], row[1]) for row in rows]


def whole_words(texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of the texts as whole words, the longest first."""
    alternatives = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _replace_people(
    connection: apsw.Connection,
    source_key: int,
    source: str,
    pseudonyms: Pseudonyms,
    within: dict[str, str],
) -> int:
    """Replace the people of a source; add their names and addresses to ``within``."""
    rows: list[Row] = connection.execute(
        "SELECT id, name, side, address FROM person WHERE source_key = ?", (source_key,)
    ).fetchall()
    replaced = 0
    for key, name, side, address in rows:
        pseudonym = pseudonyms.of_key(source, key) or pseudonyms.of_text(address)
        if pseudonym is None or key == pseudonym:
            continue
        within.update((text, pseudonym) for text in (name, address) if text)
        connection.execute("DELETE FROM person WHERE source_key = ? AND id = ?", (source_key, key))
        connection.execute(
            "INSERT INTO person (source_key, id, name, side) VALUES (?, ?, '', ?) "
            "ON CONFLICT DO NOTHING",
            (source_key, pseudonym, side),
        )
        replaced += 1
    return replaced


def _replace_invitees(connection: apsw.Connection, source_key: int, pseudonyms: Pseudonyms) -> int:
    rows: list[Row] = connection.execute(
        "SELECT id, organiser, invitees FROM meeting WHERE source_key = ?", (source_key,)
    ).fetchall()
    replaced = 0
    for meeting, organiser, stored in rows:
        invitees = [
            [pseudonym, pseudonym, *rest]
            if (pseudonym := invited(who, name, pseudonyms)) is not None
            else [who, name, *rest]
            for who, name, *rest in json.loads(stored)
        ]
        now = (pseudonyms.of_text(organiser) or organiser, json.dumps(invitees))
        if now != (organiser, stored):
            connection.execute(
                "UPDATE meeting SET organiser = ?, invitees = ? WHERE source_key = ? AND id = ?",
                (*now, source_key, meeting),
            )
            replaced += 1
    return replaced


def _replace_in_entries(
    connection: apsw.Connection, engagement: str, texts: Mapping[str, str]
) -> int:
    places = {text.casefold(): pseudonym for text, pseudonym in texts.items()}
    wanted = [text for text in texts if len(text) >= SHORTEST_IN_TEXT]
    if not wanted:
        return 0
    pattern = whole_words(wanted)

    def put(text: str) -> str:
        return pattern.sub(lambda found: places.get(found[0].casefold(), found[0]), text)

    replaced = 0
    rows: list[Row] = connection.execute(
        'SELECT id, subject, "values" FROM entry WHERE engagement = ?', (engagement,)
    ).fetchall()
    for key, subject, stored in rows:
        values = {
            name: put(value) if isinstance(value, str) else value
            for name, value in json.loads(stored).items()
        }
        now = (put(subject), json.dumps(values, sort_keys=True))
        if now != (subject, stored):
            connection.execute(
                'UPDATE entry SET subject = ?, "values" = ? WHERE id = ?', (*now, key)
            )
            replaced += 1
    return replaced
