"""Time zones by IANA, Rails or Windows name, with a suggestion for what people write instead."""

from __future__ import annotations

from engagewatch.config.problems import RejectedError
from engagewatch.config.suggestions import did_you_mean
from engagewatch.model.zones import iana_name

_HOW = 'use a name such as "Europe/London" or "UTC"'


def parse_zone(text: object) -> str:
    """Return the IANA name of the time zone that ``text`` names, also by Rails or Windows name.

    Raises:
        RejectedError: there is no such zone.
    """
    if not isinstance(text, str) or not text.strip():
        raise RejectedError("a time zone is text", _HOW)
    try:
        return iana_name(text)
    except KeyError:
        raise RejectedError(f'there is no time zone "{text[:60]}"', _suggest(text)) from None


def _suggest(text: str) -> str:
    from zoneinfo import available_timezones

    names = available_timezones()
    wanted = text.strip().casefold().replace(" ", "_")
    same = sorted(
        name for name in names if wanted in (name.casefold(), name.casefold().rsplit("/", 1)[-1])
    )
    # "Europe/Lisbon" before "Portugal" or "posix/Europe/Lisbon": real places have one slash.
    same.sort(key=lambda name: name.count("/") != 1)
    if same:
        return f'did you mean "{same[0]}"?'
    if any(name.casefold().startswith(f"{wanted}/") for name in names):
        return _HOW
    cities = {name.rsplit("/", 1)[-1]: name for name in sorted(names) if name.count("/") == 1}
    close = did_you_mean(text, names)
    if close:
        return close
    city = did_you_mean(wanted, cities)
    return city.replace(city.split('"')[1], cities[city.split('"')[1]]) if city else _HOW
