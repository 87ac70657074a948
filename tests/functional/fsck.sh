#!/usr/bin/env bash
# fsck finds what was damaged, through the server and alone; rebuild brings a lost database back.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
push_model iris --param depth=2
expect 0 "$ASSAY" rm iris@1 --yes
expect 0 "$ASSAY" fsck
says "clean"

# Looking at what is not there makes nothing.
expect 3 "$ASSAY" fsck --data mistyped
expect 3 "$ASSAY" rebuild --data mistyped --yes
[[ ! -e mistyped ]] || fail "a data directory was made by a command that only looks"

# While a server has the directory, nobody else may open it.
expect 8 "$ASSAY" fsck --data "$work/data"
expect 0 "$ASSAY" show iris@2 --json
before=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["digest"])' "$work/stdout")
stop_server

# A database that lives is not replaced by one that knows less.
expect 8 "$ASSAY" rebuild --data "$work/data" --yes
tells "aliases, tags"
expect 0 "$ASSAY" fsck --data "$work/data"

# Neither a server nor a check takes manifests without a database for an empty registry.
rm -f "$work"/data/assay.db*
expect 5 "$ASSAY" serve --data "$work/data" --listen 127.0.0.1:0
tells "assay rebuild --data"
expect 5 "$ASSAY" fsck --data "$work/data"
[[ ! -e $work/data/assay.db ]] || fail "a database was made in place of the lost one"
expect 2 "$ASSAY" rebuild --data "$work/data" </dev/null
expect 0 "$ASSAY" rebuild --data "$work/data" --yes --json
json 'it["versions"] == 1 and it["deleted_versions"] == 1 and it["problems"] == [] and it["kept"] is None'
expect 0 "$ASSAY" fsck --data "$work/data" --json
json 'it["clean"] and it["findings"] == []'

start_server
expect 0 "$ASSAY" show iris@2 --json
json "it['digest'] == '$before'"
push_model iris --param depth=9
expect 0 "$ASSAY" show iris --json
json 'it["version"] == 3'
stop_server

# One flipped byte in a blob.
blob=$(find "$work/data/blobs" -type f | head -n 1)
chmod u+w "$blob"
printf 'X' | dd of="$blob" bs=1 seek=0 conv=notrunc status=none
expect 5 "$ASSAY" fsck --data "$work/data" --json
json 'any(finding["kind"] == "blob-corrupt" for finding in it["findings"])'
