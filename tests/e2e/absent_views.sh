#!/usr/bin/env bash
# Views that some rows do not have: marked when data are prepared, left out by
# the network, whatever stands in their place; in new rows and exports, too.
source "$(dirname "$0")/common.sh"

python3 - <<'PY'
import random
random.seed(1)
with open("one.csv", "w") as one, open("two.csv", "w") as two:
    print("id,u,w,y", file=one)
    print("id,p,q,word", file=two)
    for row in range(400):
        u, w, p, q = (random.gauss(0, 1) for _ in range(4))
        lacks = row % 4 == 1
        print(f"{row},{u:.4f},{w:.4f},{u + 2 * p * (not lacks):.4f}", file=one)
        word = random.choice(["ab", "cd"])
        print(f"{row},,," if lacks else f"{row},{p:.4f},{q:.4f},{word}", file=two)
PY
mtl-convert --beside one=one.csv two=two.csv -o table.h5 --quiet
for encode in onehot index; do
  mtl-prep table.h5 -o ready.h5 --task y --split valid=0.2,test=0.2 \
    --encode $encode --quiet
  mtl-inspect ready.h5 >shown
  grep -q 'two.present .*1 column' shown || fail "the rows are not marked"
  grep -q '^  present .*\.000 \.\. 1\.000, mean \.750' shown ||
    fail "what marks them is scaled"
  mtl-train ready.h5 -o model.h5 --layers 16 --quiet
  mtl-inspect model.h5 >shown
  grep -q 'present.dense-1 *product' shown || fail "the view is not left out"
  mtl-predict model.h5 ready.h5 -o prepared.csv --quiet
  mtl-predict model.h5 table.h5 -o raw.csv --quiet
  same prepared.csv raw.csv "a raw table and what was prepared of it"
  mtl-export model.h5 --to onnx -o model.onnx --quiet
done
# Networks of the other view do without what marks this one.
mtl-train ready.h5 -o one.h5 --layers 8 --inputs one --epochs 1 --quiet
mtl-inspect one.h5 >shown
! grep -q 'present' shown || fail "a view that is no input is marked"
mtl-train ready.h5 -o two.h5 --layers 8 --inputs two --epochs 1 --quiet
mtl-inspect two.h5 >shown
grep -q 'two.present (1)' shown || fail "what marks a view does not go with it"
