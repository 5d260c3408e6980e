"""What the demonstrated provider promised, and what it pays back when it falls short."""

from __future__ import annotations

from datetime import date, timedelta
from string import Template

_CONTRACT = """
[credits]
currency = "GBP"
shape = "tiers"
fee = "6400.00"
cap = "15%"
claim_within = "40d"

[[credits.rules]]
name = "Resolutions in time"
measure = "resolution"
tiers = [{ below = "95%", credit = "3%" }, { below = "90%", credit = "8%" }]
needs = 10

[[credits.rules]]
name = "First responses in time"
measure = "first_response"
tiers = [{ below = "95%", credit = "2%" }]
needs = 10

[[credits.rules]]
name = "P2 resolutions in time"
measure = "resolution"
scope = "P2"
tiers = [{ below = "95%", credit = "2%" }, { below = "90%", credit = "4%" }]
needs = 10

[[credits.rules]]
name = "ERP uptime"
measure = "uptime"
scope = "ERP"
tiers = [{ below = "99.7%", credit = "3%" }, { below = "99.0%", credit = "7%" }]

[[credits.tripwires]]
name = "may end the contract"
rule = "Resolutions in time"
below = "85%"
months = 3
within = 6

[[promises]]
id = "faster-fixes"
text = "You will wait half as long for a fix as you do today."
said_in = "proposal, page 12"
metric = "resolution_median"
baseline = { value = "11h", grade = "B", source = "mailbox and invoices of the year before" }
target = "5h"
by = $autumn
path = "linear"

[[promises]]
id = "quick-answers"
text = "Somebody answers within two hours, where it took most of a day."
said_in = "proposal, page 12"
metric = "first_response_median"
baseline = { value = "6h", grade = "B", source = "mailbox of the year before" }
target = "2h"
by = $autumn
path = "linear"

[[promises]]
id = "satisfied"
text = "Nine in ten of your people will be satisfied."
said_in = "proposal, page 3"
metric = "satisfaction"
baseline = { value = "55%", grade = "C", source = "staff survey, spring before" }
target = "90%"
by = $autumn
path = "linear"

[[promises]]
id = "critical"
text = "What stops you working is mended within four hours."
said_in = "contract, schedule 2"
metric = "resolution_attainment"
scope = "P1"
target = "95%"
path = "at_once"

[[promises]]
id = "one-touch"
text = "Two in three requests solved with the first answer."
said_in = "kick-off, minutes item 4"
metric = "one_touch"
target = "66%"
by = $autumn
baseline = { value = "40%", grade = "C", source = "notes of the former IT lead" }

[[promises]]
id = "fewer-tickets"
text = "Prevention: fewer tickets per head."
said_in = "proposal, page 14"
metric = "tickets_per_user"
baseline = { value = 3.0, grade = "D", source = "what people remember" }
target = 2.4
by = $autumn

[[promises]]
id = "backlog"
text = "Never more than 25 tickets open at the end of a month."
said_in = "contract, schedule 2"
metric = "backlog"
target = 25
path = "at_once"

[[promises]]
id = "our-replies"
text = "And we will answer nine questions of ten in time."
said_in = "contract, schedule 5 (client duties)"
metric = "reply_attainment"
target = "90%"
path = "at_once"

[[promises]]
id = "no-fuss"
text = "You will hardly notice the change."
said_in = "sales call"
"""


def contract_text(started: date) -> str:
    """Return the credit clause and the promises of an engagement that ``started`` on that day."""
    return Template(_CONTRACT).substitute(autumn=(started + timedelta(days=540)).isoformat())
