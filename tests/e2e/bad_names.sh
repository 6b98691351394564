#!/usr/bin/env bash
# Names of outputs that say something else than what is written, in every tool,
# and names that would command a terminal.
source "$(dirname "$0")/common.sh"
source "$root/tests/e2e/bad_common.sh"

all='.h5, .hdf5, .csv, .jsonl, .arff'
no 2 "not xlsx .end the name with $all, .svm or .npz." \
  mtl-convert table.csv -o new.xlsx
no 2 "not gz .end the name with $all or .npz." \
  mtl-predict model.h5 ready.h5 -o new.csv.gz
no 2 'not parquet .end the name with .h5 or .hdf5.' \
  mtl-prep table.h5 --task price -o new.parquet
no 2 'NPZ is written here, not txt .end the name with .npz.' \
  mtl-convert table.csv --to npz -o new.txt
no 2 'not pdf .end the name with .csv, .json, .html or .txt.' \
  mtl-eval pred.h5 -o new.pdf
no 2 'SVG is written here, not png' mtl-inspect model.h5 --plot new.png
no 2 'SVG is written here, not txt' mtl-cotrain status run --plot new.txt
mtl-cotrain status run --plot t/run.svg -q && grep -q '<svg' t/run.svg ||
  fail "mtl-cotrain status --plot"
no 2 'a folder is written here, not h5' mtl-cotrain init new.h5 --data ready.h5
no 2 'a folder is written here, not pt .name it without an ending.' \
  mtl-cotrain local ready.h5 -o new.pt
no 2 'writes a folder, not zip' mtl-export model.h5 --to torch -o new.zip
no 2 'in XML is written here, not csv' \
  mtl-convert table.csv --to arff -o new.arff --label-list new.csv

# The benchmark, where it is built, shows names as the tools do.
if command -v mtl-bench >/dev/null; then
  mtl-bench $'a\e[2J\tb\xff' 2>t/said && fail "mtl-bench takes anything"
  grep -qF "there is no argument 'a\\x1b[2J b\\xff'" t/said || fail "$(cat t/said)"
  mtl-bench serve $'no\efile' </dev/null 2>t/said && fail "no file, and no error"
  grep -qF 'cannot read no\x1bfile' t/said || fail "$(cat t/said)"
  echo '{"workloads": []}' >t/workloads.json
  printf 'setup \xff\e\n' | mtl-bench serve t/workloads.json >t/said ||
    fail "mtl-bench serve ends at a name that is not UTF-8"
  grep -qF 'xff' t/said || fail "$(cat t/said)"
fi
