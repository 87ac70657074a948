-- truth, for a day: answers to registrations that carried an Idempotency-Key
CREATE TABLE idempotency_keys (
    key        TEXT   NOT NULL PRIMARY KEY,
    request    TEXT   NOT NULL,                -- digest of the request
    model      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at TEXT   NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
