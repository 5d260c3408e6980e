"""``engagewatch init``: a commented engagement file to start from."""

from __future__ import annotations

import re
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engagewatch.cli.errors import CommandError
from engagewatch.cli.parser import KINDS
from engagewatch.config.loader import is_engagement_id
from engagewatch.config.locations import config_dir
from engagewatch.config.problems import RejectedError
from engagewatch.config.regions import parse_region
from engagewatch.config.templates import NewEngagement, NewSource, render
from engagewatch.config.zones import parse_zone

_SAMPLE_PLACES = {
    "zendesk": "https://your-provider.zendesk.com",
    "statuspage": "https://status.your-provider.example",
    "eventlog": "tickets.csv",
}
_SAMPLE_NAME = "Our company / Our provider"


def run(options: Namespace) -> int:
    """Write a new engagement file, and say what to do next.

    What is not given is asked for on a terminal, and otherwise filled in with samples to change.
    """
    asker = _Asker(interactive=sys.stdin.isatty() and sys.stderr.isatty())
    new, to_change = _collect(options, asker)
    name = options.id or _slug(new.client)
    if not is_engagement_id(name):
        raise CommandError("--id: use only letters, digits, dots, dashes and underscores")
    path = config_dir(options.config) / "engagements" / f"{name}.toml"
    if not options.to_stdout and path.exists():
        raise CommandError(f"{path} exists already; choose another name with --id", 1)
    text = render(new)
    if options.to_stdout:
        sys.stdout.write(text)
    else:
        _write(path, text)
        print(path)
    _tell_next(new, to_change, path)
    return 0


def _collect(options: Namespace, asker: _Asker) -> tuple[NewEngagement, list[str]]:
    to_change: list[str] = []
    name = options.name or asker.text('Who with whom, as "CLIENT / PROVIDER"', "")
    if not name:
        name = _SAMPLE_NAME
        to_change.append("client and provider")
    client, slash, provider = (part.strip() for part in name.partition("/"))
    if not (client and slash and provider):
        raise CommandError(
            f'--name takes client and provider with a slash between: "{_SAMPLE_NAME}"'
        )
    timezone = options.timezone or asker.checked("Time zone", _system_zone(), parse_zone)
    holidays = options.holidays or asker.checked(
        "Public holidays of which region, such as GB-ENG (Enter: none)", "", _region_or_none
    )
    _check_value("--timezone", timezone, parse_zone)
    _check_value("--holidays", holidays, _region_or_none)
    sources = _sources(options, asker, client, to_change)
    return (
        NewEngagement(
            client=client,
            provider=provider,
            started=options.started or date.today(),  # noqa: DTZ011 - the user's own calendar
            timezone=timezone,
            holidays=holidays,
            sources=sources,
        ),
        to_change,
    )


def _sources(
    options: Namespace, asker: _Asker, client: str, to_change: list[str]
) -> tuple[NewSource, ...]:
    kinds = options.provider or asker.kinds()
    urls = list(options.url or ())
    if len(urls) > sum(kind != "eventlog" for kind in kinds):
        raise CommandError("there are more --url than providers that have an address")
    found = []
    for kind in kinds:
        given = options.path if kind == "eventlog" else (urls.pop(0) if urls else None)
        question = "File of the event log" if kind == "eventlog" else f"Address of {kind}"
        place = given or asker.text(question, "")
        if not place:
            place = _SAMPLE_PLACES[kind]
            to_change.append("path of the event log" if kind == "eventlog" else f"url of {kind}")
        variable = f"{_slug(client).replace('-', '_').upper()}_{kind.upper()}_TOKEN"
        found.append(NewSource(kind, place, variable=variable))
    return tuple(found)


def _tell_next(new: NewEngagement, to_change: list[str], path: Path) -> None:
    steps = []
    if to_change:
        steps.append(f"change the samples: {', '.join(to_change)}")
    steps.append("put in what the contract promises: hours, priorities, targets")
    steps += [f"set {one.variable} to the token" for one in new.sources if one.kind == "zendesk"]
    steps.append("engagewatch check")
    steps.append("engagewatch sync --once, then engagewatch")
    print(f"\nNext, in {path}:", file=sys.stderr)
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks on the terminal, if there is one; otherwise every answer is the default."""

    interactive: bool

    def text(self, question: str, default: str) -> str:
        if not self.interactive:
            return default
        print(f"{question}{f' [{default}]' if default else ''}: ", end="", file=sys.stderr)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise CommandError("stopped; nothing was written", 1)
        return line.strip() or default

    def checked(self, question: str, default: str, parse: Callable[[object], str]) -> str:
        while True:
            answer = self.text(question, default)
            try:
                return parse(answer)
            except RejectedError as error:
                if not self.interactive:
                    raise CommandError(f"{error.message}: {error.suggestion}") from None
                print(f"  {error.message}: {error.suggestion}", file=sys.stderr)

    def kinds(self) -> list[str]:
        choices = ", ".join(KINDS)
        while True:
            answer = self.text(f"Sources, with commas between ({choices})", "statuspage")
            kinds = [kind.strip().lower() for kind in answer.split(",")]
            if all(kind in KINDS for kind in kinds):
                return kinds
            print(f"  choose from {choices}", file=sys.stderr)


def _check_value(option: str, value: str, parse: Callable[[object], str]) -> None:
    try:
        parse(value)
    except RejectedError as error:
        raise CommandError(f"{option}: {error.message}; {error.suggestion}") from None


def _region_or_none(value: object) -> str:
    return parse_region(value) if value else ""


def _system_zone() -> str:
    """Return the machine's time zone, or UTC where it does not tell."""
    target = Path("/etc/localtime").resolve()
    _, found, name = str(target).partition("/zoneinfo/")
    try:
        return parse_zone(name if found else "UTC")
    except RejectedError:
        return "UTC"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "engagement"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}", 1) from None
