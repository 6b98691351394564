#!/usr/bin/env bash
# The reference in docs/ is what the tools say of themselves today.
set -euo pipefail

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
bash "$MTLKIT_SOURCE_DIR/docs/make-reference.sh" "$MTLKIT_BIN" "$fresh"
if ! diff -r "$MTLKIT_SOURCE_DIR/docs/reference" "$fresh"; then
  echo "docs/reference is out of date: run make docs"
  exit 1
fi

# Whatever can be chosen by name has its paragraph in the page on methods.
described() {
  "$MTLKIT_BIN/$@" | sed -n 's/^  \([a-z0-9][a-z0-9-]*\)\( .*\)\{0,1\}$/\1/p' |
    while read -r name; do
      grep -qE "(\*\*|^### )$name(\*\*|$)" "$MTLKIT_SOURCE_DIR/docs/methods.md" ||
        echo "docs/methods.md does not describe $name"
    done
}
undescribed=$(
  for kind in archs weightings losses optimizers samplers schedules averagings; do
    described mtl-train --list "$kind"
  done
  described mtl-eval --list metrics
  described mtl-cotrain init --list methods
)
if [ -n "$undescribed" ]; then
  echo "$undescribed"
  exit 1
fi
