#!/usr/bin/env bash
# The main job on real data: from a raw table to a judged, co-trained
# multi-task model. Outputs go to build/demo (or the folder given).
source "$(dirname "$0")/demo_common.sh" "${1:-build/demo}"
rm -rf run
d=data-samples

say 'A raw table with mixed columns (UCI Adult, 48,842 people)'
run "mtl-convert train=$d/adult.data.gz test=$d/adult.test.gz" \
  "--names $d/adult.columns --missing '?' --comment '|'" \
  "--rename-class income '<=50K.' '<=50K'" \
  "--rename-class income '>50K.' '>50K' -o adult.h5"

say 'Three tasks of different types; 30 % of the marital status labels hidden'
run "mtl-prep adult.h5 -o ready.h5 --task income --task marital-status" \
  "--task hours-per-week --ignore fnlwgt --split valid=0.15" \
  "--hide-labels marital-status=0.3"

say 'Single-task baselines, then one network for all three tasks'
run "mtl-train ready.h5 -o single.h5 --arch single --numbers pieces --once"
run "mtl-train ready.h5 -o shared.h5 --arch shared --numbers pieces --once" \
  "--weighting uncertainty"

say 'Did sharing help? On the 16,281 rows of the official test set'
run "mtl-predict single.h5 ready.h5 --split test -o single.pred.h5"
run "mtl-predict shared.h5 ready.h5 --split test -o shared.pred.h5"
run "mtl-eval single=single.pred.h5 shared=shared.pred.h5 --against single"
printf '\n(first table after %s s)\n' "$(($(date +%s) - start))"

say 'Two such networks that learn from each other in rounds, through files'
run "mtl-cotrain init run/ --data ready.h5 --method codistillation --peers 2" \
  "--arch shared --layers 128,64"
for round in 1 2; do
  run "mtl-cotrain round run/ --peer 0 & mtl-cotrain round run/ --peer 1 & wait"
done
run "mtl-cotrain status run/"
run "mtl-predict run/ ready.h5 --split test -o peers.pred.h5"
run "mtl-eval single=single.pred.h5 shared=shared.pred.h5" \
  "peers=peers.pred.h5 --against single"

say 'Where a model comes from'
run "mtl-inspect run/peers/000/r0002/model.h5 --history"
printf '\n(all of it in %s s)\n' "$(($(date +%s) - start))"

say 'What next'
cat <<'NEXT'
Your own table (CSV, ARFF or SVMlight; COLUMN is what to predict):
  mtl-convert table.csv -o table.h5
  mtl-prep table.h5 -o ready.h5 --task COLUMN --split valid=0.2,test=0.2
  mtl-train ready.h5 -o model.h5
  mtl-predict model.h5 ready.h5 --split test -o - | mtl-eval model=-
docs/tutorial.md explains each step, every tool answers to --help, and
mtl-inspect shows what is in any of the files.
NEXT
