#!/usr/bin/env bash
# A training run that is killed or stopped, and started again, ends with the
# same bytes as one that was left alone.
# usage: kill_test.sh FOLDER-OF-TOOLS FOLDER-OF-SAMPLES
set -euo pipefail
export PATH=$1:$PATH
samples=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/mtlkit-kill-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
expect() {  # expect CODE command...
  local wanted=$1 got=0
  shift
  "$@" || got=$?
  [ "$got" = "$wanted" ] || fail "exit code $got instead of $wanted: $*"
}
# Ends as soon as the checkpoint is there, by the given signal.
interrupt() {  # interrupt SIGNAL command...
  local signal=$1 process code=0
  shift
  "$@" 2>>log &
  process=$!
  for _ in $(seq 2000); do
    [ -e out.h5.ckpt.h5 ] && break
    kill -0 "$process" 2>/dev/null || break
    sleep 0.005
  done
  kill "-$signal" "$process" 2>/dev/null || true
  wait "$process" || code=$?
  echo "$code"
}

mtl-convert "$samples/student-por.csv" -o table.h5 2>log
mtl-prep table.h5 -o ready.h5 --task G3 --task higher --task Mjob \
  --split valid=0.2,test=0.1 2>>log
train=(mtl-train ready.h5 --once --layers 32,16 --epochs 60 --patience 0 --batch 16
       --weighting uncertainty --dropout 0.1 --progress never)

"${train[@]}" -o whole.h5 2>>log

# Every batch is saved, so a kill at any moment goes on from close by.
killed=0
for _ in 1 2 3 4; do
  code=$(interrupt KILL "${train[@]}" -o out.h5 --checkpoint-every 0)
  [ "$code" = 137 ] && killed=$((killed + 1))
  [ -e out.h5 ] && break
done
[ "$killed" -gt 0 ] || fail 'the run was never caught'
expect 0 "${train[@]}" -o out.h5 2>>log
cmp whole.h5 out.h5 || fail 'killed and continued, the model differs'
[ ! -e out.h5.ckpt.h5 ] || fail 'the checkpoint stayed'

# Asked to stop: saves, says so by its exit code, and goes on.
rm out.h5
code=$(interrupt TERM "${train[@]}" -o out.h5 --checkpoint-every 0)
if [ "$code" != 0 ]; then
  [ "$code" = 75 ] || fail "stopped by SIGTERM with $code instead of 75"
  expect 0 mtl-inspect out.h5.ckpt.h5 --check
  expect 0 mtl-inspect out.h5.ckpt.h5 | grep -q 'stopped after' ||
    fail 'a checkpoint does not say where it stands'
  expect 2 "${train[@]}" -o out.h5 --seed 2 2>refused
  grep -q 'is the checkpoint of a run with another' refused ||
    fail 'another run took the checkpoint'
  expect 0 "${train[@]}" -o out.h5 2>>log
fi
cmp whole.h5 out.h5 || fail 'stopped and continued, the model differs'

# Finished: says so and leaves the file alone.
expect 0 "${train[@]}" -o out.h5 2>again
grep -q 'is already what this command makes' again || fail 'it trained again'

# A pipe and other threads give the same bytes.
"${train[@]}" -o - --threads 1 <ready.h5 >pipe.h5 2>>log
cmp whole.h5 pipe.h5 || fail 'through a pipe the model differs'
mtl-train - -o threads.h5 "${train[@]:2}" --threads 3 <ready.h5 2>>log
cmp whole.h5 threads.h5 || fail 'with 3 threads the model differs'

# Training that cannot go well says so.
expect 1 mtl-train ready.h5 -o bad.h5 --optimizer sgd --rate 1e20 \
  --progress never 2>diverged
grep -q "training diverged in epoch 1: the loss of task '" diverged ||
  fail 'divergence is not named'
[ ! -e bad.h5 ] || fail 'a diverged model was written'
echo passed
