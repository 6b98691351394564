#!/usr/bin/env bash
# Evaluations of real data agree with an independent computation from the
# predictions as CSV: multi-label (emotions), two regression targets (enb), and
# 139 tasks with rows of their own (School).
source "$(dirname "$0")/common.sh"
command -v python3 >python3.path || fail "python3 is missing"
need_test_data mulan-multilabel/emotions/emotions.xml
need_test_data mulan-mtr/enb.arff
need_test_data school/school.mat

agrees() {
  mtl-predict "$1.model.h5" "$1.h5" --split test -o "$1.pred.h5"
  mtl-eval "model=$1.pred.h5" --metrics all --draws 0 --json >"$1.json"
  mtl-convert "$1.pred.h5" --to csv -o "$1.csv" --quiet
  python3 "$root/tests/e2e/independent_metrics.py" "$1.json" "$1.csv" ||
    fail "the evaluation of $1"
}

emotions=$data/mulan-multilabel/emotions
mtl-convert "train=$emotions/emotions-train.arff.gz" \
  "test=$emotions/emotions-test.arff.gz" --labels "$emotions/emotions.xml" \
  -o table.h5 --quiet
mtl-prep table.h5 -o emotions.h5 --quiet
mtl-train emotions.h5 -o emotions.model.h5 --epochs 20 --quiet
agrees emotions

mtl-convert "$data/mulan-mtr/enb.arff" -o table.h5 --quiet
mtl-prep table.h5 -o enb.h5 --task Y1 --task Y2 --split test=0.3 --quiet
mtl-train enb.h5 -o enb.model.h5 --epochs 20 --quiet
agrees enb

python3 "$root/tests/e2e/school_to_csv.py" "$data/school/school.mat" >school.csv
mtl-convert school.csv -o table.h5 --quiet
mtl-prep table.h5 -o school.h5 --task score --task-per school \
  --split test=0.25 --quiet
mtl-train school.h5 -o school.model.h5 --epochs 3 --quiet
agrees school
[ "$(grep -c '"type": "regression"' school.json)" -eq 139 ] ||
  fail "School has 139 tasks"
