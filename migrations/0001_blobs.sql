-- rebuildable: what is known of each stored blob; the bytes are files under blobs/
CREATE TABLE blobs (
    digest      TEXT   NOT NULL PRIMARY KEY,
    size        BIGINT NOT NULL,               -- bytes
    chunks      TEXT   NOT NULL,               -- SHA-256 of each 1 MiB, as hex, one after the other
    state       TEXT   NOT NULL,               -- live · corrupt (found damaged; never served until put again)
    created_at  TEXT   NOT NULL,
    verified_at TEXT   NOT NULL                -- when the whole was last hashed and found good
);
