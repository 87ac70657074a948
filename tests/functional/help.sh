#!/usr/bin/env bash
# Every command explains itself, in the same words however it is asked, and colours stay out of pipes.
source "$(dirname "$0")/common.sh"
unset NO_COLOR
commands=$("$ASSAY" | sed -n 's/^  \([a-z]*\) .*/\1/p')
[[ $(wc -w <<<"$commands") -ge 19 ]] || fail "the overview lists too few commands: $commands"
for command in $commands; do
  expect 0 "$ASSAY" help "$command"
  says "# assay $command"
  says "## Synopsis"
  ! grep -q $'\x1b' stdout || fail "a colour in a pipe"
  cp stdout page
  expect 0 "$ASSAY" "$command" --help
  cmp stdout page || fail "assay $command --help is another page"
  expect 2 "$ASSAY" "$command" --no-such-option
  tells "has no option '--no-such-option'"
  tells "'assay help $command' explains it"
done
expect 2 "$ASSAY" help fecth
tells "did you mean 'assay help fetch'?"
expect 2 "$ASSAY" pull iris
tells "did you mean 'assay fetch'?"
expect 0 "$ASSAY" help rm --json
json 'it["command"] == "rm"'
