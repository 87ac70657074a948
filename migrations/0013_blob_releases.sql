-- rebuildable: the columns of blob_releases in the order of its key. SQLite 3.40 takes a table without rowid whose key comes in another order
-- for damaged (PRAGMA quick_check: "NULL value in blob_releases.package"), and a server did not start again.
DROP VIEW version_releases;
CREATE TABLE releases_of_blobs (
    digest   TEXT NOT NULL,                    -- of the blob
    package  TEXT NOT NULL,
    release  TEXT NOT NULL,
    sort_key TEXT,                             -- orders releases; NULL: none of PEP 440
    PRIMARY KEY (digest, package, release)
) WITHOUT ROWID;
INSERT INTO releases_of_blobs (digest, package, release, sort_key) SELECT digest, package, release, sort_key FROM blob_releases;
DROP TABLE blob_releases;
ALTER TABLE releases_of_blobs RENAME TO blob_releases;
CREATE INDEX blob_releases_by_release ON blob_releases (package, sort_key, digest);
CREATE VIEW version_releases AS
    SELECT f.model, f.version, r.package, r.sort_key, r.release FROM blob_releases r JOIN version_files f ON f.digest = r.digest;
