-- Experiments and runs as MLflow's clients keep them: renamed, deleted, restored and tagged, with every point of each metric, and with the
-- data and models that went in and came out. Times are milliseconds since 1970 UTC, as these clients send them: any of 64 bits.
CREATE TABLE run_times (at TEXT NOT NULL PRIMARY KEY, y BIGINT NOT NULL, m BIGINT NOT NULL, ms BIGINT NOT NULL);
INSERT INTO run_times
    SELECT at, CAST(substr(at, 1, 4) AS BIGINT), CAST(substr(at, 6, 2) AS BIGINT),
           CAST(substr(at, 9, 2) AS BIGINT) * 86400000 + CAST(substr(at, 12, 2) AS BIGINT) * 3600000 + CAST(substr(at, 15, 2) AS BIGINT) * 60000
               + CAST(substr(at, 18, 2) AS BIGINT) * 1000 + CASE WHEN substr(at, 20, 1) = '.' THEN CAST(substr(at, 21, 3) AS BIGINT) ELSE 0 END
    FROM (SELECT created_at AS at FROM experiments UNION SELECT started_at FROM runs UNION SELECT ended_at FROM runs WHERE ended_at IS NOT NULL
          UNION SELECT at FROM run_metrics) texts;
UPDATE run_times SET y = y - 1, m = m + 12 WHERE m <= 2;  -- years that begin in March
UPDATE run_times SET ms = ms + (365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 - 719469) * 86400000;

-- truth: a named group of runs; 0 is "Default", made at the first start
CREATE TABLE new_experiments (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    state      TEXT   NOT NULL,                -- active · deleted
    location   TEXT   NOT NULL,                -- the folder of logged_files for what its runs and models log
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    old_id     TEXT                            -- dropped below
);
INSERT INTO new_experiments
    SELECT number, name, 'active', CAST(number AS TEXT), ms, ms, id
    FROM (SELECT CASE WHEN name = 'Default' THEN 0 ELSE row_number() OVER (ORDER BY created_at, id) END AS number, name, ms, id
          FROM experiments JOIN run_times ON at = created_at) numbered;

-- truth: one execution that trained something
CREATE TABLE new_runs (
    id         TEXT   NOT NULL PRIMARY KEY,    -- 32 hex digits
    experiment BIGINT NOT NULL REFERENCES new_experiments (id),
    name       TEXT   NOT NULL,
    status     TEXT   NOT NULL,                -- running · scheduled · finished · failed · killed
    state      TEXT   NOT NULL,                -- active · deleted
    started_at BIGINT,
    ended_at   BIGINT,
    actor      TEXT   NOT NULL
);
INSERT INTO new_runs
    SELECT runs.id, new_experiments.id, runs.name, runs.status, 'active', began.ms, ended.ms, actor
    FROM runs JOIN new_experiments ON old_id = experiment JOIN run_times began ON began.at = started_at
         LEFT JOIN run_times ended ON ended.at = ended_at;

-- truth: a metric of a run, as it is now: the point of the greatest step, then time, then value
CREATE TABLE new_run_metrics (
    run    TEXT             NOT NULL REFERENCES new_runs (id),
    name   TEXT             NOT NULL,
    id     BIGINT           NOT NULL,          -- names it in metric_points
    step   BIGINT           NOT NULL,
    at     BIGINT           NOT NULL,
    value  DOUBLE PRECISION NOT NULL,          -- finite; 0 where it is none
    is_nan BIGINT           NOT NULL,          -- 1: not a number
    PRIMARY KEY (run, name)
) WITHOUT ROWID;

-- truth: how a metric went
CREATE TABLE metric_points (
    metric BIGINT           NOT NULL,
    at     BIGINT           NOT NULL,
    step   BIGINT           NOT NULL,
    value  DOUBLE PRECISION NOT NULL,
    is_nan BIGINT           NOT NULL,
    PRIMARY KEY (metric, at, step, value, is_nan)
) WITHOUT ROWID;
INSERT INTO new_run_metrics
    SELECT run, name, row_number() OVER (ORDER BY run, name), step, ms, value, 0
    FROM (SELECT run, name, step, ms, value, row_number() OVER (PARTITION BY run, name ORDER BY step DESC, ms DESC, value DESC) AS place
          FROM run_metrics JOIN run_times ON run_times.at = run_metrics.at) placed WHERE place = 1;
