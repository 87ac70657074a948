-- truth: models that runs have logged, before or without being registered (MLflow 3). Times are milliseconds since 1970 UTC.
CREATE TABLE logged_models (
    id         TEXT   NOT NULL PRIMARY KEY,
    experiment BIGINT NOT NULL REFERENCES experiments (id),
    name       TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    run        TEXT   NOT NULL,                -- that made it; need not exist
    status     TEXT   NOT NULL,                -- pending · ready · failed
    state      TEXT   NOT NULL,                -- active · deleted
    location   TEXT   NOT NULL,                -- the folder of logged_files
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX logged_models_by_creation ON logged_models (experiment, state, created_at DESC, id);
CREATE INDEX logged_models_by_name ON logged_models (experiment, name, id);

CREATE TABLE logged_model_params (
    model TEXT NOT NULL REFERENCES logged_models (id),
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, name)
) WITHOUT ROWID;
CREATE INDEX logged_model_params_by_value ON logged_model_params (name, value, model);

CREATE TABLE logged_model_tags (
    model TEXT NOT NULL REFERENCES logged_models (id),
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
) WITHOUT ROWID;
CREATE INDEX logged_model_tags_by_value ON logged_model_tags (key, value, model);

CREATE TABLE logged_model_metrics (
    model          TEXT             NOT NULL REFERENCES logged_models (id),
    run            TEXT             NOT NULL,
    name           TEXT             NOT NULL,
    at             BIGINT           NOT NULL,
    step           BIGINT           NOT NULL,
    value          DOUBLE PRECISION NOT NULL,
    is_nan         BIGINT           NOT NULL,
    dataset_name   TEXT             NOT NULL,  -- empty: none was named
    dataset_digest TEXT             NOT NULL,
    PRIMARY KEY (model, run, name, at, step)
) WITHOUT ROWID;
CREATE INDEX logged_model_metrics_by_value ON logged_model_metrics (name, is_nan, value, model);
