-- What MLflow's clients keep of models and versions beside what every version has. Times are milliseconds since 1970 UTC.
ALTER TABLE models ADD COLUMN state TEXT NOT NULL DEFAULT 'active';     -- active · deleted: the name is free, its numbers stay taken
ALTER TABLE models ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;     -- 0: not since it was made

-- truth: how a version was registered from the files of a run or a logged model, or why it was not
CREATE TABLE registrations (
    model        TEXT   NOT NULL REFERENCES models (name),
    version      BIGINT NOT NULL,
    source       TEXT   NOT NULL,              -- as the client named it
    location     TEXT   NOT NULL,              -- the folder of logged_files; empty: none of ours
    run          TEXT   NOT NULL,
    run_link     TEXT   NOT NULL,
    logged_model TEXT   NOT NULL,
    stage        TEXT   NOT NULL,              -- None · Staging · Production · Archived
    status       TEXT   NOT NULL,              -- ready · failed: there is no such version, and its number is taken
    message      TEXT   NOT NULL,              -- why it failed, or waits
    description  TEXT   NOT NULL,              -- of a failed one
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (model, version)
);
CREATE INDEX registrations_by_location ON registrations (location);
CREATE INDEX registrations_by_stage ON registrations (model, stage, version);
