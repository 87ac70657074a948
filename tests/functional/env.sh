#!/usr/bin/env bash
# An environment can be captured, and what a version was trained in can be installed again.
source "$(dirname "$0")/common.sh"
expect 0 "$ASSAY" env capture --python python3
json 'set(it) == {"python", "implementation", "platform", "packages"} and it["implementation"] == "cpython"'
json 'it["python"] == "%d.%d.%d" % sys.version_info[:3]'
tells "digest sha256:"
cp stdout captured.json
# A module in the current folder is not what the interpreter imports.
echo 'raise SystemExit("hijacked")' >json.py
expect 0 "$ASSAY" env capture --python python3 --quiet
cmp stdout captured.json || fail "the current folder takes part"
rm json.py
[[ ! -s stderr ]] || fail "--quiet is not quiet"
expect 3 "$ASSAY" env capture --python ./no-such-python
tells "there is no program ./no-such-python"
expect 2 "$ASSAY" env capture --python false
tells "false ended with status 1"

start_server
push_model iris
expect 0 "$ASSAY" env show iris@1
says "scikit-learn==1.5.2"
says "# cpython 3.11.7, linux-x86_64"
expect 0 "$ASSAY" env show iris@1 --format conda
says "  - python=3.11.7"
says "      - scikit-learn==1.5.2"
expect 0 "$ASSAY" env show iris@1 --format json
json 'it["packages"]["numpy"] == "2.1.3"'
cp stdout recorded.json
expect 0 "$ASSAY" check iris@1 --environment recorded.json
says "allow"
expect 2 "$ASSAY" env show iris@1 --format toml
tells "'toml' is none of json, pip, conda"
expect 2 "$ASSAY" env
tells "assay env capture [--python PATH]"
expect 3 "$ASSAY" check iris@1 --environment nowhere.json
tells "'assay env capture' writes one"