INSERT INTO metric_points
    SELECT DISTINCT new_run_metrics.id, ms, run_metrics.step, run_metrics.value, 0
    FROM run_metrics JOIN run_times ON run_times.at = run_metrics.at
         JOIN new_run_metrics ON new_run_metrics.run = run_metrics.run AND new_run_metrics.name = run_metrics.name;

-- truth: parameters of a run
CREATE TABLE new_run_params (
    run   TEXT NOT NULL REFERENCES new_runs (id),
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
INSERT INTO new_run_params SELECT run, name, value FROM run_params;

DROP TABLE run_params;
DROP TABLE run_metrics;
DROP TABLE runs;
DROP TABLE experiments;
DROP TABLE run_times;
ALTER TABLE new_experiments DROP COLUMN old_id;
ALTER TABLE new_experiments RENAME TO experiments;
ALTER TABLE new_runs RENAME TO runs;
ALTER TABLE new_run_metrics RENAME TO run_metrics;
ALTER TABLE new_run_params RENAME TO run_params;
CREATE INDEX runs_by_start ON runs (experiment, state, started_at DESC, id);
CREATE INDEX runs_by_start_anywhere ON runs (state, started_at DESC, id);
CREATE UNIQUE INDEX run_metrics_by_id ON run_metrics (id);
CREATE INDEX run_metrics_by_value ON run_metrics (name, is_nan, value, run);
CREATE INDEX run_params_by_value ON run_params (name, value, run);

-- truth: free labels
CREATE TABLE experiment_tags (
    experiment BIGINT NOT NULL REFERENCES experiments (id),
    key        TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    PRIMARY KEY (experiment, key)
) WITHOUT ROWID;
CREATE TABLE run_tags (
    run   TEXT NOT NULL REFERENCES runs (id),
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX run_tags_by_value ON run_tags (key, value, run);

-- truth: data as a run describes it; its digest is the client's own, of any kind
CREATE TABLE logged_datasets (
    id          BIGINT NOT NULL PRIMARY KEY,
    experiment  BIGINT NOT NULL REFERENCES experiments (id),
    name        TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    source_type TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    schema      TEXT,
    profile     TEXT,
    UNIQUE (experiment, name, digest)
);
CREATE TABLE run_datasets (
    run     TEXT   NOT NULL REFERENCES runs (id),
    dataset BIGINT NOT NULL REFERENCES logged_datasets (id),
    place   BIGINT NOT NULL,                   -- the order in which they were logged
    PRIMARY KEY (run, dataset)
) WITHOUT ROWID;
CREATE INDEX run_datasets_by_dataset ON run_datasets (dataset, run);
CREATE TABLE run_dataset_tags (
    run     TEXT   NOT NULL,
    dataset BIGINT NOT NULL,
    key     TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    PRIMARY KEY (run, dataset, key)
) WITHOUT ROWID;

-- truth: models that a run read or made
CREATE TABLE run_models (
    run       TEXT   NOT NULL REFERENCES runs (id),
    direction TEXT   NOT NULL,                 -- input · output
    model     TEXT   NOT NULL,                 -- the id of a logged model
    step      BIGINT NOT NULL,
    place     BIGINT NOT NULL,
    PRIMARY KEY (run, direction, model)
) WITHOUT ROWID;

-- truth: files that runs and models have logged, by their whole path: the last bytes put there
CREATE TABLE logged_files (
    path      TEXT   NOT NULL PRIMARY KEY,
    digest    TEXT   NOT NULL REFERENCES blobs (digest),
    size      BIGINT NOT NULL,
    logged_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX logged_files_by_digest ON logged_files (digest);
