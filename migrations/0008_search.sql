-- rebuildable: what a version can be found by, beside its name, digest, state, files and tags. Filled from the manifests; which
-- way of filling them is in force stands in search_state, so that another way fills them anew.
CREATE TABLE search_state (
    generation BIGINT NOT NULL PRIMARY KEY
);

CREATE TABLE version_attributes (
    model      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,                -- microseconds since 1970 UTC
    trained_at BIGINT,
    platform   TEXT,
    PRIMARY KEY (model, version)
) WITHOUT ROWID;
CREATE INDEX version_attributes_by_creation ON version_attributes (created_at, model, version);
CREATE INDEX version_attributes_by_training ON version_attributes (trained_at, model, version);

CREATE TABLE version_metrics (
    model   TEXT             NOT NULL,
    version BIGINT           NOT NULL,
    name    TEXT             NOT NULL,
    dataset TEXT             NOT NULL,         -- empty: none was named
    value   DOUBLE PRECISION NOT NULL,
    lowest  BIGINT           NOT NULL,         -- 1 on one row of each name: its least value over the datasets
    highest BIGINT           NOT NULL,         -- 1 on one row of each name: its greatest
    PRIMARY KEY (model, version, name, dataset)
) WITHOUT ROWID;
CREATE INDEX version_metrics_by_value ON version_metrics (name, value, model, version, lowest, highest);

CREATE TABLE version_params (
    model   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    PRIMARY KEY (model, version, name)
) WITHOUT ROWID;
CREATE INDEX version_params_by_value ON version_params (name, value, model, version);

CREATE TABLE version_libraries (
    model    TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    package  TEXT   NOT NULL,
    release  TEXT   NOT NULL,
    sort_key TEXT,                             -- orders as PEP 440 does; NULL: the release is none of PEP 440
    PRIMARY KEY (model, version, package)
) WITHOUT ROWID;
CREATE INDEX version_libraries_by_release ON version_libraries (package, sort_key, model, version);

CREATE TABLE version_datasets (
    model   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    digest  TEXT   NOT NULL,                   -- of the bytes, and of the content: a row each
    role    TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    PRIMARY KEY (model, version, digest, role, name)
) WITHOUT ROWID;
CREATE INDEX version_datasets_by_digest ON version_datasets (digest, model, version);
CREATE INDEX version_datasets_by_name ON version_datasets (name, model, version);

-- truth: as in 0003, without a second copy of every row and with an index by value
CREATE TABLE tags_by_key (
    model   TEXT   NOT NULL REFERENCES models (name),
    version BIGINT NOT NULL,
    key     TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    PRIMARY KEY (model, version, key)
) WITHOUT ROWID;
INSERT INTO tags_by_key SELECT model, version, key, value FROM tags;
DROP TABLE tags;
ALTER TABLE tags_by_key RENAME TO tags;
CREATE INDEX tags_by_value ON tags (key, value, model, version);
CREATE INDEX aliases_by_name ON aliases (alias, model, version);
CREATE INDEX fetches_by_consumer ON fetches (consumer, model, version);
