-- What a message said beside its occurrences, once: a question about the process, or a welcome. Answers are kept for the
-- process review.
CREATE TABLE aside (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    id TEXT COLLATE "C" NOT NULL,
    manager TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    activity TEXT COLLATE "C",
    occurrence TEXT COLLATE "C",
    said_in TEXT COLLATE "C" NOT NULL,
    said_at BIGINT NOT NULL,
    answer TEXT COLLATE "C",
    answered_at BIGINT,
    answered_by TEXT COLLATE "C",
    PRIMARY KEY (workspace, id)
);

CREATE INDEX aside_by_manager ON aside (workspace, manager, said_at);
CREATE INDEX aside_by_message ON aside (workspace, said_in);

-- A manager's own if-then for an activity, in their words.
CREATE TABLE intention (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    manager TEXT COLLATE "C" NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, manager, activity)
);

-- When somebody last pressed, submitted, typed or opened anything, to the hour or so.
CREATE TABLE heard (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    user_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
