#!/usr/bin/env bash
# Ensembles of seeds: one command, one model, the mean of what runs with these
# seeds alone would say; and reports whose rows are several seeds.
source "$(dirname "$0")/common.sh"

mtl-convert "$samples/student-por.csv" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task G3 --task higher --task Mjob \
  --split valid=0.2,test=0.2 --quiet
train=(mtl-train ready.h5 --layers 32,16 --epochs 12 --batch 32 --dropout 0.1
  --quiet)

# One command is three runs.
"${train[@]}" -o mean.h5 --ensemble 3 --seed 5
for k in 0 1 2; do
  "${train[@]}" -o "seed$k.h5" --seed $((5 + 1000000 * k))
done
mtl-predict mean.h5 ready.h5 --split test -o mean.pred.h5
mtl-predict seed0.h5 seed1.h5 seed2.h5 ready.h5 --split test -o three.pred.h5
mtl-convert mean.pred.h5 -o mean.csv --quiet
mtl-convert three.pred.h5 -o three.csv --quiet
same mean.csv three.csv "the networks of an ensemble are those of its seeds"

# The mean is taken of probabilities and of values in their units.
for k in 0 1 2; do
  mtl-predict "seed$k.h5" ready.h5 --split test -o "seed$k.pred.h5"
  mtl-predict "seed$k.h5" ready.h5 --split test -o "seed$k.csv"
done
python3 - <<'PY' || fail "the mean is not that of the three"
import csv
def rows(name):
    return list(csv.DictReader(open(name)))
whole = rows("mean.csv")
parts = [rows(f"seed{k}.csv") for k in range(3)]
checked = 0
for i, row in enumerate(whole):
    for column in ("G3", "higher.prob"):
        found = [c for c in row if c.startswith(column) and c in parts[0][0]]
        for name in found:
            try:
                mean = sum(float(p[i][name]) for p in parts) / 3
            except ValueError:
                continue
            if "true" in name or name.endswith(".y"):
                continue
            assert abs(mean - float(row[name])) < 1e-4 * max(1, abs(mean)), name
            checked += 1
assert checked >= 2 * len(whole), checked
PY

# Any number of threads, a pipe, a kill: the same bytes.
for threads in 1 2 5; do
  "${train[@]}" -o again.h5 --ensemble 3 --seed 5 --threads "$threads"
  same mean.h5 again.h5 "$threads threads"
  rm again.h5
done
"${train[@]}" -o - --ensemble 3 --seed 5 >piped.h5
same mean.h5 piped.h5 "through a pipe"
killed=0
for _ in 1 2 3 4 5 6; do
  "${train[@]}" -o killed.h5 --ensemble 3 --seed 5 --checkpoint-every 0 &
  process=$!
  sleep "0.$((2 * killed + 1))"
  kill -KILL "$process" 2>/dev/null || true
  wait "$process" && break
  killed=$((killed + 1))
done
[ "$killed" -gt 0 ] || fail "the ensemble was never caught"
"${train[@]}" -o killed.h5 --ensemble 3 --seed 5
same mean.h5 killed.h5 "killed $killed times"
[ -z "$(find . -name '*ckpt*')" ] || fail "checkpoints stayed"
"${train[@]}" -o killed.h5 --ensemble 3 --seed 5
mtl-train ready.h5 --layers 32,16 --epochs 12 --batch 32 --dropout 0.1 \
  -o killed.h5 --ensemble 3 --seed 5 2>again
grep -q 'is already what this command makes' again || fail "it trained again"

# What else reads models.
mtl-inspect mean.h5 >shown
grep -q 'ensemble of 3 such networks, whose predictions are averaged' shown ||
  fail "mtl-inspect does not say that it is an ensemble"
[ "$(mtl-inspect mean.h5 --log | grep -c '^network')" -eq 3 ] ||
  fail "mtl-inspect --log does not show all networks"
mtl-inspect mean.h5 --check >/dev/null
mtl-export mean.h5 --to onnx-prepared --network 2 -o two.onnx --quiet
mtl-export seed1.h5 --to onnx-prepared -o seed1.onnx --quiet
# But for the digest of the file that it came from.
[ "$(cmp -l two.onnx seed1.onnx | wc -l)" -le 64 ] ||
  fail "the second network, exported, is another"
