#!/usr/bin/env bash
# Bad flags and bad places, likewise: names, numbers, hierarchies, runs, folders
# that cannot be written, full disks, closed pipes, no memory.
source "$(dirname "$0")/common.sh"
source "$root/tests/e2e/bad_common.sh"

# Preparing.
while read -r pattern flags; do
  # shellcheck disable=SC2086
  no 2 "${pattern//_/ }" mtl-prep table.h5 -o old.h5 -q $flags
done <<'LIST'
there_is_no_task
did_you_mean_'price' --task prize
did_you_mean_'regression' --task price=regresion
cannot_be_binary --task colour=binary
cannot_be_a_regression --task colour=regression
two_tasks_called --task price --task price
no_column_'zz' --task price --ignore zz
no_class_'maybe' --task sold --positive sold maybe
not_NAME=FRACTION --task price --split valid=nan
not_NAME=FRACTION --task price --split valid=1.5
add_up_to --task price --split valid=0.6,test=0.6
names_'valid'_twice --task price --split valid=0.1,valid=0.2
no_two_bins --task price --stratify price --split valid=0.01
time_has_no_effect --task price --time price
no_splits --task price --check-leaks warn
not_TASK=COLUMN --task price --label-weight price
no_effect --task price --stratify sold
column_of_--task-per --task price --task-per price
column_is_a_task --task price --weight price
END_is_the_row --task price --rows 5:2
at_least_2 --task price --folds 1
pieces --task price --pieces 1
only_120 --task price --folds 500
did_you_mean_'price' --task price --hide-labels prise=0.5
not_a_fraction --task price --hide-labels price=nan
not_TASK=N --task sold --keep-labels sold=0/class
neither_a_number --task price --sample nan
more_than_the_120 --task price --sample 5000
none_of_the_120 --task price --sample 0.001
no_split_'zz' --task price --rows split=zz
no_row_fits --task price --rows price>9999
must_be_one_of --task price --scale foo
did_you_mean_--task --taks price
must_be_at_least_0 --task price --seed -1
LIST
{
  echo 'id,x,y,z,w,split'
  for i in 1 2 3 4 5 6; do echo "$i,$i,1.$i,,c$((i % 2)),train"; done
  echo '98,1,4,2.5,c2,test'
  echo '99,1,3,2,c0,test'
} >t/labels
mtl-convert t/labels -o t/labels.h5 -q
no 65 "task 'z' has no label in the training rows" mtl-prep t/labels.h5 \
  -o old.h5 --task y --task z --split-from split -q
mtl-prep t/labels.h5 -o t/absent.h5 --task w --ignore z \
  --split-from split -q 2>t/warning
grep -q "class 'c2' of task 'w' is absent" t/warning || fail 'no warning'
mtl-train t/absent.h5 -o t/absent-model.h5 --epochs 1 -q 2>t/warning
grep -q "class 'c2' does not occur in the training rows" t/warning ||
  fail 'no warning of an absent class'

# Training.
while read -r pattern flags; do
  # shellcheck disable=SC2086
  no 2 "${pattern//_/ }" "${quiet_train[@]}" $flags
done <<'LIST'
finite_number,_at_least_0 --rate nan
finite_number,_at_least_0 --rate inf
a_number,_at_least_0 --rate x
no_effect --diagnose 5 --arch single
batches_of_one_row --mixup 0.2 --batch 1
no_effect --residual resnet
at_least_0 --seed -1
whole_number --seed 99999999999999999999
at_least_0 --epochs -1
in_\[1,_1024\] --threads 0
at_least_1 --batch 0
in_\[0,_1\) --dropout nan
width_between --head-layers 0
did_you_mean_'shared' --arch shraed
in_\[1,_1024\] --arch mmoe:experts=0
no_option_'foo' --weighting uncertainty:foo=1
did_you_mean_'pcgrad' --weighting pcgard
did_you_mean_'adam' --optimizer adm
did_you_mean_'cosine' --schedule cosin
did_you_mean_'relu' --activation rleu
did_you_mean_'huber' --loss price=hubr
did_you_mean_'price' --loss prize=huber
does_not_fit --loss sold=squared
did_you_mean_'price' --task-weight prize=2
above_0 --task-weight price=inf
tasks:_price --select-on prize.rmse
did_you_mean_'rmse' --select-on price.rmes
no_metric_of_regression --select-on price.roc-auc
did_you_mean_'train' --train-split trian
did_you_mean_'valid' --valid-split vlaid
no_split_'fold0' --fold 0
no_input_'foo' --inputs foo
did_you_mean_--epochs --epohcs 3
is_not_a_time --checkpoint-every nan
--checkpoint_old.h5_is_also_-o --checkpoint old.h5
is_also_DATA --checkpoint ./ready.h5
can_be_kept --checkpoint -
can_be_kept --checkpoint /dev/null
both_'valid' --train-split valid
'price'_is_given_twice --loss price=huber --loss price=absolute
needs_a_value --rate
needs_a_value,_but_-v_follows --rate -v
unexpected_operand extra
did_you_mean_'archs' --list archz
is_empty --layers=
share_no_parameters --arch single --weighting pcgrad
LIST

