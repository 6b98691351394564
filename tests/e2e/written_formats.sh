#!/usr/bin/env bash
# What mtl-convert writes beside HDF5 is read again, by itself and by others.
. "$(dirname "$0")/common.sh"

mtl-convert "$samples/winequality-red.csv.gz" -o wine.h5
mtl-prep wine.h5 -o ready.h5 --task quality=multiclass --task alcohol \
  --split valid=0.2,test=0.2 --seed 1
mtl-train ready.h5 -o model.h5 --epochs 2 --seed 1
mtl-predict model.h5 ready.h5 --split test -o said.h5

# From table to table, whatever is between them.
mtl-convert wine.h5 -o wine.csv
mtl-convert wine.h5 -o wine.arff
mtl-convert wine.arff -o back.h5
mtl-convert back.h5 -o back.csv
cmp wine.csv back.csv
mtl-convert wine.csv --to arff -o - | cmp - wine.arff

# Features and labels of a split, which LIBSVM would train on.
mtl-convert ready.h5 --to svmlight --task quality --split train -o train.svm
mtl-convert ready.h5 --to svmlight --task quality --split test -o test.svm
mtl-convert train=train.svm test=test.svm -o svm.h5
mtl-convert ready.h5 --split test -o test.csv
[ "$(wc -l <test.svm)" -eq "$(($(wc -l <test.csv) - 1))" ] ||
  fail "a row of the split is not there"
mtl-prep svm.h5 -o svm-ready.h5
mtl-train svm-ready.h5 -o svm-model.h5 --epochs 1
if mtl-convert ready.h5 --to svmlight -o no.svm 2>said; then
  fail "which of two tasks?"
fi
grep -q 'choose with --task: quality, alcohol' said || fail "$(cat said)"
[ ! -e no.svm ] || fail "an output in spite of an error"

# Archives of arrays, of everything there is; as the standard library sees them.
for name in wine ready said; do mtl-convert $name.h5 -o $name.npz; done
mtl-convert said.h5 --to npz -o - | cmp - said.npz
mtl-predict model.h5 ready.h5 --split test -o direct.npz
cmp said.npz direct.npz
python3 - <<'PYTHON'
import ast, struct, zipfile

def load(path):
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            b = archive.read(name)
            assert b[:8] == b"\x93NUMPY\x01\x00" and name.endswith(".npy")
            n = struct.unpack("<H", b[8:10])[0]
            assert (10 + n) % 64 == 0, n
            head = ast.literal_eval(b[10:10 + n].decode())
            count = 1
            for size in head["shape"]:
                count *= size
            assert len(b) - 10 - n == count * (
                int(head["descr"][2:]) * (4 if head["descr"][1] == "U" else 1))
            arrays[name[:-4]] = head, b[10 + n:]
    return arrays

ready = load("ready.npz")
head, data = ready["inputs/features"]
assert head["descr"] == "<f4" and head["shape"] == (1599, 10), head
assert head["fortran_order"] is False
said = load("said.npz")
assert said["tasks/quality/prob"][0]["shape"][1] == 6
classes = said["tasks/quality/classes"]
assert classes[1].decode("utf-32-le").replace("\0", "") == "345678", classes
PYTHON

# An archive becomes the dataset again that it was of, by a pipe, too.
for name in wine ready; do
  mtl-convert $name.npz -o again.h5
  mtl-convert again.h5 -o again.csv
  mtl-convert $name.h5 --to csv -o - | cmp - again.csv
  cat $name.npz | mtl-convert - -o piped.h5
  cmp again.h5 piped.h5
done
mtl-train again.h5 -o again-model.h5 --epochs 2 --seed 1
mtl-predict again-model.h5 again.h5 --split test -o again.csv
mtl-predict model.h5 ready.h5 --split test -o direct.csv
cmp direct.csv again.csv
gzip -c ready.npz | mtl-convert - -o piped.h5
refuses 65 "said.npz: array 'tasks/[a-z]*/[a-z]*' is of predictions" \
  mtl-convert said.npz -o no.h5
refuses 65 "ready.npz: is a dataset of mtlkit, which is read alone" \
  mtl-convert train=ready.npz -o no.h5
mkfifo pipe
cat wine.npz >pipe &
refuses 65 'pipe: this is a zip archive.*cat PIPE \| mtl-convert -' \
  mtl-convert pipe -o no.h5
wait || true

# Closed pipes and full disks leave nothing behind.
mtl-convert ready.h5 --to npz -o - | head -c 10 >/dev/null || true
[ -z "$(find . -name '*.tmp*' -o -name '.*part*' -type f)" ] || fail "leftovers"
