#!/usr/bin/env bash
# A version can be deleted and brought back; its number is never taken again, and nothing goes without a yes.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
push_model iris --param depth=2 --alias production

expect 2 "$ASSAY" rm iris@1
tells "delete iris@1?"
tells "fix: assay rm iris@1 --yes"
expect 2 "$ASSAY" rm iris --yes
tells "names a model and no version"
expect 8 "$ASSAY" rm iris@production --yes
tells "production"
expect 2 "$ASSAY" rm iris@2 --force
tells "and its alias production"
expect 0 "$ASSAY" rm iris@2 --force --yes --json
json 'it == {"model": "iris", "version": 2, "state": "deleted"}'
expect 3 "$ASSAY" show iris@production
expect 8 "$ASSAY" fetch iris@2 -o out --environment none
tells "assay undelete iris@2"
expect 8 "$ASSAY" rm iris@2 --yes
expect 0 "$ASSAY" list iris --json
json '[version["version"] for version in it["items"]] == [1]'
expect 0 "$ASSAY" list iris --all
says "deleted"

push_model iris --param depth=3
says "iris@3"
expect 0 "$ASSAY" undelete iris@2
says "iris@2 is ready again"
expect 8 "$ASSAY" undelete iris@2
expect 2 "$ASSAY" undelete iris@production
tells "assay list NAME --all"
expect 3 "$ASSAY" undelete iris@9
expect 0 "$ASSAY" show iris@2 --json
json 'it["state"] == "ready" and it["aliases"] == []'
