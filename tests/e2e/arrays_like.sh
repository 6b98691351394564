#!/usr/bin/env bash
# Rows that come another time as arrays, as text of arrays, or converted without
# what they are to be like.
. "$(dirname "$0")/common.sh"

# arrays.py writes NPZ with the standard library alone.
cat >arrays.py <<'PYTHON'
import random, struct, zipfile

def npy(shape, type, data):
    head = str({"descr": type, "fortran_order": False, "shape": shape}) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + \
        head.encode() + data

def numbers(values, columns=None):
    count = len(values)
    shape = (count,) if columns is None else (count // columns, columns)
    return npy(shape, "<f8", struct.pack("<%dd" % count, *values))

def texts(values):
    width = max(map(len, values))
    data = "".join(v.ljust(width, "\0") for v in values).encode("utf-32-le")
    return npy((len(values),), "<U%d" % width, data)

def save(path, **arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            archive.writestr(name + ".npy", array)

def rows(count, seed, columns=3):
    random.seed(seed)
    x = [random.randrange(100) / 4 for i in range(count * columns)]
    y = ["yes" if x[columns * i] > 12 else "no" for i in range(count)]
    return {"X": numbers(x, columns), "Z": numbers(x, columns),
            "age": numbers([random.randrange(9) for i in y])}, texts(y)
PYTHON
python3 - <<'PYTHON'
from arrays import *
old, y = rows(60, 1)
save("old.npz", y=y, **old)
new, y = rows(12, 2)
save("new.npz", **new)
save("wide.npz", **rows(12, 2, columns=4)[0])
PYTHON
mtl-convert old.npz -o old.h5 -q
mtl-prep old.h5 -o ready.h5 --task y --ignore Z.1 --seed 1 -q
mtl-train ready.h5 -o model.h5 --epochs 2 --seed 1 -q
mtl-convert new.npz --like model.h5 -o new.h5 -q
mtl-predict model.h5 new.h5 -o wanted.csv -q

# Text of them has the columns of matrices by number.
mtl-convert new.npz -o new.csv -q
head -n 1 new.csv | grep -q 'X.0,X.1,X.2,Z.0' || fail "$(head -n 1 new.csv)"
mtl-predict model.h5 new.csv -o said.csv 2>notes
same said.csv wanted.csv
mtl-convert new.csv --like model.h5 -o like.h5 -q
mtl-predict model.h5 like.h5 -o said.csv -q
same said.csv wanted.csv
cut -d , -f 1-2,4- new.csv >less.csv
refuses 65 "less.csv: column 'X.1' is missing" \
  mtl-predict model.h5 less.csv -o no.csv -q
refuses 65 "input block 'X' has 4 columns, the file of --like has 3 \(give all columns of 'X'" \
  mtl-convert wide.npz --like model.h5 -o no.h5 -q
mtl-convert wide.npz -o wide.h5 -q
refuses 65 "wide.h5: input block 'X' has 4 columns, the model has 3 \(give all columns of 'X'" \
  mtl-predict model.h5 wide.h5 -o no.csv -q

# What has flags of another tool for a remedy names the tool.
refuses 2 "SVMlight has the labels of one task \(-o FILE.h5 first, then mtl-convert FILE.h5 -o no.svm: .*--task" \
  mtl-predict model.h5 new.h5 --features trunk -o no.svm -q

# A table of text before: markers, dates and categories are those of arrays.
python3 - <<'PYTHON'
from arrays import *
random.seed(4)
with open("text.csv", "w") as table:
    table.write("n,town,when,code,y\n")
    for i in range(60):
        n = random.randrange(9)
        table.write("%d,%s,2024-03-%02d,%s,%s\n" % (
            n, random.choice(["Ulm", "Bonn", "NA"]), 1 + n,
            random.choice(["05", "5", "A"]), n > 4))
save("text.npz", n=numbers([1, 2, 3]), town=texts(["Ulm", "NA", "Bonn"]),
     when=texts(["2024-03-01", "2024-03-02", ""]), code=texts(["05", "5", "A"]))
save("dates.npz", n=numbers([1, 2, 3]), town=texts(["Ulm", "NA", "Bonn"]),
     when=texts(["2024-03-01", "soon", ""]), code=texts(["05", "5", "A"]))
PYTHON
mtl-convert text.csv --type when=date --type code=category -o text.h5 -q
mtl-prep text.h5 -o text-ready.h5 --task y --seed 1 -q
mtl-train text-ready.h5 -o text-model.h5 --epochs 1 --seed 1 -q
mtl-convert text.npz --like text-model.h5 -o arrays.csv 2>notes
cat >wanted.csv <<'CSV'
id,n,when,town,code
0,1,2024-03-01,Ulm,05
1,2,2024-03-02,,5
2,3,,Bonn,A
CSV
same arrays.csv wanted.csv
grep -q "read as the texts of text-model.h5: '?', 'NA'" notes ||
  fail "markers are not said: $(cat notes)"
refuses 65 "dates.npz: array 'when' holds 'soon', which is no date written as 'date' \(write dates as numpy.datetime64" \
  mtl-convert dates.npz --like text-model.h5 -o no.h5 -q
mtl-convert text.npz -o plain.h5 -q
refuses 65 "plain.h5: column 'when', row '0': '2024-03-01' is a word, and the column is one of dates \(write dates as numpy.datetime64" \
  mtl-predict text-model.h5 plain.h5 -o no.csv -q

# A table that was converted without the model has lost what that tells apart.
printf 'n,town,when,code\n1,Ulm,2024-03-01,05\n2,NA,2024-03-02,5\n' >lost.csv
mtl-convert lost.csv --missing Ulm --type when=date -o lost.h5 -q
for tool in "mtl-predict text-model.h5 lost.h5 -o lost-said.csv" \
  "mtl-prep lost.h5 --like text-model.h5 -o lost-ready.h5"; do
  $tool 2>notes
  grep -q "column 'town': 'Ulm' stood for no value where the table was converted, and is a category in text-model.h5 (1 cell is missing): mtl-convert TABLE --like text-model.h5" notes ||
    fail "a lost class is not said: $tool: $(cat notes)"
  grep -q "column 'code': it became numbers where the table was converted, of which '05' and '5' are one" notes ||
    fail "lost codes are not said: $tool: $(cat notes)"
done
mtl-convert lost.csv --like text-model.h5 -o kept.h5 -q
mtl-predict text-model.h5 kept.h5 -o kept.csv 2>notes
if grep -q "stood for no value" notes; then fail "$(cat notes)"; fi

# One table for several views.
printf 'id,a,y\n1,1,no\n2,2,yes\n3,3,no\n4,4,yes\n' >u.csv
printf 'id,b\n1,1\n2,2\n3,3\n4,4\n' >v.csv
mtl-convert u=u.csv v=v.csv --beside -o views.h5 -q
mtl-prep views.h5 -o views-ready.h5 --task y -q
mtl-train views-ready.h5 -o views-model.h5 --epochs 1 -q
printf 'id,a,b\n1,1,1\n2,2,2\n' >both.csv
refuses 65 "both.csv: 'a': the columns of views are in one table \(give a table of each view: mtl-convert --beside u=FILE" \
  mtl-predict views-model.h5 both.csv -o no.csv -q
[ ! -e no.csv ] && [ ! -e no.h5 ] && [ ! -e no.svm ] ||
  fail "an output in spite of an error"
