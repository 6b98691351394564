#!/usr/bin/env bash
# Bad input of every kind: one line that says what, where and what to do, the
# exit code of the contract, nothing half-written, outputs that were there
# before untouched.
source "$(dirname "$0")/common.sh"

# Good files to spoil.
{
  echo 'id,age,city,sold,price'
  for i in $(seq 1 60); do
    city=Rome
    [ $((i % 3)) -eq 0 ] && city=Bonn
    sold=no
    [ $(((i * 5) % 7)) -gt 3 ] && sold=yes
    echo "$i,$((20 + i % 40)),$city,$sold,$((i % 13)).5"
  done
} >table.csv
mtl-convert table.csv -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task sold --task price \
  --split valid=0.2,test=0.2 --quiet
mtl-train ready.h5 -o model.h5 --layers 8 --epochs 2 --quiet
mtl-predict model.h5 ready.h5 --split test -o pred.h5
cp model.h5 precious.h5

# --- Text tables.
table() { printf '%b' "$1" >bad.csv; }
table 'a,b\n1,2\n3\n'
refuses 65 'bad.csv:3: .*1 cell' mtl-convert bad.csv -o out.h5
table 'a,b\n1,2\n3,4,5\n'
refuses 65 'bad.csv:3: .*3 cells' mtl-convert bad.csv -o out.h5
table 'a,b\n1,2\nthree,4\n'
refuses 65 "bad.csv:3: column 'a': 'three' is not a number" \
  mtl-convert bad.csv --type a=number -o out.h5
table 'id,b\n1,2\n1,4\n'
refuses 65 "bad.csv:3: .*'1'" mtl-convert bad.csv -o out.h5
table 'a,b\n1,inf\n3,4\n'
refuses 65 "bad.csv:2: column 'b'" mtl-convert bad.csv --type b=number -o out.h5
table 'a,b\n"1,2\n3,4\n'
refuses 65 'bad.csv:.*quot' mtl-convert bad.csv -o out.h5
table ''
refuses 65 'bad.csv: .*empty' mtl-convert bad.csv -o out.h5
table 'a,\xff\n1,2\n'
refuses 65 'bad.csv:.*UTF-8' mtl-convert bad.csv -o out.h5
refuses 66 'missing.csv: ' mtl-convert missing.csv -o out.h5
refuses 2 "colour" mtl-convert table.csv --type colour=number -o out.h5
refuses 2 "did you mean 'number'" mtl-convert table.csv --type age=numbr -o out.h5
gzip -c table.csv | head -c 100 >cut.csv.gz
refuses 65 'cut.csv.gz: ' mtl-convert cut.csv.gz -o out.h5
printf '@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,z\n' \
  >bad.arff
refuses 65 "bad.arff:5: .*'z'" mtl-convert bad.arff -o out.h5
printf '1 2:0.5 2:1\n' >bad.svm
refuses 65 'bad.svm:1: ' mtl-convert bad.svm --format svmlight -o out.h5
printf '%%PDF-1.4\n' >bad.pdf
refuses 65 'PDF' mtl-convert bad.pdf -o out.h5
refuses 65 'stdin: .*empty' bash -c 'mtl-convert - -o out.h5 </dev/null'

# --- Files of ours.
for tool in 'mtl-prep FILE -o out.h5 --task sold' 'mtl-train FILE -o out.h5' \
  'mtl-predict model.h5 FILE -o out.h5' 'mtl-predict FILE ready.h5 -o out.h5' \
  'mtl-eval FILE' 'mtl-inspect FILE'; do
  run() { refuses "$1" "$2" bash -c "${tool//FILE/$3}"; }
  run 66 'nothing.h5: ' nothing.h5
  : >empty.h5
  run 65 'empty' empty.h5
  run 65 'table.csv: .*convert' table.csv
  for victim in ready.h5 model.h5 pred.h5; do
    head -c 1500 $victim >cut.h5
    run 65 'cut.h5: ' cut.h5
    { head -c 900 $victim; printf 'X'; tail -c +902 $victim; } >flip.h5
    run 65 'flip.h5: ' flip.h5
  done
  run 66 'folder' .
done
refuses 65 'model.h5: .*model.*dataset' mtl-train model.h5 -o out.h5
refuses 65 'ready.h5: .*dataset.*model' mtl-predict ready.h5 ready.h5 -o out.h5
refuses 65 'ready.h5: .*dataset.*predictions' mtl-eval ready.h5
refuses 65 'stdin: empty' bash -c 'mtl-train - -o out.h5 </dev/null'
refuses 65 'stdin: truncated' bash -c 'head -c 3000 ready.h5 | mtl-train - -o out.h5'
refuses 2 'stdin' mtl-predict - - -o out.h5 </dev/null

# --- Preparation.
refuses 2 "did you mean 'price'" mtl-prep table.h5 -o out.h5 --task prize
refuses 2 "did you mean" mtl-prep table.h5 -o out.h5 --task sold=binari
refuses 2 'no column' mtl-prep table.h5 -o out.h5 --task sold --ignore nothing
refuses 2 'maybe' mtl-prep table.h5 -o out.h5 --task sold --positive sold maybe
refuses 2 'split' mtl-prep table.h5 -o out.h5 --task sold --split valid=1.5
refuses 2 'pieces' mtl-prep table.h5 -o out.h5 --task sold --pieces 1
refuses 65 'no task|nothing' mtl-train table.h5 -o out.h5

