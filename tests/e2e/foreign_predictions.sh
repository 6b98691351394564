#!/usr/bin/env bash
# Predictions of another program, a table, are measured as ours are.
. "$(dirname "$0")/common.sh"
make_adult
mtl-train ready.h5 -o model.h5 --epochs 1 --batch 512 --quiet
mtl-predict model.h5 ready.h5 --split test -o ours.h5 --quiet
mtl-convert ours.h5 -o ours.csv --quiet

# What we wrote as text comes back to the same bits, in whatever order.
{ head -n 1 ours.csv && tail -n +2 ours.csv | sort -t, -k2; } >shuffled.csv
mtl-convert shuffled.csv --as predictions --labels ready.h5 --split test \
  -o theirs.h5 2>notes
grep -q "task 'income': column income.prob, the probability of '>50K'" notes ||
  fail "it does not say which column was taken: $(cat notes)"
mtl-convert theirs.h5 -o theirs.csv --quiet
same ours.csv theirs.csv "predictions that came back"
mtl-eval ours=ours.h5 theirs=theirs.h5 --against ours --draws 50 --csv \
  >both.csv
for task in income marital-status hours-per-week; do
  [ "$(grep "^$task," both.csv | cut -d, -f4 | sort -u | wc -l)" -ge 1 ] ||
    fail "'$task' was not measured"
done

# Columns of another program, without ids: rows in the order of the split.
cut -d, -f3 ours.csv | sed '1s/.*/p/' >p.csv
mtl-convert p.csv --as predictions --labels ready.h5 --split test \
  --task income=p -o p.h5 --quiet
mtl-convert p.h5 -o - --to csv --quiet | cut -d, -f1-3 >p-back.csv
cut -d, -f1-3 ours.csv >p-ours.csv
same p-back.csv p-ours.csv "a column of probabilities"
mtl-inspect p.h5 --history | grep -q 'mtl-convert' ||
  fail "it does not say where it came from"

head -n 100 p.csv >short.csv
refuses 65 "short.csv: it has 99 rows without ids, but the split 'test' has" \
  mtl-convert short.csv --as predictions --labels ready.h5 --split test \
  --task income=p -o no.h5 --quiet
refuses 2 "as predictions writes HDF5, not CSV" \
  mtl-convert p.csv --as predictions -o no.csv
refuses 2 "needs the labels" mtl-convert p.csv --as predictions -o no.h5
refuses 2 "task has no effect: HDF5 is written" \
  mtl-convert p.csv --task income -o no.h5
refuses 2 "no column is called as a prediction" mtl-convert p.csv \
  --as predictions --labels ready.h5 --split test -o no.h5 --quiet
refuses 65 "is not one of: dataset|dataset" mtl-convert p.csv \
  --as predictions --labels ours.h5 --task income=p -o no.h5 --quiet
[ ! -e no.h5 ] || fail "a refused file was left behind"
echo "foreign predictions: all well"
