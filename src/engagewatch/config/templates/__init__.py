"""New engagement files: commented TOML to start from, filled in with what is known."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from engagewatch.config.kinds import STATUS_KINDS
from engagewatch.config.plan_file import scaled
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
    plan: str = ""
    """Name of the on-boarding plan's file; empty for none."""


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
    text = _template("engagement").substitute(
        client=toml_value(new.client),
        provider=toml_value(new.provider),
        started=toml_value(new.started),
        timezone=toml_value(new.timezone),
        hours=toml_value(new.hours),
        holidays_line=holidays,
        sources="\n" + sources,
    )
    return text + render_onboarding(new.plan, new.started) if new.plan else text


def render_onboarding(plan: str, started: date) -> str:
    """Return the ``[onboarding]`` table that names the file of a plan."""
    return _template("onboarding").substitute(plan=toml_value(plan), started=toml_value(started))


def render_plan(scale: float) -> str:
    """Return the example of an on-boarding plan, its days multiplied by ``scale``."""
    text = (_HERE / "onboarding.csv").read_text(encoding="utf-8")
    note, _, rows = text.partition("\n")
    reader = csv.reader(io.StringIO(rows))
    titles = next(reader)
    scaled_columns = {titles.index("start"), titles.index("due")}
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(titles)
    for row in reader:
        writer.writerow(
            [
                str(scaled(int(cell), scale)) if column in scaled_columns else cell
                for column, cell in enumerate(row)
            ]
        )
    return f"{note}\n{written.getvalue()}"


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