for target in onnx onnx-prepared keras torch; do
  mtl-export mean.h5 --to "$target" -o "mean-$target" 2>said
  grep -q ': 3 networks, 1 input block, 3 tasks' said ||
    fail "the mean is not exported to $target"
done
mtl-predict mean.h5 ready.h5 --features trunk -o features.h5
mtl-predict seed1.h5 ready.h5 --features trunk -o features1.h5
mtl-convert features.h5 -o features.csv --quiet
mtl-convert features1.h5 -o features1.csv --quiet
python3 - <<'PY' || fail "the features of an ensemble"
import csv
whole = list(csv.DictReader(open("features.csv")))
second = list(csv.DictReader(open("features1.csv")))
assert sum(name.startswith("network3.trunk") for name in whole[0]) == 16
assert any(row["trunk.0"] != row["trunk.1"] for row in second)
for row, own in zip(whole, second):
    for i in range(16):
        assert row[f"network2.trunk.{i}"] == own[f"trunk.{i}"]
PY
mtl-train features.h5 -o top.h5 --layers none --epochs 1 --quiet

# Each network begins from its own; steps this small leave it as it is.
still=(mtl-train ready.h5 --layers 32,16 --epochs 1 --rate 1e-20)
"${still[@]}" -o again3.h5 --ensemble 3 --from mean.h5 2>said
grep -q 'from mean.h5; each network from that of its number, of 3$' said ||
  fail "what the networks begin from is not said"
"${still[@]}" -o again1.h5 --from mean.h5 2>said
grep -q 'from mean.h5; of its 3 networks the first$' said ||
  fail "what a network begins from is not said"
"${still[@]}" -o back3.h5 --ensemble 3 --quiet \
  --from mean-torch/model.safetensors
for made in again3 again1 back3; do
  mtl-predict "$made.h5" ready.h5 --split test -o "$made.csv"
done
mtl-predict mean.h5 ready.h5 --split test -o mean3.csv
same mean3.csv again3.csv "networks that begin from those of an ensemble"
same mean3.csv back3.csv "networks that come back from PyTorch"
python3 - <<'PY' || fail "a network that begins from the first"
import csv
rows = [list(csv.DictReader(open(f))) for f in ("again1.csv", "seed0.csv")]
for a, b in zip(*rows):
    assert a["G3"] == b["G3"], (a["G3"], b["G3"])
PY
mtl-cotrain local ready.h5 -o peers --layers 32,16 --peers 2 --epochs 1 \
  --from mean.h5 2>said
grep -q 'from mean.h5; of its 3 networks the first$' said ||
  fail "what peers begin from is not said"
mtl-convert "$samples/student-por.csv" --like mean.h5 -o like.h5 --quiet
mtl-predict mean.h5 "$samples/student-por.csv" -o raw.csv

# Reports over seeds.
mtl-train ready.h5 -o wide.h5 --layers 64 --epochs 4 --quiet
mtl-predict wide.h5 ready.h5 --split test -o wide.pred.h5
mtl-eval small=seed0.pred.h5,seed1.pred.h5,seed2.pred.h5 wide=wide.pred.h5 \
  --against wide >report
grep -q '^  sd of 3 seeds' report || fail "the spread over seeds is not shown"
grep -q '^means over seeds: small 3; intervals are over rows and seeds; of wide there is one seed' \
  report || fail "the report does not say what intervals cover"
mtl-eval small=seed0.pred.h5,seed1.pred.h5,seed2.pred.h5 --json >report.json
python3 - <<'PY' || fail "the mean over seeds"
import json
report = json.load(open("report.json"))
assert report["seeds"] == [3]
for task in report["tasks"]:
    model = task["metrics"][0]["models"]["small"]
    assert len(model["seeds"]) == 3
    assert abs(sum(model["seeds"]) / 3 - model["value"]) < 1e-12
    assert model["low"] <= model["value"] <= model["high"]
PY

# What cannot be.
refuses 2 'the same model as another' \
  mtl-predict seed0.h5 seed0.h5 ready.h5 -o x.h5
refuses 2 'network 4: mean.h5 holds 3 networks' \
  mtl-export mean.h5 --to onnx-prepared -o x.onnx --network 4
refuses 2 'there are several models, each with its own layers' \
  mtl-predict mean.h5 seed0.h5 ready.h5 --features trunk -o x.h5
