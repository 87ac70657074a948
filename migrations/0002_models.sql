-- rebuildable, except description: a registered name
CREATE TABLE models (
    name         TEXT   NOT NULL PRIMARY KEY,
    description  TEXT   NOT NULL,
    created_at   TEXT   NOT NULL,
    next_version BIGINT NOT NULL               -- only grows: no number is ever issued twice
);

-- rebuildable, except description: one immutable registration; the manifest is also a file under manifests/
CREATE TABLE versions (
    model          TEXT   NOT NULL REFERENCES models (name),
    version        BIGINT NOT NULL,
    digest         TEXT   NOT NULL,            -- SHA-256 of manifest
    manifest       TEXT   NOT NULL,            -- canonical JSON (RFC 8785)
    content_digest TEXT   NOT NULL,            -- of files and facts without run and parents: "the same again"
    run            TEXT   NOT NULL,
    state          TEXT   NOT NULL,            -- ready · quarantined · deleted
    description    TEXT   NOT NULL,
    created_at     TEXT   NOT NULL,
    PRIMARY KEY (model, version)
);
CREATE INDEX versions_by_digest ON versions (digest);
CREATE INDEX versions_by_run ON versions (run);
CREATE INDEX versions_by_state ON versions (model, state, version);  -- counts without reading the manifests

-- rebuildable: the files of a version
CREATE TABLE version_files (
    model      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    path       TEXT   NOT NULL,
    digest     TEXT   NOT NULL REFERENCES blobs (digest),
    size       BIGINT NOT NULL,
    media_type TEXT   NOT NULL,
    PRIMARY KEY (model, version, path),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX version_files_by_digest ON version_files (digest);
