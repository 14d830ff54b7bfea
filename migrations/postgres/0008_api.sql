-- What other systems may do, and what they are told.

-- Bearer tokens. Only what tells a token from others is kept: its SHA-256, in hexadecimal. A row is never deleted.
CREATE TABLE token (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT COLLATE "C",
    used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX token_by_hash ON token (workspace, hash);
CREATE UNIQUE INDEX token_by_name ON token (workspace, name) WHERE revoked_at IS NULL;

-- What was answered to a request that may come twice, kept for a day.
CREATE TABLE answered (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    token BIGINT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    request TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, token, key)
);

CREATE INDEX answered_by_age ON answered (workspace, at);

-- Addresses that are told of events. The secret is sealed with the installation's key; it goes when the webhook does.
CREATE TABLE webhook (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    id BIGINT NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,
    events TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT COLLATE "C",
    PRIMARY KEY (workspace, id)
);

-- What is to be told, one row for each webhook. `at` is the bot's clock, the other instants the machine's. What is said is
-- drawn from the record when it is sent; nobody's words are kept here.
CREATE TABLE webhook_delivery (
    workspace BIGINT NOT NULL,
    webhook BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL DEFAULT 'pending',
    attempt BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT,
    problem TEXT COLLATE "C",
    PRIMARY KEY (workspace, webhook, id),
    FOREIGN KEY (workspace, webhook) REFERENCES webhook (workspace, id)
);

CREATE INDEX webhook_delivery_pending ON webhook_delivery (workspace, not_before) WHERE state = 'pending';
CREATE INDEX webhook_delivery_settled ON webhook_delivery (workspace, state, settled_at);

-- Lists that are read page by page go by this.
CREATE INDEX occurrence_by_due ON occurrence (workspace, due, id);
