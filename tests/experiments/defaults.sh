#!/usr/bin/env bash
# What default settings are worth beside other programs: every set, fold, seed
# and method, one cell a command. What is there is not computed again, so it can
# be stopped at any time.
#
#   tests/experiments/defaults.sh FOLDER BIN [SEEDS [FOLDS [METHOD...]]]
#
# FOLDER keeps the cells, BIN are our tools; SEEDS 5 and FOLDS 10 are the full
# grid. Needs numpy, pandas, scipy, scikit-learn and lightgbm for `python3` (or
# $PYTHON), and MTLKIT_TEST_DATA.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
cd "$(dirname "$0")"
seeds=${3:-5}
folds=${4:-10}
shift "$(($# < 4 ? $# : 4))"
methods=("$@")
[ "${#methods[@]}" -gt 0 ] || methods=(lightgbm forest linear network default)
python=${PYTHON:-python3}
mkdir -p "$folder"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}  # products this small wait in vain

by_fold=(enb wq jura atp1d rf1 sarcos)
by_split=(adult census-income emotions scene yeast school air-quality)
cells=$(((${#by_fold[@]} * folds + ${#by_split[@]}) * seeds * ${#methods[@]}))
echo "seeds 1 to $seeds, $folds folds: $cells cells," \
  "of 1 to 100 s of processor time each"

cell() {
  "$python" cell.py "$folder" "$1" "$2" "$4" "$3" \
    -- "$bin" --split valid=0.15 --
}
for seed in $(seq 1 "$seeds"); do
  for method in "${methods[@]}"; do
    for set in "${by_split[@]}"; do cell "$set" 0 "$seed" "$method"; done
    for set in "${by_fold[@]}"; do
      for fold in $(seq 0 $((folds - 1))); do
        cell "$set" "$fold" "$seed" "$method"
      done
    done
  done
done
"$python" report.py "$folder"
