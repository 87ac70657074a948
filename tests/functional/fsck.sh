#!/usr/bin/env bash
# fsck finds what was damaged, through the server and alone.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
push_model iris --param depth=2
expect 0 "$ASSAY" rm iris@1 --yes
expect 0 "$ASSAY" fsck
says "clean"

# Looking at what is not there makes nothing.
expect 3 "$ASSAY" fsck --data mistyped
[[ ! -e mistyped ]] || fail "a data directory was made by a command that only looks"

# While a server has the directory, nobody else may open it.
expect 8 "$ASSAY" fsck --data "$work/data"
stop_server

# One flipped byte in a blob.
blob=$(find "$work/data/blobs" -type f | head -n 1)
chmod u+w "$blob"
printf 'X' | dd of="$blob" bs=1 seek=0 conv=notrunc status=none
expect 5 "$ASSAY" fsck --data "$work/data" --json
json 'any(finding["kind"] == "blob-corrupt" for finding in it["findings"])'
