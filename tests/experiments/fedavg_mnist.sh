#!/usr/bin/env bash
# How many rounds federated averaging needs to 97 % on MNIST: two rows of table 1
# of McMahan, Moore, Ramage, Hampson and Aguera y Arcas (2017), a tenth of 100
# clients a round (C = .1), batches of 10 (B), one pass (E): 87 rounds where rows
# are divided at random, 664 where each client has two shards of sorted digits.
#
#   tests/experiments/fedavg_mnist.sh FOLDER BIN [CELL...]
#
# FOLDER keeps the cells, BIN are our tools, CELL is DIVISION:RATE, such as
# iid:0.02 or shards:0.01. A cell goes on where it was stopped; 1,000 rounds are
# the end of it, and some 3 s of processor time each. Needs MTLKIT_TEST_DATA and
# python3.
#
# 784-200-200-10 with ReLU, plain descent. The merge of what the clients of a
# round have published is the model; the round is the first in which it says at
# least 97 % of the 10,000 test digits right.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
shift 2
cells=("$@")
here=$(dirname "$(realpath "$0")")
mnist=${MTLKIT_TEST_DATA:?the folder with mnist/}/mnist
export PATH="$bin:$PATH" LC_ALL=C
if [ ${#cells[@]} = 0 ]; then cells=(iid:0.02 shards:0.01); fi

prepare() { # DIVISION
  local at=$folder/$1
  if [ -e "$at/ready.h5" ]; then return; fi
  mkdir -p "$at"
  python3 "$here/federated_digits.py" "$mnist" "$1" "$at"
  mtl-convert train="$at/train.npz" test="$at/test.npz" -o "$at/digits.h5" --quiet
  mtl-prep "$at/digits.h5" -o "$at/ready.h5" --task digit=multiclass \
    --group client --quiet
  rm "$at/train.npz" "$at/test.npz" "$at/digits.h5"
}

# Rounds until the goal; one line a round in CELL.txt.
run() { # DIVISION RATE
  local ready=$folder/$1/ready.h5
  local at=$folder/$1/$2
  if [ ! -e "$at/run.json" ]; then
    mtl-cotrain init "$at" --data "$ready" --method fedavg --peers 100 \
      --fraction 0.1 --rows-by group --layers 200,200 --activation relu \
      --dropout 0 --optimizer sgd --rate "$2" --schedule constant --batch 10 \
      --epochs 1 --max-stale 1 --quiet
  fi
  touch "$at.txt"
  local round
  for ((round = $(wc -l <"$at.txt") + 1; round <= 1000; ++round)); do
    mtl-cotrain round "$at" --until "$round" --quiet
    mtl-cotrain merge "$at" --to "$at.h5" --quiet
    mtl-predict "$at.h5" "$ready" --split test -o "$at.pred.h5" --quiet
    mtl-eval "$at.pred.h5" --metrics accuracy --draws 0 --csv --quiet |
      awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i == "value") at = i}
        NR == 2 {print $at}' >>"$at.txt"
    mtl-cotrain gc "$at" --keep 1 --quiet
    if awk 'END {exit !($1 >= 0.97)}' "$at.txt"; then break; fi
  done
  awk -v what="$1, rate $2" '
    {if ($1 > best) best = $1}
    $1 >= 0.97 {printf "%s: %d rounds to 97 %%\n", what, NR; found = 1; exit}
    END {if (!found) printf "%s: %.4f in %d rounds\n", what, best, NR}' "$at.txt"
}

for cell in "${cells[@]}"; do
  prepare "${cell%%:*}"
  run "${cell%%:*}" "${cell#*:}"
done
