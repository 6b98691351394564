#!/usr/bin/env bash
# Two views of the same digits: brought into one space, which models keep;
# labelled by predictions, and how many of the labels are right; what a network
# has inside as the tasks of another; what rounds have done, as text, JSON and a
# drawing; what is asked wrongly is refused in one line.
source "$(dirname "$0")/common.sh"
mtl-convert --beside fou="$samples/mfeat-fou.csv.gz" \
  kar="$samples/mfeat-kar.csv.gz" --names fou="$samples/mfeat-fou.columns" \
  --names kar="$samples/mfeat-kar.columns" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task digit=multiclass \
  --split train=0.7,test=0.3 --stratify digit --keep-labels digit=5/class \
  --quiet
mtl-prep table.h5 -o truth.h5 --task digit=multiclass --quiet

refused() { # CODE TEXT COMMAND...
  local status=0
  "${@:3}" >out.txt 2>refused.err || status=$?
  [ "$status" -eq "$1" ] || fail "${*:3}: $status: $(cat refused.err)"
  grep -qF -- "$2" refused.err || fail "${*:3}: $(cat refused.err)"
}

# Rows as they were, prepared, and aligned are the same to a model.
mtl-cotrain align ready.h5 -o aligned.h5 --how cca --dims 4 >align.txt
grep -q '^1 .*train' align.txt || grep -q '^4 ' align.txt || fail "no table"
mtl-train aligned.h5 -o model.h5 --layers 8 --epochs 2 --quiet
for rows in table ready aligned; do
  mtl-predict model.h5 $rows.h5 -o $rows.csv --quiet
  cut -d, -f1-11 $rows.csv >$rows.said
  cmp -s table.said $rows.said || fail "$rows.h5 is other rows to the model"
done
mtl-cotrain align ready.h5 -o gcca.h5 >/dev/null
refused 2 'procrustes turns views' mtl-cotrain align ready.h5 -o no.h5 \
  --how procrustes
refused 2 'there is one input' mtl-cotrain align ready.h5 -o no.h5 --view fou
[ ! -e no.h5 ] || fail "something was written"

# Peers described in one text each; one with another seed and network.
mtl-cotrain init views --data ready.h5 --method co-training --layers 16 \
  --epochs 20 --peer 0:inputs=fou --peer 1:inputs=kar:layers=24:seed=9 --quiet
mtl-cotrain round views --rounds 3 --quiet
mtl-cotrain status views --truth truth.h5 >status.txt
grep -q '^right of all classes: ' status.txt || fail "$(cat status.txt)"
mtl-cotrain status views --rounds | grep -q '^bytes published ' ||
  fail "no bytes"
mtl-cotrain status views --truth truth.h5 --json |
  python3 -c 'import json, sys
run = json.load(sys.stdin)
assert len(run["rounds"]) == 6, run["rounds"]
given = sum(p["labels"] for p in run["purity"])
assert given > 0 and all(p["right"] <= p["labels"] for p in run["purity"])
assert run["bytes"]["published"] == sum(r["bytes_published"] for r in run["rounds"])'
mtl-cotrain status views --plot rounds.svg --quiet
python3 -c 'import xml.etree.ElementTree as t; t.parse("rounds.svg")'
grep -q 'peer 1' rounds.svg || fail "the drawing has no peer"
refused 2 'is said twice' mtl-cotrain init no --data ready.h5 \
  --method co-training --peer 0:seed=1 --peer 0:seed=2

# The same choice from files of predictions, and a network on all labels.
for peer in 0 1; do
  mtl-predict views ready.h5 --peer $peer --round 1 -o $peer.pred.h5 --quiet
done
mtl-cotrain select 0.pred.h5 1.pred.h5 --data ready.h5 --per-class 3 \
  -o more.h5 >select.txt
mtl-cotrain select 1.pred.h5 0.pred.h5 --data ready.h5 --per-class 3 \
  -o again.h5 >/dev/null
mtl-inspect more.h5 | grep -q '^digit' || fail "$(mtl-inspect more.h5)"
mtl-train more.h5 -o joined.h5 --layers 8 --epochs 2 --quiet
refused 2 'has none to agree with' mtl-cotrain select 0.pred.h5 \
  --data ready.h5 -o no.h5

# A thin network begins where it has learned a larger one's inside.
mtl-train truth.h5 -o large.h5 --layers 32 --epochs 2 --quiet
mtl-cotrain hints large.h5 --data truth.h5 --only -o hints.h5
mtl-train hints.h5 -o guided.h5 --layers 8 --epochs 2 --quiet
mtl-train truth.h5 -o thin.h5 --layers 8 --from guided.h5 --epochs 1 --quiet
refused 2 "there is no layer 'nowhere'" mtl-cotrain hints large.h5 --data truth.h5 -o no.h5 \
  --layer nowhere
