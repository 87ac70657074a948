#!/usr/bin/env bash
# What smoke tests found is shown by environment, and the gate goes by it.
source "$(dirname "$0")/common.sh"
start_server
printf '%s' '{"schema":"assay.sample/1","rows":1,"input":{"kind":"matrix","type":"float64","shape":[1,1],"values":[[1.0]]},"outputs":{"predict":{"type":"int64","shape":[1],"values":[1]}},"tolerance":{"kind":"exact"}}' >rows.json
push_model plain
push_model iris --sample rows.json
make_environment older.json scikit-learn=1.2.2 numpy=2.1.3 joblib=1.4.2
expect 0 "$ASSAY" proofs plain@1
is_silent
tells "has no proofs yet"
# What is no model is not re-created, and the server says so.
expect 0 "$ASSAY" proofs iris@1
says "the server, without Python"
says "it is no pickle"

expect 4 "$ASSAY" check iris@1 --environment older.json --json
environment=$(python3 -c 'import json, sys; print(json.load(open("stdout"))["environment"])')
sample=sha256:$(sha256sum rows.json | cut -c1-64)
report() { curl -sf -X POST "$ASSAY_URL/v1/models/iris/versions/1/proofs" -H 'Content-Type: application/json' -H "Assay-Consumer: $1" -d "$2" >/dev/null; }
report ann@lab "{\"environment\":\"$environment\",\"outcome\":\"equal\",\"sample\":\"$sample\",\"rows\":1,\"methods\":[\"predict\"]}"
expect 0 "$ASSAY" check iris@1 --environment older.json --json
json 'it["verdict"] == "allow" and it["settled"]["kind"] == "proof"'
expect 0 "$ASSAY" proofs iris@1
says "python 3.11.7, joblib 1.4.2, numpy 2.1.3, scikit-learn 1.2.2"
says "ann@lab"

report bob@lab "{\"environment\":\"$environment\",\"outcome\":\"different\",\"sample\":\"$sample\",\"rows\":1,\"methods\":[\"predict\"],\"differing\":1,\"first_rows\":[0],\"max_abs\":0.5}"
expect 4 "$ASSAY" fetch iris@1 -o out --environment older.json
tells "predicted something else than when it was trained in an environment like this"
tells "bob@lab"
expect 0 "$ASSAY" proofs iris@1
says "1 of 1 rows differ, by at most 0.5"
expect 0 "$ASSAY" proofs iris@1 --json
json 'sorted(item["outcome"] for item in it["items"]) == ["different", "equal", "not-replayable"]'
expect 3 "$ASSAY" proofs iris@9
