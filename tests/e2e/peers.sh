#!/usr/bin/env bash
# Peers with tasks of every type, some of whose labels are hidden, by every
# method: many rounds in one go or in parts, in any order or at once, stopped
# in the middle; what one network learned becomes the next one's inputs; what
# is asked wrongly is refused in one line.
source "$(dirname "$0")/common.sh"
mtl-convert "$samples/student-mat.csv" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task G3=regression --task higher --task Mjob \
  --task '*sup=multilabel' --ignore G1,G2 --split valid=0.2,test=0.2 \
  --stratify higher --hide-labels higher=0.3 --hide-labels Mjob=0.5 --quiet

begin() { # FOLDER METHOD ...
  mtl-cotrain init "$1" --data ready.h5 --method "$2" --layers 8 --epochs 2 \
    "${@:3}"
}
round() { mtl-cotrain round "$@" --quiet; }

# 20 rounds are 10 and 10 more.
begin straight codistillation
round straight --rounds 20
begin halves codistillation
round halves --rounds 10
round halves --rounds 10
same_runs straight halves
rm -rf straight halves

# One peer after the other in either order, or all at once.
for method in codistillation fedavg co-training self-training; do
  for way in up down at-once; do begin $way $method; done
  for _ in 1 2; do
    round up
    round down --peer 1
    round down --peer 0
    round at-once --peer 0 &
    first=$!
    round at-once --peer 1
    wait $first || fail "$method: peer 0 failed beside peer 1"
  done
  same_runs up down
  same_runs up at-once
  mtl-cotrain verify up >/dev/null
  mtl-cotrain merge up --to up.h5 --quiet
  mtl-cotrain merge at-once --to at-once.h5 --quiet
  same up.h5 at-once.h5 "$method: merges"
  rm -rf up down at-once
done

# Peers that wait for one another need no barrier from outside: the same bytes,
# whoever is ahead.
begin waiting fedavg --max-stale 1 --min-peers 1
begin barrier fedavg --max-stale 1 --min-peers 1
round barrier --rounds 3
for peer in 0 1; do
  for _ in $(seq 200); do
    status=0
    round waiting --peer $peer --until 3 2>told$peer.txt || status=$?
    [ $status -eq 75 ] || break
    grep -q 'run the round again later' told$peer.txt || break
    sleep 0.02
  done &
done
wait
same_runs barrier waiting
rm -rf barrier waiting

# Killed when a checkpoint has been written, run again: it goes on from there,
# to the same bytes.
killed_in_training() { # CHECKPOINT COMMAND ...
  local checkpoint=$1 pid
  shift
  "$@" --checkpoint-every 0s --quiet &
  pid=$!
  for _ in $(seq 500); do
    [ -e "$checkpoint" ] && break
    kill -0 $pid 2>/dev/null || fail "it ended before it could be killed: $*"
    sleep 0.01
  done
  kill -9 $pid
  wait $pid 2>/dev/null || true
  [ -e "$checkpoint" ] || fail "no checkpoint to go on from: $*"
  "$@" 2>again.txt
  grep -q 'goes on in epoch' again.txt || fail "it began anew: $*"
  [ ! -e "$checkpoint" ] || fail "the checkpoint is still there: $*"
}
long=(--layers 8 --epochs 15 --batch 8 --patience 0)
for method in codistillation self-training; do
  for run in whole killed; do
    mtl-cotrain init $run --data ready.h5 --method $method "${long[@]}"
    round $run
  done
  round whole --peer 1
  killed_in_training killed/peers/001/r0002/model.h5.ckpt.h5 \
    mtl-cotrain round killed --peer 1
  same_runs whole killed
  rm -rf whole killed
done
for method in mutual co-teaching; do
  mtl-cotrain local ready.h5 -o whole --method $method "${long[@]}" --quiet
  killed_in_training killed/checkpoint.h5 \
    mtl-cotrain local ready.h5 -o killed --method $method "${long[@]}"
  same_runs whole killed
  mtl-cotrain verify whole >/dev/null
  mtl-cotrain local ready.h5 -o whole --method $method "${long[@]}" 2>done.txt
  grep -q 'whole is already done' done.txt || fail "$method: not known as done"
  same_runs whole killed
  rm -rf killed
  mv whole $method
done

