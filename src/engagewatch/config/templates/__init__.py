"""New engagement files: commented TOML to start from, filled in with what is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from engagewatch.config.kinds import STATUS_KINDS
from engagewatch.config.toml_text import toml_value

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to write into a new file."""

    kind: str
    """A built-in kind of source."""
    place: str
    """Its address; of an event log, its path."""
    user: str = ""
    variable: str = ""
    """Environment variable that will hold the token."""


@dataclass(frozen=True, slots=True)
class NewEngagement:
    """What a new file is filled in with."""

    client: str
    provider: str
    started: date
    timezone: str
    hours: str = "08:00-18:00"
    holidays: str = ""
    sources: tuple[NewSource, ...] = ()


def render(new: NewEngagement) -> str:
    """Return the text of a new engagement file.

    The values are written as they are: load the result to find out whether they make sense.
    """
    holidays = (
        f"holidays = {toml_value(new.holidays)}"
        if new.holidays
        else '# holidays = "GB-ENG"             # public holidays of a country or region'
    )
    sources = "".join(_source(source) for source in new.sources)
    if any(source.kind in STATUS_KINDS for source in new.sources):
        sources += _template("uptime").substitute()
    return _template("engagement").substitute(
        client=toml_value(new.client),
        provider=toml_value(new.provider),
        started=toml_value(new.started),
        timezone=toml_value(new.timezone),
        hours=toml_value(new.hours),
        holidays_line=holidays,
        sources="\n" + sources,
    )


def _source(source: NewSource) -> str:
    user = (
        f"user = {toml_value(source.user)}"
        if source.user
        else '# user = "monitor@example.com"      # only with an API token: the agent it belongs to'
    )
    return _template(source.kind).substitute(
        url=toml_value(source.place),
        path=toml_value(source.place),
        user_line=user,
        variable=toml_value(source.variable),
    )


def _template(name: str) -> Template:
    return Template((_HERE / f"{name}.toml").read_text(encoding="utf-8"))
