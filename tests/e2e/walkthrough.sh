#!/usr/bin/env bash
# The first hour of a user: every command as it is promised, the pipelines
# included.
source "$(dirname "$0")/common.sh"
ln -s "$samples" data-samples

# Small stand-ins for the files that a user would have.
{
  echo 'id,price,sold,colour,size,score,school'
  for i in $(seq 1 240); do
    colour=red
    [ $((i % 3)) -eq 0 ] && colour=blue
    sold=no
    [ $(((i * 7) % 11)) -gt 5 ] && sold=yes
    echo "$i,$((i * 3 % 50)).5,$sold,$colour,$((i % 17)),$((i % 9)),s$((i % 4))"
  done
} >table.csv
cat >tree.json <<'JSON'
{"groups": [
  {"name": "trunk", "from": [], "layers": [64], "tasks": ["hours-per-week"]},
  {"name": "person", "from": ["trunk"], "layers": [32],
   "tasks": ["income", "marital-status"]}
]}
JSON

# 1. Convert
mtl-convert train=data-samples/adult.data.gz test=data-samples/adult.test.gz \
  --names data-samples/adult.columns \
  --missing '?' --comment '|' --rename-class income '<=50K.' '<=50K' \
  --rename-class income '>50K.' '>50K' -o adult.h5
mtl-convert table.csv -o table.h5
mtl-inspect table.h5
mtl-convert --beside fou=data-samples/mfeat-fou.csv.gz \
  kar=data-samples/mfeat-kar.csv.gz --names fou=data-samples/mfeat-fou.columns \
  --names kar=data-samples/mfeat-kar.columns -o mfeat.h5
printf 'age,city\n30,x\nthirty,y\n' >bad.csv
refuses 65 "bad.csv:3: column 'age': 'thirty' is not a number" \
  mtl-convert bad.csv --type age=number -o bad.h5
[ ! -e bad.h5 ] || fail "a refused table left an output"

# 2. Prepare
mtl-prep adult.h5 -o ready.h5 \
  --task income --task marital-status --task hours-per-week \
  --ignore fnlwgt --split valid=0.15 --hide-labels marital-status=0.3
mtl-prep table.h5 -o folds.h5 --task sold=binary --positive sold yes \
  --stratify sold --folds 5
mtl-prep table.h5 -o schools.h5 --task score --task-per school \
  --split train=0.7,valid=0.15,test=0.15
mtl-prep table.h5 -o index.h5 --task price --encode index --scale minmax \
  --impute mean --split train=0.8,test=0.2 --sample 200

# 3. Train
mtl-train ready.h5 -o single.h5 --arch single --layers 128,64 --epochs 2
mtl-train ready.h5 -o shared.h5 --arch shared --layers 128,64 \
  --weighting uncertainty --epochs 2
mtl-train ready.h5 -o tree.h5 --arch shared --hierarchy tree.json \
  --epochs 2
mtl-train ready.h5 -o all.h5 --optimizer adam --rate 1e-3 --schedule cosine \
  --epochs 2 --batch 256 --dropout .1 --patience 8 --task-weight income=2 \
  --loss hours-per-week=huber --seed 1 --threads 2 --checkpoint-every 120s \
  --select-on income.roc-auc
mtl-train folds.h5 -o fold0.h5 --fold 0 --layers none --epochs 2
mtl-train index.h5 -o index-model.h5 --epochs 2
for list in archs weightings losses optimizers; do
  mtl-train --list $list >list.txt
  [ "$(wc -l <list.txt)" -gt 2 ] || fail "--list $list is empty"
done

# 4. Predict and evaluate
mtl-predict shared.h5 ready.h5 --split test -o shared.pred.h5
mtl-predict single.h5 ready.h5 --split test -o single.pred.h5
mtl-eval single=single.pred.h5 shared=shared.pred.h5 --against single
mtl-convert shared.pred.h5 --to csv -o - >predictions.csv
[ "$(wc -l <predictions.csv)" -eq 16282 ] || fail "predictions as CSV"
mtl-convert table.csv -o - | mtl-prep - -o - --task price --task sold |
  mtl-train - -o model.h5 --epochs 3
mtl-convert table.csv -o new.h5 --quiet
mtl-predict model.h5 new.h5 -o - | mtl-eval - --json >evaluation.json
grep -q '"labelled": 240' evaluation.json ||
  fail "labels of a raw table do not come with its predictions"
mtl-eval shared.pred.h5 --metrics all --csv >metrics.csv
grep -q '^income,binary,brier' metrics.csv || fail "--metrics all"
mtl-predict shared.h5 ready.h5 --features trunk -o features.h5
mtl-predict shared.h5 ready.h5 --features trunk -o features.csv --quiet
mtl-convert features.h5 -o converted.csv --quiet
same features.csv converted.csv "features as CSV"
mtl-inspect features.h5
mtl-train features.h5 -o on-features.h5 --layers none --epochs 2
mtl-predict tree.h5 ready.h5 --split test -o tree.pred.h5

# 5. Train several networks together
mtl-cotrain local ready.h5 -o peers/ --method mutual --peers 2 --arch shared \
  --layers 128,64 --epochs 2
mtl-cotrain local ready.h5 -o taught/ --method co-teaching --peers 2 \
  --layers 16 --epochs 2
mtl-cotrain init run/ --data ready.h5 --method codistillation --peers 2 \
  --arch shared --layers 128,64 --epochs 2
for round in 1 2; do
  mtl-cotrain round run/ --peer 0 & mtl-cotrain round run/ --peer 1 & wait
done
mtl-cotrain init fed/ --data ready.h5 --method fedavg --peers 4 \
  --rows-by random --arch shared --layers 64,32 --epochs 1
mtl-cotrain round fed/ --rounds 2
mtl-cotrain merge fed/
mtl-prep mfeat.h5 -o mfeat-ready.h5 --task digit=multiclass --split train=0.7,test=0.3 \
  --stratify digit --keep-labels digit=5/class
mtl-cotrain init views/ --data mfeat-ready.h5 --method co-training \
  --view 0=fou --view 1=kar --labelling agree --layers 64 --epochs 20
mtl-cotrain round views/ --rounds 2
mtl-cotrain status run/
mtl-cotrain verify run/
mtl-predict run/ ready.h5 --split test -o ensemble.pred.h5

# 6. Look
for file in adult.h5 ready.h5 shared.h5 shared.pred.h5 features.h5 \
  run/peers/000/r0001/publish.h5; do
  mtl-inspect "$file" >/dev/null
  mtl-inspect "$file" --json >/dev/null
  mtl-inspect "$file" --check
  mtl-inspect "$file" --history >/dev/null
done
mtl-inspect shared.h5 --log
