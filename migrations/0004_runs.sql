-- truth: a named group of runs
CREATE TABLE experiments (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);

-- truth: one execution that trained something
CREATE TABLE runs (
    id         TEXT NOT NULL PRIMARY KEY,      -- 32 hex digits
    experiment TEXT NOT NULL REFERENCES experiments (id),
    name       TEXT NOT NULL,
    status     TEXT NOT NULL,                  -- finished
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    actor      TEXT NOT NULL
);

-- truth: metrics of a run with their whole course
CREATE TABLE run_metrics (
    run       TEXT             NOT NULL REFERENCES runs (id),
    name      TEXT             NOT NULL,
    step      BIGINT           NOT NULL,
    at        TEXT             NOT NULL,
    value     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (run, name, step, at, value)
);

-- truth: parameters of a run
CREATE TABLE run_params (
    run   TEXT NOT NULL REFERENCES runs (id),
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, name)
);
