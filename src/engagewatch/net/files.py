"""Reading local files the way remote data is read: with caps, and with errors that say what to do.

A file may be plain or gzip; which one is told by its first bytes, not by its name.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

LINE_LIMIT = 1 << 20
"""Characters of one line; a longer line is handed out in pieces."""
TEXT_LIMIT = 4 << 30
"""Characters of one file, after decompression."""

_HEAD = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Enough of a file to tell whether it was touched since it was last read."""

    size: int
    modified: int
    """Nanoseconds since the epoch, as the file system tells."""
    head: str
    """SHA-256 of its first 64 KiB, in hexadecimal."""


def fingerprint(path: Path) -> Fingerprint:
    """Return the fingerprint of a regular file.

    Raises:
        SourceError: it is missing, no regular file, or cannot be read.
    """
    with _explained(path), path.open("rb") as raw:
        status = path.stat()
        return Fingerprint(
            status.st_size, status.st_mtime_ns, hashlib.sha256(raw.read(_HEAD)).hexdigest()
        )


@contextmanager
def open_lines(path: Path, encoding: str = "utf-8") -> Iterator[Iterator[str]]:
    """Open a plain or gzip text file and give its lines, line ends included.

    A byte order mark is dropped. Bytes that are not text in ``encoding`` become U+FFFD, so that one
    bad byte does not lose the file.

    Raises:
        SourceError: it cannot be read, is not the gzip file its name says, is cut off, or is longer
            than :data:`TEXT_LIMIT`; also while the lines are read.
    """
    with _explained(path), path.open("rb") as raw:
        packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        if path.suffix == ".gz" and not packed and raw.read(1):
            raise SourceError(
                Failure.CONFIGURATION,
                f"{path} is named .gz but is not a gzip file; rename it or export it anew",
            )
        raw.seek(0)
        unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        name = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        try:
            text = io.TextIOWrapper(unpacked, encoding=name, errors="replace", newline="")
        except LookupError:
            raise SourceError(
                Failure.CONFIGURATION,
                f'{path}: no encoding is called "{encoding}"; most files are utf-8 or cp1252',
            ) from None
        yield _bounded(text, path)


def _bounded(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    left = TEXT_LIMIT
    while line := text.readline(LINE_LIMIT):
        left -= len(line)
        if left < 0:
            raise SourceError(
                Failure.CONTRACT,
                f"{path} is longer than {TEXT_LIMIT >> 30} GiB unpacked; split it by period",
            )
        yield line


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what can go wrong with ``path`` into one line that says what to do."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            kind = "a folder" if path.is_dir() else "not a regular file"
            raise SourceError(Failure.CONFIGURATION, f"{path} is {kind}; name a file")
        yield
    except FileNotFoundError:
        raise SourceError(
            Failure.CONFIGURATION,
            f"there is no file {path}; a relative path starts at the engagement file",
        ) from None
    except PermissionError:
        raise SourceError(
            Failure.CONFIGURATION, f"{path} may not be read; allow it for this user"
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise SourceError(
            Failure.CONTRACT, f"{path} is damaged or cut off; export or copy it again"
        ) from None
    except OSError as error:
        raise SourceError(
            Failure.TRANSIENT, f"{path} could not be read: {error.strerror or error}"
        ) from None