# Features of a peer are a dataset: tasks, labels and splits come along, and
# peers learn from it.
mtl-predict mutual ready.h5 --peer 1 --features trunk -o features.h5
mtl-inspect ready.h5 | sed -n '/^splits/,/^prepared/p' | grep -v '^prepared' >one.txt
mtl-inspect features.h5 | sed -n '/^splits/,$p' >two.txt
same one.txt two.txt "splits, or counts of labels"
grep -q '^sup  *multilabel' two.txt || fail "the tasks are not shown: $(cat two.txt)"
# Label for label: what both say of the tasks on every row.
for name in ready features; do
  mtl-train $name.h5 -o $name.model.h5 --layers none --epochs 1 --quiet
  mtl-predict $name.model.h5 $name.h5 --all-rows -o $name.pred.h5
  mtl-convert $name.pred.h5 --to csv -o $name.csv
  awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i ~ /^id$|\.true/) at[++n] = i}
    {for (j = 1; j <= n; ++j) printf "%s,", $at[j]; print ""}' \
    $name.csv >$name.labels
done
[ "$(head -n 1 ready.labels)" = \
  id,G3.true,higher.true,Mjob.true,sup.true.schoolsup,sup.true.famsup, ] ||
  fail "no labels in $(head -n 1 ready.csv)"
same ready.labels features.labels "labels"
mtl-cotrain init next --data features.h5 --method fedavg --layers 8 --epochs 2
round next --rounds 2
mtl-cotrain verify next >/dev/null
mtl-predict next features.h5 --split test -o next.h5
mtl-inspect next.h5 --history | grep -q 'features trunk' ||
  fail "the history does not say where the features came from"
refuses 2 'choose one with --peer' mtl-predict mutual ready.h5 \
  --features trunk -o none.h5

# What a run began with, and what it is asked for later.
mtl-cotrain init piped --data - --layers 4 --epochs 1 <ready.h5
refuses 66 'came through a pipe.*--data' mtl-cotrain round piped --quiet
round piped --data ready.h5
mtl-cotrain init piped --data ready.h5 --layers 4 --epochs 1
refuses 2 'other settings or data: network/layers, seed ' mtl-cotrain init \
  piped --data ready.h5 --layers 5 --epochs 1 --seed 2
refuses 2 'data_sha256' mtl-cotrain init piped --data features.h5 --layers 4 \
  --epochs 1
refuses 2 'no peer 7 .the run has peers 0 to 1' mtl-cotrain round next --peer 7
refuses 2 "neither a number nor all" mtl-cotrain round next --peer one
refuses 2 'run its rounds in order' mtl-cotrain round next \
  --peer 0 --round 9
refuses 2 'exclude each other' mtl-cotrain round next --until 3 --rounds 2
for command in round merge status verify; do
  refuses 66 'nowhere: this is no run.*mtl-cotrain init' \
    mtl-cotrain $command nowhere
  refuses 66 'ready.h5: this is no run' mtl-cotrain $command ready.h5
done
refuses 2 'it has no rounds to come' mtl-cotrain round mutual
refuses 2 'it has no rounds to come' mtl-cotrain merge mutual
begin quiet fedavg
refuses 66 'no peer has published' mtl-cotrain merge quiet
refuses 2 'works in rounds through files' mtl-cotrain local ready.h5 -o new \
  --method fedavg
refuses 2 'in one process with mtl-cotrain local' mtl-cotrain init new \
  --data ready.h5 --method mutual
refuses 2 'select-on has no effect' mtl-cotrain init new --data ready.h5 \
  --method fedavg --select-on higher.roc-auc
refuses 2 'inputs and --view exclude' mtl-cotrain init new --data ready.h5 \
  --inputs features --view 0=features --view 1=features
refuses 2 "view of peer 0: .*no input 'nothing'" mtl-cotrain init new \
  --data ready.h5 --view 0=nothing --view 1=features

# What becomes of numbers is as in the model to begin from, unless it is given.
mtl-train ready.h5 -o pieces.h5 --layers 8 --numbers pieces:count=4 --epochs 1 -q
mtl-cotrain local ready.h5 -o begun --method mutual --from pieces.h5 --layers 8 \
  --epochs 1 2>said.txt
grep -q 'took \([0-9]*\) of \1 arrays' said.txt || fail "pieces are not taken"
mtl-cotrain init rounds-begun --data ready.h5 --from pieces.h5 --layers 8 2>said.txt
grep -q 'took \([0-9]*\) of \1 arrays' said.txt || fail "pieces are not taken"
refuses 2 "kernel is .*give the same --layers and --numbers" mtl-cotrain local \
  ready.h5 -o new --method mutual \
  --from pieces.h5 --layers 8 --numbers plain --epochs 1

mtl-prep table.h5 -o labelled.h5 --task higher --split valid=0.2 --quiet
refuses 2 'without a label.*keep-labels' mtl-cotrain init new \
  --data labelled.h5 --method co-training
[ ! -e new ] || fail "a refused run left its folder"
mtl-cotrain round quiet 2>said.txt
! grep -q 'no validation rows' said.txt || fail "it misses validation rows"
echo "all peers held"
