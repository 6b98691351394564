#!/usr/bin/env bash
# Runs every ```sh block of the README and of docs/, document by document, each
# in an empty folder with the samples. Blocks marked ```sh no-run are left out.
# An ```output block is what the ```sh block before it prints, or a part of it;
# see output_is.awk for what "..." means there and what need not be equal.
source "$(dirname "$0")/common.sh"
here=$root/tests/e2e
export MTLKIT_PROGRESS=auto TERM=dumb # a line an epoch
unset MTLKIT_ONCE

# Bits are the same on all processors with fused multiply-add; elsewhere
# numbers only have to be close.
case $(mtl-train --version) in
  *", BASE)" | *", SSE"*")") exact=0 ;;
  *) exact=1 ;;
esac

# Writes the commands to commands.sh, with a line @@N@@ after block N, and what
# is to be seen of block N to expected/N.LINE.
split='
  /^```sh$/ { state = "sh"; next }
  /^```output$/ { state = "output"; file = "expected/" block "." NR; next }
  /^```/ {
    if (state == "sh") print "echo @@" ++block "@@" >"commands.sh"
    state = ""
  }
  state == "sh" { print >"commands.sh" }
  state == "output" { print >file }
'
documents=0
outputs=0
for document in "$root/README.md" "$root"/docs/*.md; do
  rm -rf expected commands.sh && mkdir expected
  name=$(basename "$document")
  awk "$split" "$document"
  [ -s commands.sh ] || continue
  documents=$((documents + 1))
  rm -rf run && mkdir run
  ln -s "$samples" run/data-samples
  (cd run && bash -eu ../commands.sh) >log.txt 2>&1 ||
    fail "$name: $(tail -n 3 log.txt)"
  for expected in expected/*; do
    [ -e "$expected" ] || continue
    outputs=$((outputs + 1))
    place=${expected#expected/}
    awk -v block="${place%.*}" '
      /^@@[0-9]+@@$/ { now = substr($0, 3) + 0; next }
      now == block - 1' log.txt >printed.txt
    awk -v exact=$exact -f "$here/output_is.awk" "$expected" printed.txt ||
      fail "$name:${place#*.}: this is not what the commands print"
  done
  [ "$name" != README.md ] || mv run/ready.h5 .
done
[ "$documents" -ge 5 ] || fail "only $documents documents with commands"
[ "$outputs" -ge 8 ] || fail "only $outputs blocks of output"

# The Python of file-format.md opens what the README's commands prepared: its
# paths are there, and where there is h5py it runs.
awk '/^```python$/ {on = 1; next} /^```/ {on = 0} on' \
  "$root/docs/file-format.md" >read.py
mtl-inspect ready.h5 --json >ready.json
paths=0
for name in $(grep -oE "f\['[a-z]+/[^'/]+" read.py | cut -d / -f 2); do
  paths=$((paths + 1))
  grep -qE "\"name\": \"$name\"|\"$name\": [0-9{[]" ready.json ||
    fail "file-format.md opens '$name', which a prepared file does not have"
done
[ "$paths" -ge 6 ] || fail "only $paths paths in the Python of file-format.md"
if python3 -c 'import h5py, scipy' 2>/dev/null; then
  python3 read.py || fail "the Python of file-format.md does not run"
fi
echo "the commands of $documents documents ran, $outputs outputs hold"
