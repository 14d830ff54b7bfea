-- What a message said beside its occurrences, once: a question about the process, or a welcome. Answers are kept for the
-- process review.
CREATE TABLE aside (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL,
    manager TEXT NOT NULL,
    topic TEXT NOT NULL,
    activity TEXT,
    occurrence TEXT,
    said_in TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    answer TEXT,
    answered_at INTEGER,
    answered_by TEXT,
    PRIMARY KEY (workspace, id)
) STRICT;

CREATE INDEX aside_by_manager ON aside (workspace, manager, said_at);
CREATE INDEX aside_by_message ON aside (workspace, said_in);

-- A manager's own if-then for an activity, in their words.
CREATE TABLE intention (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    manager TEXT NOT NULL,
    activity TEXT NOT NULL,
    words TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, manager, activity)
) STRICT, WITHOUT ROWID;

-- When somebody last pressed, submitted, typed or opened anything, to the hour or so.
CREATE TABLE heard (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    user_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, user_id)
) STRICT, WITHOUT ROWID;
