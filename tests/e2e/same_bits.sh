#!/usr/bin/env bash
# Outputs are byte-identical for 1, 2 and 3 threads, from a pipe or a file,
# in another folder, at another time, killed and resumed.
source "$(dirname "$0")/common.sh"
make_adult --sample 12000

settings=(--arch shared --layers 32,16 --epochs 6 --dropout 0.1 --quiet)
train() { mtl-train ready.h5 "${settings[@]}" "$@"; }

# Threads, for each kind of task weighting and architecture.
for flags in '--weighting uncertainty' '--weighting pcgrad' \
  '--weighting graddrop' '--weighting modo --optimizer sam' '--arch mmoe' \
  '--arch cross-stitch' '--norm batch'; do
  arguments=(ready.h5 --layers 16,8 --epochs 2 --batch 200 --quiet)
  for threads in 1 2 3; do
    # shellcheck disable=SC2086
    mtl-train "${arguments[@]}" $flags --threads $threads -o "t$threads.h5"
  done
  same t1.h5 t2.h5 "$flags"
  same t1.h5 t3.h5 "$flags"
done

# By name, from a redirection, from a pipe, from a substitution; into a file
# and into a pipe.
train -o model.h5
mkdir elsewhere
(cd elsewhere && mtl-train ../ready.h5 "${settings[@]}" -o model.h5)
same model.h5 elsewhere/model.h5 "another folder"
mtl-train - "${settings[@]}" -o - <ready.h5 >redirected.h5
same model.h5 redirected.h5 "a redirection"
cat ready.h5 | mtl-train - "${settings[@]}" -o piped.h5
same model.h5 piped.h5 "a pipe"
mtl-train <(cat ready.h5) "${settings[@]}" -o substituted.h5
same model.h5 substituted.h5 "a substitution"
for threads in 1 2 3; do
  mtl-predict model.h5 ready.h5 --split test --threads $threads \
    -o "p$threads.h5"
  mtl-eval "model=p$threads.h5" --draws 50 --threads $threads --json \
    >"e$threads.json"
done
same p1.h5 p2.h5
same p1.h5 p3.h5
same e1.json e2.json
same e1.json e3.json

# Raw rows are prepared as the model was trained: the same predictions as from
# prepared ones.
mtl-predict model.h5 adult.h5 --split test -o raw.h5
mtl-convert raw.h5 --to csv -o raw.csv --quiet
[ "$(wc -l <raw.csv)" -gt 1000 ] || fail "raw rows were not predicted"

# Killed at some moment and started again: the same bytes. The checkpoint
# interval of 0 writes one at every step.
for pause in 0.05 0.1 0.2 0.3 0.4; do
  rm -f killed.h5*
  mtl-train ready.h5 "${settings[@]}" -o killed.h5 --checkpoint-every 0s &
  pid=$!
  sleep $pause
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
  train -o killed.h5 --checkpoint-every 0s
  same model.h5 killed.h5 "killed after $pause s"
  [ ! -e killed.h5.ckpt.h5 ] || fail "a checkpoint was left"
done

# Asked to stop: exit 75 with a checkpoint (or done before that), then on.
rm -f stopped.h5*
mtl-train ready.h5 "${settings[@]}" -o stopped.h5 &
pid=$!
sleep 0.1
kill -TERM $pid 2>/dev/null || true
status=0
wait $pid || status=$?
case $status in
  75) [ -e stopped.h5.ckpt.h5 ] || fail "stopped without a checkpoint" ;;
  0 | 143) ;;
  *) fail "exit $status after SIGTERM" ;;
esac
train -o stopped.h5
same model.h5 stopped.h5 "stopped and resumed"

# Done already: says so, changes nothing.
train -o model.h5
same model.h5 stopped.h5 "run again"
