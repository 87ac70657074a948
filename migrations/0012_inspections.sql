-- rebuildable: what reading a blob without running it found, and the verdict by the lists of names of that day
CREATE TABLE inspections (
    digest       TEXT NOT NULL PRIMARY KEY,    -- of the blob
    inspection   TEXT NOT NULL,                -- assay.inspection/1
    verdict      TEXT NOT NULL,                -- data · model · needs-trust · dangerous · malformed
    reasons      TEXT NOT NULL,                -- JSON
    lists        TEXT NOT NULL,                -- digest of the lists
    inspected_at TEXT NOT NULL
);
CREATE INDEX inspections_by_lists ON inspections (lists, digest);

-- rebuildable: what searches ask of an inspection
CREATE TABLE blob_terms (
    kind   TEXT NOT NULL,                      -- estimator · import · training_data · verdict · format
    value  TEXT NOT NULL,
    digest TEXT NOT NULL,                      -- of the blob
    PRIMARY KEY (kind, value, digest)
) WITHOUT ROWID;
CREATE INDEX blob_terms_by_blob ON blob_terms (digest, kind);

-- rebuildable: releases that the bytes prove
CREATE TABLE blob_releases (
    package  TEXT NOT NULL,
    sort_key TEXT,                             -- orders releases; NULL: none of PEP 440
    release  TEXT NOT NULL,
    digest   TEXT NOT NULL,                    -- of the blob
    PRIMARY KEY (digest, package, release)
) WITHOUT ROWID;
CREATE INDEX blob_releases_by_release ON blob_releases (package, sort_key, digest);

-- the same by version
CREATE VIEW version_terms AS
    SELECT f.model, f.version, t.kind, t.value FROM blob_terms t JOIN version_files f ON f.digest = t.digest;
CREATE VIEW version_releases AS
    SELECT f.model, f.version, r.package, r.sort_key, r.release FROM blob_releases r JOIN version_files f ON f.digest = r.digest;

-- truth: who lets a version be handed out whose code nobody has judged
CREATE TABLE trusts (
    model   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    why     TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    at      TEXT   NOT NULL,
    PRIMARY KEY (model, version),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
