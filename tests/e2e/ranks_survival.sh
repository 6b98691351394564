#!/usr/bin/env bash
# Tasks whose losses compare rows: documents ranked within queries, and times
# that may be censored, from text to intervals.
. "$(dirname "$0")/common.sh"

python3 - <<'PYTHON'
import random
random.seed(3)
with open("queries.csv", "w") as table, open("queries.svm", "w") as svm:
    table.write("query,a,b,c,clicks,relevance\n")
    for query in range(90):
        shift = random.gauss(0, 3)  # of a whole query: no row says it
        for _ in range(4 + query % 5):
            x = [random.gauss(0, 1) for _ in range(3)]
            score = 1.5 * x[0] - x[1] + 0.3 * random.gauss(0, 1)
            grade = sum(score > bound for bound in (-0.5, 1, 2.2))
            clicks = x[2] + shift
            table.write("q%d,%.4f,%.4f,%.4f,%.3f,%d\n"
                        % (query, *x, clicks, grade))
            svm.write("%d qid:%d %s\n" % (grade, query, " ".join(
                "%d:%.4f" % (i + 1, v) for i, v in enumerate(x))))
with open("patients.csv", "w") as table:
    table.write("age,dose,noise,months,died\n")
    for row in range(600):
        x = [random.gauss(0, 1) for _ in range(3)]
        event = random.expovariate(0.1 * 2.718 ** (x[0] - 0.7 * x[1]))
        censored = random.expovariate(0.05)
        table.write("%.4f,%.4f,%.4f,%.2f,%d\n"
                    % (*x, min(event, censored), event <= censored))
PYTHON

# at_least FILE TASK METRIC VALUE: of the only model of a report in JSON.
at_least() {
  python3 - "$@" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
task = next(t for t in report["tasks"] if t["name"] == sys.argv[2])
metric = next(m for m in task["metrics"] if m["name"] == sys.argv[3])
value = next(iter(metric["models"].values()))["value"]
assert value >= float(sys.argv[4]), (sys.argv[3], value)
PYTHON
}

# Queries: whole ones in every part and batch.
mtl-convert queries.csv -o queries.h5 -q
mtl-prep queries.h5 -o ranks.h5 --task relevance=ranking --task clicks \
  --group query --split valid=0.2,test=0.2 --seed 1 -q
for threads in 1 3; do
  mtl-train ranks.h5 -o "ranks$threads.h5.model" --layers 16 --epochs 20 \
    --batch 32 --seed 1 --threads $threads -q
done
same ranks1.h5.model ranks3.h5.model "threads"
mtl-predict ranks1.h5.model ranks.h5 --split test -o said.h5 -q
mtl-eval said.h5 --metrics ndcg@10,map,pair-accuracy,rmse --draws 200 --json \
  >r.json
at_least r.json relevance ndcg@10 0.9
at_least r.json relevance pair-accuracy 0.8
mtl-eval said.h5 --draws 200 >r.txt
grep -qE '200 draws of [0-9]+ groups' r.txt ||
  fail "queries are not drawn: $(cat r.txt)"
mtl-convert said.h5 --to csv -o said.csv -q
head -n 1 said.csv | grep -q 'relevance.score' || fail "$(head -n 1 said.csv)"

# The same from SVMlight, by pairs that are to be a margin apart.
mtl-convert queries.svm --label-type ranking -o svm.h5 -q
mtl-prep svm.h5 -o svm-ready.h5 --split valid=0.3 --seed 1 -q
mtl-train svm-ready.h5 -o svm-model.h5 --layers 16 --epochs 20 --batch 32 \
  --loss label=pairwise-hinge -q
mtl-predict svm-model.h5 svm-ready.h5 --split valid -o svm-said.h5 -q
mtl-eval svm-said.h5 --metrics ndcg@10 --draws 0 --json >r.json
at_least r.json label ndcg@10 0.9

# A score of each row by itself needs no groups; a loss of pairs does.
mtl-prep queries.h5 -o alone.h5 --task relevance=ranking --ignore query \
  --ignore clicks --split valid=0.2 -q
mtl-train alone.h5 -o alone-model.h5 --layers 16 --epochs 2 \
  --loss relevance=squared -q
none="task 'relevance' is ranked within groups of rows, and there are none"
refuses 65 "$none" mtl-train alone.h5 -o no.h5
{ sed -n '1,60p' queries.csv && echo 'last,1,1,1,1,2'; } >one.csv
mtl-convert one.csv -o one.h5 -q
mtl-prep one.h5 -o one-ready.h5 --task relevance=ranking --group query -q
refuses 65 "task 'relevance', row '59': a group of one for ranking" \
  mtl-train one-ready.h5 -o no.h5
refuses 2 'the largest group has 8 rows, and a batch 4: groups stay whole' \
  mtl-train ranks.h5 -o no.h5 --batch 4 -q
refuses 2 'sampler by-task takes groups apart, in which a task is ranked' \
  mtl-train ranks.h5 -o no.h5 --sampler by-task -q
refuses 2 'mixup with a loss that compares rows' \
  mtl-train ranks.h5 -o no.h5 --mixup 0.2 -q

# Survival: one column of times, one of events.
mtl-convert patients.csv -o patients.h5 -q
mtl-prep patients.h5 -o lives.h5 --task months=survival:event=died \
  --split valid=0.2,test=0.3 --seed 1 -q
for ties in breslow efron; do
  mtl-train lives.h5 -o "$ties.h5" --layers 16 --epochs 15 --batch 64 --seed 1 \
    --loss "months=cox:ties=$ties" -q
  mtl-predict "$ties.h5" lives.h5 --split test -o "said-$ties.h5" -q
  mtl-eval "said-$ties.h5" --draws 0 --json >r.json
  at_least r.json months concordance 0.68
done
mtl-convert said-efron.h5 --to csv -o lives.csv -q
head -n 1 lives.csv | grep -q 'months.risk' || fail "$(head -n 1 lives.csv)"
# Batches of one row have nobody else at risk, and often no event.
mtl-train lives.h5 -o lonely.h5 --layers 4 --epochs 1 --batch 1 -q
# A new table says what is true in the same columns.
mtl-predict breslow.h5 patients.csv -o all.h5 -q
mtl-eval all.h5 --draws 0 --json 2>/dev/null >r.json
at_least r.json months concordance 0.68

refuses 2 'a time alone does not say whether the event came' \
  mtl-prep patients.h5 -o no.h5 --task months=survival
refuses 2 'only tasks of type survival have events' \
  mtl-prep patients.h5 -o no.h5 --task months=regression:event=died
sed '3s/[01]$/2/' patients.csv >two.csv
sed '3s/[01]$//' patients.csv >half.csv
for name in two half; do mtl-convert $name.csv -o $name.h5 -q; done
refuses 65 "task 'months', row '1': event 2 is neither 0 nor 1" \
  mtl-prep two.h5 -o no.h5 --task months=survival:event=died
refuses 65 "task 'months', row '1': it has a time or an event, and not both" \
  mtl-prep half.h5 -o no.h5 --task months=survival:event=died
