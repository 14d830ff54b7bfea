-- What is wrong on Slack's side and lasts until somebody mends it: a deactivated account, an archived channel, a scope that
-- is missing. One subject has one trouble at a time.
CREATE TABLE trouble (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    subject TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (workspace, subject)
);

-- Whom it was said to, so that it is said once. Goes with the trouble, so that the next one is said again.
CREATE TABLE notice (
    workspace BIGINT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    whom TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, subject, whom),
    FOREIGN KEY (workspace, subject) REFERENCES trouble (workspace, subject) ON DELETE CASCADE
);
