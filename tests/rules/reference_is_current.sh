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
