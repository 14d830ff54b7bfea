-- What is wrong on Slack's side and lasts until somebody mends it: a deactivated account, an archived channel, a scope that
-- is missing. One subject has one trouble at a time.
CREATE TABLE trouble (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (workspace, subject)
) STRICT, WITHOUT ROWID;

-- Whom it was said to, so that it is said once. Goes with the trouble, so that the next one is said again.
CREATE TABLE notice (
    workspace INTEGER NOT NULL,
    subject TEXT NOT NULL,
    whom TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (workspace, subject, whom),
    FOREIGN KEY (workspace, subject) REFERENCES trouble (workspace, subject) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
