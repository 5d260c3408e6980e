"""Where things stand in a TOML text: line and column of every key and value.

TOML readers return values without their places. This scanner runs only once something is wrong,
over a text a reader has already accepted, so it follows the structure and does not check it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import tomli

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class Positions:
    """The places of all keys and values of one text."""

    def __init__(self, text: str) -> None:
        """Scan ``text``, which must be valid TOML."""
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        scanner = _Scanner(text)
        scanner.document()
        self._keys = scanner.keys
        self._values = scanner.values

    def of_key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Return line and column, from 1, of the key at ``path``.

        An element of an array has no key: its value's place is returned. What the text does not
        hold is placed at the nearest table around it.
        """
        return self._nearest(path, self._keys, self._values)

    def of_value(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Return line and column, from 1, of the value at ``path``, or of what is nearest to it."""
        return self._nearest(path, self._values, self._keys)

    def _nearest(
        self, path: Sequence[str | int], first: dict[KeyPath, int], second: dict[KeyPath, int]
    ) -> tuple[int, int]:
        whole = tuple(path)
        for length in range(len(whole), 0, -1):
            part = whole[:length]
            offset = first.get(part, second.get(part))
            if offset is not None:
                return self._line_and_column(offset)
        return 1, 1

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._newlines, offset - 1) if offset else 0
        start = self._newlines[line - 1] + 1 if line else 0
        return line + 1, offset - start + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, int] = {}
        self._last_element: dict[KeyPath, int] = {}
        """Index of the newest element of each array of tables."""

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        path = self._resolve((), self._dotted_key(), start, own_offset=True)
        self._skip_blank()
        self.at += 2 if is_array else 1
        if not is_array:
            return path
        index = self._last_element.get(path, -1) + 1
        self._last_element[path] = index
        self.values[(*path, index)] = start
        return (*path, index)

    def _pair(self, table: KeyPath) -> None:
        parts = self._dotted_key()
        path = self._resolve(table, parts, parts[0][1], own_offset=False)
        self._skip_blank()
        self.at += 1  # the equals sign
        self._skip_blank()
        self._value(path)

    def _resolve(
        self, table: KeyPath, parts: list[tuple[str, int]], start: int, *, own_offset: bool
    ) -> KeyPath:
        """Return the full path of a dotted key, entering the newest element of arrays of tables."""
        path = table
        for position, (name, offset) in enumerate(parts):
            path = (*path, name)
            is_last = position == len(parts) - 1
            self.keys.setdefault(path, start if own_offset and is_last else offset)
            if path in self._last_element and not is_last:
                path = (*path, self._last_element[path])
        return path

    def _dotted_key(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self._skip_blank()
            start = self.at
            match = _STRING.match(self.text, start) or _BARE_KEY.match(self.text, start)
            if match is None:
                raise ValueError(f"no key at offset {start}")
            self.at = match.end()
            quoted = match[0][0] in "\"'"
            parts.append((tomli.loads(f"k = {match[0]}")["k"] if quoted else match[0], start))
            self._skip_blank()
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        self.values[path] = self.at
        first = self.text[self.at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            match = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no value at offset {self.at}")
            self.at = match.end()

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._skip_blank() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)
        self.at += 1

    def _skip_blank(self) -> bool:
        """Step over white space and comments; return whether any text is left."""
        match = _BLANK.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return self.at < len(self.text)
