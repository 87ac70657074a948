#!/usr/bin/env bash
# A file that is in no registry is judged for an environment by its bytes alone, without a server.
source "$(dirname "$0")/common.sh"
cp "$here/../data/artifacts/1.9.1-pipeline.joblib" model.joblib
cat >same.json <<'JSON'
{"python":"3.12.1","implementation":"cpython","platform":"linux-x86_64","packages":{"scikit-learn":"1.9.1","numpy":"1.26.4","joblib":"1.4.2"}}
JSON
cat >old.json <<'JSON'
{"python":"3.7.17","implementation":"cpython","platform":"linux-x86_64","packages":{"scikit-learn":"0.21.3","numpy":"1.19.5","joblib":"1.1.1"}}
JSON
echo '{"python":"3.12.1","implementation":"cpython","platform":"linux-x86_64","packages":{"scikit-learn":"1.9.1"}}' >bare.json

# NumPy 1.26 has numpy._core, whatever rules about releases say.
expect 0 "$ASSAY" check model.joblib --environment same.json
says "allow model.joblib"
expect 4 "$ASSAY" check model.joblib --environment old.json
says "cannot be loaded with joblib 1.1.1"
says "sklearn.linear_model._logistic.LogisticRegression"
says "which numpy 1.19.5 does not have"
says "fix: with Python 3.11: pip install 'scikit-learn==1.8.0' 'numpy==1.26.4'"
expect 4 "$ASSAY" check model.joblib --environment old.json --json
json 'it["verdict"] == "refuse" and {one["rule"] for one in it["conflicts"]} == {"format/joblib", "names/numpy", "names/scikit-learn"}'
expect 4 "$ASSAY" check model.joblib --environment bare.json
says "the environment does not have numpy"

# What names nothing is no model, and what is not here is said.
echo "a,b" >data.csv
expect 2 "$ASSAY" check data.csv --environment same.json
tells "nothing in it says what it needs"
expect 3 "$ASSAY" check ./absent.joblib --environment same.json
tells "No such file"
expect 2 "$ASSAY" check model.joblib --environment none

# Registered, the same bytes count: what the push did not declare too.
start_server
sed 's/1.26.4/2.1.3/' same.json >train.json
facts=(--environment train.json --uses scikit-learn --metric accuracy=0.9 --dataset training=data.csv --trained-at 2026-11-01)
expect 0 "$ASSAY" push churn model.joblib "${facts[@]}"
expect 4 "$ASSAY" fetch churn@1 -o out --environment old.json
tells "which numpy 1.19.5 does not have"
expect 4 "$ASSAY" check churn@1 --environment bare.json
says "the environment does not have"
expect 0 "$ASSAY" fetch churn@1 -o out --environment same.json
