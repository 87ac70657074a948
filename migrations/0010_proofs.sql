-- truth: what replaying a version's sample in an environment gave
CREATE TABLE proofs (
    model       TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    environment TEXT   NOT NULL REFERENCES environments (digest),
    considered  TEXT   NOT NULL,               -- the part of the environment that counts for this version, canonical JSON
    prover      TEXT   NOT NULL,               -- client · server
    actor       TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,               -- equal · close · different · load-error · predict-error
    sample      TEXT   NOT NULL,               -- digest of the sample; empty: nothing was replayed
    detail      TEXT   NOT NULL,               -- canonical JSON: rows, methods, differing rows, max_abs, max_ulp, message
    first_at    TEXT   NOT NULL,
    last_at     TEXT   NOT NULL,
    count       BIGINT NOT NULL,
    PRIMARY KEY (model, version, environment, prover, actor, outcome),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX proofs_by_considered ON proofs (considered, model, version, outcome);
CREATE INDEX proofs_by_version ON proofs (model, version, considered, outcome);
