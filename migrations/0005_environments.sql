-- truth: what a loader has, named by the SHA-256 of its canonical JSON
CREATE TABLE environments (
    digest     TEXT NOT NULL PRIMARY KEY,
    body       TEXT NOT NULL,
    created_at TEXT NOT NULL
);

-- truth: who asked for which version, from which environment, and what the gate said
CREATE TABLE fetches (
    model       TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    consumer    TEXT   NOT NULL,               -- NAME@HOST
    environment TEXT   NOT NULL,               -- digest; empty: none was named
    verdict     TEXT   NOT NULL,               -- allow · warn · refuse · none (no environment to judge)
    first_at    TEXT   NOT NULL,
    last_at     TEXT   NOT NULL,
    count       BIGINT NOT NULL,
    PRIMARY KEY (model, version, consumer, environment, verdict),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);

-- truth: rules that replaced the built-in ones; the newest row is in force
CREATE TABLE rules (
    seq         BIGINT NOT NULL PRIMARY KEY,
    body        TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    imported_at TEXT   NOT NULL,
    actor       TEXT   NOT NULL
);
