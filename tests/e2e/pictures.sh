#!/usr/bin/env bash
# A folder of pictures becomes a dataset, a model learns from it, and new
# pictures are predicted as they are.
source "$(dirname "$0")/common.sh"

mtl-convert "$samples/ultrasound" --without '*_mask*' --size 24x20 --fit pad \
  -o raw.h5 2>said.txt
grep -q '149 pictures of 64 x 64, as 24 x 20, grey; class by folder: benign 49, malignant 50, normal 50' \
  said.txt || fail "$(cat said.txt)"
mtl-prep raw.h5 -o ready.h5 --task class --split test=0.2 --quiet
mtl-train ready.h5 -o model.h5 --layers 16 --epochs 5 --quiet

mtl-inspect ready.h5 --thumbnails sheet.png 2>sheet.txt
grep -q '^mtl-inspect: class benign: benign/benign (1), ' sheet.txt ||
  fail "$(cat sheet.txt)"
[ "$(head -c 4 sheet.png | tail -c 3)" = PNG ] || fail "sheet.png is no PNG"

# New pictures, as they are or as a dataset like the model's.
mkdir new
cp "$samples/ultrasound/benign/benign (1).png" new/a.png
cp "$samples/ultrasound/normal/normal (7).png" new/b.png
mtl-predict model.h5 new -o new.csv --quiet
[ "$(wc -l <new.csv)" -eq 3 ] || fail "$(cat new.csv)"
mtl-convert new --like model.h5 -o like.h5 --quiet
mtl-predict model.h5 like.h5 -o like.csv --quiet
same new.csv like.csv "a folder and a dataset of it"

# Columns of a table of theirs; a pipe is a file.
printf 'file,age,sex\na.png,31,f\nb,,m\n' >new.table.csv
mtl-convert new --labels new.table.csv --type file=id -o with.h5 --quiet
mtl-inspect with.h5 >with.txt
grep -q '^image .*64 x 64' with.txt || fail "$(cat with.txt)"
grep -q '^numeric' with.txt || fail "$(cat with.txt)"
mtl-convert new --labels new.table.csv --type file=id -o - --quiet >piped.h5
same with.h5 piped.h5 "file and pipe"
mtl-convert new.table.csv --type file=id -o table.h5 --quiet
mtl-convert new --labels table.h5 -o with2.h5 --quiet
mtl-convert train=new test="$samples/ultrasound/normal" --without '*_mask*' \
  -o splits.h5 --quiet
mtl-inspect splits.h5 | grep -q 'test' || fail "no splits"

refuses 65 "no column names the pictures" \
  mtl-convert new --labels new.table.csv -o no.h5 --quiet
refuses 2 "new needs a name of its own" \
  mtl-convert new "$samples/ultrasound" -o no.h5
refuses 2 "--delimiter has no effect" mtl-convert new --delimiter , -o no.h5 --quiet
refuses 2 "--size has no effect" mtl-convert new.table.csv --size 3 -o no.h5 --quiet
refuses 2 "--size 3x is no height" mtl-convert new --size 3x -o no.h5 --quiet
refuses 2 "--fit crop has no effect without --size" \
  mtl-convert new --fit crop -o no.h5 --quiet
mtl-convert new.table.csv -o table2.h5 --quiet
refuses 2 "has no pictures as inputs" mtl-convert new --like table2.h5 -o no.h5 --quiet
mkdir empty
refuses 65 "empty: there is no picture in it" mtl-convert empty -o no.h5 --quiet
head -c 900 new/a.png >new/cut.png
refuses 65 "new/cut.png: is a damaged PNG" mtl-convert new -o no.h5 --quiet
refuses 65 "new/cut.png: is a damaged PNG" mtl-predict model.h5 new -o no.csv --quiet
[ ! -e no.h5 ] || fail "something was written"