refuses 2 "'m' has 2 files of its first seed and 1 of number 2" \
  mtl-eval m=seed0.pred.h5,seed1.pred.h5 m=seed2.pred.h5
cp seed0.pred.h5 copy.pred.h5
refuses 65 "'m': seed0.pred.h5 and copy.pred.h5 are predictions of one model" \
  mtl-eval m=seed0.pred.h5,copy.pred.h5
refuses 65 "'m': .*the row .* is predicted twice|is predicted twice" \
  mtl-eval m=seed0.pred.h5 m=seed1.pred.h5
mtl-prep table.h5 -o other.h5 --task G2 --quiet
mtl-train other.h5 -o other.model.h5 --epochs 1 --quiet
refuses 65 "seed0.h5 and other.model.h5 cannot predict together: task 'G3' is \
only here" mtl-predict seed0.h5 other.model.h5 ready.h5 -o x.h5
refuses 1 'diverged' "${train[@]}" -o far.h5 --ensemble 3 --optimizer sgd \
  --rate 1e20

# Importance of inputs: of a prepared dataset and of the raw table behind it.
mtl-prep table.h5 -o pieces.h5 --task G3 --task higher --pieces 4 \
  --split valid=0.2,test=0.3 --quiet
mtl-train pieces.h5 -o pieces.model.h5 --epochs 12 --batch 32 --quiet
mtl-eval pieces.model.h5 --importance --data pieces.h5 --split test \
  --draws 100 >important
sed -n '4p' important | grep -q '^G2 ' || fail "G2 says the most of G3"
grep -q '^school ' important || fail "school is no input"
[ "$(grep -c '^absences' important)" -eq 1 ] ||
  fail "pieces of one column are one input"
mtl-eval pieces.model.h5 --importance --data pieces.h5 --split test \
  --draws 100 --threads 3 >again
same important again "any number of threads"
mtl-eval pieces.model.h5 --importance --data table.h5 --draws 100 --json >raw.json
python3 - <<'PY' || fail "importance by the raw table"
import json
raw = json.load(open("raw.json"))
names = [column["name"] for column in raw["columns"]]
assert names[0] == "G2" and "G3" not in names and "higher" not in names, names
assert len(names) == len(set(names)) == 31, len(names)
assert raw["columns"][0]["tasks"]["G3"]["low"] > 0
PY
mtl-eval mean.h5 --importance --data ready.h5 --split test --draws 0 -o i.csv
grep -q '^G2,G3,rmse,' i.csv || fail "importance as CSV"
# What is given counts alike, however many networks it has.
mtl-eval mean.h5 wide.h5 --importance --data ready.h5 --split test --draws 0 \
  --repeats 2 --json >two.json
mtl-predict mean.h5 wide.h5 ready.h5 --split test -o two.pred.h5
mtl-eval two.pred.h5 --draws 0 --json >two.report.json
python3 - <<'PY' || fail "models count otherwise than in mtl-predict"
import json
important = json.load(open("two.json"))["tasks"][0]["value"]
report = json.load(open("two.report.json"))["tasks"][0]["metrics"][0]
assert abs(important - report["models"]["two"]["value"]) < 1e-12
PY
refuses 2 'the rows are missing' mtl-eval mean.h5 --importance
refuses 2 'no effect without --importance' \
  mtl-eval mean.pred.h5 --repeats 3
refuses 2 'have no effect with --importance' \
  mtl-eval mean.h5 --importance --data ready.h5 --against mean

# Several measures choose; a mean over tasks needs no baseline; labels.
mtl-train ready.h5 -o chosen.h5 --epochs 4 \
  --select-on 'higher.roc-auc=2,G3.rmse,Mjob.loss' 2>said
grep -q 'valid higher.roc-auc=2,G3.rmse,Mjob.loss [.0-9]' said ||
  fail "the measures that chose are not said"
mtl-eval mean.pred.h5 | grep -q 'gain over constants' ||
  fail "there is no mean over tasks"
refuses 2 'comes twice' mtl-train ready.h5 -q -o x.h5 --select-on G3.mae,G3.mae=2
refuses 2 'is not a number above 0' \
  mtl-train ready.h5 -q -o x.h5 --select-on G3.mae=0,higher.roc-auc
refuses 2 'per-label has no effect' mtl-eval mean.pred.h5 --per-label
