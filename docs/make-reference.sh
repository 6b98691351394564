#!/usr/bin/env bash
# Usage: docs/make-reference.sh BIN_DIR OUTPUT_DIR
# Writes the reference: a page for each tool, one for what each registry holds,
# and the exit codes, all from the definitions that the tools themselves use.
set -euo pipefail

bin=$1
out=$2
mkdir -p "$out"

# The reference must not depend on who writes it.
for name in $(env | sed -n 's/^\(MTLKIT_[A-Z_0-9]*\)=.*/\1/p'); do
  unset "$name"
done

tools="convert prep train predict eval cotrain export inspect"
{
  echo "# Reference"
  echo
  echo "Written by \`make docs\` from the definitions in the tools."
  echo
} > "$out/README.md"
for verb in $tools; do
  tool=mtl-$verb
  "$bin/$tool" --help-markdown > "$out/$tool.md"
  sentence=$("$bin/$tool" --help | sed -n '1,/^$/p' | tr '\n' ' ')
  echo "- [$tool]($tool.md): ${sentence%% }" >> "$out/README.md"
done

# What `mtl-train --list KIND` prints, for every kind that it has.
{
  echo "# What can be chosen by name"
  kinds=$("$bin/mtl-train" --list '' 2>&1 | sed -n 's/.*one of //p') || true
  for kind in ${kinds//,/}; do
    printf '\n## %s\n\n```\n' "$kind"
    "$bin/mtl-train" --list "$kind"
    printf '```\n'
  done
  printf '\n## transforms\n\n```\n'
  "$bin/mtl-prep" --list transforms
  printf '```\n'
  printf '\n## metrics\n\n```\n'
  "$bin/mtl-eval" --list metrics
  printf '```\n\n## targets of `mtl-export`\n\n```\n'
  "$bin/mtl-export" --list targets
  printf '```\n\n## methods of `mtl-cotrain init`\n\n```\n'
  "$bin/mtl-cotrain" init --list methods
  printf '```\n\n## methods of `mtl-cotrain local`\n\n```\n'
  "$bin/mtl-cotrain" local --list methods
  printf '```\n'
} > "$out/lists.md"
echo "- [lists](lists.md): what \`--list\` prints" >> "$out/README.md"

{
  echo "# Exit codes"
  echo
  echo "The same for every tool."
  echo
  echo '```'
  "$bin/mtl-train" --help-all | sed -n '/^Exit codes:/,$p' | tail -n +2
  echo '```'
} > "$out/exit-codes.md"
echo "- [exit codes](exit-codes.md)" >> "$out/README.md"
