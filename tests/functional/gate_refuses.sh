#!/usr/bin/env bash
# An environment in which a version would break gets no byte of it, but the cause and the fix.
source "$(dirname "$0")/common.sh"
start_server
push_model churn --alias production

make_environment other.json scikit-learn=0.24.2 numpy=1.21.0 joblib=1.1.0
make_environment lacking.json numpy=2.1.3

# Asked alone, the verdict is the answer, not an error.
expect 4 "$ASSAY" check churn@production --environment other.json
says "refuse: churn@1 was trained with scikit-learn 1.5.2"
says "fix: "
! grep -q "error:" stdout stderr || fail "a verdict is called an error"
expect 0 "$ASSAY" check churn@production --environment none
says "allow churn@1: not judged"
expect 0 "$ASSAY" check churn@production --environment none --json
json 'it["verdict"] == "allow" and it["considered"] == []'
expect 4 "$ASSAY" fetch churn@production -o out --environment other.json
is_silent
tells "error: churn@1 was trained with"
tells "while: fetching churn@production"
tells "fix: "
tells "pip install"
[[ ! -e out ]] || fail "something was written in spite of the refusal"

expect 4 "$ASSAY" fetch churn@production -o out --environment lacking.json
tells "lacks"
[[ ! -e out ]] || fail "something was written in spite of the refusal"

# For machines: one problem object, with the verdict.
expect 4 "$ASSAY" fetch churn@production -o out --environment other.json --json
json 'it["title"] == "incompatible" and it["verdict"]["verdict"] == "refuse" and it["verdict"]["conflicts"]'
expect 4 "$ASSAY" check churn@production --environment other.json --json
json 'it["verdict"] == "refuse"'

# The same environment is allowed, and both attempts are recorded.
expect 0 "$ASSAY" check churn@production --environment trained.json
says "allow"
expect 0 "$ASSAY" fetch churn@production -o out --environment trained.json --consumer scoring@web-1
expect 0 "$ASSAY" show churn@1 --json
json '{"allow", "refuse"} <= {fetch["verdict"] for fetch in it["fetches"]}'
json 'any(fetch["consumer"] == "scoring" for fetch in it["fetches"])'

# The server refuses by itself, whatever a client believes.
status=$(python3 - "$ASSAY_URL" <<'PY'
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1] + "/v1/models/churn/versions/1/files/model.joblib").status)
except urllib.error.HTTPError as error:
    print(error.code)
PY
)
[[ $status == 409 ]] || fail "bytes without an environment: $status"
