#!/usr/bin/env bash
# assay.toml: a project says once which models it uses and what it always pushes; lock and locked fetch know the rest, in both clients.
source "$(dirname "$0")/common.sh"
start_server
push_model penguins --alias production
push_model churn --alias production
url=$ASSAY_URL
unset ASSAY_URL
mkdir -p project/deep
make_environment project/serving.json scikit-learn=1.5.2 numpy=2.1.3 joblib=1.4.2
cat >project/assay.toml <<TOML
[assay]
url = "$url"
environment = "serving.json"

[push]
uses = ["numpy"]
tags = { team = "risk", stage = "lab" }

[fetch]
models = ["penguins@production", "churn@1"]
into = "models"
TOML

# Nothing but the project file is needed, wherever in the project one is.
cd project/deep
expect 3 "$ASSAY" fetch --locked
expect 0 "$ASSAY" lock
[[ -f ../assay.lock && ! -e assay.lock ]] || fail "the lock file is not beside the project file"
expect 0 "$ASSAY" fetch --locked
cd ..
[[ -f models/penguins/model.joblib && -f models/churn/model.joblib ]] || fail "the models are not where the project wants them"
grep -q '^path = "models/churn"$' assay.lock || fail "the lock does not remember the folder"
expect 0 "$ASSAY" verify --offline
cp assay.lock first.lock
expect 0 "$ASSAY" lock
cmp assay.lock first.lock || fail "a lock that changes nothing has changed the file"

# What the project newly names must be locked first; what it names no longer is dropped.
sed -i 's/"churn@1"/"churn@production"/' assay.toml
expect 8 "$ASSAY" fetch --locked
tells "churn@production is not in assay.lock"
tells "fix: assay lock"
expect 0 "$ASSAY" lock
tells "churn@1 is dropped"
grep -q '^requested = "@production"$' assay.lock || fail "the new reference is not locked"
! grep -q '^requested = "@1"$' assay.lock || fail "the old reference is still locked"
expect 0 "$ASSAY" fetch --locked

# Both versions of one model get folders of their own.
sed -i 's/^models = .*/models = ["churn@production", "churn@1"]/' assay.toml
rm assay.lock
expect 0 "$ASSAY" lock
expect 0 "$ASSAY" fetch --locked
[[ -f models/churn@production/model.joblib && -f models/churn@1/model.joblib ]] || fail "two references share a folder"

# A push has the packages and tags of the project, key by key unless it says others.
echo "a model" >model.joblib
expect 0 "$ASSAY" push churn model.joblib --metric accuracy=0.9@test --dataset "test=test@sha256:$(printf x | sha256sum | cut -c1-64)" \
  --trained-at 2026-11-22T21:14:03Z --tag stage=shop
expect 0 "$ASSAY" show churn --json
json 'it["tags"] == {"team": "risk", "stage": "shop"}'
json 'it["manifest"]["facts"]["uses"] == ["numpy"]'
json 'it["manifest"]["facts"]["libraries"]["numpy"] == "2.1.3"'

# A setting that does not exist is refused before anything is asked of the server.
cp assay.toml good.toml
sed -i 's/^into/inot/' assay.toml
expect 2 "$ASSAY" list
tells "there is no setting 'inot' in [fetch]"
tells "did you mean 'into'?"
expect 0 "$ASSAY" help assay.toml
says "## Settings of \`[fetch]\`"

# The Python package reads the same file the same way, and writes the same lock.
if [[ -n ${ASSAY_PYTHON:-} ]]; then
  expect 2 "$ASSAY_PYTHON" -m assay lock
  tells "inot"
  mv good.toml assay.toml
  rm -rf models assay.lock
  cd deep
  expect 0 "$ASSAY" lock
  mv ../assay.lock ../native.lock
  expect 0 "$ASSAY_PYTHON" -m assay lock
  cmp ../assay.lock ../native.lock || fail "Python writes another lock file"
  expect 0 "$ASSAY_PYTHON" -m assay fetch --locked --json
  json 'len(it["items"]) == 2'
  [[ -f ../models/churn@production/model.joblib && -f ../models/churn@1/model.joblib ]] || fail "Python fetches elsewhere"
  expect 0 "$ASSAY" verify --offline
  expect 0 "$ASSAY_PYTHON" -m assay verify --offline
  sed -i 's/"churn@1"/"churn@1", "penguins"/' ../assay.toml
  expect 8 "$ASSAY_PYTHON" -m assay fetch --locked
  tells "penguins@latest is not in"
fi
