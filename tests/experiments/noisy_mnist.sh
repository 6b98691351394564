#!/usr/bin/env bash
# What methods for wrong labels are worth: the table on MNIST of Wei, Feng, Chen
# and An (2020), one cell (a noise, a method) a command. What is there is not
# computed again, so it can be stopped at any time; a cell that was stopped goes
# on from its checkpoint.
#
#   tests/experiments/noisy_mnist.sh FOLDER BIN [EPOCHS [ROWS [CELL...]]]
#
# FOLDER keeps the cells, BIN are our tools, CELL is NOISE:METHOD, such as
# symmetric-0.5:jocor. 200 epochs of all rows (0) are the table, of 10 to 20
# minutes of processor time a cell. Needs MTLKIT_TEST_DATA and python3.
#
# 784-256-10 with ReLU, Adam at .001, batches of 128, the rate falling to 0 from
# 40 % on; accuracy on the 10,000 test rows, the mean of both networks, after the
# last epoch. The paper takes the mean of the last 10 of 200 epochs of 400 steps
# (here 469) and Adam's beta1 from .9 to .1 with the fall.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
epochs=${3:-200}
rows=${4:-0}
shift "$(($# < 4 ? $# : 4))"
cells=("$@")
here=$(dirname "$(realpath "$0")")
mnist=${MTLKIT_TEST_DATA:?the folder with mnist/}/mnist
export PATH="$bin:$PATH" LC_ALL=C
if [ ${#cells[@]} = 0 ]; then
  for noise in symmetric-0.2 symmetric-0.5 symmetric-0.8 asymmetric-0.4; do
    for method in solo co-teaching co-teaching-plus jocor small-loss; do
      cells+=("$noise:$method")
    done
  done
fi

# The data of one noise, prepared.
prepare() { # NOISE
  local at=$folder/$1
  if [ -e "$at/ready.h5" ]; then return; fi
  mkdir -p "$at"
  python3 "$here/noisy_digits.py" "$mnist" "$1" 0 "$rows" "$at"
  mtl-convert train="$at/train.npz" test="$at/test.npz" -o "$at/digits.h5" --quiet
  mtl-prep "$at/digits.h5" -o "$at/ready.h5" --task digit=multiclass --quiet
  rm "$at/train.npz" "$at/test.npz" "$at/digits.h5"
}

# Half of asymmetric noise is in the classes that it concerns.
options() { # NOISE METHOD
  local part=${1#*-}
  if [ "${1%-*}" = asymmetric ]; then
    part=$(awk -v p="$part" 'BEGIN {print p / 2}')
  fi
  case $2 in
    solo) echo solo ;;
    jocor) echo "jocor:agreement=0.95,forget=$part" ;;
    *) echo "$2:forget=$part" ;;
  esac
}

accuracy() { # RUN READY PEER
  mtl-predict "$1" "$2" --peer "$3" --split test -o "$1.pred.h5" --quiet
  mtl-eval "$1.pred.h5" --metrics accuracy --draws 0 --csv |
    awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i == "value") at = i}
      NR == 2 {print $at}'
  rm "$1.pred.h5"
}

for cell in "${cells[@]}"; do
  noise=${cell%%:*}
  method=${cell#*:}
  prepare "$noise"
  at=$folder/$noise/$method-$epochs
  if [ ! -e "$at.txt" ]; then
    mtl-cotrain local "$folder/$noise/ready.h5" -o "$at" \
      --method "$(options "$noise" "$method")" --peers 2 --layers 256 \
      --activation relu --dropout 0 --optimizer adam --rate 0.001 --batch 128 \
      --epochs "$epochs" --patience 0 --schedule polynomial:hold=0.4 --seed 1 \
      --quiet
    one=$(accuracy "$at" "$folder/$noise/ready.h5" 0)
    two=$(accuracy "$at" "$folder/$noise/ready.h5" 1)
    awk -v a="$one" -v b="$two" 'BEGIN {printf "%.2f\n", 50 * (a + b)}' \
      >"$at.txt.new"
    mv "$at.txt.new" "$at.txt"
  fi
  echo "$noise $method $(cat "$at.txt")"
done