# --- Training: names and numbers.
train() { refuses 2 "$1" mtl-train ready.h5 -o out.h5 --quiet "${@:2}"; }
train 'did you mean --layers' --layer 8
train "did you mean 'shared'" --arch share
train "there is no weighting 'equl'" --weighting equl
train "there is no optimi" --optimizer adm
train "did you mean 'huber'" --loss price=hubr
train "task 'prize'" --loss prize=huber
train "prize" --task-weight prize=2
train 'finite' --rate nan
train 'more than 0' --rate -1
train 'at least' --epochs 0
train 'seed' --seed -1
train 'threads' --threads 0
train '' --layers 8,x
train 'roc-au' --select-on sold.roc-au
train 'split' --train-split nothing
train 'option' --weighting uncertainty:rat=1
tree() {
  printf '%s' "$2" >tree.json
  refuses "${3:-2}" "$1" mtl-train ready.h5 -o out.h5 --hierarchy tree.json
}
tree 'hierarchy' '{"groups": ['
tree 'cycle' '{"groups": [{"name": "a", "from": ["b"], "tasks": ["sold"]},
  {"name": "b", "from": ["a"], "tasks": ["price"]}]}'
tree "price" '{"groups": [{"name": "a", "from": [], "tasks": ["sold"]}]}'
tree "prize" '{"groups": [{"name": "a", "from": [], "tasks": ["sold", "price", "prize"]}]}'
tree "one" '{"groups": [{"name": "a", "from": []}, {"name": "b", "from": []},
  {"name": "c", "from": ["a", "b"], "tasks": ["sold", "price"]}]}'
refuses 66 'nothing.json' mtl-train ready.h5 -o out.h5 --hierarchy nothing.json

# --- Prediction and evaluation.
refuses 2 "no split 'tset'" mtl-predict model.h5 ready.h5 --split tset -o out.h5
refuses 2 'trunc' mtl-predict model.h5 ready.h5 --features trunc -o out.h5
cut -d, -f1,3- table.csv >narrow.csv
mtl-convert narrow.csv -o narrow.h5 --quiet
refuses 65 "age" mtl-predict model.h5 narrow.h5 -o out.h5
mtl-prep table.h5 -o other.h5 --task sold --task price --scale minmax \
  --split valid=0.2,test=0.2 --quiet
refuses 65 'prepared' mtl-predict model.h5 other.h5 -o out.h5
refuses 2 'did you mean' mtl-eval pred.h5 --metrics roc-au
refuses 2 'nobody' mtl-eval pred.h5 --against nobody
refuses 2 '' mtl-eval pred.h5 --json --csv
refuses 2 '' mtl-eval

# --- Co-training.
refuses 66 'nothing: .*run' mtl-cotrain status nothing/
refuses 2 "mutual" mtl-cotrain init run --data ready.h5 --method mutual
refuses 2 "fedavg" mtl-cotrain local ready.h5 -o run --method fedavg
refuses 2 'peers' mtl-cotrain init run --data ready.h5 --method fedavg --peers 1
refuses 2 'labelling' mtl-cotrain init run --data ready.h5 --method fedavg \
  --labelling cross
refuses 2 'PEER=INPUT' mtl-cotrain init run --data ready.h5 --view features
[ ! -e run ] || fail "a refused run left a folder"

# --- Outputs.
refuses 73 'nowhere' mtl-train ready.h5 -o nowhere/out.h5
mkdir folder
refuses 73 'folder' mtl-train ready.h5 -o folder
script -qec 'mtl-train ready.h5 -o - --quiet' pty.log >/dev/null || true
grep -q 'refusing to write HDF5 to a terminal' pty.log ||
  fail "a terminal was written to: $(head -c 200 pty.log)"
for tool in "mtl-convert table.csv -o -" "mtl-prep table.h5 -o - --task sold" \
  "mtl-train ready.h5 -o - --epochs 1" "mtl-predict model.h5 ready.h5 -o -" \
  "mtl-eval pred.h5" "mtl-inspect model.h5" "mtl-train --list archs"; do
  refuses 74 '' bash -c "$tool --quiet >/dev/full"
  # A closed pipe ends a tool silently.
  status=0
  bash -c "$tool --quiet 2>err.txt | head -c 1 >/dev/null; exit \${PIPESTATUS[0]}" ||
    status=$?
  case $status in
    0 | 141) ;;
    *) fail "exit $status on a closed pipe: $tool" ;;
  esac
  [ ! -s err.txt ] || fail "a closed pipe was spoken of: $tool"
done
# A full disk leaves what was there before.
status=0
(
  ulimit -f 4
  mtl-train ready.h5 -o precious.h5 --layers 64,64 --epochs 1 --quiet
) 2>err.txt || status=$?
[ "$status" -eq 74 ] || fail "exit $status on a full disk ($(cat err.txt))"
same precious.h5 model.h5 "a full disk"
leftovers=$(find . -name '.*.tmp.*' -o -name 'out.h5*' | head -n 3)
[ -z "$leftovers" ] || fail "left behind: $leftovers"

# A table that asks for more memory than there is.
refuses 74 'memory' bash -c \
  'ulimit -v 400000; mtl-train ready.h5 -o out.h5 --layers 40000,40000 --epochs 1 --quiet'
echo "every bad input was refused in one line"
