-- rebuildable: what versions need of an environment, each distinct text once, so that a question about every version is judged once
-- for each need and not once for each version. Filled with the tables of 0008, from the manifests.
CREATE TABLE needs (
    id       BIGINT NOT NULL PRIMARY KEY,
    body     TEXT   NOT NULL UNIQUE,           -- canonical JSON: libraries, uses
    versions BIGINT NOT NULL                   -- how many ready versions have it
);

-- rebuildable: ready versions only
CREATE TABLE version_needs (
    model   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    needs   BIGINT NOT NULL,
    PRIMARY KEY (model, version)
) WITHOUT ROWID;
CREATE INDEX version_needs_by_needs ON version_needs (needs, model, version);
