"""The tickets that users write while something is down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engagewatch.demo.case import Case, Office, status
from engagewatch.demo.desk import Record, Via
from engagewatch.demo.history import CLOSED_AFTER, Share
from engagewatch.demo.outages import Cluster
from engagewatch.model.instants import MINUTE

_COMPLAINTS: Mapping[str, tuple[str, ...]] = {
    "mail": ("No e-mail since this morning", "Outlook says disconnected", "Mails not arriving"),
    "erp": ("ERP does not open", "ERP: connection lost", "Cannot log on to ERP", "ERP down?"),
    "files": ("Shared drive gone", "Cannot open anything on the S: drive"),
    "identity": ("Cannot sign in", "MFA prompt loops", "Sign-in page shows an error"),
    "vpn": ("VPN will not connect", "VPN dropped, cannot get back in"),
    "wifi": ("Wi-Fi in Leeds very slow", "Laptop loses Wi-Fi in Leeds", "Wi-Fi drops in meetings"),
    "depot": ("Scanners offline", "Scanner shows no network", "Cannot scan goods in"),
    "phones": ("Calls are cut off", "No dial tone", "Customers cannot reach us by phone"),
    "printing": ("Nothing prints", "Print jobs stay in the queue", "Printers in Bristol dead"),
    "backup": ("Backup report missing",),
}
_TEAMS = {"erp": "Applications", "printing": "Service Desk"}


def cluster_records(office: Office, clusters: Iterable[Cluster]) -> Iterator[Record]:
    """Yield the tickets of every cluster."""
    merged = Share()
    for cluster in clusters:
        yield from _cluster(office, cluster, merged)


def _cluster(office: Office, cluster: Cluster, merged: Share) -> Iterator[Record]:
    rng = office.rng
    team = _TEAMS.get(cluster.component, "Infrastructure")
    agents = office.agents_of(team)
    lead = rng.choice(agents)
    users = [user for user in office.crowd.users if user.created_at < cluster.start]
    users = rng.sample(users, min(cluster.count, len(users)))
    # The first three come close together, as they do when something breaks.
    times = [cluster.start + minutes * MINUTE for minutes in (0, 2, 5)]
    times += [cluster.start + rng.randrange(6 * MINUTE, cluster.spread) for _ in users[3:]]
    first: Case | None = None
    for at, user in zip(sorted(times), users, strict=False):
        case = Case.open(
            office,
            at,
            user,
            office.subject(_COMPLAINTS[cluster.component]),
            "It worked an hour ago. My colleagues have the same.",
            kind="incident",
            team=team,
            category=cluster.component,
            via=rng.choice((Via.EMAIL, Via.FORM)),
            priority="high",
            story=cluster.story,
        )
        if case.record.via is Via.EMAIL:
            case.acknowledge(at + rng.randrange(2, 25))
        taken = at + rng.randrange(3, 12) * MINUTE
        if first is not None and merged.falls(0.28):
            case.triage(taken, lead, "normal")
            case.merge_into(taken + rng.randrange(2, 9) * MINUTE, first)
            case.record.story = "merged"
            yield case.record
            continue
        case.triage(taken, lead if first is None else rng.choice(agents), "high")
        case.answer(taken + rng.randrange(2, 12) * MINUTE, "first")
        if first is None:
            first = case
            case.note(taken + 15 * MINUTE, {"type": "problem"})
        else:
            case.record.problem_id = first.record.id
        solved = cluster.solved_at + rng.randrange(1, 25) * MINUTE
        solved = max(solved, taken + 20 * MINUTE)
        case.answer(solved, "solution", status("solved"))
        case.close(solved + CLOSED_AFTER)
        yield case.record
