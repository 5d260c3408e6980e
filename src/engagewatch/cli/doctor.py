"""``engagewatch doctor``: what surrounds the program, and what to do about what is wrong.

It reads and never writes, contacts nobody, and looks further whatever it finds.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch import __version__
from engagewatch.cli.output import coloured, table, wants_colour
from engagewatch.cli.setting import directories, now
from engagewatch.config.loader import Loaded, engagement_files, load_all
from engagewatch.config.locations import store_path
from engagewatch.model.engagement import Engagement, SecretKind, SourceSettings
from engagewatch.model.redaction import redacted
from engagewatch.model.text import safe_text

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_LEAST_SPACE = 200 << 20
"""Bytes free below which a poll may soon have nowhere to write."""
_WORST_SKEW = 60
"""Seconds between a source's clock and ours that are worth a word."""
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    ok: bool
    what: str
    detail: str
    """What was found."""
    advice: str = ""
    """What to do about it; empty where nothing is to be done."""


def run(options: Namespace) -> int:
    """Print what is found; the exit code is 1 if something needs doing."""
    config, data = directories(options)
    loaded = load_all(config)
    findings = [
        *_versions(),
        *_config(config, loaded),
        *_data(data),
        *_history(store_path(data), loaded),
        *_secrets(loaded),
        *_network(loaded),
        *_terminal(),
    ]
    findings = [_safe(finding) for finding in findings]
    well = all(finding.ok for finding in findings)
    if options.json:
        found = [asdict(finding) for finding in findings]
        print(json.dumps({"version": 1, "ok": well, "findings": found}, indent=2))
    else:
        _print(findings)
    return int(not well)


def _safe(finding: Finding) -> Finding:
    texts = (finding.what, finding.detail, finding.advice)
    return Finding(finding.ok, *(safe_text(redacted(text)) for text in texts))


def _print(findings: list[Finding]) -> None:
    rows = []
    for finding in findings:
        text = f"{finding.detail}. {finding.advice}" if finding.advice else finding.detail
        rows.append(("ok" if finding.ok else "LOOK", finding.what, text))
    colour = wants_colour()
    for line in table(rows):
        print(coloured(line, "warning" if line.startswith("LOOK") else "plain", enabled=colour))


def _versions() -> Iterator[Finding]:
    from engagewatch.store.database import sqlite_version

    yield Finding(True, "engagewatch", __version__)
    yield Finding(
        True, "python", f"{platform.python_version()} on {platform.system()} {platform.release()}"
    )
    yield Finding(True, "sqlite", sqlite_version())


def _config(config: Path, loaded: Loaded) -> Iterator[Finding]:
    count = len(engagement_files(config))
    if not count:
        yield Finding(
            False,
            "configuration",
            f"no engagement file in {config / 'engagements'}",
            "Write one with: engagewatch init",
        )
        return
    yield Finding(True, "configuration", f"{config}: {count} engagement file{'s' * (count > 1)}")
    for problem in loaded.problems:
        yield Finding(False, "configuration", str(problem), "Put it right in that line.")
    for engagement in loaded.engagements:
        if engagement.path is not None and engagement.path.stat().st_mode & 0o022:
            yield Finding(
                False,
                "permissions",
                f"others can write to {engagement.path}",
                f"Run: chmod go-w {engagement.path}",
            )


