"""Filter text: what a person types to narrow a list.

Words are separated by spaces and all of them must be found, anywhere and without regard to case:

- ``printer floor`` - rows that hold both words;
- ``!printer`` - rows that do not hold it;
- ``court:us`` - rows whose court holds ``us``; ``!status:closed`` the opposite;
- ``"out of office"`` - words that belong together; ``subject:"out of office"`` likewise.

A prefix that names no column is taken as plain text, so ``10:30`` finds what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

_TERM = re.compile(r'(!?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    text: str
    """In lower case."""
    column: str | None = None
    """Where to look; ``None`` anywhere."""
    inverse: bool = False


def parse_filter(text: str, columns: Collection[str]) -> tuple[Term, ...]:
    """Return the terms of a filter; ``columns`` are the names a term may start with."""
    terms = []
    for match in _TERM.finditer(text):
        inverse, prefix, quoted, bare = match.groups()
        wanted = quoted if quoted is not None else bare
        if prefix is None and wanted.endswith(":") and wanted[:-1].lower() in columns:
            continue  # a column's name alone: what is wanted of it is yet to be typed
        column = prefix.lower() if prefix else None
        if column is not None and column not in columns:
            wanted, column = f"{prefix}:{wanted}", None
        if wanted:
            terms.append(Term(wanted.lower(), column, bool(inverse)))
    return tuple(terms)


def holds(terms: Iterable[Term], text: str, by_column: Callable[[str], str]) -> bool:
    """Return whether a row passes.

    ``text`` is all that can be searched of it in lower case; ``by_column`` gives one column's.
    """
    for term in terms:
        searched = text if term.column is None else by_column(term.column)
        if (term.text in searched) == term.inverse:
            return False
    return True
