#!/usr/bin/env bash
# What a map is worth to a class and the other way round: breast ultrasound
# (BUSI), one cell (tasks, a fold, a seed) a command. What is there is not
# computed again, so it can be stopped at any time.
#
#   tests/experiments/busi.sh FOLDER BIN [SEEDS [FOLDS [TASKS...]]]
#
# FOLDER keeps the cells, BIN are our tools, SEEDS and FOLDS say how many (3 and
# 5), TASKS are `both`, `class` and `map`. Needs MTLKIT_TEST_DATA. The pictures
# are stretched to 96 x 96; one is left out, whose mask is of another size.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
seeds=${3:-3}
folds=${4:-5}
shift "$(($# < 4 ? $# : 4))"
tasks=("$@")
if [ ${#tasks[@]} = 0 ]; then tasks=(both class map); fi
busi=${MTLKIT_TEST_DATA:?the folder with busi-subset/}/busi-subset
export PATH="$bin:$PATH" LC_ALL=C
mkdir -p "$folder"
cd "$folder"

if [ ! -e both.h5 ]; then
  mkdir -p pictures
  tar xf "$busi/busi-subset.tar" -C pictures
  convert=(mtl-convert pictures/busi --size 96 --channels grey --quiet
    --without 'benign (4)_mask_1*')
  prep=(--folds 5 --stratify class --quiet)
  "${convert[@]}" --masks '*_mask*' -o raw.h5
  "${convert[@]}" --without '*_mask*' -o plain.h5
  mtl-prep plain.h5 -o class.h5 --task class "${prep[@]}"
  mtl-prep raw.h5 -o both.h5 --task class "${prep[@]}"
fi

train=(--images "unet:widths=16/32/64/128,dropout=0.3" --layers none --once
  --optimizer adamw --rate 0.002 --decay 0.01 --schedule one-cycle --batch 8
  --epochs 25 --quiet
  --augment "mirror,rotate=15,scale=0.15,shift=0.08,gain=0.2,offset=0.1")
class_loss=(--loss "class=cross-entropy:label-smoothing=0.1")
map_loss=(--loss "mask=bce-dice")

for task in "${tasks[@]}"; do
  data=both.h5
  if [ "$task" = class ]; then data=class.h5; fi
  for seed in $(seq "$seeds"); do
    for fold in $(seq 0 $((folds - 1))); do
      cell=$task-$seed-$fold
      if [ -e "$cell.pred.h5" ]; then continue; fi
      case $task in
        both) loss=("${class_loss[@]}" "${map_loss[@]}") ;;
        class) loss=("${class_loss[@]}") ;;
        map) loss=("${class_loss[@]}" "${map_loss[@]}" --task-weight class=0) ;;
      esac
      mtl-train "$data" -o "$cell.h5" "${train[@]}" "${loss[@]}" \
        --fold "$fold" --seed "$seed"
      mtl-predict "$cell.h5" "$data" --split "fold$fold" -o "$cell.pred.h5" \
        --quiet
    done
  done
done

files=()
for task in "${tasks[@]}"; do
  for seed in $(seq "$seeds"); do
    list=()
    for fold in $(seq 0 $((folds - 1))); do
      list+=("$task-$seed-$fold.pred.h5")
    done
    files+=("$task=$(IFS=,; echo "${list[*]}")")
  done
done
mtl-eval "${files[@]}" --metrics all
