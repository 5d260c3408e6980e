"""The engagement files of the demonstration: the same kind a user writes by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from string import Template

from engagewatch.demo.contract import contract_text
from engagewatch.demo.profile import ALDERFINCH, NORTHWIND, ZONE, Profile, started_at
from engagewatch.demo.settings import CATEGORY_FIELD
from engagewatch.model.instants import Instant, to_datetime, zone

_HEAD = """\
# Written by "engagewatch demo". Company, provider and people are made up.

[engagement]
name = "$client / $provider"
client = "$client"
provider = "$provider"
started = $started
timezone = "Europe/London"
headcount = [
    { from = $started, users = $users_before },
    { from = $grown, users = $users },
]

[calendars.office]
hours = { mon-fri = ["08:00-18:00"] }
holidays = "GB-ENG"

[[sources]]
id = "desk"
kind = "zendesk"
url = "$desk_url"
user = "monitor@$client_domain"
token = { env = "$variable" }
interval = "$interval"
requests_per_minute = 600
category_field = $category_field

[sources.courts]
"Awaiting approval" = "client"
"With supplier" = "third_party"

[[sources]]
id = "status"
kind = "statuspage"
url = "$status_url"
interval = "15s"
requests_per_minute = 600
"""

_LEVELS = """
[[sla]]
priority = "P1"
matches = ["urgent"]
calendar = "24x7"
first_response = "15m"
resolution = "4h"
attainment = "95%"

[[sla]]
priority = "P2"
matches = ["high"]
calendar = "office"
first_response = "30m"
resolution = "8h"
attainment = "95%"

[[sla]]
priority = "P3"
matches = ["normal"]
calendar = "office"
first_response = "4h"
resolution = "24h"
attainment = "95%"

[[sla]]
priority = "P4"
matches = ["low"]
calendar = "office"
first_response = "8h"
resolution = "72h"
attainment = "95%"

[contract]
pause = "claimed"
relief = "notice_required"
notice_days = 10
auto_reply_authors = ["servicedesk@$provider_domain"]

[participation]
calendar = "office"
reply = { P1 = "30m", P2 = "4h", default = "1bd" }
approval = "2bd"
attainment = "90%"
attendance = "90%"
"""

_NORTHWIND = """
[[uptime]]
component = "*"
uptime = "99.5%"
calendar = "24x7"
weights = { down = 1.0, partial = 0.3 }

[[uptime]]
component = "ERP"
uptime = "99.7%"
calendar = "office"
weights = { down = 1.0, partial = 0.5, degraded = 0.1 }

[[people]]
role = "IT liaison"
name = "Tom Ainsley"
matches = ["t.ainsley@$client_domain"]

[[people]]
role = "Finance approver"
name = "Ruth Okafor"
matches = ["r.okafor@$client_domain"]

[[people]]
role = "HR lead"
name = "Helen Marsh"
matches = ["h.marsh@$client_domain"]

[[people]]
role = "Warehouse lead"
name = "Daniel Price"
matches = ["d.price@$client_domain"]

[[people]]
role = "Managing director"
name = "Graham Pell"
matches = ["g.pell@$client_domain"]

[[people]]
role = "Sales lead"
name = "Priya Nair"
matches = ["p.nair@$client_domain"]

[[people]]
role = "Service delivery manager"
name = "Claire Donnelly"
side = "provider"
matches = ["c.donnelly@$provider_domain"]
"""

_ALDER_FINCH = """
[[sources]]
id = "carrier"
kind = "statuspage"
url = "$carrier_url"
interval = "30s"

[[uptime]]
component = "*"
uptime = "99.5%"
calendar = "24x7"

[[people]]
role = "Practice manager"
name = "Marian Holloway"
matches = ["m.holloway@$client_domain"]

[[people]]
role = "Senior partner"
name = "Edwin Alder"
matches = ["e.alder@$client_domain"]

[[people]]
role = "Account manager"
name = "Josh Tate"
side = "provider"
matches = ["j.tate@$provider_domain"]
"""


def engagement_files(anchor: Instant, urls: Mapping[str, str], variable: str) -> dict[str, str]:
    """Return the text of every engagement file, by file name.

    ``urls`` are those of the simulated provider; ``variable`` is the environment variable that
    holds its token.
    """
    files = {
        f"{profile.key}.toml": Template(_HEAD + _LEVELS + rest).substitute(
            _values(profile, anchor, urls), interval=interval, variable=variable
        )
        for profile, rest, interval in (
            (NORTHWIND, _NORTHWIND, "10s"),
            (ALDERFINCH, _ALDER_FINCH, "20s"),
        )
    }
    started = to_datetime(started_at(NORTHWIND, anchor), zone(ZONE)).date()
    files[f"{NORTHWIND.key}.toml"] += contract_text(started)
    return files


def _values(profile: Profile, anchor: Instant, urls: Mapping[str, str]) -> dict[str, str]:
    started = to_datetime(started_at(profile, anchor), zone(ZONE)).date()
    return {
        "client": profile.client,
        "provider": profile.provider,
        "client_domain": profile.client_domain,
        "provider_domain": profile.provider_domain,
        "started": started.isoformat(),
        "grown": (started + timedelta(days=profile.days // 2)).isoformat(),
        "users_before": str(profile.users * 19 // 20),
        "users": str(profile.users),
        "desk_url": urls[f"{profile.key}-desk"],
        "status_url": urls[f"{profile.key}-status"],
        "category_field": str(CATEGORY_FIELD),
        "carrier_url": urls["carrier-status"],
    }
