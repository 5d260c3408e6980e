"""Presets: the counting rules that common service desks come with.

They say how a tool counts *unless it was set up otherwise*: good for a first guess at how a
provider reaches its numbers, not for a contract. Each is checked against what the vendor documents
or the project's own tests assert; where neither tells, our default stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engagewatch.model.policy import Amendment, Duration, Pause, PriorityChange, Reopen, Rules

_NO_LIMIT = Duration()


@dataclass(frozen=True, slots=True)
class Preset:
    """How one product counts."""

    title: str
    rules: Rules
    notes: tuple[str, ...] = ()
    """What the rules cannot express."""


PRESETS: Mapping[str, Preset] = {
    "zendesk": Preset(
        "Zendesk",
        Rules(
            pause=Pause.CLAIMED,  # requester wait time stands still while pending, not on hold
            resume_at_reply=False,
            reopen=Reopen.CONTINUE,
            reopen_within=_NO_LIMIT,
            priority_change=PriorityChange.FROM_CREATION,
            amendment=Amendment.AT_NEXT_UPDATE,
            agent_opened_has_first_response=True,
        ),
        ("reply times run through pending",),
    ),
    "servicenow": Preset(
        "ServiceNow",
        Rules(
            pause=Pause.CLAIMED,
            third_party_pauses=True,  # one On Hold state, whatever its reason
            resume_at_reply=False,
            reopen=Reopen.NEW_CYCLE,
            priority_change=PriorityChange.FROM_CHANGE,  # unless retroactive start is ticked
            status_change_is_response=True,
        ),
        ("every condition is configurable per SLA definition", "made_sla is a legacy field"),
    ),
    "jira": Preset(
        "Jira Service Management",
        Rules(
            pause=Pause.CLAIMED,
            resume_at_reply=False,
            reopen=Reopen.NEW_CYCLE,
            priority_change=PriorityChange.FROM_CREATION,
            breach_survives_downgrade=False,
        ),
        ("a new cycle starts from zero after every stop",),
    ),
    "zammad": Preset(
        "Zammad",
        Rules(
            pause=Pause.CLAIMED,
            third_party_pauses=True,  # every pending state is cut out
            nobody_pauses=True,
            first_response_pauses=True,
            resume_at_reply=False,
            reopen=Reopen.CONTINUE,
            reopen_within=_NO_LIMIT,
            breach_survives_downgrade=False,
        ),
        ("counts whole minutes", "one calendar serves all clocks of an SLA"),
    ),
    "glpi": Preset(
        "GLPI",
        Rules(
            pause=Pause.CLAIMED,
            third_party_pauses=True,  # one waiting status, whatever its reason
            nobody_pauses=True,
            resume_at_reply=False,
            reopen=Reopen.CONTINUE,
            reopen_within=_NO_LIMIT,
            breach_survives_downgrade=False,
            assignment_is_response=True,  # time to own ends when somebody takes the ticket
        ),
        ("time to own is not a response to the client",),
    ),
    "freshservice": Preset(
        "Freshservice",
        Rules(
            pause=Pause.CLAIMED,
            third_party_pauses=True,  # a status switches the timer off for all clocks
            nobody_pauses=True,
            first_response_pauses=True,
            resume_at_reply=False,
            reopen=Reopen.CONTINUE,
            reopen_within=_NO_LIMIT,
            breach_survives_downgrade=False,
        ),
        ("a due date changed by hand is kept",),
    ),
}
"""By the name an engagement file would use."""
