#!/usr/bin/env bash
# Pictures and masks to a judged network that says what a picture shows and
# where. Outputs go to build/demo-images (or the folder given).
source "$(dirname "$0")/demo_common.sh" "${1:-build/demo-images}"
rm -rf masks

say 'Ultrasound pictures in folders of their class, with masks of lesions'
run "mtl-convert data-samples/ultrasound --masks '*_mask*' -o raw.h5"
run "mtl-prep raw.h5 -o ready.h5 --task class --split test=0.2" \
  "--stratify class"
run "mtl-inspect ready.h5 --thumbnails samples.png"

say 'One network for the class and the map, and one for each'
net="--images unet:widths=12/24/48/96,dropout=0.3 --layers none --once"
net+=" --optimizer adamw --rate 0.002 --decay 0.01 --schedule one-cycle"
net+=" --batch 8 --epochs 15"
net+=" --augment mirror,rotate=15,scale=0.15,shift=0.08,gain=0.2,offset=0.1"
net+=" --loss mask=bce-dice --loss class=cross-entropy:label-smoothing=0.1"
run "mtl-train ready.h5 -o both.h5 $net"
run "mtl-train ready.h5 -o apart.h5 $net --arch single"

say 'Did sharing help? On pictures that neither has seen'
run "mtl-predict both.h5 ready.h5 --split test -o both.pred.h5 --masks masks"
run "mtl-predict apart.h5 ready.h5 --split test -o apart.pred.h5"
run "mtl-eval apart=apart.pred.h5 both=both.pred.h5 --against apart"
run "mtl-eval both.pred.h5 --data ready.h5 -o both.html"

printf '\nThe true and the predicted outlines are in %s/both.html.\n' "$folder"
printf 'Done after %s s.\n' "$(($(date +%s) - start))"
