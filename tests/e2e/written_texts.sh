#!/usr/bin/env bash
# A text that is made of another: words the other way round are learned by heart,
# beside a class of the same text; what is written does not depend on threads;
# tables without the text get one; what cannot be is refused.
source "$(dirname "$0")/common.sh"
awk 'BEGIN {
  srand(7)
  split("zero one two three four five six seven eight nine", word, " ")
  print "text,back,odd"
  for (i = 0; i < 2000; ++i) {
    n = 1 + int(rand() * 5); there = ""; back = ""; sum = 0
    for (k = 0; k < n; ++k) {
      at = 1 + int(rand() * 10); sum += at - 1
      there = there (k ? " " : "") word[at]
      back = word[at] (k ? " " : "") back
    }
    print there "," (i % 10 == 3 ? "" : back) "," (sum % 2 ? "yes" : "no")
  }
}' >pairs.csv
mtl-convert pairs.csv -o pairs.h5 --quiet
prep() {
  mtl-prep pairs.h5 -o "$1" --words text:least=1 --words back:least=1 \
    --task odd=binary --split valid=0.1,test=0.15 --quiet "${@:2}"
}
prep ready.h5 --task back=sequence
mtl-inspect ready.h5 >inspected.txt
grep -q '^back  *sequence  *1800 ' inspected.txt || fail "$(cat inspected.txt)"
mtl-train ready.h5 -o model.h5 --once --epochs 24 --batch 64 --rate 0.004 \
  --schedule one-cycle --layers none \
  --texts transformer:width=48,heads=4,ff=96,layers=2,dropout=0 --quiet

for threads in 1 2; do
  mtl-predict model.h5 ready.h5 --split test -o "$threads.h5" --beam 3 \
    --threads $threads --quiet
done
same 1.h5 2.h5
mtl-eval 1.h5 --metrics all --draws 50 --csv >scores.csv
score() { awk -F, -v m="$1" '$1 == "back" && $3 == m {print $6}' scores.csv; }
for metric in bleu chrf rouge-1 rouge-2 rouge-l exact-match; do
  [ -n "$(score $metric)" ] || fail "no $metric: $(cat scores.csv)"
done
awk -v s="$(score exact-match)" 'BEGIN {exit !(s > 0.95)}' ||
  fail "exact match $(score exact-match)"
awk -v s="$(score bleu)" 'BEGIN {exit !(s > 95 && s <= 100)}' ||
  fail "BLEU $(score bleu)"

# What is written is no input.
mtl-eval --importance model.h5 --data ready.h5 --split valid --repeats 2 \
  --csv >importance.csv
[ "$(tail -n +2 importance.csv | cut -d, -f1 | sort -u)" = text ] ||
  fail "importance of what is written: $(cat importance.csv)"

# A table without the text, and without the class.
cut -d, -f1 pairs.csv | head -n 40 >new.csv
mtl-predict model.h5 new.csv -o new.out.csv --quiet 2>/dev/null
head -n 1 new.out.csv |
  grep -qx 'id,odd,odd.prob,back,back.log-probability' || fail "$(head -1 new.out.csv)"
right=$(paste -d, new.out.csv <(cut -d, -f2 pairs.csv | head -n 40) |
  awk -F, 'NR > 1 && $6 != "" {n += $4 == $6; all += 1} END {print n / all}')
awk -v s="$right" 'BEGIN {exit !(s > 0.9)}' || fail "of a table $right are right"
mtl-convert new.csv -o new.h5 --quiet 2>/dev/null
mtl-prep new.h5 --like ready.h5 -o new-ready.h5 --quiet
mtl-predict model.h5 new-ready.h5 -o new2.out.csv --quiet
same <(cut -d, -f4-5 new.out.csv) <(cut -d, -f4-5 new2.out.csv) 'prepared or raw'

# Labels from elsewhere are those of the other tasks; texts came along.
mtl-eval 1.h5 --draws 50 --csv | grep '^back,' >came.csv
mtl-eval 1.h5 --data ready.h5 --draws 50 --csv | grep '^back,' >data.csv
same came.csv data.csv
printf 'id,back\n5,1.5\n6,2\n' >foreign.csv
refuses 2 "'back' is a text" mtl-convert foreign.csv --as predictions \
  --task back --labels ready.h5 -o no.h5 --quiet
refuses 2 'reads tokens' mtl-train ready.h5 -o no.h5 --arch soft-sharing
refuses 2 'is of tokens' mtl-cotrain compare no ready.h5 --method fedavg \
  --peers 2 --layers none --quiet
[ ! -e no/draw00/fedavg/peers/000/r0001 ] || fail "compare worked for nothing"

refuses 2 'does not become tokens' mtl-prep pairs.h5 -o no.h5 \
  --words text --task back=sequence
refuses 2 'no other texts' mtl-prep pairs.h5 -o no.h5 \
  --words back:least=1 --task back=sequence --ignore text
# Several networks, of one file or of several, write together.
mtl-train ready.h5 -o many.h5 --once --ensemble 2 --epochs 2 --batch 64 \
  --layers none --texts transformer:width=8,heads=2,ff=8,layers=1 --quiet \
  2>/dev/null
for threads in 1 2; do
  mtl-predict many.h5 model.h5 ready.h5 --split test -o "$threads.h5" --beam 2 \
    --threads $threads --quiet
done
same 1.h5 2.h5
mtl-predict many.h5 model.h5 ready.h5 --split test -o together.csv --beam 2 \
  --quiet
mtl-predict model.h5 ready.h5 --split test -o alone.csv --beam 2 --quiet
if cmp -s <(cut -d, -f5 together.csv) <(cut -d, -f5 alone.csv); then
  fail "others had no say"
fi
mtl-prep pairs.h5 -o fewer.h5 --words text:least=1 --words back:max=5 \
  --task odd=binary --task back=sequence --quiet
mtl-train fewer.h5 -o fewer-model.h5 --once --epochs 1 --layers none \
  --texts transformer:width=8,heads=2,ff=8,layers=1 --quiet 2>/dev/null
refuses 65 'writes with other tokens' mtl-predict model.h5 fewer-model.h5 \
  pairs.h5 -o no.h5 --quiet
refuses 2 'not written in training' mtl-train ready.h5 -o no.h5 \
  --select-on back.bleu --quiet
refuses 2 'written token by token' mtl-export model.h5 --to onnx -o no.onnx
refuses 2 'is of tokens' mtl-cotrain init run --data ready.h5 \
  --method codistillation
[ ! -e no.h5 ] && [ ! -e no.onnx ] || fail "something was written"
echo "texts were written"
