#!/usr/bin/env bash
# Runs every ```sh block of the README and of docs/, document by document, each
# in an empty folder with the samples. Blocks marked ```sh no-run are left out.
source "$(dirname "$0")/common.sh"
documents=0
for document in "$root/README.md" "$root"/docs/*.md; do
  awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$document" \
    >commands.sh
  [ -s commands.sh ] || continue
  documents=$((documents + 1))
  mkdir "run$documents"
  ln -s "$samples" "run$documents/data-samples"
  (cd "run$documents" && bash -eu ../commands.sh) >log.txt 2>&1 ||
    fail "$(basename "$document"): $(tail -n 3 log.txt)"
  rm -rf "run$documents"
done
[ "$documents" -ge 5 ] || fail "only $documents documents with commands"
echo "the commands of $documents documents ran"
