-- truth: permissions to pass the gate in spite of a refusal; never deleted
CREATE TABLE waivers (
    id          BIGINT NOT NULL PRIMARY KEY,
    model       TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    environment TEXT   NOT NULL,               -- digest; empty: every environment
    considered  TEXT   NOT NULL,               -- as in proofs; empty: every environment
    why         TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    created_at  TEXT   NOT NULL,
    until_at    BIGINT NOT NULL,               -- microseconds since 1970 UTC
    ended_at    TEXT,                          -- ended before its time
    ended_by    TEXT,
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX waivers_by_version ON waivers (model, version, until_at);
CREATE INDEX waivers_by_end ON waivers (until_at, id);
