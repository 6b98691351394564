#!/usr/bin/env bash
# What weightings and architectures are worth beside networks of their own for
# each task and one network and head for all: four sets, one cell (a set, a
# method, a seed) a command. What is there is not computed again, so it can be
# stopped at any time.
#
#   tests/experiments/weightings.sh FOLDER BIN [SEEDS [SET...]]
#
# FOLDER keeps the cells, BIN are our tools, SEEDS says how many (5). All have
# two layers of 64, one training of 3,000 steps and rows chosen alike; weightings
# are on `shared`, architectures with `equal`. Needs numpy, pandas and scipy for
# `python3` (or $PYTHON), and MTLKIT_TEST_DATA.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
seeds=${3:-5}
shift "$(($# < 3 ? $# : 3))"
sets=("$@")
if [ ${#sets[@]} = 0 ]; then sets=(adult sarcos yeast air-quality); fi
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
export PATH="$bin:$PATH" LC_ALL=C
mkdir -p "$folder"
cd "$folder"

baselines=(single pooled)
archs=(soft-sharing cross-stitch mmoe cgc ple:depth=1 dselect-k mtan)
weightings=(equal uncertainty dwa rlw geometric imtl-l stch:form=log famo
  pcgrad cagrad mgda nash imtl-g aligned-mtl upgrad db-mtl fairgrad)
methods=()
for name in "${baselines[@]}" "${archs[@]}"; do methods+=("--arch $name"); done
for name in "${weightings[@]}"; do methods+=("--weighting $name"); done
echo "$((${#methods[@]} * ${#sets[@]} * seeds)) cells," \
  "of 2 to 20 s of processor time each"

# cell SET METHOD SEED: predictions, and the processor time of training.
cell() {
  local name=${2#* }
  local file=$1.${name//[:=]/-}.$3
  if [ -e "$file.pred.h5" ]; then return; fi
  local TIMEFORMAT='%U %S'
  # Flag and name are two words.
  # shellcheck disable=SC2086
  { time mtl-train "$1.h5" -o "$file.h5" --once --layers 64,64 --seed "$3" \
    --threads 1 $2 --quiet 2>"$file.log"; } 2>"$file.seconds" ||
    { cat "$file.log" >&2; return 1; }
  rm "$file.log"
  mtl-predict "$file.h5" "$1.h5" --split test -o "$file.part.h5" --quiet
  rm "$file.h5"
  mv "$file.part.h5" "$file.pred.h5"
}

for set in "${sets[@]}"; do
  if [ ! -e "$set.h5" ]; then
    "$python" "$here/table_file.py" "$set" 0 "$set.csv" >"$set.flags"
    mapfile -t flags <"$set.flags"
    mtl-convert "$set.csv" -o "$set.raw.h5" --quiet
    mtl-prep "$set.raw.h5" -o "$set.h5" "${flags[@]}" --split valid=0.15 --quiet
  fi
  for method in "${methods[@]}"; do
    for seed in $(seq "$seeds"); do cell "$set" "$method" "$seed"; done
  done
  rows=()
  for method in "${methods[@]}"; do
    name=${method#* }
    file=${name//[:=]/-}
    list=()
    for seed in $(seq "$seeds"); do list+=("$set.$file.$seed.pred.h5"); done
    rows+=("$file=$(IFS=,; echo "${list[*]}")")
  done
  mtl-eval "${rows[@]}" --against single --json >"$set.json" --quiet
done
"$python" "$here/weightings_report.py" "${sets[@]}"
