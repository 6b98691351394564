#!/usr/bin/env bash
# Two sites average parameters and never exchange a row: one prepares its rows
# and begins the run, the other prepares its own like the run's first model, and
# each round reads the site's own file. What does not fit is refuses by name.
source "$(dirname "$0")/common.sh"

gzip -cd "$samples/adult.data.gz" >all.data
sed -n 1,1500p all.data >site0.data
sed -n 1501,2500p all.data >site1.data
for site in 0 1; do
  mtl-convert site$site.data --names "$samples/adult.columns" --missing '?' \
    -o table$site.h5 -q
done
mtl-prep table0.h5 -o site0.h5 --task income --task hours-per-week \
  --ignore fnlwgt --split valid=0.2 -q
mtl-cotrain init fed --schema site0.h5 --method fedavg --peers 2 --layers 16 \
  --epochs 1 -q
mtl-prep table1.h5 --like fed/peers/000/r0000/model.h5 --split valid=0.2 \
  -o site1.h5 -q
# A dataset does as well as a model.
mtl-prep table1.h5 --like site0.h5 --split valid=0.2 -o again.h5 -q
mtl-convert site1.h5 --to csv -o one.csv -q
mtl-convert again.h5 --to csv -o two.csv -q
same one.csv two.csv

for round in 1 2; do
  mtl-cotrain round fed --peer 0 --data site0.h5 -q
  mtl-cotrain round fed --peer 1 --data site1.h5 -q
done
mtl-cotrain merge fed -q
mtl-cotrain verify fed >verify.out
mtl-predict fed/merged/r0002.h5 site1.h5 --split valid -o p.h5 -q
mtl-eval p.h5 --draws 0 --csv >eval.csv
grep -q income eval.csv || fail 'no result'

mtl-prep table1.h5 -o alone.h5 --task income --task hours-per-week \
  --ignore fnlwgt --split valid=0.2 -q
refuses 65 'alone.h5: .* is not as agreed .*--like' \
  mtl-cotrain round fed --peer 1 --data alone.h5
refuses 65 'site0.h5: peer 0 has learned from this file in round 2' \
  mtl-cotrain round fed --peer 1 --data site0.h5
# Whoever measures the merge on rows of any site is warned.
for site in 0 1; do
  mtl-predict fed/merged/r0002.h5 site$site.h5 --split train -o t.h5 -q
  mtl-eval t.h5 --draws 0 2>warned.txt >/dev/null
  grep -q 'rows were trained on' warned.txt ||
    fail "no warning of the training rows of site $site: $(cat warned.txt)"
done
refuses 2 'data of their own .*--peer' mtl-cotrain round fed --data site0.h5
refuses 2 'data of their own .*--data' mtl-cotrain round fed --peer 0
refuses 2 'one of --data and --schema' mtl-cotrain init x --method fedavg
refuses 2 'exchanges what peers say of rows' mtl-cotrain init x \
  --schema site0.h5 --method codistillation
refuses 2 '--task has no effect with --like' mtl-prep table1.h5 \
  --like site0.h5 --task income -o x.h5
