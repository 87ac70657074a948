#!/usr/bin/env bash
# Every command has a manual page that man, groff and mandoc read without complaint, and an install puts it where man looks.
source "$(dirname "$0")/common.sh"
for tool in groff man mandoc; do command -v "$tool" >/dev/null || fail "$tool is not installed: scripts/install_deps test"; done
commands=$("$ASSAY" | sed -n 's/^  \([a-z]*\) .*/\1/p')
mkdir man
expect 0 "$ASSAY" help --man
cp stdout man/assay.1
expect 0 "$ASSAY" help --man assay.toml
cp stdout man/assay.toml.5
for command in $commands; do
  expect 0 "$ASSAY" help --man "$command"
  cp stdout "man/assay-$command.1"
done
for page in man/*; do
  expect 0 groff -man -ww -Tutf8 -b "$page"
  [[ ! -s stderr ]] || fail "groff complains about $page"
  expect 0 env MANWIDTH=100 LC_ALL=C.UTF-8 man --warnings -l "$page"
  [[ ! -s stderr ]] || fail "man complains about $page"
  expect 0 mandoc -T lint -W error "$page"
  expect 0 env LC_ALL=C.UTF-8 mandoc -T utf8 "$page"
  sed -e 's/.\x08//g' stdout >text
  for section in NAME DESCRIPTION "SEE ALSO"; do grep -q "^$section\$" text || fail "$page has no section $section"; done
done

# The text of a page survives: options with their dashes and quotes, examples as they are typed.
expect 0 env LC_ALL=C.UTF-8 MANWIDTH=200 man --warnings -l man/assay-push.1
sed -e 's/.\x08//g' stdout >text
grep -q '^ *--metric NAME=VALUE\[@DATASET\]' text || fail "assay-push(1) does not name --metric as it is typed"
grep -qF 'assay push NAME PATH… [OPTIONS]' text || fail "assay-push(1) has no synopsis"
grep -qF -- '--dataset test=test.csv --trained-at 2026-11-22T21:14:03Z --sample sample.json' text || fail "an example is not as it is typed"
expect 0 env LC_ALL=C.UTF-8 man -l man/assay.1
sed -e 's/.\x08//g' stdout >text
for section in SYNOPSIS COMMANDS OPTIONS ENVIRONMENT FILES "EXIT STATUS"; do grep -q "^$section\$" text || fail "assay(1) has no section $section"; done
for command in $commands; do grep -q "assay-$command(1)" text || fail "assay(1) does not list $command"; done
for word in ASSAY_URL ASSAY_CONSUMER ASSAY_CACHE assay.toml assay.lock; do grep -q "$word" text || fail "assay(1) does not name $word"; done
for code in 0 1 2 3 4 5 6 7 8 9 10; do grep -qE "^ +$code +[a-z]" text || fail "assay(1) does not explain exit code $code"; done

# What is installed is what the binary prints.
build=$(dirname "$ASSAY")
expect 0 cmake --install "$build" --prefix "$work/prefix"
for page in man/*; do cmp "$page" "prefix/share/man/man${page##*.}/$(basename "$page")" || fail "the installed $(basename "$page") is another"; done
[[ $(ls prefix/share/man/man1 | wc -l) -eq $(($(wc -w <<<"$commands") + 1)) ]] || fail "there are pages of commands that do not exist"
"$ASSAY" completion bash | cmp - prefix/share/bash-completion/completions/assay || fail "bash's script is another"
"$ASSAY" completion zsh | cmp - prefix/share/zsh/site-functions/_assay || fail "zsh's script is another"
"$ASSAY" completion fish | cmp - prefix/share/fish/vendor_completions.d/assay.fish || fail "fish's script is another"