# Hierarchies.
tree() { printf '{"groups": [%s]}' "$2" >"t/$1.json"; }
all='"tasks": ["price", "sold", "colour"]'
tree cycle '{"name": "a", "from": ["b"], '"$all"'}, {"name": "b", "from": ["a"]}'
tree orphan '{"name": "a", "tasks": ["price", "sold"]}'
tree unknown '{"name": "a", "tasks": ["price", "sold", "color"]}'
tree twice '{"name": "a", '"$all"'}, {"name": "b", "from": ["a"], "tasks": ["price"]}'
tree parents '{"name": "a", "tasks": ["price"]}, {"name": "b", "tasks": ["sold"]},
  {"name": "c", "from": ["a", "b"], "tasks": ["colour"]}'
tree key '{"name": "a", "layerz": [4], '"$all"'}'
tree width '{"name": "a", "layers": [-4], '"$all"'}'
tree huge '{"name": "a", "layers": [1e999], '"$all"'}'
tree wraps '{"name": "a", "layers": [18446744073709551617], '"$all"'}'
tree from '{"name": "a", "from": ["zz"], '"$all"'}'
printf '{"groups": [' >t/cut.json
printf '{"groups": [\n{"name": "a",}]}' >t/comma.json
while read -r name pattern; do
  no 2 "$pattern" "${quiet_train[@]}" --hierarchy "t/$name.json"
done <<'LIST'
cycle cycle
orphan task 'colour' is in no group
unknown no task 'color'; did you mean 'colour'
twice task 'price' is already in a group
parents names 2 groups
key unknown key 'layerz'; did you mean 'layers'
width -4 is not a width
huge a number beyond all numbers
wraps is not a width
from 'zz', which is not a group
cut not a hierarchy: no JSON in line 1
comma no JSON in line 2
LIST
no 66 'files: is a folder' "${quiet_train[@]}" --hierarchy files
no 66 'cannot be read' "${quiet_train[@]}" --hierarchy t/none.json
no 65 '/dev/zero: has more than' "${quiet_train[@]}" --hierarchy /dev/zero
no 2 'which is not UTF-8' "${quiet_train[@]}" --loss $'price\xff=huber'

# Predicting and measuring.
no 2 'has this task already' mtl-prep ready.h5 --task price=regression -o old.h5
no 65 'the splits are blue, green, red' mtl-prep table.h5 --task price \
  --split-from colour -o old.h5
no 2 "did you mean 'test'" mtl-predict model.h5 ready.h5 --split tset -o old.h5
no 2 '^mtl-predict: model.h5: .*no layer .*trunk' \
  mtl-predict model.h5 ready.h5 --features foo -o old.h5
no 2 'safe-cells has no effect: HDF5 is written' \
  mtl-predict model.h5 ready.h5 --features trunk --safe-cells -o old.h5
mtl-predict model.h5 ready.h5 --split valid --split test -o t/again.h5 2>t/said -q
grep -q "^mtl-predict: warning: --split is given again: 'test' holds, 'valid' does not" t/said ||
  fail "a flag that is given again: $(cat t/said)"
same t/again.h5 pred.h5
rm t/again.h5 t/said
no 2 'HDF5 is written here, not csv' mtl-train ready.h5 -o new.csv
no 2 'HDF5 is written here, not jsonl .end the name with .h5 or .hdf5.' \
  mtl-convert table.csv --to h5 -o new.jsonl
no 2 'safe-cells has no effect' mtl-convert table.csv --safe-cells -o new.jsonl
no 2 'CSV is written here, not jsonl' mtl-convert table.csv --to csv -o new.jsonl
no 2 'header, --missing have no effect' \
  mtl-convert pred.h5 --to csv --header no --missing x -o -
