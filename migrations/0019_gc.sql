-- What was deleted goes for good once somebody says so (`assay gc`). Times are milliseconds since 1970 UTC.
ALTER TABLE runs ADD COLUMN deleted_at BIGINT;  -- NULL while it is active. Experiments and logged models change no more once they are deleted: updated_at
CREATE INDEX runs_by_deletion ON runs (deleted_at, id) WHERE state = 'deleted';
CREATE INDEX logged_models_by_deletion ON logged_models (updated_at, id) WHERE state = 'deleted';
CREATE INDEX experiments_by_location ON experiments (location);
CREATE INDEX registrations_by_logged_model ON registrations (logged_model, model, version);

-- truth: what went for good, when, and who said so. The number of an experiment is never given out again
CREATE TABLE collected (
    kind  TEXT   NOT NULL,                     -- experiment · run · logged-model
    id    TEXT   NOT NULL,
    name  TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    actor TEXT   NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;

-- truth: what of that is still to be swept, a part at a time: points of metrics, and names of files
CREATE TABLE unswept (
    kind   TEXT NOT NULL,                      -- points · experiment · run · logged-model
    id     TEXT NOT NULL,                      -- the number in metric_points, or what the files belonged to
    folder TEXT NOT NULL,                      -- of logged_files; empty for points
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
