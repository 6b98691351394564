#!/usr/bin/env bash
# What mtl-train does by itself: settings are tuned, the best is trained again
# on all rows from several seeds; the same bytes for any threads, through a
# pipe, killed or not.
source "$(dirname "$0")/common.sh"
unset MTLKIT_ONCE

mtl-convert "$samples/student-por.csv" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task G3 --task higher --task Mjob \
  --split valid=0.2,test=0.2 --quiet
train=(mtl-train ready.h5 --layers 32,16 --epochs 12 --batch 32)

"${train[@]}" -o whole.h5 2>said
grep -q 'tuned valid loss: ' said || fail "it is not said what was tuned"
grep -q 'learns anew from all 519 rows' said || fail "it does not learn again"
mtl-inspect whole.h5 >shown
grep -q '^tried .*dropout=0.3: valid loss ' shown ||
  fail "mtl-inspect does not say what was tried"
grep -q 'ensemble of 5 such networks' shown || fail "it is no ensemble"

for threads in 1 5; do
  "${train[@]}" -o again.h5 --threads "$threads" --quiet
  same whole.h5 again.h5 "$threads threads"
  rm again.h5
done
"${train[@]}" -o - --quiet >piped.h5
same whole.h5 piped.h5 "through a pipe"
killed=0
for _ in 1 2 3 4 5 6; do
  "${train[@]}" -o killed.h5 --checkpoint-every 0 --quiet &
  process=$!
  sleep "0.$((3 * killed + 1))"
  kill -KILL "$process" 2>/dev/null || true
  wait "$process" && break
  killed=$((killed + 1))
done
[ "$killed" -gt 0 ] || fail "the run was never caught"
"${train[@]}" -o killed.h5 --quiet
same whole.h5 killed.h5 "killed $killed times"
[ -z "$(find . -name '*ckpt*')" ] || fail "checkpoints stayed"
"${train[@]}" -o killed.h5 2>again
grep -q 'is already what this command makes' again || fail "it trained again"

# Any setting; what is given is not tuned; each part can be left out.
"${train[@]}" -o own.h5 --tune rate=0.0001,0.01 --tune activation=relu,tanh \
  --refit none --ensemble 1 2>said
grep -q 'takes rate=0.01' said || fail "the rate is not tuned"
grep -qE 'takes activation=(relu|tanh)' said || fail "activation is not tuned"
"${train[@]}" -o given.h5 --dropout 0.2 --ensemble 1 2>said
! grep -q 'dropout=' said || fail "a setting that is given is tuned"
"${train[@]}" -o once.h5 --once 2>said
! grep -qE 'tuned|anew' said || fail "--once does more"
"${train[@]}" -o plain.h5 --tune none --refit none --ensemble 1 --quiet
mtl-predict once.h5 ready.h5 --split test -o once.csv
mtl-predict plain.h5 ready.h5 --split test -o plain.csv
same once.csv plain.csv "--once is each of them left out"

refuses 2 '--dropout is given, too' "${train[@]}" -o x.h5 --quiet \
  --dropout 0.1 --tune dropout=0,0.1
refuses 2 'has one value' "${train[@]}" -o x.h5 -q --tune dropout=0
refuses 2 'is not SETTING=VALUE' "${train[@]}" -o x.h5 -q --tune dropout
refuses 2 'cannot be compared' "${train[@]}" -o x.h5 -q \
  --tune select-on=loss,G3.rmse
refuses 2 "is not a number of networks" "${train[@]}" -o x.h5 -q --ensemble 0
refuses 2 'has no effect: --average swa is of the end' "${train[@]}" -o x.h5 \
  -q --tune average=none,swa --tune patience=0,5
refuses 2 'have no two folds' "${train[@]}" -o x.h5 -q --tune dropout=0,0.1 \
  --refit folds
[ -z "$(find . -name '*ckpt*')" ] || fail "a trial was trained before a refusal"

# A value that diverges is the worst; what a longer search has left goes.
echo old >wild.h5.ckpt.tune7.h5
"${train[@]}" -o wild.h5 --optimizer sgd --tune rate=1e20,0.01 --refit none \
  --ensemble 1 2>said
grep -q 'rate=1e20: training diverged .* counts as the worst' said ||
  fail "it is not said that a value diverges"
grep -q 'rate=1e20 diverged, .*takes rate=0.01' said || fail "the search ended"
[ -z "$(find . -name '*ckpt*')" ] || fail "checkpoints stayed"
refuses 1 'rate=1e20: training diverged' "${train[@]}" -o x.h5 -q \
  --optimizer sgd --tune rate=1e20,1e21
rm -f x.h5*
echo junk >x.h5.ckpt.tune1.h5
refuses 65 '^mtl-train: x.h5.ckpt.tune1.h5: .*not an mtlkit file .remove it' \
  "${train[@]}" -o x.h5 -q --tune dropout=0,0.1
rm x.h5.ckpt.tune1.h5

# Begun from a model, only the values are tried; a setting without effect.
mtl-train ready.h5 -o base.h5 --layers 32,32 --epochs 1 --once --quiet
mtl-train ready.h5 -o begun.h5 --from base.h5 --tune layers=32/32,32/32/32 \
  --epochs 2 --refit none --ensemble 1 --quiet
mtl-prep table.h5 -o all.h5 --task G3 --quiet
refuses 2 'tune weighting has no effect: there is one task' mtl-train all.h5 \
  -o x.h5 -q --tune weighting=equal,log

# Without validation rows some are held out, and learned from in the end.
refuses 2 'no validation rows.*--hold-out' mtl-train all.h5 -o x.h5 -q --once \
  --tune rate=0.1,0.2
mtl-train all.h5 -o held.h5 --layers 8 --epochs 3 2>said
grep -q '97 of 649 training rows are held out' said || fail "nothing is held out"
grep -q 'learns anew from all 649 rows' said || fail "some rows are left out"
mtl-predict held.h5 all.h5 -o held.pred.h5
mtl-inspect held.pred.h5 >shown
grep -q 'chosen on rows held out of the training rows' shown ||
  fail "it is not said what chose the length"
mtl-train all.h5 -o five.h5 --layers 8 --epochs 2 --hold-out none --quiet
[ "$(mtl-inspect five.h5 --log | grep -c '^network')" -eq 5 ] ||
  fail "without validation rows it is not five networks"
