#!/usr/bin/env bash
# Masks beside pictures become a map; one network learns it and the class.
source "$(dirname "$0")/common.sh"

mtl-convert "$samples/ultrasound" --masks '*_mask*' --size 32 -o raw.h5 \
  2>said.txt
grep -q '149 pictures of 64 x 64, as 32 x 32, grey; class by folder: .*; 150 masks' \
  said.txt || fail "$(cat said.txt)"
mtl-prep raw.h5 -o ready.h5 --task class --split test=0.2 --stratify class \
  --quiet
mtl-inspect ready.h5 | grep -q '^mask  *map  *149' ||
  fail "$(mtl-inspect ready.h5)"
mtl-inspect ready.h5 --thumbnails sheet.png --quiet

net="--images unet:widths=8/16/32 --layers none --batch 8 --optimizer adamw"
net+=" --rate 0.01 --epochs 6 --augment mirror,rotate=10,shift=0.05 --quiet"
# shellcheck disable=SC2086
train() { mtl-train ready.h5 $net "$@"; }
train -o both.h5 --loss mask=bce-dice --threads 1
train -o threads.h5 --loss mask=bce-dice --threads 2
same both.h5 threads.h5 "one thread and two"

mtl-predict both.h5 ready.h5 --split test -o both.pred.h5 --masks masks \
  --quiet
rows=$(mtl-predict both.h5 ready.h5 --split test --quiet -o - | wc -c)
[ "$rows" -gt 0 ] || fail "nothing on stdout"
[ "$(find masks -name '*.png' | wc -l)" -eq "$(mtl-inspect ready.h5 --json |
  sed -n 's/.*"test": *\([0-9]*\).*/\1/p' | head -n 1)" ] ||
  fail "$(find masks | wc -l) masks"
mtl-eval both.pred.h5 --json >eval.json
for metric in dice iou empty-share pixel-accuracy accuracy; do
  mtl-eval both.pred.h5 --metrics all --csv |
    grep -q "$metric" || fail "no $metric"
done
mtl-eval both.pred.h5 --data ready.h5 --html -o page.html
grep -q 'data:image/png;base64,iVBORw0KGgo' page.html || fail "no pictures"

# A third of the pixels of a lesion, and more, are found after 90 steps.
mtl-eval both.pred.h5 --csv --metrics dice | awk -F, '
  NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i }
  NR > 1 && $at["metric"] == "dice" { found = $at["value"] }
  END { exit !(found > 0.25) }' || fail "$(mtl-eval both.pred.h5)"

# Without masks the same network says the class alone, and a model file of it
# can be read.
mtl-convert "$samples/ultrasound" --without '*_mask*' --size 16 -o plain.h5 --quiet
mtl-prep plain.h5 -o class.h5 --task class --split test=0.2 --quiet
mtl-train class.h5 -o class-model.h5 --images unet:widths=4/8 --layers none \
  --epochs 1 --quiet
mtl-predict class-model.h5 class.h5 -o class.pred.h5 --quiet

# Predicted masks are masks.
mkdir again
cp "$samples/ultrasound/benign/benign (1).png" again/a.png
mtl-predict both.h5 again -o again.pred.h5 --masks again-masks --quiet
cp again-masks/a.png again/a_mask.png
mtl-convert again --like both.h5 -o no.h5 --quiet 2>&1 && fail "two sizes"
rm -f again/a_mask.png

refuses 2 "of which the network says nothing" \
  mtl-train ready.h5 -o no.h5 --images cnn --epochs 1 --quiet
refuses 2 "keeps no pixels for its tasks" mtl-train ready.h5 -o no.h5 \
  --images unet:widths=8/16 --arch cross-stitch --epochs 1 --quiet
refuses 2 "which it cannot put out" mtl-train ready.h5 -o no.h5 \
  --images unet:widths=8/16 --arch soft-sharing --epochs 1 --quiet
refuses 2 "there is no mean of what several networks say" mtl-train ready.h5 \
  -o no.h5 --images unet:widths=8/16 --members 2 --epochs 1 --quiet
refuses 2 "'dice' does not fit task 'class'" mtl-train ready.h5 -o no.h5 \
  --loss class=dice --epochs 1 --quiet
[ ! -e no.h5 ] || fail "something was written"
