-- What other systems may do, and what they are told.

-- Bearer tokens. Only what tells a token from others is kept: its SHA-256, in hexadecimal. A row is never deleted.
CREATE TABLE token (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by TEXT,
    used_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX token_by_hash ON token (workspace, hash);
CREATE UNIQUE INDEX token_by_name ON token (workspace, name) WHERE revoked_at IS NULL;

-- What was answered to a request that may come twice, kept for a day.
CREATE TABLE answered (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    token INTEGER NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, token, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX answered_by_age ON answered (workspace, at);

-- Addresses that are told of events. The secret is sealed with the installation's key; it goes when the webhook does.
CREATE TABLE webhook (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id INTEGER NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by TEXT,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- What is to be told, one row for each webhook. `at` is the bot's clock, the other instants the machine's. What is said is
-- drawn from the record when it is sent; nobody's words are kept here.
CREATE TABLE webhook_delivery (
    workspace INTEGER NOT NULL,
    webhook INTEGER NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempt INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    problem TEXT,
    PRIMARY KEY (workspace, webhook, id),
    FOREIGN KEY (workspace, webhook) REFERENCES webhook (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_delivery_pending ON webhook_delivery (workspace, not_before) WHERE state = 'pending';
CREATE INDEX webhook_delivery_settled ON webhook_delivery (workspace, state, settled_at);

-- Lists that are read page by page go by this.
CREATE INDEX occurrence_by_due ON occurrence (workspace, due, id);