no 2 'there is no other model' mtl-eval a=pred.h5 --against a
no 2 'did you mean --rate' mtl-train ready.h5 -o old.h5 --learning-rate 1
sed '3s/^[^,]*,[^,]*,/7,inf,/' table.csv >t/infinite
no 65 'flags of mtl-convert: .*--missing' mtl-predict model.h5 t/infinite -o old.h5
no 2 'models of a run' mtl-predict model.h5 ready.h5 --peer 1 -o old.h5
no 2 'no peer 7' mtl-predict run ready.h5 --peer 7 -o old.h5
no 66 'round 9' mtl-predict run ready.h5 --round 9 -o old.h5
no 65 'another way' mtl-predict model.h5 unscaled.h5 -o old.h5
cut -d, -f1-4,6- table.csv >t/narrow
mtl-convert t/narrow -o t/narrow.h5 -q
no 65 size mtl-predict model.h5 t/narrow.h5 -o old.h5
no 2 'none of the given rows' mtl-eval pred.h5 --against foo
no 2 "did you mean 'rmse'" mtl-eval pred.h5 --metrics rmes
no 2 'exclude each other' mtl-eval pred.h5 --json --csv
no 2 'in \(0, 1\)' mtl-eval pred.h5 --level 2
no 65 'no prediction for the row' mtl-eval a=pred.h5 b=valid.pred.h5
no 65 '^mtl-eval: pred.h5 and pred.h5: .*predicted twice' mtl-eval pred.h5 pred.h5
cp valid.pred.h5 t/pred.h5
no 2 "^mtl-eval: pred.h5 and t/pred.h5 are both called 'pred' \\(name them apart, NAME=pred.h5" \
  mtl-eval pred.h5 t/pred.h5
no 2 'name them apart, NAME=t/pred.h5, or alike' mtl-eval pred=pred.h5 t/pred.h5
mtl-eval pred=pred.h5 pred=t/pred.h5 --draws 0 >/dev/null
rm t/pred.h5
no 2 'best constant' mtl-eval constant=pred.h5
no 2 "no 'y' is measured .name it as what is measured: --valid x=FILE" \
  mtl-eval x=pred.h5 --valid y=valid.pred.h5 --calibrate
no 2 'no-weights has no effect: no row has a weight' mtl-eval pred.h5 --no-weights
no 2 'control character' mtl-eval $'a\tb=pred.h5'
no 65 'table.h5: --data has none of the predicted tasks' mtl-eval pred.h5 --data table.h5
no 2 'no training log' mtl-inspect ready.h5 --log
no 2 'onnx-prepared, or --to torch, or --to keras' mtl-export model.h5 -o new.onnx
no 2 'one of onnx, onnx-prepared, torch, keras' mtl-export model.h5 --to tflite -o new
no 2 'cannot be -' mtl-export model.h5 --to torch -o -
no 2 'writes a file of its own, not h5 .end the name with .onnx.' mtl-export model.h5 --to onnx -o old.h5
no 65 'ready.h5' mtl-export ready.h5 --to onnx -o new.onnx
no 73 'there already|is a folder' mtl-export model.h5 --to torch -o files
no 74 'No space left' mtl-export model.h5 --to onnx-prepared -o /dev/full
for target in 'onnx -o new.onnx' 'torch -o new.torch'; do
  no 74 'File too large' sh -c "ulimit -f 2; exec mtl-export model.h5 --to $target"
done

# Runs: nothing is begun that cannot go on.
while read -r pattern flags; do
  # shellcheck disable=SC2086
  no 2 "${pattern//_/ }" mtl-cotrain init new --data ready.h5 $flags
