-- Instants are whole Unix seconds, dates YYYY-MM-DD text, zones IANA names, numbers of people's making JSON text, flags 0 or 1.
-- Every row carries its workspace, a key of this database's own; Slack's team id is a property of it.

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY,
    team TEXT,
    bot_user TEXT,
    first_served INTEGER,
    rehearsal INTEGER,
    rehearsal_clock INTEGER,
    digests_until INTEGER
) STRICT;

CREATE TABLE revision (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    number INTEGER NOT NULL,
    applied_at INTEGER NOT NULL,
    effective TEXT NOT NULL,
    in_slack INTEGER NOT NULL,
    applied_by TEXT,
    text TEXT NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT;

CREATE TABLE occurrence (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL,
    manager TEXT NOT NULL,
    activity TEXT NOT NULL,
    rep TEXT,
    date TEXT NOT NULL,
    leader TEXT NOT NULL,
    revision INTEGER NOT NULL,
    zone TEXT NOT NULL,
    due INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    standing TEXT NOT NULL,
    completed_at INTEGER,
    completed_by TEXT,
    result TEXT,
    note TEXT,
    link TEXT,
    number TEXT,
    reason TEXT,
    snoozed_until INTEGER,
    snoozes INTEGER NOT NULL,
    nudges INTEGER NOT NULL,
    verification TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT;

CREATE INDEX occurrence_by_manager ON occurrence (workspace, manager, date);
CREATE INDEX occurrence_by_date ON occurrence (workspace, date);
CREATE INDEX occurrence_undecided ON occurrence (workspace, closes) WHERE standing = 'undecided';

-- How far each manager is planned.
CREATE TABLE planned (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    manager TEXT NOT NULL,
    revision INTEGER NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (workspace, manager)
) STRICT, WITHOUT ROWID;

-- How far each manager's nudges were considered, and when to look again.
CREATE TABLE cursor (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    manager TEXT NOT NULL,
    nudged_until INTEGER NOT NULL,
    wake_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace, manager)
) STRICT, WITHOUT ROWID;

CREATE INDEX cursor_by_wake ON cursor (workspace, wake_at);

-- `at` runs on the bot's clock; not_before, started_at, lease_until, look_at and repaint_at on the machine's.
CREATE TABLE message (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT,
    delivery TEXT NOT NULL DEFAULT 'pending',
    attempt INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER,
    lease_until INTEGER,
    look_at INTEGER,
    looks INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    channel TEXT,
    ts TEXT,
    paint INTEGER NOT NULL DEFAULT 0,
    stale INTEGER NOT NULL DEFAULT 0,
    repaint_at INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, id)
) STRICT;

CREATE INDEX message_pending ON message (workspace, at, id) WHERE delivery = 'pending';
CREATE INDEX message_sending ON message (workspace, lease_until) WHERE delivery = 'sending';
CREATE INDEX message_uncertain ON message (workspace, look_at) WHERE delivery = 'uncertain';
CREATE INDEX message_stale ON message (workspace, at) WHERE stale = 1 AND delivery = 'sent';
CREATE INDEX message_by_recipient ON message (workspace, recipient, kind, at);
CREATE INDEX message_by_place ON message (workspace, channel, ts) WHERE ts IS NOT NULL;

-- What a message asks for, in order.
CREATE TABLE message_item (
    workspace INTEGER NOT NULL,
    message TEXT NOT NULL,
    position INTEGER NOT NULL,
    occurrence TEXT NOT NULL,
    PRIMARY KEY (workspace, message, position),
    FOREIGN KEY (workspace, message) REFERENCES message (workspace, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX message_item_by_occurrence ON message_item (workspace, occurrence);

CREATE TABLE direct_channel (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (workspace, user_id)
) STRICT, WITHOUT ROWID;

-- Inbound requests that were handled, kept for a week.
CREATE TABLE seen (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_by_age ON seen (workspace, at);

-- Who did what, when. Never a note's text.
CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    at INTEGER NOT NULL,
    who TEXT,
    what TEXT NOT NULL,
    occurrence TEXT,
    revision INTEGER,
    detail TEXT
) STRICT;

CREATE INDEX log_by_occurrence ON log (workspace, occurrence) WHERE occurrence IS NOT NULL;
