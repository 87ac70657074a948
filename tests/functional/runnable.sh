#!/usr/bin/env bash
# What an environment can load, over the whole registry.
source "$(dirname "$0")/common.sh"
start_server
make_environment here.json scikit-learn=1.5.2 numpy=2.1.3 joblib=1.4.2
make_environment older.json scikit-learn=1.2.2 numpy=2.1.3 joblib=1.4.2
expect 0 "$ASSAY" runnable --environment here.json
is_silent
push_model iris --alias production
push_model fern
printf 'old' >old.joblib
expect 0 "$ASSAY" push moss old.joblib --metric accuracy=0.8@held-out --dataset training=train.csv --dataset "test=held-out@sha256:$(printf 'x' | sha256sum | cut -c1-64)" \
  --trained-at 2026-11-22T21:14:03Z --environment older.json

expect 0 "$ASSAY" runnable --environment here.json
says "iris@1"
says "fern@1"
! grep -q moss stdout || fail "what is refused is listed"
tells "2 allowed, 0 with a warning, 1 refused"
expect 0 "$ASSAY" runnable "alias = 'production'" --environment here.json --json
json '[item["model"] for item in it["items"]] == ["iris"] and it["tally"]["allow"] == 2'
expect 0 "$ASSAY" runnable --environment here.json --verdict refuse
says "moss@1"
says "no rule says whether scikit-learn 1.5.2 reads what 1.2.2 wrote"
expect 0 "$ASSAY" runnable --environment older.json --limit 1 --order-by name
says "moss@1"

# what is waived can be loaded, with a warning
expect 0 "$ASSAY" waiver grant moss@1 --why "tested by hand" --until 1d
expect 0 "$ASSAY" runnable --environment here.json --json
json 'sorted((item["model"], item["verdict"]) for item in it["items"]) == [("fern", "allow"), ("iris", "allow"), ("moss", "warn")]'

expect 2 "$ASSAY" runnable --environment here.json --verdict maybe
tells "'maybe' is no verdict"
expect 2 "$ASSAY" runnable --environment none
expect 2 "$ASSAY" runnable "size > 1" --environment here.json
tells "there is no key 'size'"
