#!/usr/bin/env bash
# A lock file pins bytes: the same for ever, whatever moves; what was fetched can be verified without a server.
source "$(dirname "$0")/common.sh"
start_server
push_model penguins --alias production
expect 3 "$ASSAY" lock
expect 0 "$ASSAY" lock penguins@production
cp assay.lock first.lock
grep -q '^requested = "@production"$' assay.lock || fail "the lock does not say what was asked for"
expect 0 "$ASSAY" lock
cmp assay.lock first.lock || fail "a lock that changes nothing has changed the file"

# Locked, and not fetched: that is not the same as broken.
expect 3 "$ASSAY" verify --offline
tells "is not fetched yet"
tells "fix: assay fetch --locked penguins@production -o FOLDER"

# The alias moves; the lock does not.
echo "another model" >model.joblib
push_model penguins
expect 0 "$ASSAY" alias set penguins production 2
expect 0 "$ASSAY" fetch --locked penguins@production -o model/ --environment trained.json
tells "has moved to version 2"
grep -q "not really a model" model/model.joblib || fail "not the locked bytes"
expect 8 "$ASSAY" fetch --locked penguins@2 -o other --environment trained.json
[[ ! -e other ]] || fail "something was written for what is not locked"

grep -q '^path = "model"$' assay.lock || fail "the lock does not name the folder"

# Elsewhere, later, without arguments.
rm -r model
expect 0 "$ASSAY" fetch --locked --environment trained.json
[[ -f model/model.joblib ]] || fail "the lock does not remember the folder"

expect 0 "$ASSAY" verify
stop_server
expect 10 "$ASSAY" verify
expect 0 "$ASSAY" verify --offline
chmod u+w model/model.joblib
printf 'X' | dd of=model/model.joblib bs=1 seek=3 conv=notrunc status=none
expect 5 "$ASSAY" verify --offline
tells "model/model.joblib"
rm model/model.joblib
expect 5 "$ASSAY" verify --offline
tells "is missing"
tells "fix: assay fetch --locked penguins@production"
! grep -q -- --force stderr || fail "--force for a file that nothing is in the way of"

# A lock that was changed by hand.
start_server
sed 's/^version = 1$/version = 99/; s/^digest = "sha256:./digest = "sha256:0/' first.lock >assay.lock
expect 2 "$ASSAY" fetch --locked -o model --environment trained.json
sed 's/^\(digest = "sha256:\)..../\10000/' first.lock >assay.lock
expect 5 "$ASSAY" fetch --locked -o model --environment trained.json
tells "is not the version that was locked"
echo 'surprise = 1' | cat - first.lock >assay.lock
expect 2 "$ASSAY" verify --offline
tells "surprise"

expect 0 "$ASSAY" lock penguins@production -o other.lock
grep -q '^version = 2$' other.lock || fail "lock does not resolve anew"
