#!/usr/bin/env bash
# Tab in bash, zsh and fish: the scripts are valid, and offer commands, options, choices, files, and the server's names.
source "$(dirname "$0")/common.sh"
export PATH=$(dirname "$ASSAY"):$PATH
for shell in bash zsh fish; do
  expect 0 "$ASSAY" completion "$shell"
  cp stdout "assay.$shell"
  command -v "$shell" >/dev/null || fail "$shell is not installed: scripts/install_deps test"
  expect 0 "$shell" -n "assay.$shell"
done
expect 2 "$ASSAY" completion tcsh
tells "it is one of bash, zsh, fish, candidates"

start_server
push_model penguins --alias production
push_model churn
touch "a file.csv" data.csv
mkdir data.d

# ---- bash, as readline calls it: the words split at its break characters, the line, and where the cursor is.
cat >drive.bash <<'DRIVER'
source assay.bash
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_assay assay "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\n' "${COMPREPLY[@]}"
DRIVER
# bash_offers LINE WORDS… -- EXPECTED…: exactly these, in any order
bash_offers() {
  local line=$1 words=()
  shift
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  shift
  bash drive.bash "$line" "${words[@]}" 2>"$work/stderr" | LC_ALL=C sort >"$work/stdout"
  [[ ! -s $work/stderr ]] || fail "bash complains at: $line"
  diff <(printf '%s\n' "$@" | LC_ALL=C sort) "$work/stdout" || fail "bash offers something else at: $line"
}
bash_offers "assay pu" assay pu -- push
bash_offers "assay alias ro" assay alias ro -- rollback
bash_offers "assay push penguins x --da" assay push penguins x --da -- --dataset
bash_offers "assay lineage x --format m" assay lineage x --format m -- mermaid
bash_offers "assay lineage x --format=m" assay lineage x --format = m -- mermaid
bash_offers "assay --url http://127.0.0.1:1 fet" assay --url http : //127.0.0.1 : 1 fet -- fetch
bash_offers "assay list " assay list "" -- churn penguins
bash_offers "assay fetch penguins@" assay fetch penguins @ -- @1 @production
bash_offers "assay fetch penguins@p" assay fetch penguins @ p -- @production
bash_offers "assay alias set penguins pr" assay alias set penguins pr -- production
bash_offers "assay push m dat" assay push m dat -- data data.csv data.d
bash_offers "assay push m model.joblib --dataset te" assay push m model.joblib --dataset te -- test=
bash_offers "assay push m model.joblib --dataset test=dat" assay push m model.joblib --dataset test = dat -- data/ data.csv data.d/
bash_offers "assay serve --data dat" assay serve --data dat -- data data.d
bash_offers "assay nonsense " assay nonsense "" -- ""

# ---- fish says itself what it would offer
fish_offers() {
  fish --no-config -c "source assay.fish; complete -C '$1'" >"$work/stdout" 2>"$work/stderr"
  [[ ! -s $work/stderr ]] || fail "fish complains at: $1"
  grep -qE -- "$2" "$work/stdout" || fail "fish does not offer $2 at: $1"
}
fish_offers "assay pu" $'^push\tRegister files'
fish_offers "assay push x y --da" $'^--dataset\tData it was trained'
fish_offers "assay fetch peng" $'^penguins\t'
fish_offers "assay fetch penguins@" $'^penguins@production\tversion 1$'
fish_offers "assay push m dat" '^data.csv'
fish_offers "assay lineage x --format=m" '^--format=mermaid$'
fish_offers "assay env capture --python=dat" '^--python=data.csv'

# ---- bash and zsh in a terminal of their own: what Tab makes of the line
cat >terminal.py <<'PYTHON'
"""terminal.py SHELL LINE: types the line and Tab, then has the shell print what stands there."""
import os, pty, re, select, sys, time
shell, line = sys.argv[1:]
start = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
load = {"bash": "source ./assay.bash", "zsh": "autoload -Uz compinit; compinit -u -D; source ./assay.zsh"}[shell]
process, terminal = pty.fork()
if process == 0:
    os.execvpe(start[0], start, {**os.environ, "TERM": "dumb", "PS1": "> "})
seen = b""
def until(pattern):
    global seen
    end = time.monotonic() + 60
    while not re.search(pattern, seen):
        if time.monotonic() > end or not select.select([terminal], [], [], end - time.monotonic())[0]:
            sys.exit(f"{shell} says only {seen!r}")
        seen += os.read(terminal, 65536)
    return re.search(pattern, seen)
os.write(terminal, f"{load}; echo rea''dy\n".encode())
until(rb"\nready")
os.write(terminal, line.encode() + b"\t" + b"\x01printf '%s\\n' '<<\x05>>'\n")
print(until(rb"\n<<(.*)>>\r?\n").group(1).decode().rstrip())  # zsh takes its space back
os.write(terminal, b"exit\n")
os.close(terminal)
os.waitpid(process, 0)
PYTHON
tab_makes() {
  for shell in bash zsh; do
    expect 0 python3 terminal.py "$shell" "$1"
    [[ $(cat stdout) == "$2" ]] || fail "$shell makes something else of: $1"
  done
}
tab_makes "assay pus" "assay push"
tab_makes "assay push x y --data" "assay push x y --dataset"
tab_makes "assay fetch penguins@p" "assay fetch penguins@production"
tab_makes "assay lineage x --format=m" "assay lineage x --format=mermaid"
tab_makes "assay push m data.c" "assay push m data.csv"
tab_makes 'assay push m a\ f' 'assay push m a\ file.csv'
tab_makes "assay push m x --dataset test=data.c" "assay push m x --dataset test=data.csv"
tab_makes "assay env capture --python=data.c" "assay env capture --python=data.csv"

# ---- without a server: quickly nothing, and what the command line knows itself
stop_server
begin=$(date +%s%N)
expect 0 "$ASSAY" completion candidates -- list pen
[[ $(cat stdout) == none && ! -s stderr ]] || fail "something is said without a server"
bash_offers "assay pu" assay pu -- push
# A server that accepts and says nothing is given up after a second.
python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(60)' >port &
silent=$!
until [[ -s port ]]; do sleep 0.05; done
expect 0 "$ASSAY" completion candidates --url "http://127.0.0.1:$(cat port)" -- fetch penguins@
[[ $(cat stdout) == none && ! -s stderr ]] || fail "a silent server leaves something"
kill "$silent"
[[ $((($(date +%s%N) - begin) / 1000000)) -lt 20000 ]] || fail "completion waits for a silent server"
# A configuration that is wrong takes nothing away from what needs none.
echo '[assay' >assay.toml
bash_offers "assay pu" assay pu -- push
expect 0 "$ASSAY" completion bash
