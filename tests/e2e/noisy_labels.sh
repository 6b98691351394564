#!/usr/bin/env bash
# Methods for wrong labels on digits of which two of five are wrong, those of the
# validation rows, too; and methods of one process that are asked wrongly.
source "$(dirname "$0")/common.sh"
zcat "$samples/mfeat-kar.csv.gz" | awk -F, -v OFS=, 'NR > 1 {
  if (NR % 4 == 0) {print >"clean.csv"; next}
  seed = (seed * 1103 + 12347) % 65536
  if (seed % 10 < 4) $NF = ($NF + 1 + int(seed / 10) % 9) % 10
  print >"wrong.csv"}'
mtl-convert train=wrong.csv test=clean.csv --names "$samples/mfeat-kar.columns" \
  -o digits.h5 --quiet
mtl-prep digits.h5 -o ready.h5 --task digit=multiclass --split valid=0.2 --quiet

# learn NAME METHOD ...: trains, and sets `accuracy` to that on the clean rows.
learn() {
  mtl-cotrain local ready.h5 -o "$1" --method "$2" --layers 128 --dropout 0 \
    --epochs 25 --batch 64 --patience 0 --schedule constant --progress never \
    "${@:3}" 2>"$1.txt"
  mtl-predict "$1" ready.h5 --split test -o "$1.h5" --quiet
  accuracy=$(mtl-eval "$1.h5" --metrics accuracy --draws 0 --csv |
    awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i == "value") at = i}
      NR == 2 {print $at}')
}
above() { # A B BY WHAT: A is above B by at least so much
  awk -v a="$1" -v b="$2" -v by="$3" 'BEGIN {exit !(a >= b + by)}' ||
    fail "$4: $1 is not above $2 by $3"
}
learn alone solo
alone=$accuracy
grep -q 'select-on decisions' alone.txt && fail "solo is not for wrong labels"
for method in co-teaching small-loss jocor; do
  learn $method $method:forget=0.4
  above "$accuracy" "$alone" 0.01 "$method"
  grep -q 'select-on decisions' $method.txt || fail "$method: does not say it"
done
# On so few rows what two networks disagree on is mostly wrong.
learn plus co-teaching-plus:forget=0.4,warm-up=3
above "$accuracy" "$alone" -0.05 co-teaching-plus
learn divided dividemix:warm-up=3,ramp=4,unlabelled=5
above "$accuracy" "$alone" 0.01 dividemix
# The loss chooses another epoch.
learn by-loss jocor:forget=0.4 --select-on loss
grep -q 'select-on decisions' by-loss.txt && fail "the loss was asked for"

one() { mtl-cotrain local ready.h5 -o no --layers 8 --epochs 1 "$@"; }
refuses 2 'dividemix is for 2 peers, not 3' one --method dividemix --peers 3
refuses 2 'kdcl needs at least 2 peers' one --method kdcl --peers 1
refuses 2 'give --arch branches' one --method one
refuses 2 'branches are that' one --method one --arch branches --members 2
refuses 2 'rule' one --method kdcl:rule=best
refuses 2 'warm-up' one --method dividemix:warm-up=0
refuses 2 'mixup with peers that teach or choose' one --method jocor --mixup 0.2
[ ! -e no ] || fail "something was written"
mtl-convert "$samples/student-mat.csv" -o table.h5 --quiet
mtl-prep table.h5 -o words.h5 --task higher --task Medu=ordinal --quiet
refuses 2 'ordinal, for which it is not defined' \
  mtl-cotrain local words.h5 -o no --method mutual:direction=both
[ ! -e no ] || fail "something was written"
