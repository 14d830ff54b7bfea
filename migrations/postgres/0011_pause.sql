-- Until when Slack wants to be left alone with a method of its Web API (Retry-After), by the machine's clock, so that a
-- restart calls none of them too early.
CREATE TABLE pause (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    method TEXT COLLATE "C" NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, method)
);
