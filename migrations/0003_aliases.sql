-- truth: a movable name on a version
CREATE TABLE aliases (
    model   TEXT   NOT NULL,
    alias   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    since   TEXT   NOT NULL,
    actor   TEXT   NOT NULL,                   -- who moved it there
    PRIMARY KEY (model, alias),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX aliases_by_version ON aliases (model, version);

-- truth: free labels; version 0 stands for the model itself
CREATE TABLE tags (
    model   TEXT   NOT NULL REFERENCES models (name),
    version BIGINT NOT NULL,
    key     TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    PRIMARY KEY (model, version, key)
);

-- truth: every change of what may change, oldest first; never updated or deleted
CREATE TABLE history (
    seq     BIGINT NOT NULL PRIMARY KEY,
    at      TEXT   NOT NULL,
    model   TEXT   NOT NULL,
    version BIGINT,                            -- NULL when the model itself changed
    kind    TEXT   NOT NULL,                   -- registered · alias · tag · description · deleted · undeleted
    key     TEXT   NOT NULL,                   -- the alias or tag; empty otherwise
    before  TEXT,
    after   TEXT,
    actor   TEXT   NOT NULL
);
CREATE INDEX history_by_model ON history (model, seq);
CREATE INDEX history_by_key ON history (model, kind, key, seq);