done <<'LIST'
did_you_mean_'fedavg' --method fedvag
in_one_process --method mutual
in_\[1,_1000\] --peers 0
no_input_'foo' --view 0=foo --view 1=features
no_PEER=INPUT --view 0
has_no_--view --view 0=features
each_has_1_beside_it --min-peers 2
at_least_1 --max-stale 0
in_\[0,_1\] --threshold nan
no_groups --rows-by group
shares_nothing --method fedavg --arch single --params trunk
no_effect --params trunk
no_effect --aggregate median
did_you_mean_'median' --method fedavg --aggregate medium
needs_at_least_5_peers_in_a_round,_not_2 --method fedavg --aggregate krum
no_layer_'trunc' --method fedavg --params trunc
fraction.*in_\(0,_1\] --method fedavg --fraction 0
exclude_each_other --method fedavg --fraction 0.5 --async
no_task_that_is_labelled_has_a_class_'zz' --method self-training --per-class zz=1
neither_N_nor_CLASS=N --method self-training --per-class x
what_peers_learn_from --guard train
needs_at_least_3_peers --method tri-training
no_option_'hat' --method fedopt:hat=1
did_you_mean_'valid' --valid-split vlaid
no_task_'zz' --loss zz=huber
TASK.METRIC --select-on zz.rmse
no_task_'zz' --task-weight zz=1
no_weighting_'foo' --weighting foo
LIST
no 65 'no task to learn' mtl-cotrain init new --data table.h5
touch run/peers/000/r0002
no 73 'r0002: .*folder that can be written' mtl-cotrain round run --peer 0 -q
rm run/peers/000/r0002
no 2 'already a run' mtl-cotrain init run --data ready.h5 --layers 5
no 2 'did you mean .local' mtl-cotrain lcoal ready.h5
no 2 'no peer 9' mtl-cotrain round run --peer 9
no 2 'rounds begin with 1' mtl-cotrain round run --round 0
no 2 'command must come first' mtl-cotrain --seed 3 round run
no 2 'cannot be -' mtl-cotrain init - --data ready.h5
no 2 'files of the run' mtl-cotrain merge run --to run/run.json.h5
no 2 'files of the run' mtl-predict model.h5 ready.h5 -o run/peers/000/r0000/model.h5
no 2 'HDF5 is written here, not json' mtl-cotrain merge run --to run/run.json
no 2 'neither a number' mtl-cotrain round run --peer x
no 65 'not the data that the run began with.*init --schema' mtl-cotrain round run --data other.h5
no 2 'works in rounds' mtl-cotrain local ready.h5 -o new --method codistillation
no 2 'at least 2 peers' mtl-cotrain local ready.h5 -o new --peers 1

# What is read is never overwritten, whatever it is called.
ln -s ../table.csv t/link
cp table.csv t/copy
for command in 'mtl-convert table.csv -o t/link -q' \
  'mtl-convert t/link -o table.csv -q' 'mtl-prep old.h5 --task price -o old.h5' \
  'mtl-train old.h5 -o ./old.h5' 'mtl-predict old.h5 ready.h5 -o old.h5' \
  'mtl-predict model.h5 old.h5 -o old.h5' 'mtl-cotrain merge run -o ready.h5'; do
  # shellcheck disable=SC2086
  no 2 'is also .*, which is read' $command
done
no 2 'is also .*, which is read' mtl-prep - --task price -o old.h5 <old.h5
same table.csv t/copy

# Places that cannot be written, full disks, closed pipes.
writers=('mtl-convert table.csv -q' 'mtl-prep table.h5 --task price -q'
  'mtl-train ready.h5 --layers 64 --epochs 1 -q'
  'mtl-predict model.h5 ready.h5 -q')
long=$(printf 'x%.0s' $(seq 256))
for writer in "${writers[@]}"; do
  # shellcheck disable=SC2086
  {
    no 74 'No space left' $writer -o /dev/full
    no 73 'cannot be created' $writer -o nofolder/x.h5
    no 73 'is a folder' $writer -o files
    no 73 'cannot be created' $writer -o /proc/x.h5
    no 73 'name too long' $writer -o "$long.h5"
    no 2 'empty' $writer -o ''
    no 74 'stdout: .*Bad file' sh -c "$writer -o - >&-"
    status=0
    $writer -o - >/dev/full 2>refused.err || status=$?
    [ $status -eq 74 ] || fail "$status for a full stdout: $writer"
    no 74 'File too large' sh -c "ulimit -f 2; exec $writer -o old.h5"
  }
done
no 74 '^mtl-predict: /dev/full: ' mtl-predict model.h5 ready.h5 -o /dev/full -q
for format in csv jsonl; do
  cp old.copy t/old
  no 74 'File too large' sh -c "ulimit -f 2; exec mtl-convert pred.h5 --to $format -o t/old"
  same t/old old.copy "text of $format"
  rm t/old
done
for writer in 'mtl-predict model.h5 ready.h5 --features trunk' \
  'mtl-train ready.h5 --layers 64 --checkpoint-every 0 -q'; do
  no 74 'File too large' sh -c "ulimit -f 2; exec $writer -o old.h5"
