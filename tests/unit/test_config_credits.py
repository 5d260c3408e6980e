"""The credit clause: what a good one becomes, and what is said about a bad one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engagewatch.config.cache import EngagementCache
from engagewatch.config.loader import load_engagement
from engagewatch.config.problems import ConfigError
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditShape, CreditTier, Fee, Tripwire

HEAD = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-12
timezone = "Europe/London"

[[sla]]
priority = "P1"
calendar = "24x7"
resolution = "4h"

"""

CLAUSE = """\
[credits]
currency = "GBP"
shape = "tiers"
fee = "4100.10"
cap = "15%"
repeat_factor = 2
earn_back_months = 3
minimum = "20.00"
claim_within = "30d"

[[credits.rules]]
name = "P1 resolution"
measure = "resolution"
scope = "P1"
tiers = [{ below = "90%", credit = "10%" }, { below = "95.5%", credit = "5%" }]

[[credits.rules]]
name = "Mail"
measure = "uptime"
scope = "Mail"
tiers = [{ below = "99.95%", credit = "10%" }]

[[credits.tripwires]]
name = "may leave"
rule = "P1 resolution"
below = "85%"
months = 3
within = 6
"""


def engagement_file(folder: Path, clause: str) -> Path:
    path = folder / "northwind.toml"
    path.write_text(HEAD + clause)
    path.chmod(0o600)
    return path


def test_a_clause_is_read_exactly_and_survives_the_cache(tmp_path: Path) -> None:
    path = engagement_file(tmp_path, CLAUSE)
    engagement = load_engagement(path)
    clause = engagement.credits
    assert clause is not None
    assert (clause.currency, clause.shape, clause.cap) == (
        "GBP",
        CreditShape.TIERS,
        Decimal("0.15"),
    )
    assert clause.fees == (Fee(date(2026, 3, 1), Decimal("4100.10")),)
    assert (clause.claim_days, clause.claim_months) == (30, None)
    first, mail = clause.rules
    assert first.obligation is Obligation.RESOLUTION
    assert first.tiers == (
        CreditTier(Decimal("0.955"), Decimal("0.05")),
        CreditTier(Decimal("0.9"), Decimal("0.1")),
    ), "the mildest first, however they are written"
    assert (mail.obligation, mail.scope) == (None, "Mail")
    assert clause.tripwires == (Tripwire("may leave", "P1 resolution", Decimal("0.85"), 3, 6),)
    cache = EngagementCache(tmp_path)
    cache.put(path, path.read_text(), engagement)
    cache.save()
    assert EngagementCache(tmp_path).get(path, path.read_text()) == engagement


def test_fees_that_change_are_put_in_order(tmp_path: Path) -> None:
    fees = 'fees = [{ from = 2026-07-01, amount = 5000 }, { from = 2026-03-01, amount = "4100.5" }]'
    path = engagement_file(tmp_path, CLAUSE.replace('fee = "4100.10"', fees))
    clause = load_engagement(path).credits
    assert clause is not None
    assert clause.fee_on(date(2026, 6, 1)) == Decimal("4100.5")
    assert clause.fee_on(date(2026, 7, 1)) == Decimal(5000)


@pytest.mark.parametrize(
    ("good", "bad", "key", "says"),
    [
        ('fee = "4100.10"', "fee = 4100.1", "credits.fee", "an amount is a whole number"),
        ('fee = "4100.10"', "", "credits", "the month's fee is missing"),
        ('fee = "4100.10"', "fee = 1\nfees = []", "credits", "written twice"),
        ('"GBP"', '"pounds"', "credits.currency", 'for example currency = "EUR"'),
        (
            'credit = "10%" }, {',
            'credit = "1%" }, {',
            "tiers[#1]",
            "falling further brings less: 1% after 5%",
        ),
        ("within = 6", "within = 2", "tripwires[#1].within", "3 months cannot fall short within 2"),
        ('"30d"', '"a while"', "credits.claim_within", "30d"),
        ('scope = "P1"', 'scope = "P9"', "credits.rules[#1].scope", 'priority "P9"'),
        ('rule = "P1 resolution"', 'rule = "P1"', "credits.tripwires[#1].rule", "no rule"),
        (', credit = "5%"', "", "credits.rules[#1].tiers[#2]", "every tier has credit"),
        ('"tiers"', '"points"', "credits.shape", "points need a table"),
        ('"tiers"', '"pool"', "credits.shape", "at risk"),
        ('name = "Mail"', 'name = "P1 resolution"', "credits.rules", "two rules"),
    ],
)
def test_a_wrong_clause_is_named_with_the_fix(
    tmp_path: Path, good: str, bad: str, key: str, says: str
) -> None:
    assert good in CLAUSE
    with pytest.raises(ConfigError) as caught:
        load_engagement(engagement_file(tmp_path, CLAUSE.replace(good, bad, 1)))
    found = [str(problem) for problem in caught.value.problems]
    assert any(key in text and says in text for text in found), found
