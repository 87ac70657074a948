#!/usr/bin/env bash
# rebuild brings a lost database back from the manifests, and never takes a living one away unasked.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
push_model iris --param depth=2
expect 0 "$ASSAY" alias set iris production 2
expect 0 "$ASSAY" rm iris@1 --yes
expect 0 "$ASSAY" show iris@2 --json
before=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["digest"])' "$work/stdout")

# While a server has the directory, nobody else may open it; and what is not there is not made.
expect 8 "$ASSAY" rebuild --data "$work/data" --yes
stop_server
expect 3 "$ASSAY" rebuild --data mistyped --yes
[[ ! -e mistyped ]] || fail "rebuild made a data directory"

# A database that lives is not replaced by one that knows less.
expect 8 "$ASSAY" rebuild --data "$work/data" --yes
tells "the database is not lost"
tells "aliases, tags"
expect 0 "$ASSAY" fsck --data "$work/data"

# Neither a server nor a check takes manifests without a database for an empty registry.
cp "$work/data/assay.db" living.db
rm -f "$work"/data/assay.db*
expect 5 "$ASSAY" serve --data "$work/data" --listen 127.0.0.1:0
tells "assay rebuild --data"
expect 5 "$ASSAY" fsck --data "$work/data"
[[ ! -e $work/data/assay.db ]] || fail "a database was made in place of the lost one"
expect 2 "$ASSAY" rebuild --data "$work/data" </dev/null
tells "--yes"
expect 0 "$ASSAY" rebuild --data "$work/data" --yes
says "restored 1 model, 1 version (1 more deleted), 1 blob"
tells "aliases"
expect 0 "$ASSAY" fsck --data "$work/data" --json
json 'it["clean"] and it["findings"] == []'

start_server
expect 0 "$ASSAY" show iris@2 --json
json "it['digest'] == '$before' and it['aliases'] == []"
push_model iris --param depth=9
expect 0 "$ASSAY" show iris --json
json 'it["version"] == 3'
stop_server

# With --force the old one is kept beside the new one, whole.
cp living.db "$work/data/assay.db"
rm -f "$work"/data/assay.db-*
expect 0 "$ASSAY" rebuild --data "$work/data" --yes --force --json
json 'it["versions"] == 2 and it["deleted_versions"] == 1 and it["problems"] == []'
kept=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["kept"])' "$work/stdout")
cmp "$work/data/$(basename "$kept")" living.db || fail "the old database was not kept as it was"
expect 0 "$ASSAY" fsck --data "$work/data"
