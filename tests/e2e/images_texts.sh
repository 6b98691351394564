#!/usr/bin/env bash
# Images and texts go through every tool: looked at, prepared, learned from by
# any number of threads, predicted from raw and prepared files, and refused
# where a table of text would be needed.
source "$(dirname "$0")/common.sh"

"$bin/space-sample" raw.h5
mtl-inspect raw.h5 >raw.txt
grep -q '^photo .*3 x 5 .*image .*2 channels' raw.txt || fail "$(cat raw.txt)"
grep -q '^text .*4 words .*tokens .*800 values' raw.txt || fail "$(cat raw.txt)"

mtl-prep raw.h5 -o ready.h5 2>prep.txt
grep -q "'photo': images of 3 x 5, 2 channels" prep.txt || fail "$(cat prep.txt)"
mtl-inspect ready.h5 --json >ready.json
grep -q '"mean": *\[ *0\.[45]' <(tr -d '\n' <ready.json | tr -s ' ') ||
  fail "no means of channels: $(cat ready.json)"

for threads in 1 3; do
  mtl-train ready.h5 --layers 12 --epochs 30 --batch 32 --rate 0.02 --quiet \
    --threads $threads -o "m$threads.h5"
done
same m1.h5 m3.h5 "threads"
for kind in raw ready; do
  mtl-predict m1.h5 $kind.h5 --split valid -o p.h5 --quiet
  mtl-convert p.h5 --to csv -o $kind.csv --quiet
done
same raw.csv ready.csv "raw and prepared"
[ "$(wc -l <raw.csv)" -eq 101 ] || fail "$(wc -l <raw.csv) lines of predictions"
mtl-eval p.h5 --draws 50 --json >e.json
mtl-train ready.h5 --inputs text --layers none --epochs 2 --quiet -o text.h5
mtl-predict text.h5 ready.h5 -o text.p.h5 --quiet

# A residual network reads images that are changed at random.
for threads in 1 3; do
  mtl-train ready.h5 --images cnn:widths=4/6,norm=group,group=2 --layers none \
    --augment mirror,crop=1,rotate=10 --epochs 2 --batch 32 --quiet \
    --threads $threads -o "c$threads.h5"
done
same c1.h5 c3.h5 "threads of a residual network"
for kind in raw ready; do
  mtl-predict c1.h5 $kind.h5 --split valid -o p.h5 --quiet
  mtl-convert p.h5 --to csv -o $kind.csv --quiet
done
same raw.csv ready.csv "raw and prepared, by a residual network"
refuses 2 "no input is of images" \
  mtl-train ready.h5 --inputs text --augment mirror -o x.h5 --quiet

# Networks that read words in their order.
for texts in bilstm:width=5,embedding=4 gru:width=5,unknown=0.1 \
  transformer:width=8,heads=2,ff=8,layers=1; do
  for threads in 1 3; do
    mtl-train ready.h5 --inputs text --texts $texts --layers none --epochs 2 \
      --batch 32 --quiet --threads $threads -o "t$threads.h5"
  done
  same t1.h5 t3.h5 "threads of $texts"
  for kind in raw ready; do
    mtl-predict t1.h5 $kind.h5 --split valid -o p.h5 --quiet
    mtl-convert p.h5 --to csv -o $kind.csv --quiet
  done
  same raw.csv ready.csv "raw and prepared, by $texts"
  mtl-export t1.h5 --to torch -o "torch-${texts%%:*}" --quiet
done
refuses 2 "texts cannot be 'bi-lstm'; did you mean 'bilstm'?" \
  mtl-train ready.h5 --texts bi-lstm -o x.h5 --quiet

refuses 65 "'photo' holds images" mtl-convert raw.h5 --to csv -o x.csv
refuses 2 "layer 'tokens' has tokens" \
  mtl-predict m1.h5 ready.h5 --features tokens -o x.h5

# The program that docs/file-format.md shows writes what the tools read.
if python3 -c 'import h5py, numpy' 2>/dev/null; then
  sed -n '/^import hashlib, h5py/,/^```$/p' "$root/docs/file-format.md" |
    sed '$d' >write.py
  python3 write.py
  mtl-inspect mine.h5 --check >/dev/null
  mtl-train mine.h5 --layers 8 --epochs 2 --quiet -o mine.model.h5
else
  echo "not tried: docs/file-format.md's program needs python3 with h5py"
fi
