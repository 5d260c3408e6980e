"""The schema, as a ladder of migrations.

Version N of the database is what the first N steps make. A released step is never edited: a change
is a new step. Instants are epoch seconds UTC; booleans are 0 and 1; spans are seconds. What the
engine derives (``standing``, ``clock``) can be rebuilt from ``ticket``, ``event`` and ``claim``.
"""

from __future__ import annotations

_STEP_1 = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One row per polled source. `policy_version` is the fingerprint its clock rows were folded with.
CREATE TABLE source (
    key INTEGER PRIMARY KEY,
    engagement TEXT NOT NULL,
    id TEXT NOT NULL,
    adapter TEXT NOT NULL,
    policy_version TEXT NOT NULL DEFAULT '',
    last_attempt_at INTEGER,
    last_success_at INTEGER,
    failing_since INTEGER,
    failure TEXT,
    error TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    polling_since INTEGER,
    requests INTEGER NOT NULL DEFAULT 0,
    requests_last_poll INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    clock_skew INTEGER,
    UNIQUE (engagement, id)
) STRICT;

CREATE TABLE sync_cursor (
    source_key INTEGER NOT NULL REFERENCES source (key),
    stream TEXT NOT NULL,
    cursor TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE refused (
    source_key INTEGER NOT NULL REFERENCES source (key),
    record TEXT NOT NULL,
    reason TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    side TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
    key INTEGER PRIMARY KEY,
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    reference TEXT NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    requester TEXT,
    assignee TEXT,
    team TEXT,
    category TEXT,
    opened_by TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    deleted INTEGER NOT NULL DEFAULT 0,
    merged_into TEXT,
    tags TEXT NOT NULL DEFAULT '',
    change_seq INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source_key, id)
) STRICT;
CREATE INDEX ticket_by_reference ON ticket (source_key, reference);
CREATE INDEX ticket_by_update ON ticket (source_key, updated_at);

-- Append-only. A later read of the same event id changes nothing.
CREATE TABLE event (
    ticket_key INTEGER NOT NULL REFERENCES ticket (key),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    side TEXT,
    actor TEXT,
    value TEXT NOT NULL DEFAULT '',
    previous TEXT NOT NULL DEFAULT '',
    automatic INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ticket_key, id)
) STRICT, WITHOUT ROWID;

-- Events whose ticket has not been seen yet; they move to `event` with it.
CREATE TABLE orphan_event (
    source_key INTEGER NOT NULL REFERENCES source (key),
    ticket_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    side TEXT,
    actor TEXT,
    value TEXT NOT NULL DEFAULT '',
    previous TEXT NOT NULL DEFAULT '',
    automatic INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source_key, ticket_id, id)
) STRICT, WITHOUT ROWID;

-- What the provider's own tool says; the latest word replaces the earlier one.
CREATE TABLE claim (
    ticket_key INTEGER NOT NULL REFERENCES ticket (key),
    obligation TEXT NOT NULL,
    met INTEGER,
    elapsed INTEGER,
    target INTEGER,
    due_at INTEGER,
    source_field TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (ticket_key, obligation)
) STRICT, WITHOUT ROWID;

