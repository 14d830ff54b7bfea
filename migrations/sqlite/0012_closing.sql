-- What is open of one manager, however long the history and however large the team.
CREATE INDEX occurrence_by_closing ON occurrence (workspace, manager, closes);
