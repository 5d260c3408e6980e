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

from engagewatch.cli.arguments import KINDS
from engagewatch.cli.errors import CommandError
from engagewatch.config.addresses import parse_address
from engagewatch.config.loader import is_engagement_id, load_engagement
from engagewatch.config.locations import config_dir
from engagewatch.config.problems import RejectedError
from engagewatch.config.regions import parse_region
from engagewatch.config.suggestions import one_of
from engagewatch.config.templates import (
    NewEngagement,
    NewSource,
    render,
    render_onboarding,
    render_plan,
)
from engagewatch.config.zones import parse_zone

_SAMPLE_URLS = {
    "zendesk": "https://your-provider.zendesk.com",
    "statuspage": "https://status.your-provider.example",
    "uptime_kuma": "https://status.your-provider.example",
    "prometheus": "https://prometheus.your-company.example",
    "gatus": "https://gatus.your-provider.example",
    "cachet": "https://status.your-provider.example",
    "better_stack": "https://uptime.betterstack.com",
    "zammad": "https://desk.your-provider.example",
    "request_tracker": "https://rt.your-provider.example",
    "servicenow": "https://your-provider.service-now.com",
    "jira": "https://your-provider.atlassian.net",
    "freshservice": "https://your-provider.freshservice.com",
    "ics": "https://calendar.your-company.example/{token}/meetings.ics",
}
_WITH_TOKEN = frozenset(
    {
        "zendesk",
        "better_stack",
        "zammad",
        "request_tracker",
        "servicenow",
        "jira",
        "freshservice",
        "ics",
    }
)
_SAMPLE_PATH = "tickets.csv"
_SAMPLE_NAME = "Our company / Our provider"


def run(options: Namespace) -> int:
    """Write a new engagement file, and say what to do next.

    What is not given is asked for on a terminal, and otherwise filled in with samples to change.
    """
    asker = _Asker(interactive=sys.stdin.isatty() and sys.stderr.isatty())
    samples: list[str] = []
    name = asker.value(options.name, "--name", 'Who with whom, as "CLIENT / PROVIDER"', "", _sides)
    if not name:
        name = _SAMPLE_NAME
        samples.append("client and provider")
    client, _, provider = (part.strip() for part in name.partition("/"))
    path = _path(options, client)
    plan = path.with_name(f"{path.stem}-onboarding.csv") if options.onboarding else None
    if plan is not None and not options.to_stdout:
        _refuse_existing(plan)
        if path.exists():
            return _add_plan(options, path, plan)
    local = _system_zone()
    new = NewEngagement(
        client=client,
        provider=provider,
        started=options.started or date.today(),  # noqa: DTZ011 - the user's own calendar
        timezone=asker.value(
            options.timezone, "--timezone", f"Time zone [{local}]", local, parse_zone
        ),
        holidays=asker.value(
            options.holidays,
            "--holidays",
            "Public holidays of which region, such as GB-ENG (Enter: none)",
            "",
            _region_or_none,
        ),
        sources=_sources(options, asker, client, samples),
        plan="" if plan is None else plan.name,
    )
    text = render(new)
    if options.to_stdout:
        sys.stdout.write(text)
    else:
        _write(path, text)
        print(path)
        if plan is not None:
            _write(plan, render_plan(float(options.onboarding)))
            print(plan)
    _tell_next(new, samples, path)
    return 0


def _add_plan(options: Namespace, path: Path, plan: Path) -> int:
    """Write a plan for an engagement file that is there, which is left as it is."""
    started = load_engagement(path).started
    _write(plan, render_plan(float(options.onboarding)))
    print(plan)
    print(f"\nNext, add this to {path}:", file=sys.stderr)
    print(render_onboarding(plan.name, options.started or started), file=sys.stderr)
    return 0


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise CommandError(f"{path} exists already; move it away first", 1)


def _path(options: Namespace, client: str) -> Path:
    name = options.id or _slug(client)
    if not is_engagement_id(name):
        raise CommandError("--id: use only letters, digits, dots, dashes and underscores")
    path = config_dir(options.config) / "engagements" / f"{name}.toml"
    if path.exists() and not (options.to_stdout or options.onboarding):
        raise CommandError(f"{path} exists already; choose another name with --id", 1)
    return path


def _sources(
    options: Namespace, asker: _Asker, client: str, samples: list[str]
) -> tuple[NewSource, ...]:
    kinds = options.provider or asker.value(
        None, "--provider", f"Sources, with commas between ({', '.join(KINDS)})", "", _kinds
    ).split(",")
    urls = list(options.url or ())
    if len(urls) > sum(kind in _SAMPLE_URLS for kind in kinds):
        raise CommandError("there are more --url than providers that have an address")
    found = []
    for kind in filter(None, kinds):
        if kind in _SAMPLE_URLS:
            given = urls.pop(0) if urls else None
            place = asker.value(given, "--url", f"Address of {kind}", "", _address_or_none)
        else:
            place = options.path or asker.value(None, "--path", "File of the event log", "", str)
        if not place:
            place = _SAMPLE_URLS.get(kind, _SAMPLE_PATH)
            samples.append(f"url of {kind}" if kind in _SAMPLE_URLS else "path of the event log")
        variable = f"{_slug(client).replace('-', '_').upper()}_{kind.upper()}_TOKEN"
        found.append(NewSource(kind, place, variable=variable))
    return tuple(found)


def _tell_next(new: NewEngagement, samples: list[str], path: Path) -> None:
    steps = []
    if samples:
        steps.append(f"change the samples: {', '.join(samples)}")
    steps.append("put in what the contract promises: hours, priorities, targets")
    if new.plan:
        steps.append(f"put in what was agreed for the on-boarding, in {new.plan}")
    steps += [f"set {one.variable} to the token" for one in new.sources if one.kind in _WITH_TOKEN]
    steps.append("engagewatch check")
    steps.append("engagewatch sync --once, then engagewatch")
    print(f"\nNext, in {path}:", file=sys.stderr)
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks on the terminal, if there is one; otherwise every answer is the default."""

    interactive: bool

    def value(
        self,
        given: str | None,
        option: str,
        question: str,
        default: str,
        parse: Callable[[str], str],
    ) -> str:
        """Return what was given with an option, else what is answered until it makes sense."""
        if given is not None or not self.interactive:
            try:
                return parse(default if given is None else given)
            except RejectedError as error:
                raise CommandError(f"{option}: {error.message}; {error.suggestion}") from None
        while True:
            try:
                return parse(self._answer(question) or default)
            except RejectedError as error:
                print(f"  {error.message}: {error.suggestion}", file=sys.stderr)

    def _answer(self, question: str) -> str:
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise CommandError("stopped; nothing was written", 1)
        return line.strip()


def _sides(text: str) -> str:
    client, _, provider = text.partition("/")
    if text and not (client.strip() and provider.strip()):
        raise RejectedError("this takes both sides with a slash between", f'write "{_SAMPLE_NAME}"')
    return text


def _kinds(text: str) -> str:
    kinds = [kind.strip().lower() for kind in text.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in KINDS:
            raise RejectedError(f'there is no kind of source "{kind}"', f"use {one_of(KINDS)}")
    return ",".join(kinds)


def _region_or_none(text: str) -> str:
    return parse_region(text) if text else ""


def _address_or_none(text: str) -> str:
    return parse_address(text) if text else ""


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
