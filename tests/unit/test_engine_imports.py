"""What the clocks load: nothing heavy, and holidays only when a calendar asks for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engagewatch import engine

HEAVY = ("apsw", "holidays", "httpx", "msgspec", "pydantic", "rich", "scipy", "textual")

FOLD = """
import sys
from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.policy import ALWAYS, CalendarSpec, Participation, Policy, Window
from engagewatch.model.ticket import Ticket
region = {region}
spec = CalendarSpec("office", "Europe/London", ((Window(540, 1020),),) * 5 + ((), ()), region)
policy = Policy("Europe/London", {{"office": spec}}, (), Participation("office"))
policy_version(policy)
ticket = Ticket("1", "#1", "", "open", None, 1_772_442_000, 1_772_442_000)
Folder(policy).explain(ticket, [], 1_772_528_400)
print(*sorted(name for name in {heavy} if name in sys.modules))
"""


def loaded(region: str | None) -> list[str]:
    program = FOLD.format(region=repr(region), heavy=repr(HEAVY))
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return done.stdout.split()


def test_folding_and_explaining_load_nothing_heavy() -> None:
    assert loaded(None) == []


def test_public_holidays_load_their_package_alone() -> None:
    assert loaded("GB-ENG") == ["holidays"]


def test_the_public_names_are_there() -> None:
    for name in engine.__all__:
        assert getattr(engine, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.__getattr__("nothing")