done
# A full folder of temporary files is named as such, whatever goes there.
mkdir t/full
for way in 'cat table.csv | mtl-convert - -q -o old.h5' \
  'cat ready.h5 | mtl-train - -q -o old.h5' 'mtl-convert table.csv -q -o -' \
  'mtl-convert pred.h5 --to csv -o -' 'mtl-convert table.csv -q -o t/new.jsonl' \
  'mtl-predict model.h5 table.csv -q -o old.h5' \
  'mtl-predict model.h5 ready.h5 -q -o t/new.csv'; do
  no 74 '^mtl-[a-z]*: (stdin: )?t/full[^ ]*: .*(cannot write: File too large) \(.*MTLKIT_TMPDIR' \
    sh -c "ulimit -f 2; export MTLKIT_TMPDIR=t/full; $way"
done
[ -z "$(ls -A t/full)" ] || fail 'temporary files are left'
rmdir t/full
# A run that was begun on a full disk is completed by the same command.
begin=(mtl-cotrain init new --data ready.h5 --layers 64 --epochs 1 -q)
refuses 74 'File too large' sh -c "ulimit -f 4; exec ${begin[*]}"
[ -z "$(find new -name '*.tmp.*' -o -name '*.h5')" ] || fail 'half a run'
refuses 2 'not begun completely' mtl-cotrain round new -q
"${begin[@]}"
mtl-cotrain round new -q
rm -r new
printers=('mtl-eval pred.h5' 'mtl-inspect ready.h5' 'mtl-cotrain status run'
  'mtl-cotrain verify run' 'mtl-train --help' 'mtl-train --version'
  'mtl-convert pred.h5 --to csv -o -' 'mtl-predict model.h5 ready.h5 -o -')
for printer in "${printers[@]}"; do
  status=0
  $printer >/dev/full 2>refused.err || status=$?
  [ $status -eq 74 ] || fail "$status for a full stdout: $printer"
  [ "$(wc -l <refused.err)" -eq 1 ] || fail "not one line: $printer"
  # The reader is gone before anything is written: with SIGPIPE as usual and
  # ignored.
  for ignore in : "trap '' PIPE"; do
    statuses=$(
      set +eo pipefail
      eval "$ignore"
      {
        sleep 0.02
        $printer 2>refused.err
        echo $? >refused.out
      } | true
      cat refused.out
    )
    [ "$statuses" -eq 141 ] || fail "$statuses for a closed pipe: $printer"
    [ ! -s refused.err ] || fail "a word about a closed pipe: $printer"
  done
done

# More memory than there is: under a limit and without one.
big=(--layers 65536,65536 --epochs 1)
(
  ulimit -v 400000
  no 74 'of memory, more than there is' mtl-train ready.h5 -o old.h5 "${big[@]}"
  printf '1 2000000000:1\n2 1:2\n' >t/wide.svm
  mtl-convert t/wide.svm -o t/wide.h5 -q
  no 74 'of memory, more than there is' mtl-train t/wide.h5 -o old.h5
)
no 74 'of memory, more than there is' mtl-train ready.h5 -o old.h5 --epochs 1 \
  --arch mmoe:experts=1024 --layers 65536,65536
no 74 'of memory, more than there is' mtl-cotrain init new --data ready.h5 "${big[@]}" \
  --arch mmoe:experts=1024

# Memory that ends anywhere on the way is an error, never a crash.
for reader in 'mtl-convert pred.h5 --to csv' 'mtl-prep table.h5 --task price' \
  'mtl-train ready.h5 --epochs 1 -q' 'mtl-predict model.h5 ready.h5' \
  'mtl-eval pred.h5 --draws 100' 'mtl-inspect ready.h5'; do
  case $reader in *convert* | *prep* | *train* | *predict*) out='-o spare.out' ;;
  *) out= ;; esac
  for limit in $(seq 16000 2000 110000); do
    status=0
    (ulimit -v "$limit" && exec $reader $out) >/dev/null 2>refused.err ||
      status=$?
    [ $status -eq 0 ] || [ $status -eq 74 ] ||
      fail "$status with $limit KB: $reader: $(cat refused.err)"
  done
done
rm -f spare.out

[ -z "$(find . -name '*.tmp.*')" ] || fail "temporary files are left"
