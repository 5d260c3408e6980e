"""Promises in the engagement file: values in the unit of their metric, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engagewatch.config.cache import EngagementCache
from engagewatch.config.loader import load_engagement
from engagewatch.config.problems import ConfigError
from engagewatch.model.baseline import Grade
from engagewatch.model.metric import Metric
from engagewatch.model.promise import PathShape, PathStep, Promise, PromiseBaseline

HEAD = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "Europe/London"

"""

PROMISES = """\
[[promises]]
id = "faster-fixes"
text = "We will halve the wait for a fix."
said_in = "proposal p.12"
metric = "resolution_median"
baseline = { value = "18h", grade = "B", source = "invoices and mailbox 2025" }
target = "8h"
by = 2026-09-01
path = "steps"
steps = [{ on = 2026-07-01, value = "10h" }, { on = 2026-06-01, value = "12h" }]

[[promises]]
id = "uptime"
said_in = "contract 4.2"
metric = "uptime"
scope = "Mail"
target = "99.9%"
path = "at_once"

[[promises]]
id = "fewer"
said_in = "proposal p.13"
metric = "tickets_per_user"
target = 0.8
starts = 2026-04-01

[[promises]]
id = "joy"
said_in = "kick-off"
text = "You will not notice us."
"""


def written(folder: Path, promises: str) -> Path:
    path = folder / "northwind.toml"
    path.write_text(HEAD + promises)
    path.chmod(0o600)
    return path


def test_values_are_in_the_unit_of_the_metric(tmp_path: Path) -> None:
    path = written(tmp_path, PROMISES)
    engagement = load_engagement(path)
    fixes, uptime, fewer, joy = engagement.promises
    assert fixes == Promise(
        "faster-fixes",
        "We will halve the wait for a fix.",
        "proposal p.12",
        starts=date(2026, 3, 2),
        by=date(2026, 9, 1),
        metric=Metric.RESOLUTION_MEDIAN,
        target=8 * 3600.0,
        baseline=PromiseBaseline(18 * 3600.0, Grade.DOCUMENTS, "invoices and mailbox 2025"),
        shape=PathShape.STEPS,
        steps=(PathStep(date(2026, 6, 1), 12 * 3600.0), PathStep(date(2026, 7, 1), 10 * 3600.0)),
    )
    assert (uptime.target, uptime.scope, uptime.shape) == (0.999, "Mail", PathShape.AT_ONCE)
    assert (fewer.target, fewer.starts) == (0.8, date(2026, 4, 1))
    assert (joy.metric, joy.target) == (None, None)
    cache = EngagementCache(tmp_path)
    cache.put(path, path.read_text(), engagement)
    cache.save()
    assert EngagementCache(tmp_path).get(path, path.read_text()) == engagement


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('target = "8h"', 'target = "95%"', '"15m"'),
        ('target = "8h"', 'target = "2bd"', "hours of work"),
        ('target = "99.9%"', 'target = "2h"', "not a percentage"),
        ("target = 0.8", 'target = "few"', "plain number"),
        ('target = "8h"\n', "", "without a target"),
        ('metric = "uptime"\n', "", "needs the metric"),
        ('"uptime"\nscope', '"uptme"\nscope', "uptime"),
        ('path = "steps"', 'path = "linear"', "a path in steps has steps"),
        ('value = "10h"', 'value = "ten"', "steps"),
        ('grade = "B"', 'grade = "E"', "not one of the choices"),
        ('id = "joy"', 'id = "fewer"', 'two promises are called "fewer"'),
        ("by = 2026-09-01", "by = 2026-01-01", "before it starts"),
    ],
)
def test_a_wrong_promise_is_told_with_its_place(
    tmp_path: Path, good: str, bad: str, says: str
) -> None:
    assert good in PROMISES
    with pytest.raises(ConfigError) as caught:
        load_engagement(written(tmp_path, PROMISES.replace(good, bad, 1)))
    found = [str(problem) for problem in caught.value.problems]
    assert any(says in text and "promises" in text for text in found), found
