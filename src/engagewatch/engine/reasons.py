"""Why a clock is excluded or unknown, or why it ended without its duty being done.

The codes are stored in ``Clock.reason``; :data:`WORDS` says them to a person.
"""

from __future__ import annotations

from collections.abc import Mapping

MERGED = "merged"
CANCELLED = "cancelled"
DELETED = "deleted"
OPENED_BY_PROVIDER = "opened_by_provider"
NO_TARGET = "no_target"
WITHDRAWN = "withdrawn"
FINISHED_UNANSWERED = "finished_unanswered"
BREACHED_BEFORE_CHANGE = "breached_before_change"
HISTORY_GAP = "history_gap"
PAUSE_UNSEEN = "pause_unseen"
CALLED_OFF = "called_off"
PUT_OFF = "put_off"
EXCUSED = "excused"
FINISHED_AT_ONCE = "finished_at_once"
ATTENDANCE_UNSEEN = "attendance_unseen"

WORDS: Mapping[str, str] = {
    MERGED: "the ticket was merged into another",
    CANCELLED: "the ticket was cancelled",
    DELETED: "the ticket was deleted at the source",
    OPENED_BY_PROVIDER: "the provider opened the ticket, so nobody waited for a first response",
    NO_TARGET: "the contract sets no target for this priority",
    WITHDRAWN: "the provider went on without an answer",
    FINISHED_UNANSWERED: "the ticket was finished without an answer",
    BREACHED_BEFORE_CHANGE: "the target was already missed when it changed",
    HISTORY_GAP: "the source does not tell when the status changed",
    PAUSE_UNSEEN: "the contract pauses for evidenced questions, and the source shows no messages",
    FINISHED_AT_ONCE: "the contract does not judge a ticket that was finished so soon",
    CALLED_OFF: "it was called off",
    PUT_OFF: "it was put off to a new date",
    EXCUSED: "the other side excused the absence",
    ATTENDANCE_UNSEEN: "nobody recorded who came",
}
"""What each code means, as a clause that can follow "because"."""