def _data(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        yield Finding(
            True, "data folder", f"{data} is not there yet; the first poll makes it for you alone"
        )
        return
    yield from _private(data)
    free = shutil.disk_usage(data).free
    yield Finding(
        free >= _LEAST_SPACE,
        "disk space",
        f"{free / (1 << 30):.1f} GiB free for {data}",
        "" if free >= _LEAST_SPACE else "Make room: a poll may soon have nowhere to write.",
    )
    kept = sorted(data.glob("engagewatch.db.corrupt.*"))
    aside = [path for path in kept if not path.name.endswith(("-wal", "-shm"))]
    if aside:
        yield Finding(
            False,
            "damage",
            f"a damaged history was set aside as {aside[-1]}",
            "What cannot be fetched again was kept. Check the disk; once you miss nothing, "
            "delete the file.",
        )


def _private(data: Path) -> Iterator[Finding]:
    status = data.stat()
    trouble = ""
    if status.st_uid != os.geteuid():
        trouble = f"{data} belongs to another user"
    elif not os.access(data, os.W_OK):
        trouble = f"{data} cannot be written"
    if trouble:
        yield Finding(
            False,
            "data folder",
            trouble,
            "Take it over, or choose another with --data or $ENGAGEWATCH_DATA.",
        )
        return
    yield Finding(True, "data folder", str(data))
    for path in [data, *sorted(data.glob("engagewatch.db*"))]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077:
            yield Finding(
                False,
                "permissions",
                f"others may look into {path} ({mode:04o})",
                f"Run: chmod go= {path}",
            )


def _history(path: Path, loaded: Loaded) -> Iterator[Finding]:
    from engagewatch.store.errors import StoreError, StoreMissing
    from engagewatch.store.store import Store

    try:
        with Store.open(path, read_only=True) as store:
            problems = store.integrity_problems()
            size = path.stat().st_size / (1 << 20)
            yield Finding(
                not problems,
                "history",
                f"{path}, {size:.1f} MiB: {problems[0] if problems else 'sound'}",
                "Run: engagewatch db repair" if problems else "",
            )
            for engagement in loaded.engagements:
                yield from _sources(store, engagement)
    except StoreMissing:
        yield Finding(False, "history", "nothing yet", "Fetch it with: engagewatch sync --once")
    except StoreError as error:
        yield Finding(False, "history", str(error))


def _sources(store: Store, engagement: Engagement) -> Iterator[Finding]:
    from engagewatch.model.freshness import FreshnessState
    from engagewatch.views import sources

    for row in sources.build(store, engagement, now()).rows:
        what = f"{engagement.id}/{row.source}"
        if row.failure is not None:
            yield Finding(
                False,
                what,
                f"{row.freshness.words}: {row.error}",
                f"{row.what_to_do} Next try: {row.next_words}.".lstrip(),
            )
        elif row.last_success_at is None:
            yield Finding(False, what, "never polled", row.what_to_do)
        elif row.freshness.state is FreshnessState.STALE:
            yield Finding(False, what, row.freshness.words, row.what_to_do)
        else:
            yield Finding(True, what, f"read {row.last_success_words}; {row.tickets:,} tickets")
        if row.refused_count:
            yield Finding(
                False,
                what,
                f"{row.refused_count:,} records could not be read",
                f"See why with: engagewatch sources {row.source}; if they look right to you, "
                "report it.",
            )
        if row.notice:
            yield Finding(
                False,
                what,
                row.notice,
                "Look whether its account may still see everything; if it is real, remove the "
                "source from the file and add it under another id.",
            )
        if row.silent_edits or row.hidden:
            yield Finding(
                True,
                what,
                "; ".join(words for words, _ in sources.doubts(row)),
                f"Listed by: engagewatch sources {row.source}",
            )
        if row.clock_skew is not None and abs(row.clock_skew) > _WORST_SKEW:
            yield Finding(
                False,
                what,
                f"its clock is {row.clock_skew_words}",
                "Set this machine's clock by a time server; if it is right, tell the provider.",
            )


def _secrets(loaded: Loaded) -> Iterator[Finding]:
    """Tell which secrets are not where the files say; none is read but for its presence."""
    for engagement in loaded.engagements:
        for source in engagement.sources:
            missing = _missing_secret(source)
            if missing:
                yield Finding(False, f"{engagement.id}/{source.id}", *missing)


def _missing_secret(source: SourceSettings) -> tuple[str, str] | None:
    if source.secret is None:
        return None
    place = source.secret.locator[0]
    if source.secret.kind is SecretKind.ENV and not os.environ.get(place, "").strip():
        return f"the environment variable {place} is not set", f"Set it: export {place}=..."
    if source.secret.kind is SecretKind.FILE:
        path = Path(place)
        if not os.access(path, os.R_OK):
            return f"the secret's file {path} cannot be read", "Put the secret there."
        if path.stat().st_mode & 0o077:
            return f"others can read the secret in {path}", f"Run: chmod go= {path}"
    if source.secret.kind is SecretKind.COMMAND and shutil.which(place) is None:
        return f'the secret\'s command "{place}" is not installed', "Install it, or correct it."
    return None


def _network(loaded: Loaded) -> Iterator[Finding]:
    for name in _PROXIES:
        value = os.environ.get(name) or os.environ.get(name.lower())
        if value:
            yield Finding(True, "proxy", f"{name} is {_without_user(value)}")
    for engagement in loaded.engagements:
        for source in engagement.sources:
            if source.reach.proxy:
                yield Finding(
                    True, "proxy", f"{engagement.id}/{source.id} goes by {source.reach.proxy}"
                )


def _without_user(address: str) -> str:
    before, at, host = address.rpartition("@")
    if not at:
        return address
    scheme, slashes, _ = before.rpartition("//")
    return f"{scheme}{slashes}...@{host}"


def _terminal() -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield Finding(True, "terminal", "none here: output goes to a file or a pipe")
    else:
        columns, rows = shutil.get_terminal_size()
        kind = os.environ.get("TERM", "")
        encoding = sys.stdout.encoding or "ascii"
        poor = kind in ("", "dumb", "unknown")
        yield Finding(
            not poor,
            "terminal",
            f"{kind or 'TERM is not set'}, {columns}x{rows}, {encoding}",
            "Set TERM, for example: export TERM=xterm-256color" if poor else "",
        )
        if "utf" not in encoding.lower():
            yield Finding(
                False,
                "terminal",
                f"it is told to be {encoding}, so signs are drawn in ASCII",
                "Set LANG to a UTF-8 locale, for example: export LANG=C.UTF-8",
            )
    yield Finding(
        True,
        "terminal",
        "left in disorder by a kill -9? Run: stty sane, or reset",
    )
