#!/usr/bin/env bash
# Versions are laid side by side: what differs, and on demand what does not.
source "$(dirname "$0")/common.sh"
start_server
push_model iris --param depth=8 --param solver=lbfgs
make_environment newer.json scikit-learn=1.6.1 numpy=2.1.3 joblib=1.4.2
printf 'another model' >second.joblib
push_model iris --metric loss=0.25@held-out --param depth=16 --param solver=lbfgs --parent iris@1 --alias production
expect 0 "$ASSAY" push iris second.joblib --metric accuracy=0.95@held-out --dataset training=train.csv \
  --dataset "test=held-out@sha256:$(printf 'x' | sha256sum | cut -c1-64)" --trained-at 2026-11-23T21:14:03Z --environment newer.json

expect 0 "$ASSAY" diff iris@1 iris@production
says "METRICS"
says "loss on held-out"
says "depth"
says "comes from"
! grep -q "solver\|accuracy\|scikit-learn" stdout || fail "what does not differ is shown"
expect 0 "$ASSAY" diff iris@1 iris@3
says "0.95 (+0.05)"
says "scikit-learn  1.5.2   1.6.1"
says "second.joblib"
expect 0 "$ASSAY" diff iris@1 iris@2 iris@3 --all
says "solver"
expect 0 "$ASSAY" diff iris@1 iris@2 --json
json '[row["values"] for row in it["sections"]["params"] if row["key"] == "depth"] == [["8", "16"]]'
json '[row["values"] for row in it["sections"]["lineage"] if row["key"] == "comes from"] == [[None, ["iris@1"]]]'
json 'all(row["same"] for row in it["sections"]["files"]) and it["versions"][1]["version"] == 2'
expect 0 "$ASSAY" diff iris@1 iris@1
is_silent
tells "nothing differs"

expect 3 "$ASSAY" diff iris@1 iris@9
tells "iris has no version 9"
expect 2 "$ASSAY" diff iris@1

# What is in the files, read without running them.
for release in 1.9.1 1.7.2; do
  make_environment "$release.json" "scikit-learn=$release" numpy=2.3.1 joblib=1.5.1
  expect 0 "$ASSAY" push oak "$here/../data/artifacts/$release-pipeline.joblib" --metric accuracy=0.9 --dataset training=train.csv \
    --trained-at 2026-11-22 --environment "$release.json" --uses scikit-learn
done
expect 0 "$ASSAY" diff oak@1 oak@2
says "CONTENTS"
says "model.multi_class  -             'deprecated'"
! grep -q "coef_" stdout || fail "an array that does not differ is shown"
expect 0 "$ASSAY" diff oak@1 oak@2 --all
says "model.coef_"
