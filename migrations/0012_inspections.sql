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