-- Derived: whose court, since when, and how the time divides up.
CREATE TABLE standing (
    ticket_key INTEGER PRIMARY KEY REFERENCES ticket (key),
    source_key INTEGER NOT NULL REFERENCES source (key),
    court TEXT NOT NULL,
    court_since INTEGER NOT NULL,
    elapsed_provider INTEGER NOT NULL,
    elapsed_client INTEGER NOT NULL,
    elapsed_third_party INTEGER NOT NULL,
    elapsed_nobody INTEGER NOT NULL,
    business_provider INTEGER NOT NULL,
    business_client INTEGER NOT NULL,
    business_third_party INTEGER NOT NULL,
    business_nobody INTEGER NOT NULL,
    finished_at INTEGER,
    reopened INTEGER NOT NULL,
    last_provider_word INTEGER,
    last_client_word INTEGER,
    claimed_wait INTEGER NOT NULL,
    evidenced_wait INTEGER,
    unmapped TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX standing_open ON standing (source_key, court, court_since) WHERE finished_at IS NULL;
CREATE INDEX standing_finished ON standing (source_key, finished_at);

-- Derived: one row per obligation and round of a ticket.
CREATE TABLE clock (
    ticket_key INTEGER NOT NULL REFERENCES ticket (key),
    obligation TEXT NOT NULL,
    round INTEGER NOT NULL,
    source_key INTEGER NOT NULL REFERENCES source (key),
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    consumed INTEGER NOT NULL,
    running_since INTEGER,
    target INTEGER,
    due_at INTEGER,
    calendar TEXT NOT NULL,
    priority TEXT NOT NULL,
    felt INTEGER,
    paused INTEGER NOT NULL,
    client_wait INTEGER NOT NULL,
    owner TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (ticket_key, obligation, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_by_due ON clock (source_key, obligation, due_at);
CREATE INDEX clock_by_stop ON clock (source_key, obligation, stopped_at);
CREATE INDEX clock_open ON clock (source_key, due_at) WHERE state IN ('running', 'paused');

CREATE TABLE component (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    team TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER,
    listed INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;

-- What polls saw: one row per run of consecutive polls that saw the same state.
CREATE TABLE state_span (
    source_key INTEGER NOT NULL REFERENCES source (key),
    component_id TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (source_key, component_id, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    impact TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    posted_at INTEGER NOT NULL,
    resolved_at INTEGER,
    first_seen_at INTEGER NOT NULL,
    component_ids TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_start ON incident (source_key, started_at);

CREATE TABLE incident_update (
    source_key INTEGER NOT NULL REFERENCES source (key),
    incident_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (source_key, incident_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE component_change (
    source_key INTEGER NOT NULL REFERENCES source (key),
    incident_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (source_key, incident_id, component_id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE maintenance (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    announced_at INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    component_ids TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;

-- Entered by the user; never derived, never overwritten by a poll.
CREATE TABLE seen (
    engagement TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_STEP_2 = """
-- What a source asks its reader to know although polling works, e.g. a shrinkage that was refused.
ALTER TABLE source ADD COLUMN notice TEXT NOT NULL DEFAULT '';
-- When the open tickets were last compared with what the source still has.
ALTER TABLE source ADD COLUMN swept_at INTEGER;

-- Values that a source changed after they had been seen, without telling of a change.
CREATE TABLE silent_edit (
    source_key INTEGER NOT NULL REFERENCES source (key),
    ticket_id TEXT NOT NULL,
    field TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    known_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, ticket_id, field, was, became)
) STRICT, WITHOUT ROWID;
CREATE INDEX silent_edit_by_time ON silent_edit (source_key, seen_at);

-- Tickets the source no longer has (they are marked as deleted) or no longer shows (they are not).
CREATE TABLE absence (
    source_key INTEGER NOT NULL REFERENCES source (key),
    ticket_id TEXT NOT NULL,
    gone INTEGER NOT NULL,
    reason TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, ticket_id)
) STRICT, WITHOUT ROWID;

-- So much went missing at once that it was not believed.
CREATE TABLE shrinkage (
    source_key INTEGER NOT NULL REFERENCES source (key),
    what TEXT NOT NULL,
    gone INTEGER NOT NULL,
    known INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, what)
) STRICT, WITHOUT ROWID;
"""

_STEP_3 = """
-- What people enter and what is noted for good (model/entry.py). Only ever added to.
CREATE TABLE entry (
    id TEXT PRIMARY KEY,
    engagement TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    "values" TEXT NOT NULL DEFAULT '{}'
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_kind ON entry (engagement, kind, subject, at);

CREATE TABLE meeting (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    organiser TEXT NOT NULL,
    organised_by TEXT,
    called_off INTEGER NOT NULL,
    invitees TEXT NOT NULL,
    updated_at INTEGER,
    url TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_by_start ON meeting (source_key, from_at);

-- The dates that a meeting was planned for, in the order they were seen.
CREATE TABLE meeting_date (
    source_key INTEGER NOT NULL REFERENCES source (key),
    meeting_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, meeting_id, seen_at)
) STRICT, WITHOUT ROWID;

-- Tasks that a source tells of. Days are ISO dates, local to the engagement.
CREATE TABLE planned_task (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    due TEXT NOT NULL,
    phase TEXT NOT NULL,
    role TEXT NOT NULL,
    start TEXT,
    usual_low INTEGER,
    usual_high INTEGER,
    client_hours REAL NOT NULL,
    depends TEXT NOT NULL,
    evidence TEXT NOT NULL,
    gate TEXT NOT NULL,
    done_at INTEGER,
    called_off INTEGER NOT NULL,
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;

-- The dates that a task was promised for, in the order they were seen; the first is the plan.
CREATE TABLE planned_date (
    source_key INTEGER NOT NULL REFERENCES source (key),
    task_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    due TEXT NOT NULL,
    PRIMARY KEY (source_key, task_id, seen_at)
) STRICT, WITHOUT ROWID;

-- The record from before the engagement, imported from files; an import replaces its namesake.
CREATE TABLE baseline_file (
    engagement TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    grade TEXT NOT NULL,
    provenance TEXT NOT NULL,
    digest TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (engagement, name)
) STRICT, WITHOUT ROWID;

-- One ticket, outage or headcount from before. Columns that do not apply are NULL or empty.
CREATE TABLE baseline_row (
    engagement TEXT NOT NULL,
    name TEXT NOT NULL,
    line INTEGER NOT NULL,
    at INTEGER NOT NULL,
    until_at INTEGER,
    title TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    priority TEXT NOT NULL DEFAULT '',
    users INTEGER,
    responded_at INTEGER,
    grade TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (engagement, name, line),
    FOREIGN KEY (engagement, name) REFERENCES baseline_file (engagement, name)
) STRICT, WITHOUT ROWID;
"""

_STEP_4 = """
-- No reader ever asked which tickets a transaction changed: it cost a write for each.
ALTER TABLE ticket DROP COLUMN change_seq;

-- Bytes, altogether and by the last poll. They stood in `meta`, as two numbers in one text.
ALTER TABLE source ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN received_last_poll INTEGER NOT NULL DEFAULT 0;
UPDATE source SET
    received = CAST(substr(m.value, 1, instr(m.value, ' ') - 1) AS INTEGER),
    received_last_poll = CAST(substr(m.value, instr(m.value, ' ') + 1) AS INTEGER)
FROM meta m WHERE m.key = 'received from source ' || source.key;
DELETE FROM meta WHERE key LIKE 'received from source %';

-- The source's own word for the state, where it has one that the states do not cover. It stood
-- behind a line feed in `state`.
ALTER TABLE component ADD COLUMN told TEXT NOT NULL DEFAULT '';
UPDATE component SET
    told = substr(state, instr(state, char(10)) + 1),
    state = substr(state, 1, instr(state, char(10)) - 1)
WHERE instr(state, char(10)) > 0;

-- Tickets that finished before this were removed, as their retention had passed; NULL if none were.
ALTER TABLE source ADD COLUMN kept_since INTEGER;
-- When it was last looked for tickets to remove.
ALTER TABLE source ADD COLUMN retained_at INTEGER;

-- What was removed, and in which version: as old a version that is delivered again stays out.
CREATE TABLE removed_ticket (
    source_key INTEGER NOT NULL REFERENCES source (key),
    id TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (source_key, id)
) STRICT, WITHOUT ROWID;

-- People to be forgotten: by what sources may call them, unreadable, and what stands in its place.
CREATE TABLE forgotten (
    engagement TEXT NOT NULL,
    digest TEXT NOT NULL,
    salt TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (engagement, digest)
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_STEP_1, _STEP_2, _STEP_3, _STEP_4)
"""Step N takes the database from version N-1 to N (``PRAGMA user_version``)."""
