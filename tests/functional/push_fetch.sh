#!/usr/bin/env bash
# What goes in comes out, byte for byte, and nothing else.
source "$(dirname "$0")/common.sh"
start_server

head -c 3000000 /dev/urandom | base64 >model.joblib
push_model penguins --param depth=8 --tag team=birds --alias candidate
says "penguins@1"

expect 0 "$ASSAY" fetch penguins@candidate -o out --environment trained.json
says "out/model.joblib"
cmp model.joblib out/model.joblib || fail "other bytes came back"
[[ -z $(find out -name '*.part') ]] || fail "a temporary file was left behind"

# The same again: what is there stays.
expect 0 "$ASSAY" --json fetch penguins -o out --environment trained.json
json 'it["files"][0]["was_there"] and it["version"] == 1'

# A file in the way is not overwritten unless asked.
echo other >out/model.joblib
expect 8 "$ASSAY" fetch penguins -o out --environment trained.json
[[ $(cat out/model.joblib) == other ]] || fail "a file in the way was overwritten"
expect 0 "$ASSAY" fetch penguins -o out --environment trained.json --force
cmp model.joblib out/model.joblib || fail "--force did not replace the file"

# By digest, and in MLflow's spelling.
digest=$("$ASSAY" show penguins --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["digest"])')
expect 0 "$ASSAY" fetch "penguins@$digest" -o by-digest --environment none
expect 0 "$ASSAY" fetch models:/penguins/1 -o by-number --environment none
expect 0 "$ASSAY" fetch models:/penguins@candidate -o by-alias --environment none
cmp by-digest/model.joblib by-alias/model.joblib

# A folder keeps its shape, and an empty file is a file.
mkdir -p tree/data/deep
echo one >tree/model.pkl
echo two >tree/data/deep/two.txt
: >tree/empty.bin
cat >held-out.json <<'END'
{"schema":"assay.sample/1","rows":1,"input":{"kind":"text","values":["spam"]},"outputs":{"predict":{"type":"bool","shape":[1],"values":[true]}}}
END
expect 0 "$ASSAY" push shaped tree --metric m=1 --dataset training=train.csv --trained-at 2026-11-22 --environment trained.json --sample held-out.json
expect 0 "$ASSAY" fetch shaped -o shaped --environment trained.json
diff <(cd tree && find . -type f | sort) <(cd shaped && find . -type f ! -name sample.json | sort) || fail "the folder has another shape"
cmp held-out.json shaped/sample.json
[[ -f shaped/empty.bin && ! -s shaped/empty.bin ]] || fail "the empty file is missing"

# A fetch that finds everything here already is a fetch, also when there is no environment to judge.
push_model recorded
expect 0 "$ASSAY" fetch recorded -o recorded --environment none
expect 0 "$ASSAY" --consumer later@host fetch recorded -o recorded --environment none
expect 0 "$ASSAY" show --json recorded
json '{(fetch["consumer"], fetch["verdict"]) for fetch in it["fetches"]} >= {("later", "none")}'

# An unchanged push makes a version, unless told otherwise.
push_model penguins --if-changed --param depth=8
says "penguins@1"
push_model penguins --param depth=8
says "penguins@2"

# Options may stand anywhere; --json is one document.
expect 0 "$ASSAY" show --json penguins@1
json 'it["version"] == 1 and it["aliases"] == ["candidate"] and it["tags"] == {"team": "birds"}'
json 'any(fetch["verdict"] == "allow" for fetch in it["fetches"])'
expect 0 "$ASSAY" list
says "penguins"
expect 0 "$ASSAY" list penguins --json
json '[version["version"] for version in it["items"]] == [2, 1]'
expect 0 "$ASSAY" log penguins
says "registered"

# Deleting and bringing back.
expect 8 "$ASSAY" rm penguins@1 --yes
expect 0 "$ASSAY" rm penguins@2 --yes
expect 8 "$ASSAY" fetch penguins@2 -o gone --environment none
[[ ! -e gone ]] || fail "something was written for a deleted version"
expect 0 "$ASSAY" undelete penguins@2
expect 0 "$ASSAY" fetch penguins@2 -o back --environment none

# Tags.
expect 0 "$ASSAY" tag set penguins@1 reviewed=yes
expect 0 "$ASSAY" show penguins@1 --json
json 'it["tags"]["reviewed"] == "yes"'
expect 0 "$ASSAY" tag rm penguins@1 reviewed
expect 0 "$ASSAY" tag set penguins owner=lab

# Where it was trained.
expect 0 "$ASSAY" env show penguins@1
says "scikit-learn==1.5.2"
expect 0 "$ASSAY" env show penguins@1 --format json
json 'it["packages"]["numpy"] == "2.1.3"'
