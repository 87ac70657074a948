-- rebuildable, as far as versions name them: data that models are made from or evaluated on
CREATE TABLE datasets (
    id         TEXT   NOT NULL PRIMARY KEY,    -- the digest by which it first became known
    name       TEXT   NOT NULL,
    rows       BIGINT,
    created_at TEXT   NOT NULL
);

-- rebuildable: every digest (of raw bytes or of canonical content) by which a dataset is known
CREATE TABLE dataset_digests (
    digest  TEXT NOT NULL PRIMARY KEY,
    dataset TEXT NOT NULL REFERENCES datasets (id)
);
CREATE INDEX dataset_digests_by_dataset ON dataset_digests (dataset);

-- rebuildable, except consumers and derived datasets: the graph, pointing downstream. Nodes are
-- dataset:<id> · run:<id> · version:<model>@<number> · consumer:<name>@<host>#<environment>
CREATE TABLE edges (
    source     TEXT NOT NULL,
    target     TEXT NOT NULL,
    relation   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (source, target, relation)
);
CREATE INDEX edges_by_target ON edges (target, source, relation);
