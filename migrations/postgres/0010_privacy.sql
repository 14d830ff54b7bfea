-- How often somebody was forgotten. Forgetting rewrites names in revisions that are there already; a running bot, which keeps
-- those in its memory, sees by this count that it has to read them again.
ALTER TABLE workspace ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;
