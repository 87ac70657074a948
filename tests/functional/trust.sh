#!/usr/bin/env bash
# What would run code that nobody has judged waits until somebody says that it may; what is dangerous never comes in.
source "$(dirname "$0")/common.sh"
start_server
echo "a,b" >data.csv
cat >env.json <<'JSON'
{"python":"3.11.7","implementation":"cpython","platform":"linux-x86_64","packages":{"scikit-learn":"1.7.2","numpy":"2.3.1","joblib":"1.5.1"}}
JSON
facts=(--environment env.json --uses scikit-learn --metric accuracy=0.9 --dataset training=data.csv --trained-at 2026-11-01)
printf 'cchurn_lib.features\nRatio\n(Vlength\ntR.' >ours.pkl
printf 'cposix\nsystem\n(Vecho from a pickle\ntR.' >evil.pkl
echo "nothing but text" >notes.txt

# A file needs no server.
expect 6 "$ASSAY" inspect evil.pkl
says "dangerous"
says "posix.system"
says "echo from a pickle"
expect 6 "$ASSAY" inspect ours.pkl --json
json 'it["verdict"] == "needs-trust" and it["reasons"][0]["name"] == "churn_lib.features.Ratio" and it["reasons"][0]["arguments"] == "('"'length'"',)"'
expect 0 "$ASSAY" inspect notes.txt
says "data"
expect 3 "$ASSAY" inspect ./absent.pkl
mkdir -p folder/code
cp notes.txt folder/requirements.txt
printf 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.5.0\n' >folder/MLmodel
cp "$here/../data/artifacts/1.9.1-pipeline.joblib" folder/model.pkl
expect 0 "$ASSAY" inspect folder
says "MLmodel says scikit-learn 1.5.0, and the model was written by 1.9.1"
says "LogisticRegression"
cp evil.pkl folder/code/evil.bin
expect 6 "$ASSAY" inspect folder --json
json 'it["inspection"]["format"] == "mlflow" and any(reason["name"] == "posix.system" and reason["member"] == "code/evil.bin" for reason in it["reasons"])'
expect 2 "$ASSAY" inspect

# Dangerous: refused, and nothing is registered.
expect 6 "$ASSAY" push churn evil.pkl "${facts[@]}"
tells "it is dangerous"
tells "posix.system"
expect 3 "$ASSAY" show churn@1

# No spelling of a number makes a text of a pickle.
printf "I1_000\n0cposix\nsystem\n(S'echo from a pickle'\ntR." >spelled.csv
expect 6 "$ASSAY" inspect spelled.csv
says "posix.system"

# Needs trust: registered, and waits.
expect 0 "$ASSAY" push churn ours.pkl "${facts[@]}"
tells "it waits"
expect 6 "$ASSAY" inspect churn@1
says "churn_lib.features.Ratio"
says "it waits"
expect 6 "$ASSAY" fetch churn@1 -o out --environment env.json
tells "assay trust churn@1"
tells "churn_lib.features.Ratio"
expect 0 "$ASSAY" list churn
says "quarantined"
[[ ! -e out ]] || fail "something was fetched"
expect 3 "$ASSAY" fetch churn -o out --environment env.json
tells "churn@1 is quarantined"
expect 6 "$ASSAY" push churn ours.pkl "${facts[@]}" --alias production
tells "an alias hands a version out at once"

# Deleting it and bringing it back is no way round.
expect 0 "$ASSAY" rm churn@1 --yes
expect 0 "$ASSAY" undelete churn@1
expect 6 "$ASSAY" fetch churn@1 -o out --environment env.json

expect 2 "$ASSAY" trust churn@1
expect 1 "$ASSAY" trust churn@1 --reason " "
expect 0 "$ASSAY" trust churn@1 --reason "churn_lib 2.1 was reviewed" --consumer ann@lab
says "churn@1 is ready now"
expect 0 "$ASSAY" fetch churn@1 -o out --environment env.json
cmp ours.pkl out/ours.pkl || fail "other bytes came back"
expect 8 "$ASSAY" trust churn@1 --reason again
expect 0 "$ASSAY" log churn
says "trusted"
says "churn_lib 2.1 was reviewed"
expect 6 "$ASSAY" inspect churn@1
says "trusted by ann@lab"
expect 0 "$ASSAY" inspect --all
says "1 version inspected: 1 needs-trust; 0 changed"
stop_server

# A policy trusts names for a model, or keeps what is dangerous for study.
cat >policy.toml <<'TOML'
[safety]
dangerous = "quarantine"
[safety.trusted]
"churn*" = ["churn_lib.features.Ratio"]
TOML
rm -f announcement
start_server --policy policy.toml
expect 0 "$ASSAY" push churn-eu ours.pkl "${facts[@]}"
expect 0 "$ASSAY" inspect churn-eu@1
expect 0 "$ASSAY" fetch churn-eu@1 -o eu --environment env.json
expect 0 "$ASSAY" push fraud evil.pkl "${facts[@]}"
tells "quarantine"
expect 6 "$ASSAY" fetch fraud@1 -o evil --environment env.json
expect 6 "$ASSAY" trust fraud@1 --reason "I know what I do"
tells "cannot be trusted"
