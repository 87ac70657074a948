# What every functional test starts from: `source "$(dirname "$0")/common.sh"`.
#
# ASSAY names the binary (build/dev/assay by default). Each test has a folder of its own, $work, and may start a server there; both are gone
# at its end. A test prints what went wrong with the evidence, and ends with status 1.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ASSAY=${ASSAY:-$here/../../build/dev/assay}
ASSAY=$(realpath "$ASSAY")
work=$(mktemp -d "${TMPDIR:-/tmp}/assay-functional-XXXXXX")
export HOME=$work/home XDG_CONFIG_HOME=$work/home/config XDG_CACHE_HOME=$work/home/cache NO_COLOR=1
unset ASSAY_URL ASSAY_CONSUMER ASSAY_CACHE VIRTUAL_ENV CONDA_PREFIX
mkdir -p "$HOME"
cd "$work"

server=
stop_server() {
  [[ -n $server ]] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
clean_up() {
  local status=$?
  stop_server
  cd /
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf "$work"
  [[ $status -ne 0 ]] || echo "ok: $(basename "$0")"
}
trap clean_up EXIT

fail() {
  echo "FAIL $(basename "$0"), line ${BASH_LINENO[-2]}: $*" >&2
  for evidence in "$work/stdout" "$work/stderr"; do
    [[ -s $evidence ]] && { echo "--- $(basename "$evidence")" >&2; head -c 4000 "$evidence" >&2; }
  done
  exit 1
}

# start_server [OPTIONS…]: on a free port, with its data in $work/data; sets ASSAY_URL.
start_server() {
  mkfifo "$work/announcement" 2>/dev/null || true
  "$ASSAY" serve --listen 127.0.0.1:0 --data "$work/data" --allow-volatile "$@" >"$work/announcement" 2>"$work/server.log" &
  server=$!
  local line=
  read -r line <"$work/announcement" || true
  [[ $line == "listening on http://"* ]] || { tail -5 "$work/server.log" >&2; fail "the server did not start: '$line'"; }
  export ASSAY_URL=${line#listening on }
}

# expect CODE COMMAND…: runs it, keeps its output in $work/stdout and $work/stderr, and insists on the exit code.
expect() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || code=$?
  [[ $code -eq $wanted ]] || fail "exit code $code instead of $wanted: $*"
}

# says TEXT / tells TEXT: standard output / standard error of the last command holds it.
says() { grep -qF -- "$1" "$work/stdout" || fail "standard output does not say: $1"; }
tells() { grep -qF -- "$1" "$work/stderr" || fail "standard error does not say: $1"; }
is_silent() { [[ ! -s $work/stdout ]] || fail "there is something on standard output"; }

# json EXPRESSION: evaluates Python over the last standard output, parsed as `it`; insists that it is true.
json() {
  python3 -c 'import json, sys
it = json.load(open(sys.argv[1]))
sys.exit(0 if eval(sys.argv[2]) else 1)' "$work/stdout" "$1" || fail "not so: $1"
}

# make_environment FILE [PACKAGE=RELEASE…]
make_environment() {
  python3 -c 'import json, sys
packages = dict(pair.split("=", 1) for pair in sys.argv[2:])
json.dump({"python": "3.11.7", "implementation": "cpython", "platform": "linux-x86_64", "packages": packages}, open(sys.argv[1], "w"))' "$@"
}

# push_model NAME [OPTIONS…]: a small version with all required facts; trained with scikit-learn 1.5.2.
push_model() {
  local name=$1
  shift
  [[ -f train.csv ]] || printf 'a,b\n1,2\n' >train.csv
  [[ -f trained.json ]] || make_environment trained.json scikit-learn=1.5.2 numpy=2.1.3 joblib=1.4.2
  [[ -f model.joblib ]] || printf 'not really a model, number %s' "$name" >model.joblib
  expect 0 "$ASSAY" push "$name" model.joblib --metric accuracy=0.9@held-out --dataset training=train.csv --dataset "test=held-out@sha256:$(printf 'x' | sha256sum | cut -c1-64)" \
    --trained-at 2026-11-22T21:14:03Z --environment trained.json "$@"
}
